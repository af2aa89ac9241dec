/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sends notifications to the master (AgentX Notify), a few at a time: the next ones when it has acknowledged
 * those. So a master that hangs can neither block the agent nor make it hold more than that. Main thread only. */
#ifndef GUESTLIST_AGENT_SNMP_TRAP_SENDER_H
#define GUESTLIST_AGENT_SNMP_TRAP_SENDER_H

#include <stdbool.h>

#include "agent/notify/notification.h"
#include "lib/base/log.h"

struct trap_sender;

/* Watches the session from now on: create it before session_connect(). `ready` is called when some more can be
 * sent again, from the library's loop. NULL if out of memory. */
struct trap_sender *trap_sender_new(void (*ready)(void *data), void *data, const struct log_sink *log);

/* Sends nothing more. Call it before session_close(), which frees what the library's callbacks were given. */
void trap_sender_stop(struct trap_sender *sender);

/* Call it after session_close(): what is under way ends there. */
void trap_sender_free(struct trap_sender *sender);

/* For struct notifier_host: `data` is the struct trap_sender. A context of NULL is the default one. */
bool trap_sender_is_ready(void *data);
void trap_sender_send(void *data, const struct notification *notification, const char *context);

#endif
