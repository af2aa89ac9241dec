/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Notifications, sent by snmpd itself to the receivers that snmpd.conf names. snmpd's thread only. */
#ifndef GUESTLIST_AGENT_SNMPD_MODULE_TRAP_H
#define GUESTLIST_AGENT_SNMPD_MODULE_TRAP_H

#include <stdbool.h>

#include "agent/notify/notification.h"

/* For struct notifier_host. Sending does not wait for a receiver, so it is always possible. If memory is short,
 * the notification is dropped, which is logged. `context` NULL is the default one. */
bool trap_is_ready(void *data);
void trap_send(void *data, const struct notification *notification, const char *context);

#endif
