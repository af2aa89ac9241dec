/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A notification as net-snmp's list of varbinds. Main thread only. */
#ifndef GUESTLIST_AGENT_SNMP_TRAP_VARBINDS_H
#define GUESTLIST_AGENT_SNMP_TRAP_VARBINDS_H

#include <net-snmp/net-snmp-config.h>
#include <net-snmp/net-snmp-includes.h>
#include <stdbool.h>

#include "agent/notify/notification.h"

/* Adds snmpTrapOID and the objects of the notification to the list, which the caller frees, also after a failure.
 * False if out of memory. */
bool trap_varbinds_add(netsnmp_variable_list **list, const struct notification *notification);

#endif
