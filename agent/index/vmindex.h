/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which vmIndex belongs to which domain. RFC 7666 wants it constant for one lifetime of the hypervisor, so
 * across restarts of agent, snmpd and libvirtd; and vmAffectedVMs is a bit string over it, so indexes are
 * small. Used by one thread; vmindex_file.h keeps it on disk. */
#ifndef GUESTLIST_AGENT_INDEX_VMINDEX_H
#define GUESTLIST_AGENT_INDEX_VMINDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/model/snapshot.h"

enum {
    VMINDEX_BOOT_MAX = 64,
    /* So many indexes stay reserved for domains that are gone and might come back; past it the one gone
     * longest gives up its own. */
    VMINDEX_GONE_MAX = 4096,
    VMINDEX_HIGHEST = 10 * 1000 * 1000,
};

struct vmindex_entry {
    unsigned char uuid[UUID_BYTES];
    uint32_t index;      /* 1 or more */
    int64_t gone_real_s; /* when it was first missed; 0: it is listed */
};

struct vmindex {
    char boot[VMINDEX_BOOT_MAX]; /* the boot of this host that the entries are of */
    uint32_t last_change_cs;     /* vmTableLastChange, on vmHvUpTime's clock */
    size_t count;
    struct vmindex_entry *entries; /* sorted by UUID */
    bool dirty;                    /* differs from what was saved last */
    bool forgot;                   /* domains are forgotten since the owner last cleared this */
};

/* Gives each domain of `snapshot` its index, in the order of its rows, and marks those that are missing
 * as gone. `*changed` tells whether rows came or went. False if out of memory or of indexes: no
 * domain got a new index then. */
bool vmindex_assign(struct vmindex *vmindex, const struct snapshot *snapshot, int64_t now_real_s,
                    uint32_t *indexes, bool *changed);

/* Forgets the domains that are gone: only at a new boot, when the RFC lets indexes change. */
void vmindex_compact(struct vmindex *vmindex);

/* Adds an entry as read from disk; false if its UUID is there already, or out of memory.
 * That no index is there twice is for the caller to see to. */
bool vmindex_add(struct vmindex *vmindex, const struct vmindex_entry *entry);

/* The entry of that UUID, or NULL. */
const struct vmindex_entry *vmindex_find(const struct vmindex *vmindex, const unsigned char *uuid);

void vmindex_clear(struct vmindex *vmindex);

#endif
