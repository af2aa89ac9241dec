/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Opens one connection, and says in plain words why it does not open. Where libvirt asks for a user and a password
 * (SASL), libvirt takes them from its own file, as it does for virsh. Nobody is ever asked: there is no terminal.
 */
#ifndef GUESTLIST_LIBVIRT_OPENING_H
#define GUESTLIST_LIBVIRT_OPENING_H

#include <libvirt/libvirt.h>
#include <stdbool.h>

enum { OPENING_WHY_MAX = 1024 };

/* Why a connection does not open. Each text is one printable line without passwords. */
struct opening {
    char why[OPENING_WHY_MAX];
    char advice[OPENING_WHY_MAX]; /* what to do; empty where libvirt's words have to be enough */
    bool is_denied; /* libvirt does not let this user in, and no password of the file is the reason */
};

/* Blocks as long as libvirt does; libvirt prints nothing. `uri` NULL or empty: libvirt's own default. `flags` are
 * those of virConnectOpenAuth(). On failure NULL, and `opening` says why. */
virConnectPtr opening_connect(const char *uri, unsigned flags, struct opening *opening);

/* `why` and `advice` as one line. */
void opening_explain(const struct opening *opening, char *line, size_t size);

#endif
