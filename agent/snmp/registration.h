/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the master answers to registrations. net-snmp's subagent only logs a number when the master refuses one,
 * and never tries it again. Here the log says what it means, and the registration is tried until the master takes
 * it. Main thread only. */
#ifndef GUESTLIST_AGENT_SNMP_REGISTRATION_H
#define GUESTLIST_AGENT_SNMP_REGISTRATION_H

#include <stdbool.h>

/* Watches all registrations from now on. Call it once, before the session is opened. False if out of memory. */
bool registration_watch(void);

#endif
