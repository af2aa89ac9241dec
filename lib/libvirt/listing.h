/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One listing: a single filtered virConnectListAllDomains() decides which rows there are; a fixed number
 * of bulk calls says the rest; rows that mix two moments are read again. This, with repair.c, is the
 * only maker of calls about domains. */
#ifndef GUESTLIST_LIBVIRT_LISTING_H
#define GUESTLIST_LIBVIRT_LISTING_H

#include <stddef.h>
#include <stdint.h>

#include "lib/libvirt/connection.h"
#include "lib/libvirt/mailbox.h"
#include "lib/model/snapshot.h"

/* Lists the domains that fit `filter` and returns a snapshot whose rows inherit nothing yet
 * (inherit.h), or NULL with a sentence in `why`. Blocks as long as libvirt does. A truth that cannot be
 * read, or whose flag the hypervisor rejects, is unknown in it; a domain that vanishes meanwhile is left out.
 * `mailbox` tells which domains events touched while the listing was made. */
struct snapshot *listing_take(struct connection *connection, uint32_t filter, struct mailbox *mailbox, char *why,
                              size_t size);

/* Finds out which domains of the listing before are not in `snapshot` though the hypervisor has them still: they
 * stopped fitting its filter. Puts them into `stayed`. Asks only if a filter is in force and somebody left, and
 * then with one call more; if that fails, all of them count as still there. */
void left_filter_find(struct connection *connection, const struct snapshot *before, struct snapshot *snapshot);

#endif
