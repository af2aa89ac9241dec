/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/mib/vm_mib.h"

#include "agent/mib/rows.h"
#include "agent/mib/vm_sizes.h"
#include "agent/mib/vm_state.h"
#include "agent/mib/vm_tables.h"
#include "lib/base/array.h"
#include "lib/model/xml_facts.h"

enum { UNBOUNDED = -1, KIB = 1024, MIB_IN_KIB = 1024, TICK_MS = 10, TRUE = 1, FALSE = 2 };

static const struct domain *vm_mib_domain(const void *row)
{
    return ((const struct vm_row *)row)->domain;
}

static const struct snapshot *vm_mib_snapshot(const void *answer)
{
    const struct rows *rows = ((const struct answer *)answer)->rows;

    return rows ? rows->snapshot : NULL;
}

/* TimeTicks wrap after 497 days, as every SNMP manager knows. */
static bool vm_mib_put_ticks(struct mib_value *value, int64_t ms)
{
    value->unsigned32 = (uint32_t)(ms / TICK_MS);
    return ms >= 0;
}

/* 1.1: the hypervisor. */

static bool vm_mib_get_software(const void *answer, const void *row, struct mib_value *value)
{
    const struct snapshot *snapshot = vm_mib_snapshot(answer);

    (void)row;
    return mib_put_text(value, snapshot ? snapshot->source.software : "");
}

static bool vm_mib_get_version(const void *answer, const void *row, struct mib_value *value)
{
    const struct snapshot *snapshot = vm_mib_snapshot(answer);

    (void)row;
    return mib_put_text(value, snapshot ? snapshot->source.version : "");
}

/* An OID that identifies the hypervisor software: nobody has assigned one to QEMU or its kin. */
static bool vm_mib_get_object_id(const void *answer, const void *row, struct mib_value *value)
{
    static const mib_subid zero_dot_zero[] = { 0, 0 };

    (void)answer;
    (void)row;
    value->bytes = zero_dot_zero;
    value->length = sizeof(zero_dot_zero);
    return true;
}

static bool vm_mib_get_hypervisor_up_time(const void *answer, const void *row, struct mib_value *value)
{
    const struct snapshot *snapshot = vm_mib_snapshot(answer);

    (void)row;
    return snapshot && vm_mib_put_ticks(value, ((const struct answer *)answer)->now_boot_ms -
                                                   snapshot->source.up_since_boot_ms);
}

static const struct mib_column hypervisor_columns[] = {
    { 1, MIB_OCTETS, vm_mib_get_software, "vmHvSoftware" },
    { 2, MIB_OCTETS, vm_mib_get_version, "vmHvVersion" },
    { 3, MIB_OID, vm_mib_get_object_id, "vmHvObjectID" },
    { 4, MIB_TIMETICKS, vm_mib_get_hypervisor_up_time, "vmHvUpTime" },
};

/* 1.2 and 1.3: the table as a whole. */

static bool vm_mib_get_number(const void *answer, const void *row, struct mib_value *value)
{
    const struct snapshot *snapshot = vm_mib_snapshot(answer);

    (void)row;
    return mib_put_integer(value, snapshot ? (int64_t)snapshot->count : 0);
}

static bool vm_mib_get_last_change(const void *answer, const void *row, struct mib_value *value)
{
    const struct rows *rows = ((const struct answer *)answer)->rows;

    (void)row;
    value->unsigned32 = rows ? rows->last_change_cs : 0;
    return true;
}

static const struct mib_column number_columns[] = {
    { 2, MIB_INTEGER, vm_mib_get_number, "vmNumber" },
    { 3, MIB_TIMETICKS, vm_mib_get_last_change, "vmTableLastChange" },
};

/* 1.4.1: vmTable. */

static bool vm_mib_get_name(const void *answer, const void *row, struct mib_value *value)
{
    (void)answer;
    return mib_put_text(value, vm_mib_domain(row)->name);
}

static bool vm_mib_get_uuid(const void *answer, const void *row, struct mib_value *value)
{
    (void)answer;
    value->bytes = vm_mib_domain(row)->uuid;
    value->length = UUID_BYTES;
    return true;
}

static bool vm_mib_get_os_type(const void *answer, const void *row, struct mib_value *value)
{
    const struct xml_facts *xml_facts = vm_mib_domain(row)->xml_facts;

    (void)answer;
    return xml_facts && mib_put_text(value, xml_facts_os(xml_facts));
}

static bool vm_mib_get_admin_state(const void *answer, const void *row, struct mib_value *value)
{
    (void)answer;
    return mib_put_integer(value, vm_state_admin(vm_mib_domain(row)));
}

/* A state that is too old to be believed is unknown, not what it was. */
static bool vm_mib_get_oper_state(const void *answer, const void *row, struct mib_value *value)
{
    bool stale = ((const struct answer *)answer)->stale;

    return mib_put_integer(value, stale ? VM_OPER_UNKNOWN : vm_state_oper(vm_mib_domain(row)));
}

bool vm_put_tristate(struct mib_value *value, enum tristate tristate)
{
    static const int32_t numbers[] = { [TRISTATE_UNKNOWN] = 1, [TRISTATE_TRUE] = 2, [TRISTATE_FALSE] = 3 };

    return mib_put_integer(value, numbers[tristate]);
}

/* RFC 7666 asks whether it starts when the host boots, not what libvirt has set for that. */
static bool vm_mib_get_autostart(const void *answer, const void *row, struct mib_value *value)
{
    (void)answer;
    return vm_put_tristate(value, domain_starts_at_boot(vm_mib_domain(row)));
}

static bool vm_mib_get_persistent(const void *answer, const void *row, struct mib_value *value)
{
    (void)answer;
    return vm_put_tristate(value, vm_mib_domain(row)->persistent);
}

static bool vm_mib_get_cpus(const void *answer, const void *row, struct mib_value *value)
{
    int64_t cpus = vm_sizes_cpus(vm_mib_domain(row));

    (void)answer;
    return cpus >= 0 && mib_put_integer(value, cpus);
}

static bool vm_mib_get_cpus_minimum(const void *answer, const void *row, struct mib_value *value)
{
    (void)answer;
    (void)row;
    return mib_put_integer(value, UNBOUNDED); /* libvirt has no such bound */
}

static bool vm_mib_get_cpus_maximum(const void *answer, const void *row, struct mib_value *value)
{
    (void)answer;
    return mib_put_integer(value, vm_sizes_cpus_maximum(vm_mib_domain(row)));
}

/* KiB per unit. Chosen from the maximum, so that it does not flip when a balloon moves. */
static int64_t vm_mib_memory_unit(const struct domain *domain)
{
    return vm_sizes_memory_maximum_kib(domain) > INT32_MAX ? MIB_IN_KIB : 1;
}

static bool vm_mib_get_memory_unit(const void *answer, const void *row, struct mib_value *value)
{
    (void)answer;
    return mib_put_integer(value, vm_mib_memory_unit(vm_mib_domain(row)) * KIB);
}

static bool vm_mib_get_memory(const void *answer, const void *row, struct mib_value *value)
{
    const struct domain *domain = vm_mib_domain(row);
    int64_t memory = vm_sizes_memory_kib(domain);

    (void)answer;
    return memory >= 0 && mib_put_integer(value, memory / vm_mib_memory_unit(domain));
}

static bool vm_mib_get_memory_minimum(const void *answer, const void *row, struct mib_value *value)
{
    const struct domain *domain = vm_mib_domain(row);
    const struct xml_facts *xml_facts = domain->xml_facts;
    int64_t minimum = xml_facts ? xml_facts->memory_minimum_kib : XML_FACTS_ABSENT;

    (void)answer;
    return mib_put_integer(value, minimum < 0 ? UNBOUNDED : minimum / vm_mib_memory_unit(domain));
}

static bool vm_mib_get_memory_maximum(const void *answer, const void *row, struct mib_value *value)
{
    const struct domain *domain = vm_mib_domain(row);
    int64_t maximum = vm_sizes_memory_maximum_kib(domain);

    (void)answer;
    return mib_put_integer(value, maximum < 0 ? UNBOUNDED : maximum / vm_mib_memory_unit(domain));
}

static bool vm_mib_get_up_time(const void *answer, const void *row, struct mib_value *value)
{
    const struct domain *domain = vm_mib_domain(row);
    int64_t now = ((const struct answer *)answer)->now_boot_ms;

    return vm_mib_put_ticks(value, domain_active(domain) ? now - domain->started_boot_ms : 0);
}

static bool vm_mib_get_cpu_time(const void *answer, const void *row, struct mib_value *value)
{
    const struct domain *domain = vm_mib_domain(row);

    (void)answer;
    value->counter64 = domain_active(domain) ? domain->stats.cpu_time_ns / 1000 : 0;
    return !domain_active(domain) || (domain->stats.known & DOMAIN_STAT_CPU_TIME);
}

static const struct mib_column vm_columns[] = {
    { 2, MIB_OCTETS, vm_mib_get_name, "vmName" },
    { 3, MIB_OCTETS, vm_mib_get_uuid, "vmUUID" },
    { 4, MIB_OCTETS, vm_mib_get_os_type, "vmOSType" },
    { 5, MIB_INTEGER, vm_mib_get_admin_state, "vmAdminState" },
    { 6, MIB_INTEGER, vm_mib_get_oper_state, "vmOperState" },
    { 7, MIB_INTEGER, vm_mib_get_autostart, "vmAutoStart" },
    { 8, MIB_INTEGER, vm_mib_get_persistent, "vmPersistent" },
    { 9, MIB_INTEGER, vm_mib_get_cpus, "vmCurCpuNumber" },
    { 10, MIB_INTEGER, vm_mib_get_cpus_minimum, "vmMinCpuNumber" },
    { 11, MIB_INTEGER, vm_mib_get_cpus_maximum, "vmMaxCpuNumber" },
    { 12, MIB_INTEGER, vm_mib_get_memory_unit, "vmMemUnit" },
    { 13, MIB_INTEGER, vm_mib_get_memory, "vmCurMem" },
    { 14, MIB_INTEGER, vm_mib_get_memory_minimum, "vmMinMem" },
    { 15, MIB_INTEGER, vm_mib_get_memory_maximum, "vmMaxMem" },
    { 16, MIB_TIMETICKS, vm_mib_get_up_time, "vmUpTime" },
    { 17, MIB_COUNTER64, vm_mib_get_cpu_time, "vmCpuTime" },
};

/* 1.9 and 1.10: TruthValue. */

static bool vm_mib_get_per_vm(const void *answer, const void *row, struct mib_value *value)
{
    (void)row;
    return mib_put_integer(value, ((const struct answer *)answer)->switches.per_vm ? TRUE : FALSE);
}

static bool vm_mib_get_bulk(const void *answer, const void *row, struct mib_value *value)
{
    (void)row;
    return mib_put_integer(value, ((const struct answer *)answer)->switches.bulk ? TRUE : FALSE);
}

static const struct mib_column switch_columns[] = {
    { 9, MIB_INTEGER, vm_mib_get_per_vm, "vmPerVMNotificationsEnabled" },
    { 10, MIB_INTEGER, vm_mib_get_bulk, "vmBulkNotificationsEnabled" },
};

bool vm_device_at_least(const uint32_t *indexes, size_t count, mib_subid least, struct rows_item *item,
                        mib_subid *found)
{
    size_t best = count;

    for (size_t i = 0; i < count; i++)
        if (indexes[i] >= least && (best == count || indexes[i] < indexes[best]))
            best = i;
    if (best == count)
        return false;
    item->first = (uint32_t)best;
    *found = indexes[best];
    return true;
}

static const mib_subid hypervisor_base[] = { VM_MIB_OID, 1, 1 };
static const mib_subid objects_base[] = { VM_MIB_OID, 1 };
static const mib_subid vm_entry_base[] = { VM_MIB_OID, 1, 4, 1 };
static const mib_subid cpu_entry_base[] = { VM_MIB_OID, 1, 5, 1 };
static const mib_subid affinity_entry_base[] = { VM_MIB_OID, 1, 6, 1 };
static const mib_subid storage_entry_base[] = { VM_MIB_OID, 1, 7, 1 };
static const mib_subid network_entry_base[] = { VM_MIB_OID, 1, 8, 1 };

static const struct mib_table tables[] = {
    { hypervisor_base, ARRAY_COUNT(hypervisor_base), hypervisor_columns, ARRAY_COUNT(hypervisor_columns),
      &mib_scalar_rows },
    { objects_base, ARRAY_COUNT(objects_base), number_columns, ARRAY_COUNT(number_columns), &mib_scalar_rows },
    { vm_entry_base, ARRAY_COUNT(vm_entry_base), vm_columns, ARRAY_COUNT(vm_columns), &vm_rows },
    { cpu_entry_base, ARRAY_COUNT(cpu_entry_base), vm_cpu_columns, VM_CPU_COLUMNS, &vm_cpu_rows },
    { affinity_entry_base, ARRAY_COUNT(affinity_entry_base), vm_affinity_columns, VM_AFFINITY_COLUMNS,
      &vm_affinity_rows },
    { storage_entry_base, ARRAY_COUNT(storage_entry_base), vm_storage_columns, VM_STORAGE_COLUMNS,
      &vm_storage_rows },
    { network_entry_base, ARRAY_COUNT(network_entry_base), vm_network_columns, VM_NETWORK_COLUMNS,
      &vm_network_rows },
    { objects_base, ARRAY_COUNT(objects_base), switch_columns, ARRAY_COUNT(switch_columns), &mib_scalar_rows },
};

const struct mib vm_mib = { tables, ARRAY_COUNT(tables) };
