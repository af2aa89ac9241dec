/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A listing while it is being made: shared by listing.c, which makes it, and repair.c, which repairs
 * it. */
#ifndef GUESTLIST_LIBVIRT_LISTING_ROWS_H
#define GUESTLIST_LIBVIRT_LISTING_ROWS_H

#include <stddef.h>

#include "lib/libvirt/virt.h"
#include "lib/model/domain.h"

struct row {
    struct domain domain; /* first, for its UUID; its name is the handle's until the snapshot keeps it */
    virDomainPtr handle;  /* NULL: dropped */
};

struct listing {
    struct connection *connection;
    virConnectPtr conn;
    uint32_t filter;
    uint32_t calls, parts;
    uint32_t stats_calls; /* made for states, of these */
    size_t count;
    struct row *rows; /* sorted by UUID */
    int error;        /* of the last call that failed: VIR_ERR_..., and its text */
    char error_text[256];
};

/* A domain of one reply, and its UUID. */
struct handle {
    unsigned char uuid[UUID_BYTES]; /* first, for sorting */
    virDomainPtr domain;
};

struct handles {
    struct handle *items;
    size_t count;
};

void listing_handles_clear(struct handles *handles);
bool listing_handles_add(struct handles *handles, virDomainPtr *domains, size_t count);
void listing_handles_sort(struct handles *handles);

bool listing_list_domains(struct listing *listing, uint32_t filter, bool may_split, struct handles *handles,
                          uint32_t *parts);
void listing_start_row(struct row *row, const struct handle *handle);
struct row *listing_find_row(struct listing *listing, const unsigned char *uuid, size_t *expected);

/* A truth, the filter word that finds the domains for which it holds, and the one call that asks a
 * single domain. */
struct listing_attribute {
    uint32_t yes, no;
    size_t offset;                   /* of the truth in struct domain */
    int (*ask)(virDomainPtr domain); /* 1, 0, or -1 with libvirt's error */
};
enum { LISTING_ATTRIBUTES = 5 };
extern const struct listing_attribute listing_attributes[LISTING_ATTRIBUTES];

static inline enum tristate *listing_attribute_of(struct domain *domain, const struct listing_attribute *source)
{
    return (enum tristate *)(void *)((char *)domain + source->offset);
}

bool listing_attributes_read(struct listing *listing);

/* Reads one domain's state, and where the driver has no bulk statistics its numbers too. Returns false with
 * libvirt's error; the row's state is then DOMAIN_STATE_UNREAD. */
bool repair_read_one(struct listing *listing, struct row *row);

/* Reads again, one by one, the rows that cannot be and those that an event touched: at most REPAIR_ROWS_MAX in
 * all. What is left has no contradiction: what could not be read again is unknown. Rows of domains that are gone
 * are dropped. */
enum { REPAIR_ROWS_MAX = 64 };
void repair_rows(struct listing *listing, struct mailbox *mailbox);

#endif
