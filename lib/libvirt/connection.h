/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One connection to one hypervisor, read-only unless told otherwise: open, watch, close, open again. Used by one
 * thread, such as the collector's; libvirt's callbacks reach it only through the mailbox. */
#ifndef GUESTLIST_LIBVIRT_CONNECTION_H
#define GUESTLIST_LIBVIRT_CONNECTION_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/log.h"
#include "lib/libvirt/mailbox.h"
#include "lib/model/snapshot.h"

struct connection;

/* What libvirt's event loop (event_loop.h) does for a connection; nothing where none runs. */
enum connection_watch {
    CONNECTION_WATCH_NOTHING,
    CONNECTION_WATCH_ALIVE,  /* keepalive, so that a dead peer is found */
    CONNECTION_WATCH_EVENTS, /* and events about domains, into the mailbox */
};

/* `uri` NULL or empty: libvirt's own default. The mailbox and the sink must outlive it. NULL if out of memory. */
struct connection *connection_new(const char *uri, enum connection_watch watch, struct mailbox *mailbox,
                                  const struct log_sink *log);

/* Closes the connection if it is open. Blocks as long as libvirt does. */
void connection_free(struct connection *connection);

/* Shares what its driver is found to be unable to do with other connections to the same hypervisor. Call it before
 * the first connection is opened. Without it, every struct connection learns by itself. */
struct driver;
void connection_share_driver(struct connection *connection, struct driver *driver);
struct driver *connection_driver(const struct connection *connection);

/* What it opens from now on may also change domains. */
void connection_allow_changes(struct connection *connection);

/* Opens the connection. An attempt that hangs is waited for no longer than CONNECTOR_PATIENCE_MS
 * (lib/libvirt/connector.h). On failure false, and connection_error() says why. Does nothing when it is open. */
bool connection_open(struct connection *connection);
void connection_close(struct connection *connection);

/* True if the last connection_open() failed because libvirt does not let this user in, whatever the password.
 */
bool connection_was_denied(const struct connection *connection);

/* True between a connect and a disconnect, however the other side is. */
bool connection_is_open(const struct connection *connection);

/* True while the connection is open and libvirt holds it to be alive; asks nobody. */
bool connection_alive(struct connection *connection);

/* False if the driver sends no events: only the timer then sees changes. */
bool connection_has_events(const struct connection *connection);

/* libvirt's last error on this thread, as one printable line without passwords; valid until the next call. */
const char *connection_error(struct connection *connection);

/* Asks for the hypervisor's version, such as "7.2.0". This can take many seconds: a libvirtd that has just started
 * runs every emulator it finds. Leaves `version` (SNAPSHOT_WORD_MAX bytes) empty if it cannot be had. */
void connection_read_version(struct connection *connection, char *version);

/* The URI in force (libvirt's own once connected), without a password; words for it before libvirt chose one. */
const char *connection_uri(const struct connection *connection);

/* Where it says things. */
const struct log_sink *connection_log(const struct connection *connection);

/* What the open connection said of itself, without its version. */
const struct snapshot_source *connection_source(const struct connection *connection);

#endif
