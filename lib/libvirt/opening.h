/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Opens one connection, and explains in plain words why it does not open. If a user and a password are needed
 * (SASL), libvirt takes them from its own file, as it does for virsh. The user is never prompted: there is no
 * terminal. */
#ifndef GUESTLIST_LIBVIRT_OPENING_H
#define GUESTLIST_LIBVIRT_OPENING_H

#include <libvirt/libvirt.h>
#include <stdbool.h>

enum { OPENING_WHY_MAX = 1024 };

/* Why a connection did not open. Each text is one printable line without passwords. */
struct opening {
    char why[OPENING_WHY_MAX];
    char advice[OPENING_WHY_MAX]; /* what to do; empty: there is nothing to add to `why` */
    bool is_denied;               /* libvirt refuses this user; a password would not help */
};

/* The URI whose secrets libvirt's messages may have: `uri`, or that of the environment if `uri` is NULL or empty.
 * NULL: libvirt finds one by itself. */
const char *opening_uri(const char *uri);

/* Blocks as long as libvirt does, which may be for ever. `uri` NULL or empty: libvirt's own default. `flags` are
 * those of virConnectOpenAuth(). NULL if it failed, and `opening` says why. Any thread. */
virConnectPtr opening_connect(const char *uri, unsigned flags, struct opening *opening);

/* Puts `why` and `advice` together on one line. */
void opening_explain(const struct opening *opening, char *line, size_t size);

#endif
