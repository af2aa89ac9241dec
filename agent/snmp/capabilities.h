/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The entries of sysORTable: which modules the agent supports, and how. Main thread only. */
#ifndef GUESTLIST_AGENT_SNMP_CAPABILITIES_H
#define GUESTLIST_AGENT_SNMP_CAPABILITIES_H

#include "agent/mib/rows.h"

/* Puts into sysORTable what the agent supports with these settings. Call it again when they change. */
void capabilities_advertise(const struct answer_settings *settings);

/* Removes these entries. */
void capabilities_withdraw(void);

#endif
