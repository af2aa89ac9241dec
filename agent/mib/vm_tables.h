/* SPDX-License-Identifier: GPL-2.0-or-later */
/* VM-MIB's tables, which vm_mib.c lists. Each is defined in the file of its name; the rows' data is a struct
 * vm_row in vm_table and a struct rows_item in the others. */
#ifndef GUESTLIST_AGENT_MIB_VM_TABLES_H
#define GUESTLIST_AGENT_MIB_VM_TABLES_H

#include "agent/mib/mib_put.h"
#include "agent/mib/rows.h"
#include "agent/mib/vm_mib.h"

extern const struct mib_table vm_table, vm_cpu_table, vm_affinity_table, vm_storage_table, vm_network_table;

#endif
