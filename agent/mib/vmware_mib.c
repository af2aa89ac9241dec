/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A manager stops at a row that lacks a column, so each row has all of them: what is not known is an empty text,
 * "unknown" or -1. */
#include "agent/mib/vmware_mib.h"

#include "agent/mib/rows.h"
#include "agent/mib/vm_sizes.h"
#include "agent/mib/vm_state.h"
#include "lib/base/array.h"
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

static const struct domain *vmware_mib_domain(const void *row)
{
    return ((const struct vm_row *)row)->domain;
}

static bool vmware_mib_get_name(const void *answer, const void *row, struct mib_value *value)
{
    (void)answer;
    return mib_put_text(value, vmware_mib_domain(row)->name);
}

static bool vmware_mib_get_os(const void *answer, const void *row, struct mib_value *value)
{
    (void)answer;
    return mib_put_text(value, xml_facts_os(vmware_mib_domain(row)->xml_facts));
}

/* What the guest is configured to have, wherever a balloon stands. */
static bool vmware_mib_get_memory(const void *answer, const void *row, struct mib_value *value)
{
    int64_t kib = vm_sizes_memory_maximum_kib(vmware_mib_domain(row));

    (void)answer;
    return mib_put_integer(value, kib < 0 ? NOT_KNOWN : kib / KIB_IN_MIB);
}

/* A state that is too old to be believed is unknown, not what it was. */
static bool vmware_mib_get_state(const void *answer, const void *row, struct mib_value *value)
{
    bool stale = ((const struct answer *)answer)->stale;

    return mib_put_text(value, stale ? unknown : vmware_mib_state(vmware_mib_domain(row)));
}

static bool vmware_mib_get_cpus(const void *answer, const void *row, struct mib_value *value)
{
    int64_t cpus = vm_sizes_cpus(vmware_mib_domain(row));

    (void)answer;
    return mib_put_integer(value, cpus < 0 ? NOT_KNOWN : cpus);
}

static const struct mib_column columns[] = {
    { 2, MIB_OCTETS, vmware_mib_get_name, "vmwVmDisplayName" },
    { 4, MIB_OCTETS, vmware_mib_get_os, "vmwVmGuestOS" },
    { 5, MIB_INTEGER, vmware_mib_get_memory, "vmwVmMemSize" },
    { 6, MIB_OCTETS, vmware_mib_get_state, "vmwVmState" },
    { 9, MIB_INTEGER, vmware_mib_get_cpus, "vmwVmCpus" },
};

static const mib_subid entry_base[] = { VMWARE_MIB_OID, 1 };

static const struct mib_table tables[] = {
    { entry_base, ARRAY_COUNT(entry_base), columns, ARRAY_COUNT(columns), &vm_rows },
};

const struct mib vmware_mib = { tables, ARRAY_COUNT(tables) };
