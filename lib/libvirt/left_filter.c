/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finds out whether a domain that is no longer listed is gone, or only does not match the filter any more. */
#include <string.h>

#include "lib/libvirt/domain_handles.h"
#include "lib/libvirt/listing.h"
#include "lib/libvirt/virt.h"

/* Puts the UUIDs of `before` that `snapshot` does not have into left_filter, in their order. False if out of
 * memory. */
static bool left_filter_find_missing(const struct snapshot *before, struct snapshot *snapshot)
{
    snapshot->left_filter = calloc(before->count + 1, sizeof(*snapshot->left_filter));
    if (!snapshot->left_filter)
        return false;
    for (size_t i = 0; i < before->count; i++)
        if (!snapshot_find(snapshot, before->domains[i].uuid))
            memcpy(snapshot->left_filter[snapshot->left_filter_count++].bytes, before->domains[i].uuid,
                   UUID_BYTES);
    return true;
}

void left_filter_find(struct connection *connection, const struct snapshot *before, struct snapshot *snapshot)
{
    CLEANUP(domain_handles_clear) struct domain_handles all = { 0 };
    size_t kept = 0;

    if (snapshot->filter == 0 || !left_filter_find_missing(before, snapshot) || snapshot->left_filter_count == 0)
        return;
    snapshot->calls++;
    if (!domain_handles_list(&all, connection_conn(connection), 0))
        return;
    domain_handles_sort(&all);
    for (size_t i = 0; i < snapshot->left_filter_count; i++)
        if (uuid_find(all.items, all.count, sizeof(*all.items), snapshot->left_filter[i].bytes))
            snapshot->left_filter[kept++] = snapshot->left_filter[i];
    snapshot->left_filter_count = kept;
}
