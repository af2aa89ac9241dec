/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libvirt's event loop: one per process, run by one thread for all connections. Keepalive needs it as
 * well as events do. A host that may share its process with another user of libvirt (collectd) starts
 * none and goes without both. */
#ifndef GUESTLIST_LIBVIRT_EVENT_LOOP_H
#define GUESTLIST_LIBVIRT_EVENT_LOOP_H

struct event_loop;

/* Registers libvirt's default event implementation and starts the thread. Call once, before the first
 * connection is opened. NULL if that fails. */
struct event_loop *event_loop_start(void);

/* Ends the thread and waits for it: at most until the callback it may be in returns. */
void event_loop_stop(struct event_loop *events);

#endif
