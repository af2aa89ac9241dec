/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A listing while it is being made. Shared by listing.c, listing_attributes.c and repair.c. */
#ifndef GUESTLIST_LIBVIRT_LISTING_ROWS_H
#define GUESTLIST_LIBVIRT_LISTING_ROWS_H

#include <stddef.h>

#include "lib/libvirt/domain_handles.h"
#include "lib/libvirt/opening.h"
#include "lib/libvirt/virt.h"
#include "lib/model/domain.h"

struct listing_row {
    struct domain domain; /* first, for its UUID; its name is not set yet */
    virDomainPtr handle;  /* NULL: the row was dropped */
    const char *name;     /* as listed; lives as long as the handle that was listed */
};

struct listing {
    struct connection *connection;
    virConnectPtr conn;
    uint32_t filter;
    uint32_t calls;
    uint32_t stats_calls; /* calls for states, which are counted in `calls` as well */
    uint32_t parts;       /* as in struct snapshot */
    size_t count;
    struct listing_row *rows; /* sorted by UUID, each UUID once */
    size_t place_count;
    size_t *places; /* the row of each domain, in the order in which libvirt listed them; LISTING_NO_ROW: none */
    int error;      /* VIR_ERR_... of the last call that failed */
    char error_text[OPENING_WHY_MAX];
};

/* Adds the domains that fit `filter` to `handles`. If they do not fit into one reply and `may_split` is true,
 * lists them by disjoint filters; `*parts` grows by the number of successful calls. False if it failed; the reason
 * is in the listing. */
bool listing_list_domains(struct listing *listing, uint32_t filter, bool may_split, struct domain_handles *handles,
                          uint32_t *parts);

#define LISTING_NO_ROW SIZE_MAX

/* Appends a row for each handle and takes their domains over; their states are not read yet. False, and nothing
 * taken over, if out of memory. */
bool listing_add_rows(struct listing *listing, struct domain_handles *handles);

/* The row of that domain of a reply, or NULL. libvirt lists domains in the same order each time, so the row is
 * nearly always at `*expected` or later in the order of `places`, and is found by its name; `*expected` becomes
 * the place after it. If it is not there, it is found by its UUID, and `*expected` becomes LISTING_NO_ROW: this
 * reply has another order. */
struct listing_row *listing_find_listed(struct listing *listing, virDomainPtr domain, size_t *expected);

/* An attribute of a domain that is true, false or unknown. */
struct listing_attribute {
    uint32_t yes, no;                /* the filter words for domains that have it, and that do not */
    size_t offset;                   /* in struct domain */
    int (*ask)(virDomainPtr domain); /* the call that asks one domain: 1, 0, or -1 with libvirt's error */
};
enum { LISTING_ATTRIBUTES = 5 };
extern const struct listing_attribute listing_attributes[LISTING_ATTRIBUTES];

static inline enum tristate *listing_attribute_of(struct domain *domain, const struct listing_attribute *attribute)
{
    return (enum tristate *)(void *)((char *)domain + attribute->offset);
}

/* Reads all attributes of all rows. May add rows: domains that moved between the parts of a listing. False if the
 * connection is gone or out of memory. */
bool listing_attributes_read(struct listing *listing);

/* Reads one domain's state, and its statistics if the driver has no bulk statistics. False if the state cannot be
 * read: it is then DOMAIN_STATE_UNREAD, and libvirt's last error says why. */
bool repair_read_one(struct listing *listing, struct listing_row *row);

/* Reads rows again, one by one: those that contradict themselves, and those that an event touched meanwhile. At
 * most REPAIR_ROWS_MAX in all. No row has a contradiction afterwards: what could not be read again is unknown.
 * Rows of domains that are gone, or that do not fit the filter any more, are dropped. */
enum { REPAIR_ROWS_MAX = 64 };
void repair_rows(struct listing *listing, struct mailbox *mailbox);

#endif
