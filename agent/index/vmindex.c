/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/index/vmindex.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/cleanup.h"

static int vmindex_compare(const void *one, const void *other)
{
    return memcmp(one, other, UUID_BYTES);
}

static bool vmindex_make_room(struct vmindex *vmindex, size_t more)
{
    size_t room = vmindex->room ? vmindex->room : 64;
    struct vmindex_entry *entries;

    while (room < vmindex->count + more)
        room *= 2;
    if (room == vmindex->room)
        return true;
    entries = realloc(vmindex->entries, room * sizeof(*entries));
    if (!entries)
        return false;
    vmindex->entries = entries;
    vmindex->room = room;
    return true;
}

const struct vmindex_entry *vmindex_find(const struct vmindex *vmindex, const unsigned char *uuid)
{
    if (vmindex->count == 0)
        return NULL;
    return bsearch(uuid, vmindex->entries, vmindex->count, sizeof(*vmindex->entries), vmindex_compare);
}

bool vmindex_add(struct vmindex *vmindex, const struct vmindex_entry *entry)
{
    size_t at = 0, end = vmindex->count;

    while (at < end) {
        size_t middle = at + (end - at) / 2;

        if (vmindex_compare(&vmindex->entries[middle], entry) < 0)
            at = middle + 1;
        else
            end = middle;
    }
    if (at < vmindex->count && vmindex_compare(&vmindex->entries[at], entry) == 0)
        return false;
    if (!vmindex_make_room(vmindex, 1))
        return false;
    memmove(&vmindex->entries[at + 1], &vmindex->entries[at], (vmindex->count - at) * sizeof(*entry));
    vmindex->entries[at] = *entry;
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

/* Marks who is there and who is gone; returns how many of the snapshot's domains have no entry yet. Both
 * are sorted by UUID. */
static size_t vmindex_match(struct vmindex *vmindex, const struct snapshot *snapshot, int64_t now,
                            uint32_t *indexes, bool *changed)
{
    size_t at = 0, missing = 0;

    for (size_t i = 0; i < vmindex->count; i++) {
        struct vmindex_entry *entry = &vmindex->entries[i];
        bool listed;

        while (at < snapshot->count && vmindex_compare(snapshot->domains[at].uuid, entry) < 0) {
            indexes[at++] = 0;
            missing++;
        }
        listed = at < snapshot->count && vmindex_compare(snapshot->domains[at].uuid, entry) == 0;
        if (listed)
            indexes[at++] = entry->index;
        if (listed == (entry->gone_real_s == 0))
            continue;
        entry->gone_real_s = listed ? 0 : now;
        *changed = true;
    }
    for (; at < snapshot->count; missing++)
        indexes[at++] = 0;
    return missing;
}

static int vmindex_compare_gone(const void *one, const void *other)
{
    const struct vmindex_entry *a = *(struct vmindex_entry *const *)one;
    const struct vmindex_entry *b = *(struct vmindex_entry *const *)other;

    return a->gone_real_s < b->gone_real_s ? -1 : a->gone_real_s > b->gone_real_s;
}

/* Frees the indexes of those gone longest until at most `most` are reserved. */
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

/* A byte for each index that could be in use once `more` are given out. */
static unsigned char *vmindex_used_indexes(const struct vmindex *vmindex, size_t more, size_t *size)
{
    unsigned char *used;
    uint32_t highest = 0;

    for (size_t i = 0; i < vmindex->count; i++)
        if (vmindex->entries[i].index > highest)
            highest = vmindex->entries[i].index;
    *size = (size_t)highest + more + 2;
    used = calloc(*size, 1);
    for (size_t i = 0; used && i < vmindex->count; i++)
        used[vmindex->entries[i].index] = 1;
    return used;
}

/* Gives the smallest free indexes to the domains that have none. */
static bool vmindex_add_missing(struct vmindex *vmindex, const struct snapshot *snapshot, size_t missing,
                                uint32_t *indexes)
{
    size_t size, next = 1;
    AUTO_FREE unsigned char *used = vmindex_used_indexes(vmindex, missing, &size);

    /* The smallest free index is never more than the number of entries and one. */
    if (!used || vmindex->count + missing > VMINDEX_HIGHEST || !vmindex_make_room(vmindex, missing))
        return false;
    for (size_t i = 0; i < snapshot->count; i++) {
        struct vmindex_entry *entry = &vmindex->entries[vmindex->count];

        if (indexes[i] != 0)
            continue;
        while (used[next])
            next++;
        *entry = (struct vmindex_entry){ .index = (uint32_t)next };
        memcpy(entry->uuid, snapshot->domains[i].uuid, UUID_BYTES);
        indexes[i] = (uint32_t)next++;
        vmindex->count++;
    }
    qsort(vmindex->entries, vmindex->count, sizeof(*vmindex->entries), vmindex_compare);
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
