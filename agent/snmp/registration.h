/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Follows the answers of the master to registrations. If the master refuses one, net-snmp's subagent logs a number
 * and does not try again. This module logs what the number means, and tries again until the master accepts. Main
 * thread only. */
#ifndef GUESTLIST_AGENT_SNMP_REGISTRATION_H
#define GUESTLIST_AGENT_SNMP_REGISTRATION_H

#include <stdbool.h>

/* Follows all registrations from now on. Call it once, before the session is opened. False if out of memory. */
bool registration_watch(void);

#endif
