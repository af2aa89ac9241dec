/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Converts values of the MIB tables to and from net-snmp's varbinds. Main thread only. */
#ifndef GUESTLIST_AGENT_SNMP_VARBIND_H
#define GUESTLIST_AGENT_SNMP_VARBIND_H

#include <net-snmp/net-snmp-config.h>
#include <net-snmp/net-snmp-includes.h>
#include <stdbool.h>

#include "agent/mib/mib.h"

/* Gives the varbind a copy of the value. False if out of memory. */
bool varbind_put(netsnmp_variable_list *varbind, const struct mib_value *value);

/* Adds a varbind of that name and value to the list. False if out of memory. */
bool varbind_add(netsnmp_variable_list **list, const mib_subid *name, size_t length,
                 const struct mib_value *value);

/* Copies the name of the varbind into `name`, and returns `name`. Net-SNMP's AgentX gives sub-identifiers of 2^31
 * and more as negative numbers; this function corrects them. */
const mib_subid *varbind_name(const netsnmp_variable_list *varbind, mib_subid name[MIB_OID_MAX]);

/* How many numbers varbind_name() copies: at most MIB_OID_MAX. */
size_t varbind_name_length(const netsnmp_variable_list *varbind);

/* The number in the varbind. False if it is no INTEGER of 32 bits. */
bool varbind_integer(const netsnmp_variable_list *varbind, int32_t *number);

#endif
