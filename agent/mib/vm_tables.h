/* SPDX-License-Identifier: GPL-2.0-or-later */
/* VM-MIB's tables that have several rows for one domain: their columns and how their rows are found. vm_mib.c
 * puts them into their places. */
#ifndef GUESTLIST_AGENT_MIB_VM_TABLES_H
#define GUESTLIST_AGENT_MIB_VM_TABLES_H

#include "agent/mib/mib.h"
#include "agent/mib/rows.h"

enum { VM_CPU_COLUMNS = 1, VM_AFFINITY_COLUMNS = 1, VM_STORAGE_COLUMNS = 16, VM_NETWORK_COLUMNS = 4 };

extern const struct mib_column vm_cpu_columns[VM_CPU_COLUMNS];
extern const struct mib_rows vm_cpu_rows;

extern const struct mib_column vm_affinity_columns[VM_AFFINITY_COLUMNS];
extern const struct mib_rows vm_affinity_rows;

extern const struct mib_column vm_storage_columns[VM_STORAGE_COLUMNS];
extern const struct mib_rows vm_storage_rows;

extern const struct mib_column vm_network_columns[VM_NETWORK_COLUMNS];
extern const struct mib_rows vm_network_rows;

/* For getters: VirtualMachineAutoStart and VirtualMachinePersistent, which number alike. Always true. */
bool vm_put_tristate(struct mib_value *value, enum tristate tristate);

/* For tables of devices: the device whose index is the lowest that is at least `least`. Its position becomes the
 * item's `first`. False if there is none. */
bool vm_device_at_least(const uint32_t *indexes, size_t count, mib_subid least, struct rows_item *item,
                        mib_subid *found);

#endif
