/* SPDX-License-Identifier: GPL-2.0-or-later */
/* VM-MIB's tables, which vm_mib.c lists. Each is defined in the file of its name; the rows' data is a struct
 * vm_row in vm_table and a struct rows_item in the others. */
#ifndef GUESTLIST_AGENT_MIB_VM_TABLES_H
#define GUESTLIST_AGENT_MIB_VM_TABLES_H

#include "agent/mib/mib_put.h"
#include "agent/mib/rows.h"
#include "agent/mib/vm_mib.h"

extern const struct mib_table vm_table, vm_cpu_table, vm_affinity_table, vm_storage_table, vm_network_table;

/* For the tables of GUESTLIST-MIB that augment three of these: they have the same rows. The statistics are those
 * of the row's vCPU, disk or interface; NULL: there are none. */
mib_seek vm_cpu_seek, vm_storage_seek, vm_network_seek;
const struct vcpu_stats *vm_cpu_stats(const struct mib_cell *cell);
const struct disk_stats *vm_storage_stats(const struct mib_cell *cell);
const struct net_stats *vm_network_stats(const struct mib_cell *cell);

enum { US_IN_NS = 1000 };

/* Defines a getter of a counter of a device. `find` returns the device's statistics (struct `type`) for a cell, or
 * NULL; `fact` is the bit of `field` in their member `known`; the number is divided by `unit`. */
#define VM_DEVICE_COUNTER(name, type, find, fact, field, unit)                                                    \
    static bool name(const struct mib_cell *cell)                                                                 \
    {                                                                                                             \
        const struct type *stats = find(cell);                                                                    \
                                                                                                                  \
        return mib_put_counter(cell->value, rows_item_domain(cell),                                               \
                               stats && (stats->known & (fact)) ? &stats->field : NULL, unit);                    \
    }

/* A size of the row's disk in bytes: the member of struct disk_stats with that bit of enum disk_stat and at that
 * offset. A domain that is not active has the sizes of its last run, if the disk is still the same file. -1: not
 * known. */
int64_t vm_storage_size(const struct mib_cell *cell, uint32_t fact, size_t offset);

#endif
