/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The MIB regions of a hypervisor (RFC 2741): registers each module with the master, and answers the requests for
 * it. Main thread only. */
#ifndef GUESTLIST_AGENT_SNMP_REGION_H
#define GUESTLIST_AGENT_SNMP_REGION_H

#include <stdbool.h>

#include "agent/instance.h"
#include "agent/snmp/responder.h"

/* Fills in the modules that the settings want. Returns how many they are. */
size_t region_modules(const struct answer_settings *settings, struct responder_module wanted[WALKS_MIBS_MAX]);

/* Registers the modules that the settings want in the hypervisor's context, and unregisters those that they no
 * longer want. `registered` has a bit for each module that is registered; it is 0 before the first call. Their
 * requests are answered until region_unregister(), or until net-snmp is shut down, so the instance must live until
 * then. False if out of memory, or if net-snmp refuses a module, which it logs; the others are registered. */
bool region_register(struct instance *instance, const struct answer_settings *settings, unsigned *registered);

/* Unregisters them, for a program that goes on without this hypervisor. No request for them is answered any more.
 */
void region_unregister(const struct instance *instance, unsigned *registered);

#endif
