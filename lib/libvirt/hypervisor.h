/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One connection to one hypervisor, read-only unless told otherwise: open, watch, close, open again. Used by one
 * thread, such as the collector's; libvirt's callbacks reach it only through the mailbox. */
#ifndef GUESTLIST_LIBVIRT_HYPERVISOR_H
#define GUESTLIST_LIBVIRT_HYPERVISOR_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/log.h"
#include "lib/libvirt/mailbox.h"
#include "lib/model/snapshot.h"

struct hypervisor;

/* What libvirt's event loop (events.h) does for a connection; nothing where none runs. */
enum hypervisor_watch {
    HYPERVISOR_WATCH_NOTHING,
    HYPERVISOR_WATCH_ALIVE,  /* keepalive, so that a dead peer is found */
    HYPERVISOR_WATCH_EVENTS, /* and events about domains, into the mailbox */
};

/* `uri` NULL or empty: libvirt's own default. The mailbox and the sink must outlive it. NULL if out of memory. */
struct hypervisor *hypervisor_new(const char *uri, enum hypervisor_watch watch, struct mailbox *mailbox,
                                  const struct log_sink *log);

/* Closes the connection if it is open. Blocks as long as libvirt does. */
void hypervisor_free(struct hypervisor *hypervisor);

/* Shares what its driver is found to be unable to do with other connections to the same hypervisor. Call it before
 * the first connection is opened. Without it, every struct hypervisor learns by itself. */
struct driver;
void hypervisor_share_driver(struct hypervisor *hypervisor, struct driver *driver);
struct driver *hypervisor_driver(const struct hypervisor *hypervisor);

/* What it opens from now on may also change domains. */
void hypervisor_allow_changes(struct hypervisor *hypervisor);

/* Opens the connection. An attempt that hangs is waited for no longer than CONNECTOR_PATIENCE_MS
 * (lib/libvirt/connector.h). On failure false, and hypervisor_error() says why. Does nothing when it is open. */
bool hypervisor_connect(struct hypervisor *hypervisor);
void hypervisor_disconnect(struct hypervisor *hypervisor);

/* True if the last hypervisor_connect() failed because libvirt does not let this user in, whatever the password.
 */
bool hypervisor_was_denied(const struct hypervisor *hypervisor);

/* True between a connect and a disconnect, however the other side is. */
bool hypervisor_is_open(const struct hypervisor *hypervisor);

/* True while the connection is open and libvirt holds it to be alive; asks nobody. */
bool hypervisor_alive(struct hypervisor *hypervisor);

/* False if the driver sends no events: only the timer then sees changes. */
bool hypervisor_has_events(const struct hypervisor *hypervisor);

/* libvirt's last error on this thread, as one printable line without passwords; valid until the next call. */
const char *hypervisor_error(struct hypervisor *hypervisor);

/* Asks for the hypervisor's version, such as "7.2.0". This can take many seconds: a libvirtd that has just started
 * runs every emulator it finds. Leaves `version` (SNAPSHOT_WORD_MAX bytes) empty if it cannot be had. */
void hypervisor_read_version(struct hypervisor *hypervisor, char *version);

/* The URI in force (libvirt's own once connected), without a password; words for it before libvirt chose one. */
const char *hypervisor_uri(const struct hypervisor *hypervisor);

/* Where it says things. */
const struct log_sink *hypervisor_log(const struct hypervisor *hypervisor);

/* What the open connection said of itself, without its version. */
const struct snapshot_source *hypervisor_source(const struct hypervisor *hypervisor);

#endif
