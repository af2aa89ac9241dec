/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libvirt's handles of domains. For the one thread that uses the connection.
 *
 * To read a UUID from a handle costs much more than to read a name: libvirt formats the UUID for its log in each
 * such call, even if that log is off. So UUIDs are only read when they are needed. */
#ifndef GUESTLIST_LIBVIRT_DOMAIN_HANDLES_H
#define GUESTLIST_LIBVIRT_DOMAIN_HANDLES_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/libvirt/virt.h"

struct domain_handle {
    unsigned char uuid[UUID_BYTES]; /* first, for lib/base/uuid.h; not read before domain_handles_sort() */
    virDomainPtr domain;
    size_t place; /* in the order in which libvirt listed them */
};

/* Zeroed: none. Freed with domain_handles_clear(), also by CLEANUP(). */
struct domain_handles {
    struct domain_handle *items;
    size_t count;
};

/* Takes over the domains of one reply. False, and they are freed, if out of memory. */
bool domain_handles_add(struct domain_handles *handles, virDomainPtr *domains, size_t count);

/* Adds the domains that virConnectListAllDomains() lists. False if the call failed, or if out of memory. */
bool domain_handles_list(struct domain_handles *handles, virConnectPtr conn, unsigned flags);

/* Reads the UUIDs, sorts by them, and keeps one handle of each UUID. */
void domain_handles_sort(struct domain_handles *handles);

void domain_handles_clear(struct domain_handles *handles);

#endif
