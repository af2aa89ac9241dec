/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/mib/vm_mib.h"

#include "agent/mib/vm_tables.h"

/* 1.1: the hypervisor. */

static bool vm_mib_get_software(const struct mib_cell *cell)
{
    const struct snapshot *snapshot = rows_snapshot(cell);

    return mib_put_text(cell->value, snapshot ? snapshot->source.software : "");
}

static bool vm_mib_get_version(const struct mib_cell *cell)
{
    const struct snapshot *snapshot = rows_snapshot(cell);

    return mib_put_text(cell->value, snapshot ? snapshot->source.version : "");
}

/* An OID that identifies the hypervisor's software. QEMU and its kin have none. */
static bool vm_mib_get_object_id(const struct mib_cell *cell)
{
    static const mib_subid zero_dot_zero[] = { 0, 0 };

    cell->value->bytes = zero_dot_zero;
    cell->value->length = sizeof(zero_dot_zero);
    return true;
}

static bool vm_mib_get_up_time(const struct mib_cell *cell)
{
    const struct snapshot *snapshot = rows_snapshot(cell);

    return snapshot && mib_put_ticks(cell->value, cell->answer->now_boot_ms - snapshot->source.up_since_boot_ms);
}

static const struct mib_column hypervisor_columns[] = {
    { 1, MIB_OCTETS, vm_mib_get_software, "vmHvSoftware", NULL },
    { 2, MIB_OCTETS, vm_mib_get_version, "vmHvVersion", NULL },
    { 3, MIB_OID, vm_mib_get_object_id, "vmHvObjectID", NULL },
    { 4, MIB_TIMETICKS, vm_mib_get_up_time, "vmHvUpTime", NULL },
};

/* 1.2 and 1.3: vmTable as a whole. */

static bool vm_mib_get_number(const struct mib_cell *cell)
{
    const struct snapshot *snapshot = rows_snapshot(cell);

    return mib_put_integer(cell->value, snapshot ? (int64_t)snapshot->count : 0);
}

static bool vm_mib_get_last_change(const struct mib_cell *cell)
{
    const struct rows *rows = cell->answer->rows;

    return mib_put_unsigned(cell->value, rows ? rows->last_change_cs : 0);
}

static const struct mib_column number_columns[] = {
    { 2, MIB_INTEGER, vm_mib_get_number, "vmNumber", NULL },
    { 3, MIB_TIMETICKS, vm_mib_get_last_change, "vmTableLastChange", NULL },
};

/* 1.9 and 1.10: TruthValue, which SET may turn. */

static bool vm_mib_get_per_vm(const struct mib_cell *cell)
{
    return mib_put_truth(cell->value, cell->answer->switches.per_vm);
}

static bool vm_mib_get_bulk(const struct mib_cell *cell)
{
    return mib_put_truth(cell->value, cell->answer->switches.bulk);
}

enum { TRUE = 1, FALSE = 2 };

static bool vm_mib_may_turn_switches(const struct answer *answer)
{
    return answer->settings.writable_switches;
}

static bool vm_mib_is_truth(int32_t value)
{
    return value == TRUE || value == FALSE;
}

static void vm_mib_turn_per_vm(const void *row, int32_t value, struct set_effect *effect)
{
    (void)row;
    effect->switches.per_vm = value == TRUE;
}

static void vm_mib_turn_bulk(const void *row, int32_t value, struct set_effect *effect)
{
    (void)row;
    effect->switches.bulk = value == TRUE;
}

static const struct mib_setter set_per_vm = { vm_mib_may_turn_switches, NULL, vm_mib_is_truth,
                                              vm_mib_turn_per_vm };
static const struct mib_setter set_bulk = { vm_mib_may_turn_switches, NULL, vm_mib_is_truth, vm_mib_turn_bulk };

static const struct mib_column switch_columns[] = {
    { 9, MIB_INTEGER, vm_mib_get_per_vm, "vmPerVMNotificationsEnabled", &set_per_vm },
    { 10, MIB_INTEGER, vm_mib_get_bulk, "vmBulkNotificationsEnabled", &set_bulk },
};

static const mib_subid root[] = { VM_MIB_OID };
static const mib_subid hypervisor_base[] = { VM_MIB_OID, 1, 1 };
static const mib_subid objects_base[] = { VM_MIB_OID, 1 };

static const struct mib_table hypervisor = MIB_TABLE(hypervisor_base, hypervisor_columns, mib_scalar_seek);
static const struct mib_table number = MIB_TABLE(objects_base, number_columns, mib_scalar_seek);
static const struct mib_table switches = MIB_TABLE(objects_base, switch_columns, mib_scalar_seek);

static const struct mib_table *const tables[] = {
    &hypervisor,        &number,           &vm_table,         &vm_cpu_table,
    &vm_affinity_table, &vm_storage_table, &vm_network_table, &switches,
};

const struct mib vm_mib = MIB_MODULE("vmMIB", root, tables);
