/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sends notifications to the master (AgentX Notify). At any time, at most 32 are not acknowledged.
 * Then trap_sender_is_ready() returns false, and the caller keeps the others. So a master that hangs can
 * neither block the agent nor fill its memory. Main thread only. */
#ifndef GUESTLIST_AGENT_SNMP_TRAP_SENDER_H
#define GUESTLIST_AGENT_SNMP_TRAP_SENDER_H

#include <stdbool.h>

#include "agent/notify/notification.h"
#include "lib/base/log.h"

struct trap_sender;

/* Follows the session, so make it before session_connect(). `ready` is called from net-snmp's loop when more can
 * be sent again. NULL if out of memory. */
struct trap_sender *trap_sender_new(void (*ready)(void *data), void *data, const struct log_sink *log);

/* Sends nothing from now on, and does not call `ready` any more. Call it before session_close(). */
void trap_sender_stop(struct trap_sender *sender);

/* Call it after session_close(), which still uses this sender. Takes NULL. */
void trap_sender_free(struct trap_sender *sender);

/* For struct notifier_host: `data` is the struct trap_sender. False while there is no master, or while too many
 * are not acknowledged. A notification that cannot be sent is dropped, which is logged. `context` NULL is the
 * default one. */
bool trap_sender_is_ready(void *data);
void trap_sender_send(void *data, const struct notification *notification, const char *context);

#endif
