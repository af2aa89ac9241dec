/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Receives the lines that are logged through net-snmp. Main thread only. */
#ifndef GUESTLIST_AGENT_SNMP_LOG_LISTENER_H
#define GUESTLIST_AGENT_SNMP_LOG_LISTENER_H

#include <net-snmp/net-snmp-config.h>
#include <net-snmp/net-snmp-includes.h>
#include <stdbool.h>

/* All members are NULL when it does not receive lines. */
struct log_listener {
    netsnmp_log_handler *at_least, *at_most;
};

/* Until log_listener_end(), callbacks for SNMP_CALLBACK_LOGGING are called for each line of that priority or a
 * more urgent one. For lines of the most and the least urgent priority, they may be called twice. False if out of
 * memory. */
bool log_listener_begin(struct log_listener *listener, int priority);
void log_listener_end(struct log_listener *listener);

#endif
