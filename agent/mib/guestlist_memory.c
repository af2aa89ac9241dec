/* SPDX-License-Identifier: GPL-2.0-or-later */
/* GUESTLIST-MIB, glMemoryTable: how a guest uses its memory. All numbers but the resident memory come from the
 * guest's balloon driver. It sends them once when the guest's system starts, and then only if the XML has a
 * period. Without a period they are too old to be true, so they are left out. */
#include "agent/mib/guestlist_tables.h"
#include "lib/model/device_stats.h"
#include "lib/model/xml_facts.h"

/* The number; NULL: not known. */
#define NUMBER(cell, fact, field)                                                                                 \
    guestlist_memory_number(rows_domain(cell), fact, offsetof(struct memory_stats, field))

/* Drivers without the time of the last report need no report from the guest. */
static bool guestlist_memory_is_old(const struct domain *domain)
{
    const struct xml_facts *xml_facts = domain->xml_facts;

    return (domain->device_stats->memory.known & MEMORY_LAST_UPDATE) &&
           (!xml_facts || xml_facts->memory_report_period_s <= 0);
}

static const uint64_t *guestlist_memory_number(const struct domain *domain, enum memory_stat fact, size_t offset)
{
    const struct device_stats *stats = domain->device_stats;

    if (!stats || !(stats->memory.known & fact))
        return NULL;
    if (fact != MEMORY_RSS && guestlist_memory_is_old(domain))
        return NULL;
    return (const uint64_t *)(const void *)((const char *)&stats->memory + offset);
}

#define GAUGE(name, fact, field)                                                                                  \
    static bool name(const struct mib_cell *cell)                                                                 \
    {                                                                                                             \
        return mib_put_gauge(cell->value, rows_domain(cell), NUMBER(cell, fact, field));                          \
    }

#define COUNTER(name, fact, field)                                                                                \
    static bool name(const struct mib_cell *cell)                                                                 \
    {                                                                                                             \
        return mib_put_counter(cell->value, rows_domain(cell), NUMBER(cell, fact, field), 1);                     \
    }

GAUGE(guestlist_memory_get_unused, MEMORY_UNUSED, unused_kib)
GAUGE(guestlist_memory_get_available, MEMORY_AVAILABLE, available_kib)
GAUGE(guestlist_memory_get_usable, MEMORY_USABLE, usable_kib)
GAUGE(guestlist_memory_get_rss, MEMORY_RSS, rss_kib)
GAUGE(guestlist_memory_get_disk_caches, MEMORY_DISK_CACHES, disk_caches_kib)
COUNTER(guestlist_memory_get_swapped_in, MEMORY_SWAPPED_IN, swapped_in_kib)
COUNTER(guestlist_memory_get_swapped_out, MEMORY_SWAPPED_OUT, swapped_out_kib)
COUNTER(guestlist_memory_get_major_faults, MEMORY_MAJOR_FAULTS, major_faults)

static const struct mib_column columns[] = {
    { 1, MIB_COUNTER64, guestlist_memory_get_unused, "glMemoryUnused", NULL },
    { 2, MIB_COUNTER64, guestlist_memory_get_available, "glMemoryAvailable", NULL },
    { 3, MIB_COUNTER64, guestlist_memory_get_usable, "glMemoryUsable", NULL },
    { 4, MIB_COUNTER64, guestlist_memory_get_rss, "glMemoryResident", NULL },
    { 5, MIB_COUNTER64, guestlist_memory_get_disk_caches, "glMemoryDiskCaches", NULL },
    { 6, MIB_COUNTER64, guestlist_memory_get_swapped_in, "glMemorySwappedIn", NULL },
    { 7, MIB_COUNTER64, guestlist_memory_get_swapped_out, "glMemorySwappedOut", NULL },
    { 8, MIB_COUNTER64, guestlist_memory_get_major_faults, "glMemoryMajorFaults", NULL },
};

static const mib_subid base[] = { GUESTLIST_ENTERPRISE_OID, 1, 5, 1 };

const struct mib_table guestlist_memory_table = MIB_TABLE(base, columns, rows_seek_vm);
