/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/writable.h"

#include "agent/mib/libvirt_mib.h"
#include "agent/mib/vm_mib.h"
#include "agent/instance.h"
#include "lib/base/array.h"
#include "lib/libvirt/commands.h"

/* TruthValue, libvirtGuestState and RowStatus. */
enum { TRUE = 1, FALSE };
enum { STATE_RUNNING = 1, STATE_PAUSED = 3, STATE_SHUTDOWN };
enum { ROW_ACTIVE = 1, ROW_CREATE_AND_GO = 4, ROW_DESTROY = 6 };

static bool may_turn_switches(const void *answer)
{
    return ((const struct answer *)answer)->settings.writable_switches;
}

static bool may_control(const void *answer)
{
    return ((const struct answer *)answer)->settings.allow_control;
}

static bool can_control(const void *answer)
{
    return ((const struct answer *)answer)->may_control;
}

static bool is_truth(int32_t value)
{
    return value == TRUE || value == FALSE;
}

static void set_per_vm(void *target, const void *row, int32_t value)
{
    struct switches switches = instance_switches(target);

    (void)row;
    switches.per_vm = value == TRUE;
    instance_turn(target, switches);
}

static void set_bulk(void *target, const void *row, int32_t value)
{
    struct switches switches = instance_switches(target);

    (void)row;
    switches.bulk = value == TRUE;
    instance_turn(target, switches);
}

static bool is_state(int32_t value)
{
    return value == STATE_RUNNING || value == STATE_PAUSED || value == STATE_SHUTDOWN;
}

static void set_state(void *target, const void *row, int32_t value)
{
    const struct domain *domain = row;

    instance_order(target, domain->uuid,
                   value == STATE_RUNNING  ? COMMAND_RESUME
                   : value == STATE_PAUSED ? COMMAND_SUSPEND
                                           : COMMAND_SHUTDOWN);
}

/* active(1) is what every row is. */
static bool is_row_status(int32_t value)
{
    return value == ROW_ACTIVE || value == ROW_CREATE_AND_GO || value == ROW_DESTROY;
}

static void set_row_status(void *target, const void *row, int32_t value)
{
    const struct domain *domain = row;

    if (value != ROW_ACTIVE)
        instance_order(target, domain->uuid, value == ROW_DESTROY ? COMMAND_DESTROY : COMMAND_START);
}

static const mib_subid vm_objects[] = { VM_MIB_OID, 1 };
static const mib_subid guest_entry[] = { LIBVIRT_MIB_OID, 1, 1, 1 };

static const struct mib_writable vm_items[] = {
    { vm_objects, ARRAY_COUNT(vm_objects), 9, may_turn_switches, NULL, is_truth, set_per_vm },
    { vm_objects, ARRAY_COUNT(vm_objects), 10, may_turn_switches, NULL, is_truth, set_bulk },
};

static const struct mib_writable libvirt_items[] = {
    { guest_entry, ARRAY_COUNT(guest_entry), 3, may_control, can_control, is_state, set_state },
    { guest_entry, ARRAY_COUNT(guest_entry), 9, may_control, can_control, is_row_status, set_row_status },
};

const struct mib_writables vm_writables = { vm_items, ARRAY_COUNT(vm_items) };
const struct mib_writables libvirt_writables = { libvirt_items, ARRAY_COUNT(libvirt_items) };
const struct mib_writables no_writables = { NULL, 0 };
