/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/index/vmindex.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/array.h"
#include "lib/base/cleanup.h"

const struct vmindex_entry *vmindex_find(const struct vmindex *vmindex, const unsigned char *uuid)
{
    return uuid_find(vmindex->entries, vmindex->count, sizeof(*vmindex->entries), uuid);
}

bool vmindex_add(struct vmindex *vmindex, const struct vmindex_entry *entry)
{
    size_t count = vmindex->count, at = uuid_lower_bound(vmindex->entries, count, sizeof(*entry), entry->uuid);
    struct vmindex_entry *entries = vmindex->entries;

    if (at < count && uuid_is_same(entries[at].uuid, entry->uuid))
        return false;
    entries = array_grow(entries, count, 1, sizeof(*entries));
    if (!entries)
        return false;
    memmove(&entries[at + 1], &entries[at], (count - at) * sizeof(*entries));
    entries[at] = *entry;
    vmindex->entries = entries;
    vmindex->count++;
    return true;
}

void vmindex_clear(struct vmindex *vmindex)
{
    free(vmindex->entries);
    *vmindex = (struct vmindex){ 0 };
}

void vmindex_compact(struct vmindex *vmindex)
{
    size_t kept = 0;

    for (size_t i = 0; i < vmindex->count; i++)
        if (vmindex->entries[i].gone_real_s == 0)
            vmindex->entries[kept++] = vmindex->entries[i];
    vmindex->dirty |= kept != vmindex->count;
    vmindex->forgot |= kept != vmindex->count;
    vmindex->count = kept;
}

/* Notes in the entry whether its domain is listed. */
static void vmindex_mark(struct vmindex_entry *entry, bool is_listed, int64_t now_real_s, bool *changed)
{
    if (is_listed == (entry->gone_real_s == 0))
        return;
    entry->gone_real_s = is_listed ? 0 : now_real_s;
    *changed = true;
}

/* Notes in each entry whether its domain is listed or gone. Writes the index of each domain of the snapshot, or 0
 * if it has none yet. Returns how many have none. Entries and domains are sorted by UUID. */
static size_t vmindex_match(struct vmindex *vmindex, const struct snapshot *snapshot, int64_t now_real_s,
                            uint32_t *indexes, bool *changed)
{
    size_t at = 0, missing = 0;

    for (size_t i = 0; i < snapshot->count; i++) {
        const unsigned char *uuid = snapshot->domains[i].uuid;

        while (at < vmindex->count && uuid_compare(vmindex->entries[at].uuid, uuid) < 0)
            vmindex_mark(&vmindex->entries[at++], false, now_real_s, changed);
        if (at < vmindex->count && uuid_is_same(vmindex->entries[at].uuid, uuid)) {
            indexes[i] = vmindex->entries[at].index;
            vmindex_mark(&vmindex->entries[at++], true, now_real_s, changed);
        } else {
            indexes[i] = 0;
            missing++;
        }
    }
    while (at < vmindex->count)
        vmindex_mark(&vmindex->entries[at++], false, now_real_s, changed);
    return missing;
}

static int vmindex_compare_gone(const void *one, const void *other)
{
    const struct vmindex_entry *a = *(struct vmindex_entry *const *)one;
    const struct vmindex_entry *b = *(struct vmindex_entry *const *)other;

    return a->gone_real_s < b->gone_real_s ? -1 : a->gone_real_s > b->gone_real_s;
}

/* Forgets the domains that have been gone longest, until at most `most` are left. */
static bool vmindex_forget_oldest(struct vmindex *vmindex, size_t most)
{
    AUTO_FREE struct vmindex_entry **gone = calloc(vmindex->count + 1, sizeof(struct vmindex_entry *));
    size_t count = 0, kept = 0;

    if (!gone)
        return false;
    for (size_t i = 0; i < vmindex->count; i++)
        if (vmindex->entries[i].gone_real_s != 0)
            gone[count++] = &vmindex->entries[i];
    if (count <= most)
        return true;
    qsort(gone, count, sizeof(*gone), vmindex_compare_gone);
    for (size_t i = 0; i < count - most; i++)
        gone[i]->index = 0;
    for (size_t i = 0; i < vmindex->count; i++)
        if (vmindex->entries[i].index != 0)
            vmindex->entries[kept++] = vmindex->entries[i];
    vmindex->count = kept;
    vmindex->forgot = true;
    return true;
}

/* A byte for each index below `size`: not 0 if it is in use. NULL if out of memory. */
static unsigned char *vmindex_used_indexes(const struct vmindex *vmindex, size_t size)
{
    unsigned char *used = calloc(size, 1);

    for (size_t i = 0; used && i < vmindex->count; i++)
        if (vmindex->entries[i].index < size)
            used[vmindex->entries[i].index] = 1;
    return used;
}

/* Gives the smallest free indexes to the domains that have none. */
static bool vmindex_add_missing(struct vmindex *vmindex, const struct snapshot *snapshot, size_t missing,
                                uint32_t *indexes)
{
    /* The smallest free index is at most one more than the number of entries. */
    AUTO_FREE unsigned char *used = vmindex_used_indexes(vmindex, vmindex->count + missing + 2);
    struct vmindex_entry *entries;
    size_t next = 1;

    if (!used || vmindex->count + missing > VMINDEX_HIGHEST)
        return false;
    entries = array_grow(vmindex->entries, vmindex->count, missing, sizeof(*entries));
    if (!entries)
        return false;
    vmindex->entries = entries;
    for (size_t i = 0; i < snapshot->count; i++) {
        struct vmindex_entry *entry = &entries[vmindex->count];

        if (indexes[i] != 0)
            continue;
        while (used[next])
            next++;
        *entry = (struct vmindex_entry){ .index = (uint32_t)next };
        memcpy(entry->uuid, snapshot->domains[i].uuid, UUID_BYTES);
        indexes[i] = (uint32_t)next++;
        vmindex->count++;
    }
    qsort(entries, vmindex->count, sizeof(*entries), uuid_compare);
    return true;
}

bool vmindex_assign(struct vmindex *vmindex, const struct snapshot *snapshot, int64_t now_real_s,
                    uint32_t *indexes, bool *changed)
{
    size_t missing;

    *changed = false;
    missing = vmindex_match(vmindex, snapshot, now_real_s, indexes, changed);
    vmindex->dirty |= *changed;
    if (missing > 0) {
        if (!vmindex_forget_oldest(vmindex, VMINDEX_GONE_MAX) ||
            !vmindex_add_missing(vmindex, snapshot, missing, indexes))
            return false;
        *changed = true;
    }
    vmindex->dirty |= *changed;
    return true;
}
