/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The rows stand in the order of their UUIDs, which is that of the snapshot. */
#include "agent/mib/libvirt_mib.h"

#include <assert.h>

#include "agent/mib/rows.h"
#include "agent/mib/vm_sizes.h"

#include "lib/base/array.h"

enum { KIB_IN_MIB = 1024, CPUS_MAX = 65535, OCTET_MAX = 255, ROW_STATUS_ACTIVE = 1 };

enum { STATE_NONE, STATE_RUNNING, STATE_BLOCKED, STATE_PAUSED, STATE_SHUTDOWN, STATE_SHUTOFF, STATE_CRASHED };

/* No state of a driver that tells none is most like running: such a domain is active. */
int32_t libvirt_mib_state(int state)
{
    static const int32_t numbers[DOMAIN_STATES] = {
        [DOMAIN_NOSTATE] = STATE_RUNNING, [DOMAIN_RUNNING] = STATE_RUNNING,    [DOMAIN_BLOCKED] = STATE_BLOCKED,
        [DOMAIN_PAUSED] = STATE_PAUSED,   [DOMAIN_SHUTDOWN] = STATE_SHUTDOWN,  [DOMAIN_SHUTOFF] = STATE_SHUTOFF,
        [DOMAIN_CRASHED] = STATE_CRASHED, [DOMAIN_PMSUSPENDED] = STATE_PAUSED,
    };

    return state < 0 || state >= DOMAIN_STATES ? STATE_NONE : numbers[state];
}

bool libvirt_mib_uuid(const mib_subid *index, size_t length, unsigned char uuid[UUID_BYTES])
{
    if (length != UUID_BYTES)
        return false;
    for (size_t i = 0; i < UUID_BYTES; i++) {
        if (index[i] > OCTET_MAX)
            return false;
        uuid[i] = (unsigned char)index[i];
    }
    return true;
}

/* The rows. */

static_assert((size_t)UUID_BYTES <= (size_t)MIB_INDEX_MAX, "a UUID fits into an index");

static const struct snapshot *libvirt_mib_snapshot(const struct answer *answer)
{
    return answer->rows ? answer->rows->snapshot : NULL;
}

static bool libvirt_mib_is_shown(const struct answer *answer, const struct domain *domain)
{
    return !answer->settings.active_only || domain_active(domain);
}

static bool libvirt_mib_fill(const struct domain *domain, struct mib_row *row)
{
    row->data = domain;
    for (size_t i = 0; i < UUID_BYTES; i++)
        row->index[i] = domain->uuid[i];
    row->length = UUID_BYTES;
    return true;
}

static bool libvirt_mib_find(const void *data, const mib_subid *index, size_t length, struct mib_row *row)
{
    const struct answer *answer = data;
    const struct snapshot *snapshot = libvirt_mib_snapshot(answer);
    unsigned char uuid[UUID_BYTES];
    const struct domain *domain;

    if (!snapshot || !libvirt_mib_uuid(index, length, uuid))
        return false;
    domain = snapshot_find(snapshot, uuid);
    return domain && libvirt_mib_is_shown(answer, domain) && libvirt_mib_fill(domain, row);
}

/* Whether the row of that UUID comes after an index of any length and with any numbers in it. */
static bool libvirt_mib_is_behind(const unsigned char uuid[UUID_BYTES], const mib_subid *index, size_t length)
{
    for (size_t i = 0; i < UUID_BYTES && i < length; i++)
        if (uuid[i] != index[i])
            return uuid[i] > index[i];
    return length < UUID_BYTES;
}

static size_t libvirt_mib_first_behind(const struct snapshot *snapshot, const mib_subid *index, size_t length)
{
    size_t low = 0, high = snapshot->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (libvirt_mib_is_behind(snapshot->domains[middle].uuid, index, length))
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

static bool libvirt_mib_next(const void *data, const mib_subid *index, size_t length, struct mib_row *row)
{
    const struct answer *answer = data;
    const struct snapshot *snapshot = libvirt_mib_snapshot(answer);

    for (size_t at = snapshot ? libvirt_mib_first_behind(snapshot, index, length) : 0;
         snapshot && at < snapshot->count; at++)
        if (libvirt_mib_is_shown(answer, &snapshot->domains[at]))
            return libvirt_mib_fill(&snapshot->domains[at], row);
    return false;
}

static const struct mib_rows guest_rows = { libvirt_mib_find, libvirt_mib_next };

/* The columns. */

static bool libvirt_mib_get_name(const void *answer, const void *row, struct mib_value *value)
{
    (void)answer;
    return mib_put_text(value, ((const struct domain *)row)->name);
}

/* There is no number for "unknown", so a state that cannot be read now is what it was. */
static bool libvirt_mib_get_state(const void *answer, const void *row, struct mib_value *value)
{
    (void)answer;
    value->integer = libvirt_mib_state(((const struct domain *)row)->last_state);
    return value->integer != STATE_NONE;
}

static bool libvirt_mib_put_unsigned(struct mib_value *value, int64_t number, int64_t most)
{
    value->unsigned32 = (uint32_t)(number > most ? most : number);
    return number >= 0;
}

static bool libvirt_mib_get_cpus(const void *answer, const void *row, struct mib_value *value)
{
    (void)answer;
    return libvirt_mib_put_unsigned(value, vm_sizes_cpus(row), CPUS_MAX);
}

static bool libvirt_mib_put_mib(struct mib_value *value, int64_t kib)
{
    return libvirt_mib_put_unsigned(value, kib < 0 ? kib : kib / KIB_IN_MIB, UINT32_MAX);
}

static bool libvirt_mib_get_memory(const void *answer, const void *row, struct mib_value *value)
{
    (void)answer;
    return libvirt_mib_put_mib(value, vm_sizes_memory_kib(row));
}

static bool libvirt_mib_get_memory_limit(const void *answer, const void *row, struct mib_value *value)
{
    (void)answer;
    return libvirt_mib_put_mib(value, vm_sizes_memory_maximum_kib(row));
}

static bool libvirt_mib_get_cpu_time(const void *answer, const void *row, struct mib_value *value)
{
    const struct domain *domain = row;

    (void)answer;
    value->counter64 = domain_active(domain) ? domain->stats.cpu_time_ns : 0;
    return !domain_active(domain) || (domain->stats.known & DOMAIN_STAT_CPU_TIME);
}

static bool libvirt_mib_get_row_status(const void *answer, const void *row, struct mib_value *value)
{
    (void)answer;
    (void)row;
    value->integer = ROW_STATUS_ACTIVE;
    return true;
}

static const struct mib_column guest_columns[] = {
    { 2, MIB_OCTETS, libvirt_mib_get_name, "libvirtGuestName" },
    { 3, MIB_INTEGER, libvirt_mib_get_state, "libvirtGuestState" },
    { 4, MIB_GAUGE32, libvirt_mib_get_cpus, "libvirtGuestCpuCount" },
    { 5, MIB_GAUGE32, libvirt_mib_get_memory, "libvirtGuestMemoryCurrent" },
    { 6, MIB_GAUGE32, libvirt_mib_get_memory_limit, "libvirtGuestMemoryLimit" },
    { 7, MIB_COUNTER64, libvirt_mib_get_cpu_time, "libvirtGuestCpuTime" },
    { 9, MIB_INTEGER, libvirt_mib_get_row_status, "libvirtGuestRowStatus" },
};

static const mib_subid guest_entry_base[] = { LIBVIRT_MIB_OID, 1, 1, 1 };

static const struct mib_table tables[] = {
    { guest_entry_base, ARRAY_COUNT(guest_entry_base), guest_columns, ARRAY_COUNT(guest_columns), &guest_rows },
};

const struct mib libvirt_mib = { tables, ARRAY_COUNT(tables) };
