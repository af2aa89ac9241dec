/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libvirt's events about the domains of one open connection, and its word that the connection is closed. libvirt
 * calls back on the thread of its event loop (event_loop.h), and each callback only puts mail into the mailbox. */
#ifndef GUESTLIST_LIBVIRT_CONNECTION_EVENTS_H
#define GUESTLIST_LIBVIRT_CONNECTION_EVENTS_H

#include <stdbool.h>

#include "lib/libvirt/connection.h"

enum { CONNECTION_EVENTS = 9 };

/* libvirt's numbers of the registered callbacks; -1: not registered. */
struct connection_events {
    int callbacks[CONNECTION_EVENTS];
};

/* Registers nothing yet. */
void connection_events_init(struct connection_events *events);

/* Registers the callbacks with the open connection. It is logged, once for each driver, which events the driver
 * does not send. */
void connection_events_start(struct connection_events *events, struct connection *connection,
                             struct mailbox *mailbox);

/* Takes the callbacks back before the connection is closed. One that is running on the event thread may still put
 * mail afterwards: libvirt keeps the references to the mailbox until it has returned. */
void connection_events_end(struct connection_events *events, struct connection *connection);

/* True if the driver sends lifecycle events. */
bool connection_events_has_lifecycle(const struct connection_events *events);

#endif
