/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One connection to one hypervisor, read-only unless connection_allow_changes() was called. It can be closed and
 * opened again. Only one thread uses it, such as the collector's. libvirt's callbacks run on another thread and
 * reach it only through the mailbox. */
#ifndef GUESTLIST_LIBVIRT_CONNECTION_H
#define GUESTLIST_LIBVIRT_CONNECTION_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/log.h"
#include "lib/libvirt/mailbox.h"
#include "lib/model/snapshot.h"

struct connection;
struct driver;

/* What a connection uses libvirt's event loop (event_loop.h) for. If this process runs no event loop, only
 * CONNECTION_WATCH_NOTHING may be used. */
enum connection_watch {
    CONNECTION_WATCH_NOTHING,
    CONNECTION_WATCH_ALIVE,  /* keepalive, which finds a peer that does not answer any more */
    CONNECTION_WATCH_EVENTS, /* keepalive, and events about domains, which go into the mailbox */
};

/* `uri` NULL or empty: libvirt's own default. Takes a reference to the mailbox. The sink must outlive the
 * connection. Nothing is opened yet. NULL if out of memory. */
struct connection *connection_new(const char *uri, enum connection_watch watch, struct mailbox *mailbox,
                                  const struct log_sink *log);

/* Closes the connection if it is open. Blocks as long as libvirt does. Takes NULL. */
void connection_free(struct connection *connection);

/* Shares `driver` with other connections to the same hypervisor. Takes a reference. To be called before the
 * connection is first opened; otherwise, the connection has a struct driver of its own. */
void connection_share_driver(struct connection *connection, struct driver *driver);

/* Valid as long as the connection. */
struct driver *connection_driver(const struct connection *connection);

/* The connections that are opened from now on may change domains. */
void connection_allow_changes(struct connection *connection);

/* Opens the connection, or does nothing if it is open. Blocks for at most CONNECTOR_PATIENCE_MS
 * (lib/libvirt/connector.h), and for the few calls that ask the hypervisor what it is. False if it failed, and
 * connection_error() says why. */
bool connection_open(struct connection *connection);

/* Does nothing if it is not open. Blocks as long as libvirt does. An event that libvirt is reporting just then may
 * still come into the mailbox afterwards. */
void connection_close(struct connection *connection);

/* True if the last connection_open() failed because libvirt refuses this user. A password would not help. */
bool connection_was_denied(const struct connection *connection);

/* True from opening to closing, even if the other side is gone. */
bool connection_is_open(const struct connection *connection);

/* True if the connection is open and libvirt believes that it is alive. Makes no call to the other side. */
bool connection_is_alive(struct connection *connection);

/* False if the driver sends no lifecycle events: then only listings find changes. */
bool connection_has_events(const struct connection *connection);

/* Why connection_open() failed, or else libvirt's last error on this thread. One printable line without passwords,
 * valid until the next call. */
const char *connection_error(struct connection *connection);

/* Asks for the hypervisor's version, such as "7.2.0". Puts it into `version` (SNAPSHOT_WORD_MAX bytes), or an
 * empty text if it is not known. Can block for many seconds: a libvirtd that has just started runs every emulator
 * that it finds. */
void connection_read_version(struct connection *connection, char *version);

/* The longest URI that is shown; a longer one ends in "...". */
enum { CONNECTION_URI_MAX = 255 };

/* The URI in use, without a password: libvirt's own once connected. "libvirt's default URI" before libvirt has
 * chosen one. Valid until the connection is opened again. */
const char *connection_uri(const struct connection *connection);

const struct log_sink *connection_log(const struct connection *connection);

/* What the hypervisor reported when the connection was opened, without its version. Valid as long as the
 * connection. */
const struct snapshot_source *connection_source(const struct connection *connection);

#endif
