/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One attempt to reconnect to the master at a time. If a master closes the connection while Net-SNMP's library
 * opens a session or registers, the library arranges two attempts instead of one. Each of them does the same, so
 * that the attempts would double with each interval. And the next session registers everything, also what the
 * library takes for registered. Main thread only. */
#ifndef GUESTLIST_AGENT_SNMP_RECONNECT_H
#define GUESTLIST_AGENT_SNMP_RECONNECT_H

#include <stdbool.h>

/* Watches each session from its start. Call it once, before the session is opened. False if out of memory. */
bool reconnect_watch(void);

#endif
