/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The MIB regions of a hypervisor (RFC 2741): each module is registered with the master, and its requests are
 * answered. Main thread only. */
#ifndef GUESTLIST_AGENT_SNMP_REGION_H
#define GUESTLIST_AGENT_SNMP_REGION_H

#include <stdbool.h>

#include "agent/instance.h"

/* Registers the modules that the settings want, in the hypervisor's context. They are answered until net-snmp is
 * shut down, so the instance must live as long. False if net-snmp refuses or memory is out; net-snmp has logged
 * the former. */
bool region_register(struct instance *instance, const struct answer_settings *settings);

#endif
