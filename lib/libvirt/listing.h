/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One listing. A single filtered virConnectListAllDomains() decides which rows there are, and a fixed number of
 * bulk calls reads the rest. Rows that contradict themselves, because they mix two moments, are read again. All
 * functions block as long as libvirt does, and are for the thread that uses the connection. */
#ifndef GUESTLIST_LIBVIRT_LISTING_H
#define GUESTLIST_LIBVIRT_LISTING_H

#include <stddef.h>
#include <stdint.h>

#include "lib/libvirt/connection.h"
#include "lib/libvirt/mailbox.h"
#include "lib/model/snapshot.h"

/* The most domains that one list on the wire can hold (REMOTE_DOMAIN_LIST_MAX). */
enum { LISTING_WIRE_DOMAINS_MAX = 16384 };

/* Lists the domains that fit `filter` over an open connection. Returns a snapshot that the caller may still
 * change; nothing of an earlier listing is in it yet (lib/collect/inherit.h). NULL if it failed, and `why` is a
 * sentence. An attribute that cannot be read, or whose flag the driver rejects, is unknown in the snapshot. A
 * domain that vanished while it was listed is left out. `mailbox` holds which domains events have touched in the
 * meantime; nothing is taken out of it. */
struct snapshot *listing_take(struct connection *connection, uint32_t filter, struct mailbox *mailbox, char *why,
                              size_t size);

/* Finds the domains of the listing `before` that left the filter: they are not in `snapshot`, but the hypervisor
 * still has them. Puts their UUIDs into snapshot->left_filter. Makes one call, and only if a filter is in force
 * and a domain is missing. If that call fails, all missing domains count as still there. */
void left_filter_find(struct connection *connection, const struct snapshot *before, struct snapshot *snapshot);

#endif
