/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/libvirt/domain_handles.h"

#include "lib/base/array.h"

bool domain_handles_add(struct domain_handles *handles, virDomainPtr *domains, size_t count)
{
    struct domain_handle *items = array_grow(handles->items, handles->count, count, sizeof(*items));

    if (items)
        handles->items = items;
    for (size_t i = 0; i < count; i++) {
        if (!items) {
            cleanup_domain(&domains[i]);
            continue;
        }
        items[handles->count] = (struct domain_handle){ .domain = domains[i], .place = handles->count };
        handles->count++;
    }
    return items != NULL;
}

/* The daemon sends the list and its length, and libvirt's library does not compare them. So the length is not
 * used: it could be larger than the list. */
static size_t domain_handles_count(virDomainPtr *domains)
{
    size_t count = 0;

    while (domains && domains[count])
        count++;
    return count;
}

bool domain_handles_list(struct domain_handles *handles, virConnectPtr conn, unsigned flags)
{
    AUTO_FREE virDomainPtr *domains = NULL;
    int result = virConnectListAllDomains(conn, &domains, flags);

    return (result >= 0 || domains) && domain_handles_add(handles, domains, domain_handles_count(domains));
}

/* Drops handles whose UUID cannot be read. */
static void domain_handles_read_uuids(struct domain_handles *handles)
{
    size_t kept = 0;

    for (size_t i = 0; i < handles->count; i++) {
        if (virDomainGetUUID(handles->items[i].domain, handles->items[i].uuid) == 0)
            handles->items[kept++] = handles->items[i];
        else
            cleanup_domain(&handles->items[i].domain);
    }
    handles->count = kept;
}

void domain_handles_sort(struct domain_handles *handles)
{
    size_t kept = 0;

    domain_handles_read_uuids(handles);
    if (handles->count == 0)
        return;
    qsort(handles->items, handles->count, sizeof(*handles->items), uuid_compare);
    for (size_t i = 0; i < handles->count; i++) {
        if (kept > 0 && uuid_compare(&handles->items[kept - 1], &handles->items[i]) == 0)
            cleanup_domain(&handles->items[i].domain);
        else
            handles->items[kept++] = handles->items[i];
    }
    handles->count = kept;
}

void domain_handles_clear(struct domain_handles *handles)
{
    for (size_t i = 0; i < handles->count; i++)
        cleanup_domain(&handles->items[i].domain);
    free(handles->items);
    *handles = (struct domain_handles){ 0 };
}
