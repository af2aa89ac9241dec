/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Messages to the service manager that started the agent, by the protocol of sd_notify(3), over the socket in the
 * environment variable NOTIFY_SOCKET. Without that variable, nothing is sent. All functions are for the main
 * thread, never block and report no errors: the agent works the same without a service manager. */
#ifndef GUESTLIST_AGENT_NOTIFY_SOCKET_H
#define GUESTLIST_AGENT_NOTIFY_SOCKET_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/collect/collector.h"

enum { NOTIFY_SOCKET_TEXT_MAX = 512 };

/* Whether NOTIFY_SOCKET is set. */
bool notify_socket_is_set(void);

/* Sends "READY=1": the agent serves, for the first time or again after a reload. */
void notify_socket_ready(void);

/* Sends "RELOADING=1": the agent reads its settings again. notify_socket_ready() must follow. */
void notify_socket_reloading(void);

/* Sends "STOPPING=1": the agent ends. */
void notify_socket_stopping(void);

/* Sends one line for people, as "STATUS=" and valid UTF-8. At most NOTIFY_SOCKET_TEXT_MAX bytes with the NUL; the
 * rest is cut. */
void notify_socket_status(const char *line);

/* Appends one hypervisor to a status line of NOTIFY_SOCKET_TEXT_MAX bytes: its URI, its state, the number of
 * domains and the last error. Text that does not fit is cut. */
void notify_socket_describe(char *line, const struct collector_status *status);

#endif
