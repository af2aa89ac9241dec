/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Limits the library to one attempt to reconnect at a time. If a master closes the connection while Net-SNMP's
 * library opens a session or registers, the library schedules two attempts instead of one. Each of them does the
 * same, so the number of attempts would double with each interval. This file also makes the next session register
 * everything, even what the library believes to be registered. Main thread only. */
#ifndef GUESTLIST_AGENT_SNMP_RECONNECT_H
#define GUESTLIST_AGENT_SNMP_RECONNECT_H

#include <stdbool.h>

/* Watches each session from its start. Call it once, before the session is opened. False if out of memory. */
bool reconnect_watch(void);

#endif
