/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A manager stops at a row that lacks a column, so each row has all of them. A value that is not known is an empty
 * text, "unknown" or -1. */
#include "agent/mib/vmware_mib.h"

#include "agent/mib/mib_put.h"
#include "agent/mib/rows.h"
#include "agent/mib/vm_sizes.h"
#include "agent/mib/vm_state.h"
#include "lib/model/xml_facts.h"

enum { KIB_IN_MIB = 1024, NOT_KNOWN = -1 };

static const char unknown[] = "unknown";

const char *vmware_mib_state(const struct domain *domain)
{
    static const char on[] = "powered on", off[] = "powered off", suspended[] = "suspended";
    static const char *const words[] = {
        [VM_OPER_UNKNOWN] = unknown,    [VM_OPER_OTHER] = unknown,        [VM_OPER_PREPARING] = on,
        [VM_OPER_RUNNING] = on,         [VM_OPER_SUSPENDING] = suspended, [VM_OPER_SUSPENDED] = suspended,
        [VM_OPER_RESUMING] = suspended, [VM_OPER_PAUSED] = suspended,     [VM_OPER_MIGRATING] = on,
        [VM_OPER_SHUTTINGDOWN] = on,    [VM_OPER_SHUTDOWN] = off,         [VM_OPER_CRASHED] = off,
    };

    return words[vm_state_oper(domain)];
}

static bool vmware_mib_get_name(const struct mib_cell *cell)
{
    return mib_put_text(cell->value, rows_domain(cell)->name);
}

static bool vmware_mib_get_os(const struct mib_cell *cell)
{
    return mib_put_text(cell->value, xml_facts_os(rows_domain(cell)->xml_facts));
}

/* The memory that the guest is configured to have. Its balloon may leave it less. */
static bool vmware_mib_get_memory(const struct mib_cell *cell)
{
    int64_t kib = vm_sizes_memory_maximum_kib(rows_domain(cell));

    return mib_put_integer(cell->value, kib < 0 ? NOT_KNOWN : kib / KIB_IN_MIB);
}

/* A state that is too old to be believed is unknown. */
static bool vmware_mib_get_state(const struct mib_cell *cell)
{
    return mib_put_text(cell->value, cell->answer->stale ? unknown : vmware_mib_state(rows_domain(cell)));
}

static bool vmware_mib_get_cpus(const struct mib_cell *cell)
{
    int64_t cpus = vm_sizes_cpus(rows_domain(cell));

    return mib_put_integer(cell->value, cpus < 0 ? NOT_KNOWN : cpus);
}

static const struct mib_column columns[] = {
    { 2, MIB_OCTETS, vmware_mib_get_name, "vmwVmDisplayName", NULL },
    { 4, MIB_OCTETS, vmware_mib_get_os, "vmwVmGuestOS", NULL },
    { 5, MIB_INTEGER, vmware_mib_get_memory, "vmwVmMemSize", NULL },
    { 6, MIB_OCTETS, vmware_mib_get_state, "vmwVmState", NULL },
    { 9, MIB_INTEGER, vmware_mib_get_cpus, "vmwVmCpus", NULL },
};

static const mib_subid root[] = { VMWARE_MIB_OID };
static const mib_subid base[] = { VMWARE_MIB_OID, 1 };

static const struct mib_table table = MIB_TABLE(base, columns, rows_seek_vm);

static const struct mib_table *const tables[] = { &table };

const struct mib vmware_mib = MIB_MODULE("vmwVmTable", root, tables);
