/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The subtrees that are registered with the master, and the requests for them. Main thread only. */
#ifndef GUESTLIST_AGENT_SNMP_REGION_H
#define GUESTLIST_AGENT_SNMP_REGION_H

#include <stdbool.h>

#include "agent/instance.h"

/* Registers the modules that the settings want, in the hypervisor's context. False if net-snmp refuses, which it
 * has logged. */
bool region_register(struct instance *instance, const struct answer_settings *settings);

#endif
