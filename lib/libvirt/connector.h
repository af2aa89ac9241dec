/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Opens connections to one hypervisor without making its caller wait. virConnectOpenAuth() can hang for ever (a
 * libvirtd that is stopped or full, a remote host that vanished), and nothing can cancel it. So each attempt runs
 * on a thread of its own. An attempt that takes too long is left behind, and a new one is made beside it. */
#ifndef GUESTLIST_LIBVIRT_CONNECTOR_H
#define GUESTLIST_LIBVIRT_CONNECTOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/libvirt/connection.h"
#include "lib/libvirt/mailbox.h"

enum {
    CONNECTOR_PATIENCE_MS = 15000,        /* after which an attempt is left behind */
    CONNECTOR_ATTEMPTS_MAX = 4,           /* that are under way at once, those left behind included */
    CONNECTOR_SELDOM_MS = 10 * 60 * 1000, /* when so many hang, there is one more after this time */
    CONNECTOR_ATTEMPTS_LIMIT = 32,        /* and none past this number */
    CONNECTOR_WHY_MAX = 1024,
};

enum connector_state {
    CONNECTOR_IDLE,    /* no attempt is under way */
    CONNECTOR_WAITING, /* one is; look again at `connector_until()` or when the mailbox rings */
    CONNECTOR_OPENED,  /* the connection belongs to the hypervisor now */
    CONNECTOR_FAILED,  /* libvirt refused; `why` says why */
    CONNECTOR_HANGS,   /* too slow, and left behind just now */
};

struct connector;

/* `uri` as for connection_new(). Connections are read-only unless `may_change`. `mailbox` is woken when an attempt
 * ends. NULL if out of memory. All other functions are for one thread. */
struct connector *connector_new(const char *uri, bool may_change, struct mailbox *mailbox);

/* Begins an attempt. False if there is no thread for it, or if too many hang already. */
bool connector_begin(struct connector *connector);

/* How the attempt is doing. With CONNECTOR_OPENED `hypervisor` is open. With CONNECTOR_FAILED and CONNECTOR_HANGS
 * `why` (CONNECTOR_WHY_MAX bytes) says why as one printable line without passwords, and what to do if that is
 * known. */
enum connector_state connector_poll(struct connector *connector, struct connection *connection, char *why);

/* Begins an attempt and waits for it, CONNECTOR_PATIENCE_MS at most. With true `hypervisor` is open. With false
 * `why` is as for connector_poll(). */
bool connector_connect(struct connector *connector, struct connection *connection, char *why);

/* True if the last attempt failed because libvirt does not let this user in, whatever the password. */
bool connector_was_denied(const struct connector *connector);

/* The boot clock at which the attempt is left behind. */
int64_t connector_until(const struct connector *connector);

/* Waits at most `patience_ms` for attempts that are under way, and frees it. Attempts that hang free what they use
 * when they return. False if there are any. Takes NULL. */
bool connector_free(struct connector *connector, int64_t patience_ms);

#endif
