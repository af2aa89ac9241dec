/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The agent that answers SNMP requests. It starts here once its settings are known. */
#ifndef GUESTLIST_AGENT_DAEMON_H
#define GUESTLIST_AGENT_DAEMON_H

#include <stdbool.h>

#include "agent/options.h"
#include "agent/settings.h"

/* Goes to the background unless -f is given, serves until SIGTERM or SIGINT, and closes. False if it could not
 * start or serve; the reason is logged. Ends the process, with the exit status for its result, if a thread still
 * hangs inside libvirt at the end. */
bool daemon_run(const struct options *options, const struct settings *settings);

#endif
