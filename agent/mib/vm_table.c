/* SPDX-License-Identifier: GPL-2.0-or-later */
/* RFC 7666, vmTable: a row for each domain. */
#include "agent/mib/vm_sizes.h"
#include "agent/mib/vm_state.h"
#include "agent/mib/vm_tables.h"
#include "lib/model/xml_facts.h"

enum { UNBOUNDED = -1, KIB = 1024, MIB_IN_KIB = 1024 };

static bool vm_table_get_name(const struct mib_cell *cell)
{
    return mib_put_text(cell->value, rows_domain(cell)->name);
}

static bool vm_table_get_uuid(const struct mib_cell *cell)
{
    cell->value->bytes = rows_domain(cell)->uuid;
    cell->value->length = UUID_BYTES;
    return true;
}

static bool vm_table_get_os_type(const struct mib_cell *cell)
{
    const struct xml_facts *xml_facts = rows_domain(cell)->xml_facts;

    return xml_facts && mib_put_text(cell->value, xml_facts_os(xml_facts));
}

static bool vm_table_get_admin_state(const struct mib_cell *cell)
{
    return mib_put_integer(cell->value, vm_state_admin(rows_domain(cell)));
}

/* A state that is too old to be believed is unknown. */
static bool vm_table_get_oper_state(const struct mib_cell *cell)
{
    return mib_put_integer(cell->value, cell->answer->stale ? VM_OPER_UNKNOWN : vm_state_oper(rows_domain(cell)));
}

/* RFC 7666 asks whether the domain starts when the host boots, not what libvirt has set for that. */
static bool vm_table_get_autostart(const struct mib_cell *cell)
{
    return mib_put_vm_tristate(cell->value, domain_starts_at_boot(rows_domain(cell)));
}

static bool vm_table_get_persistent(const struct mib_cell *cell)
{
    return mib_put_vm_tristate(cell->value, rows_domain(cell)->persistent);
}

static bool vm_table_get_cpus(const struct mib_cell *cell)
{
    int64_t cpus = vm_sizes_cpus(rows_domain(cell));

    return cpus >= 0 && mib_put_integer(cell->value, cpus);
}

/* libvirt has no such bound. */
static bool vm_table_get_cpus_minimum(const struct mib_cell *cell)
{
    return mib_put_integer(cell->value, UNBOUNDED);
}

static bool vm_table_get_cpus_maximum(const struct mib_cell *cell)
{
    return mib_put_integer(cell->value, vm_sizes_cpus_maximum(rows_domain(cell)));
}

/* KiB per unit. The unit depends on the maximum only, so it does not change when the balloon changes the memory.
 */
static int64_t vm_table_memory_unit(const struct domain *domain)
{
    return vm_sizes_memory_maximum_kib(domain) > INT32_MAX ? MIB_IN_KIB : 1;
}

static bool vm_table_get_memory_unit(const struct mib_cell *cell)
{
    return mib_put_integer(cell->value, vm_table_memory_unit(rows_domain(cell)) * KIB);
}

static bool vm_table_put_memory(const struct mib_cell *cell, int64_t kib)
{
    return mib_put_integer(cell->value, kib < 0 ? UNBOUNDED : kib / vm_table_memory_unit(rows_domain(cell)));
}

static bool vm_table_get_memory(const struct mib_cell *cell)
{
    int64_t kib = vm_sizes_memory_kib(rows_domain(cell));

    return kib >= 0 && vm_table_put_memory(cell, kib);
}

static bool vm_table_get_memory_minimum(const struct mib_cell *cell)
{
    const struct xml_facts *xml_facts = rows_domain(cell)->xml_facts;

    return vm_table_put_memory(cell, xml_facts ? xml_facts->memory_minimum_kib : XML_FACTS_ABSENT);
}

static bool vm_table_get_memory_maximum(const struct mib_cell *cell)
{
    return vm_table_put_memory(cell, vm_sizes_memory_maximum_kib(rows_domain(cell)));
}

static bool vm_table_get_up_time(const struct mib_cell *cell)
{
    const struct domain *domain = rows_domain(cell);

    return mib_put_ticks(cell->value,
                         domain_active(domain) ? cell->answer->now_boot_ms - domain->started_boot_ms : 0);
}

static bool vm_table_get_cpu_time(const struct mib_cell *cell)
{
    const struct domain *domain = rows_domain(cell);

    cell->value->counter64 = domain_active(domain) ? domain->stats.cpu_time_ns / 1000 : 0;
    return !domain_active(domain) || (domain->stats.known & DOMAIN_STAT_CPU_TIME);
}

static const struct mib_column columns[] = {
    { 2, MIB_OCTETS, vm_table_get_name, "vmName", NULL },
    { 3, MIB_OCTETS, vm_table_get_uuid, "vmUUID", NULL },
    { 4, MIB_OCTETS, vm_table_get_os_type, "vmOSType", NULL },
    { 5, MIB_INTEGER, vm_table_get_admin_state, "vmAdminState", NULL },
    { 6, MIB_INTEGER, vm_table_get_oper_state, "vmOperState", NULL },
    { 7, MIB_INTEGER, vm_table_get_autostart, "vmAutoStart", NULL },
    { 8, MIB_INTEGER, vm_table_get_persistent, "vmPersistent", NULL },
    { 9, MIB_INTEGER, vm_table_get_cpus, "vmCurCpuNumber", NULL },
    { 10, MIB_INTEGER, vm_table_get_cpus_minimum, "vmMinCpuNumber", NULL },
    { 11, MIB_INTEGER, vm_table_get_cpus_maximum, "vmMaxCpuNumber", NULL },
    { 12, MIB_INTEGER, vm_table_get_memory_unit, "vmMemUnit", NULL },
    { 13, MIB_INTEGER, vm_table_get_memory, "vmCurMem", NULL },
    { 14, MIB_INTEGER, vm_table_get_memory_minimum, "vmMinMem", NULL },
    { 15, MIB_INTEGER, vm_table_get_memory_maximum, "vmMaxMem", NULL },
    { 16, MIB_TIMETICKS, vm_table_get_up_time, "vmUpTime", NULL },
    { 17, MIB_COUNTER64, vm_table_get_cpu_time, "vmCpuTime", NULL },
};

static const mib_subid base[] = { VM_MIB_OID, 1, 4, 1 };

const struct mib_table vm_table = MIB_TABLE(base, columns, rows_seek_vm);
