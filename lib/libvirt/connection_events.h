/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libvirt's events about the domains of one open connection, and about the end of the connection. libvirt makes
 * the callbacks on the thread of its event loop (event_loop.h). They only put mail into the mailbox. */
#ifndef GUESTLIST_LIBVIRT_CONNECTION_EVENTS_H
#define GUESTLIST_LIBVIRT_CONNECTION_EVENTS_H

#include <stdbool.h>

#include "lib/libvirt/connection.h"

enum { CONNECTION_EVENTS = 10 };

/* libvirt's numbers of the registered callbacks; -1: not registered. */
struct connection_events {
    int callbacks[CONNECTION_EVENTS];
};

/* Registers nothing yet. */
void connection_events_init(struct connection_events *events);

/* Registers the callbacks with the open connection. Logs the first kind of events that the driver does not send,
 * once for each driver. */
void connection_events_start(struct connection_events *events, struct connection *connection,
                             struct mailbox *mailbox);

/* Deregisters the callbacks. To be called before the connection is closed. A callback that is running may still
 * put mail afterwards: libvirt keeps a reference to the mailbox until it has returned. */
void connection_events_end(struct connection_events *events, struct connection *connection);

/* True if the driver sends lifecycle events. */
bool connection_events_has_lifecycle(const struct connection_events *events);

#endif
