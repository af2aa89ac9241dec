/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The serving agent, from the moment its settings are known to its end. */
#ifndef GUESTLIST_AGENT_DAEMON_H
#define GUESTLIST_AGENT_DAEMON_H

#include <stdbool.h>

#include "agent/options.h"
#include "agent/settings.h"

/* Goes to the background unless told not to, serves until SIGTERM or SIGINT, and closes. False if it could
 * not start; why is logged. */
bool daemon_run(const struct options *options, const struct settings *settings);

#endif
