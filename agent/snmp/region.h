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

/* Registers the modules that the settings want, in the hypervisor's context. Their requests are answered until
 * net-snmp is shut down, so the instance must live until then. False if out of memory, or if net-snmp refuses,
 * which it logs. */
bool region_register(struct instance *instance, const struct answer_settings *settings);

#endif
