/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The rows are in the order of their UUIDs, as the domains of a snapshot are. */
#include "agent/mib/libvirt_mib.h"

#include <assert.h>

#include "agent/mib/mib_put.h"
#include "agent/mib/rows.h"
#include "agent/mib/vm_sizes.h"

enum { KIB_IN_MIB = 1024, CPUS_MAX = 65535, ROW_ACTIVE = 1, ROW_CREATE_AND_GO = 4, ROW_DESTROY = 6 };

enum { STATE_NONE, STATE_RUNNING, STATE_BLOCKED, STATE_PAUSED, STATE_SHUTDOWN, STATE_SHUTOFF, STATE_CRASHED };

/* Some drivers report no state for active domains. The nearest state is running. */
int32_t libvirt_mib_state(int state)
{
    static const int32_t numbers[DOMAIN_STATES] = {
        [DOMAIN_NOSTATE] = STATE_RUNNING, [DOMAIN_RUNNING] = STATE_RUNNING,    [DOMAIN_BLOCKED] = STATE_BLOCKED,
        [DOMAIN_PAUSED] = STATE_PAUSED,   [DOMAIN_SHUTDOWN] = STATE_SHUTDOWN,  [DOMAIN_SHUTOFF] = STATE_SHUTOFF,
        [DOMAIN_CRASHED] = STATE_CRASHED, [DOMAIN_PMSUSPENDED] = STATE_PAUSED,
    };

    return state < 0 || state >= DOMAIN_STATES ? STATE_NONE : numbers[state];
}

/* The rows. */

static_assert((size_t)UUID_BYTES <= (size_t)MIB_INDEX_MAX, "a UUID fits into an index");

static bool libvirt_mib_is_shown(const struct answer *answer, const struct domain *domain)
{
    return !answer->settings.active_only || domain_active(domain);
}

/* Whether the row of that UUID is at or after an index, which may have any length and any numbers in it. */
static bool libvirt_mib_is_at_least(const unsigned char uuid[UUID_BYTES], const mib_subid *index, size_t length)
{
    for (size_t i = 0; i < UUID_BYTES && i < length; i++)
        if (uuid[i] != index[i])
            return uuid[i] > index[i];
    return length <= UUID_BYTES;
}

static size_t libvirt_mib_place(const struct snapshot *snapshot, const mib_subid *index, size_t length)
{
    size_t low = 0, high = snapshot->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (libvirt_mib_is_at_least(snapshot->domains[middle].uuid, index, length))
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

static bool libvirt_mib_seek(const struct answer *answer, const mib_subid *index, size_t length,
                             struct mib_row *row)
{
    const struct snapshot *snapshot = answer->rows ? answer->rows->snapshot : NULL;
    size_t at = snapshot ? libvirt_mib_place(snapshot, index, length) : 0, count = snapshot ? snapshot->count : 0;

    while (at < count && !libvirt_mib_is_shown(answer, &snapshot->domains[at]))
        at++;
    if (at == count)
        return false;
    row->data = &snapshot->domains[at];
    for (size_t i = 0; i < UUID_BYTES; i++)
        row->index[i] = snapshot->domains[at].uuid[i];
    row->length = UUID_BYTES;
    return true;
}

/* The columns. */

static bool libvirt_mib_get_name(const struct mib_cell *cell)
{
    return mib_put_text(cell->value, ((const struct domain *)cell->row)->name);
}

/* The MIB has no number for "unknown". So if the state cannot be read now, the value is the last one that could
 * be. */
static bool libvirt_mib_get_state(const struct mib_cell *cell)
{
    cell->value->integer = libvirt_mib_state(((const struct domain *)cell->row)->last_state);
    return cell->value->integer != STATE_NONE;
}

static bool libvirt_mib_put_unsigned(const struct mib_cell *cell, int64_t number, int64_t most)
{
    cell->value->unsigned32 = (uint32_t)(number > most ? most : number);
    return number >= 0;
}

static bool libvirt_mib_get_cpus(const struct mib_cell *cell)
{
    return libvirt_mib_put_unsigned(cell, vm_sizes_cpus(cell->row), CPUS_MAX);
}

static bool libvirt_mib_put_mib(const struct mib_cell *cell, int64_t kib)
{
    return libvirt_mib_put_unsigned(cell, kib < 0 ? kib : kib / KIB_IN_MIB, UINT32_MAX);
}

static bool libvirt_mib_get_memory(const struct mib_cell *cell)
{
    return libvirt_mib_put_mib(cell, vm_sizes_memory_kib(cell->row));
}

static bool libvirt_mib_get_memory_limit(const struct mib_cell *cell)
{
    return libvirt_mib_put_mib(cell, vm_sizes_memory_maximum_kib(cell->row));
}

static bool libvirt_mib_get_cpu_time(const struct mib_cell *cell)
{
    const struct domain *domain = cell->row;

    cell->value->counter64 = domain_active(domain) ? domain->stats.cpu_time_ns : 0;
    return !domain_active(domain) || (domain->stats.known & DOMAIN_STAT_CPU_TIME);
}

static bool libvirt_mib_get_row_status(const struct mib_cell *cell)
{
    return mib_put_integer(cell->value, ROW_ACTIVE);
}

/* SET. */

static bool libvirt_mib_may_control(const struct answer *answer)
{
    return answer->settings.allow_control;
}

static bool libvirt_mib_can_control(const struct answer *answer)
{
    return answer->may_control;
}

static bool libvirt_mib_is_settable_state(int32_t value)
{
    return value == STATE_RUNNING || value == STATE_PAUSED || value == STATE_SHUTDOWN;
}

static void libvirt_mib_set_state(const void *row, int32_t value, struct set_effect *effect)
{
    static const enum command_action actions[] = {
        [STATE_RUNNING] = COMMAND_RESUME, [STATE_PAUSED] = COMMAND_SUSPEND, [STATE_SHUTDOWN] = COMMAND_SHUTDOWN
    };

    effect->domain = row;
    effect->action = actions[value];
}

/* Each row has the status active. To set it again does nothing. */
static bool libvirt_mib_is_settable_row_status(int32_t value)
{
    return value == ROW_ACTIVE || value == ROW_CREATE_AND_GO || value == ROW_DESTROY;
}

static void libvirt_mib_set_row_status(const void *row, int32_t value, struct set_effect *effect)
{
    if (value == ROW_ACTIVE)
        return;
    effect->domain = row;
    effect->action = value == ROW_DESTROY ? COMMAND_DESTROY : COMMAND_START;
}

static const struct mib_setter set_state = { libvirt_mib_may_control, libvirt_mib_can_control,
                                             libvirt_mib_is_settable_state, libvirt_mib_set_state };
static const struct mib_setter set_row_status = { libvirt_mib_may_control, libvirt_mib_can_control,
                                                  libvirt_mib_is_settable_row_status, libvirt_mib_set_row_status };

static const struct mib_column columns[] = {
    { 2, MIB_OCTETS, libvirt_mib_get_name, "libvirtGuestName", NULL },
    { 3, MIB_INTEGER, libvirt_mib_get_state, "libvirtGuestState", &set_state },
    { 4, MIB_GAUGE32, libvirt_mib_get_cpus, "libvirtGuestCpuCount", NULL },
    { 5, MIB_GAUGE32, libvirt_mib_get_memory, "libvirtGuestMemoryCurrent", NULL },
    { 6, MIB_GAUGE32, libvirt_mib_get_memory_limit, "libvirtGuestMemoryLimit", NULL },
    { 7, MIB_COUNTER64, libvirt_mib_get_cpu_time, "libvirtGuestCpuTime", NULL },
    { 9, MIB_INTEGER, libvirt_mib_get_row_status, "libvirtGuestRowStatus", &set_row_status },
};

static const mib_subid root[] = { LIBVIRT_MIB_OID };
static const mib_subid base[] = { LIBVIRT_MIB_OID, 1, 1, 1 };

static const struct mib_table table = MIB_TABLE(base, columns, libvirt_mib_seek);

static const struct mib_table *const tables[] = { &table };

const struct mib libvirt_mib = MIB_MODULE("libvirtMIB", root, tables);
