/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Domains of which a listing showed something before the event that tells it came, or an event something that the
 * listing does not show: so that it is neither told twice nor told without what was in between. Sorted by UUID, as
 * long as they are added so. */
#ifndef GUESTLIST_AGENT_OWED_H
#define GUESTLIST_AGENT_OWED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "agent/vm_state.h"
#include "core/snapshot.h"

struct owed_item {
    unsigned char uuid[DOMAIN_UUID_BYTES]; /* first, for searching */
    int64_t until_boot_ms;                 /* an event that is older may be the one */
    enum vm_oper_state state;              /* as told so far, with libvirt's number of it */
    int libvirt_state;
    const struct snapshot *in; /* of a domain that is gone: where its last row stands; else NULL */
    const struct domain *gone; /* that row */
    bool row_ahead;            /* a row has shown `state` before the events that led there */
    bool stayed;               /* it only left the filter */
};

struct owed {
    size_t count;
    struct owed_item *items;
};

/* Adds a copy of `item` with a reference of its own to `in`. Out of memory it is left out. */
void owed_add(struct owed *owed, const struct owed_item *item);

/* The item of that UUID, or NULL. */
const struct owed_item *owed_find(const struct owed *owed, const unsigned char uuid[DOMAIN_UUID_BYTES]);

void owed_clear(struct owed *owed);

#endif
