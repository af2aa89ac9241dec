/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Hears what is logged through Net-SNMP. All of this is for the main thread. */
#ifndef GUESTLIST_AGENT_SNMP_LOG_LISTENER_H
#define GUESTLIST_AGENT_SNMP_LOG_LISTENER_H

#include <net-snmp/net-snmp-config.h>
#include <net-snmp/net-snmp-includes.h>
#include <stdbool.h>

/* All NULL when it does not listen. */
struct log_listener {
    netsnmp_log_handler *at_least, *at_most;
};

/* Until log_listener_end(), each line of that priority or more urgent is heard by whoever registers a callback for
 * SNMP_CALLBACK_LOGGING. Emergencies and debugging may be heard twice. False if out of memory. */
bool log_listener_begin(struct log_listener *listener, int priority);
void log_listener_end(struct log_listener *listener);

#endif
