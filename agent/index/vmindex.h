/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The vmIndex of each domain. RFC 7666 requires that it is constant for one lifetime of the hypervisor, so it
 * survives restarts of the agent, snmpd and libvirtd. vmAffectedVMs is a bit string with a bit for each index, so
 * the smallest free indexes are used. Used by one thread at a time; vmindex_file.h keeps the indexes on disk. */
#ifndef GUESTLIST_AGENT_INDEX_VMINDEX_H
#define GUESTLIST_AGENT_INDEX_VMINDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/model/snapshot.h"

enum {
    VMINDEX_BOOT_MAX = 64,
    /* How many domains that are gone keep their index, because they may come back. If there are more, the domain
     * that has been gone longest is forgotten. */
    VMINDEX_GONE_MAX = 4096,
    VMINDEX_HIGHEST = 10 * 1000 * 1000,
};

struct vmindex_entry {
    unsigned char uuid[UUID_BYTES];
    uint32_t index;      /* 1 or more */
    int64_t gone_real_s; /* since when the domain is not listed; 0: it is listed */
};

struct vmindex {
    char boot[VMINDEX_BOOT_MAX]; /* the boot of this host in which the indexes were assigned */
    uint32_t last_change_cs;     /* vmTableLastChange, by vmHvUpTime's clock */
    size_t count;
    struct vmindex_entry *entries; /* sorted by UUID */
    bool dirty;                    /* differs from what was saved last */
    bool forgot;                   /* domains were forgotten since the owner last cleared this */
};

/* Writes the index of each domain of the snapshot to `indexes`, in its order, and marks the other domains as gone.
 * `*changed`: domains came or went. False if out of memory or of indexes. Then no domain has got a new index, and
 * `indexes` is incomplete. */
bool vmindex_assign(struct vmindex *vmindex, const struct snapshot *snapshot, int64_t now_real_s,
                    uint32_t *indexes, bool *changed);

/* Forgets the domains that are gone. Call it only after a boot of the host, when the RFC allows indexes to change.
 */
void vmindex_compact(struct vmindex *vmindex);

/* Adds an entry as read from disk. False if its UUID is there already, or if out of memory. The caller checks that
 * each index is there once. */
bool vmindex_add(struct vmindex *vmindex, const struct vmindex_entry *entry);

/* The entry of that UUID, or NULL. Borrowed until the map changes. */
const struct vmindex_entry *vmindex_find(const struct vmindex *vmindex, const unsigned char *uuid);

void vmindex_clear(struct vmindex *vmindex);

#endif
