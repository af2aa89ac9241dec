/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libvirt's event loop. There is one in a process, run by one thread for all connections. Events need it, and so
 * does keepalive. A program that may share its process with another user of libvirt (collectd) starts none, and
 * has neither. */
#ifndef GUESTLIST_LIBVIRT_EVENT_LOOP_H
#define GUESTLIST_LIBVIRT_EVENT_LOOP_H

#include "lib/base/log.h"

struct event_loop;

/* Registers libvirt's default event implementation and starts the thread. To be called once, before the first
 * connection is opened. If the loop fails, the thread logs it and runs it again. NULL if it cannot be started. */
struct event_loop *event_loop_start(const struct log_sink *log);

/* Ends the thread and waits for it, which takes as long as the callback that may be running. libvirt makes no
 * callback afterwards. Takes NULL. */
void event_loop_stop(struct event_loop *loop);

#endif
