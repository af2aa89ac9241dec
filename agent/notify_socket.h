/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the agent says to the service manager that started it: the protocol of sd_notify(3), over the socket that
 * NOTIFY_SOCKET names. Without that variable nothing happens. All functions are for the main thread, never block,
 * and have no error to return: a manager that does not listen changes nothing for the agent. */
#ifndef GUESTLIST_AGENT_NOTIFY_SOCKET_H
#define GUESTLIST_AGENT_NOTIFY_SOCKET_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/collect/collector.h"

enum { NOTIFY_SOCKET_TEXT_MAX = 512 };

/* Whether there is a service manager that listens. */
bool notify_socket_is_there(void);

/* Sends "READY=1": the agent serves, for the first time or again after a reload. */
void notify_socket_ready(void);

/* Sends "RELOADING=1": the agent reads its settings again. notify_socket_ready() must follow. */
void notify_socket_reloading(void);

/* Sends "STOPPING=1": the agent ends. */
void notify_socket_stopping(void);

/* Sends one line for people, as "STATUS=". */
void notify_socket_status(const char *line);

/* Appends one hypervisor to a status line of NOTIFY_SOCKET_TEXT_MAX bytes: its URI, how it is, how many domains
 * are listed, and what failed. A line that is full stays as it is. */
void notify_socket_describe(char *line, const struct collector_status *status);

#endif
