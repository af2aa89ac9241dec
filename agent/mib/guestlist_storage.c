/* SPDX-License-Identifier: GPL-2.0-or-later */
/* GUESTLIST-MIB, glStorageTable: what vmStorageTable does not report of a disk. It has the same rows. */
#include "agent/mib/guestlist_tables.h"
#include "agent/mib/vm_tables.h"
#include "lib/model/device_stats.h"

#define COUNTER(name, fact, field, unit) VM_DEVICE_COUNTER(name, disk_stats, vm_storage_stats, fact, field, unit)

#define SIZE(name, fact, field)                                                                                   \
    static bool name(const struct mib_cell *cell)                                                                 \
    {                                                                                                             \
        int64_t bytes = vm_storage_size(cell, fact, offsetof(struct disk_stats, field));                          \
                                                                                                                  \
        cell->value->counter64 = (uint64_t)bytes;                                                                 \
        return bytes >= 0;                                                                                        \
    }

COUNTER(guestlist_storage_get_flushes, DISK_FLUSHES, flushes, 1)
COUNTER(guestlist_storage_get_flush_time, DISK_FLUSH_TIME, flush_time_ns, US_IN_NS)
SIZE(guestlist_storage_get_allocation, DISK_ALLOCATION, allocation_bytes)
SIZE(guestlist_storage_get_physical, DISK_PHYSICAL, physical_bytes)

static const struct mib_column columns[] = {
    { 1, MIB_COUNTER64, guestlist_storage_get_flushes, "glStorageFlushes", NULL },
    { 2, MIB_COUNTER64, guestlist_storage_get_flush_time, "glStorageFlushTime", NULL },
    { 3, MIB_COUNTER64, guestlist_storage_get_allocation, "glStorageAllocation", NULL },
    { 4, MIB_COUNTER64, guestlist_storage_get_physical, "glStoragePhysical", NULL },
};

static const mib_subid base[] = { GUESTLIST_ENTERPRISE_OID, 1, 7, 1 };

const struct mib_table guestlist_storage_table = MIB_TABLE(base, columns, vm_storage_seek);
