/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finds out whether a domain that left the listing is gone, or only does not fit the filter any more. */
#include <string.h>

#include "lib/libvirt/listing.h"
#include "lib/libvirt/virt.h"

/* Puts the UUIDs of `before` that `snapshot` does not have into left_filter, in their order. False if out of
 * memory. */
static bool left_filter_find_missing(const struct snapshot *before, struct snapshot *snapshot)
{
    size_t at = 0;

    snapshot->left_filter = calloc(before->count + 1, sizeof(*snapshot->left_filter));
    if (!snapshot->left_filter)
        return false;
    for (size_t i = 0; i < before->count; i++) {
        const struct domain *old = &before->domains[i];

        while (at < snapshot->count && uuid_compare(&snapshot->domains[at], old) < 0)
            at++;
        if (at == snapshot->count || uuid_compare(&snapshot->domains[at], old) != 0)
            memcpy(snapshot->left_filter[snapshot->left_filter_count++].bytes, old->uuid, UUID_BYTES);
    }
    return true;
}

/* The UUIDs of all domains of the hypervisor, sorted. NULL if the call failed, or if out of memory. */
static struct snapshot_uuid *left_filter_list_all(struct connection *connection, size_t *count)
{
    AUTO_FREE virDomainPtr *domains = NULL;
    int listed = virConnectListAllDomains(connection_conn(connection), &domains, 0);
    struct snapshot_uuid *all = listed < 0 ? NULL : calloc((size_t)listed + 1, sizeof(*all));

    *count = 0;
    for (int i = 0; i < listed; i++) {
        if (all && virDomainGetUUID(domains[i], all[*count].bytes) == 0)
            (*count)++;
        cleanup_domain(&domains[i]);
    }
    if (all)
        qsort(all, *count, sizeof(*all), uuid_compare);
    return all;
}

void left_filter_find(struct connection *connection, const struct snapshot *before, struct snapshot *snapshot)
{
    AUTO_FREE struct snapshot_uuid *all = NULL;
    size_t count, kept = 0;

    if (snapshot->filter == 0 || !left_filter_find_missing(before, snapshot) || snapshot->left_filter_count == 0)
        return;
    snapshot->calls++;
    all = left_filter_list_all(connection, &count);
    for (size_t i = 0; all && i < snapshot->left_filter_count; i++)
        if (uuid_find(all, count, sizeof(*all), snapshot->left_filter[i].bytes))
            snapshot->left_filter[kept++] = snapshot->left_filter[i];
    if (all)
        snapshot->left_filter_count = kept;
}
