/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Opens connections to one hypervisor without blocking the caller. virConnectOpenAuth() can hang for ever (a
 * libvirtd that is stopped or full, a remote host that vanished), and nothing can cancel it. So each attempt runs
 * on a thread of its own. An attempt that takes too long is abandoned, and a new one can be made. */
#ifndef GUESTLIST_LIBVIRT_CONNECTOR_H
#define GUESTLIST_LIBVIRT_CONNECTOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/libvirt/connection.h"
#include "lib/libvirt/mailbox.h"

enum {
    CONNECTOR_PATIENCE_MS = 15000,        /* an attempt that takes longer is abandoned */
    CONNECTOR_ATTEMPTS_MAX = 4,           /* under way at the same time, abandoned ones included */
    CONNECTOR_SELDOM_MS = 10 * 60 * 1000, /* with that many under way, one more begins after this time */
    CONNECTOR_ATTEMPTS_LIMIT = 32,        /* with that many under way, none begins */
    CONNECTOR_WHY_MAX = 1024,
};

enum connector_state {
    CONNECTOR_IDLE,    /* no attempt is under way */
    CONNECTOR_WAITING, /* one is; call again at connector_until() or when the mailbox is woken */
    CONNECTOR_OPENED,  /* struct connection has the new connection */
    CONNECTOR_FAILED,  /* libvirt did not open it, and `why` says why */
    CONNECTOR_HANGS,   /* it took too long and was abandoned just now */
};

struct connector;

/* `uri` as for connection_new(). Connections are read-only unless `may_change`. Takes a reference to the mailbox,
 * which is woken when an attempt ends. NULL if out of memory. All other functions are for one thread. */
struct connector *connector_new(const char *uri, bool may_change, struct mailbox *mailbox);

/* Begins an attempt. Only abandoned attempts may be under way. Does not block. False if no thread can be started,
 * or if too many attempts hang. */
bool connector_begin(struct connector *connector);

/* The state of the attempt. Does not wait for it. With CONNECTOR_OPENED `connection` is open, after the few calls
 * that ask the hypervisor what it is. With CONNECTOR_FAILED and CONNECTOR_HANGS `why` (CONNECTOR_WHY_MAX bytes) is
 * one printable line without passwords that says why, and what to do if that is known. */
enum connector_state connector_poll(struct connector *connector, struct connection *connection, char *why);

/* Begins an attempt and waits for it, at most CONNECTOR_PATIENCE_MS. True if `connection` is open. If false, `why`
 * is as for connector_poll(). */
bool connector_connect(struct connector *connector, struct connection *connection, char *why);

/* True if the last attempt that ended failed because libvirt refuses this user. A password would not help. */
bool connector_was_denied(const struct connector *connector);

/* The boot clock at which the attempt will be abandoned. */
int64_t connector_until(const struct connector *connector);

/* Waits at most `patience_ms` for the attempts that are under way, and frees the connector. False if an attempt
 * still hangs: it frees what it uses when it returns, and may still wake the mailbox. Takes NULL. */
bool connector_free(struct connector *connector, int64_t patience_ms);

#endif
