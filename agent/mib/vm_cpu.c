/* SPDX-License-Identifier: GPL-2.0-or-later */
/* RFC 7666, vmCpuTable and vmCpuAffinityTable. Rows are made on request: 10,000 domains of 4 vCPUs on a host of
 * 128 CPUs have 5 million of the latter. */
#include "agent/mib/vm_sizes.h"
#include "agent/mib/vm_tables.h"
#include "lib/model/xml_facts.h"
#include "lib/model/device_stats.h"

/* The host's CPUs stand in hrDeviceTable, where Net-SNMP numbers them from 3 << 16. Those of another host do not.
 */
enum { HOST_CPU_BASE_LOCAL = 196608, HOST_CPU_BASE_REMOTE = 1 };

enum { AFFINITY_UNKNOWN, AFFINITY_ENABLE, AFFINITY_DISABLE };

static const struct rows_item *vm_cpu_item(const void *row)
{
    return row;
}

/* No hypervisor takes more: a configuration that wants them must not make a walk endless. */
enum { VCPUS_MAX = 4096 };

/* Indexes of vCPUs are their numbers plus one. Those that are plugged in count, so there may be gaps; what is
 * off, or does not tell, has as many as its configuration says. */
static bool vm_cpu_vcpu_at_least(const struct domain *domain, mib_subid least, uint32_t *number)
{
    const struct device_stats *device_stats = domain->device_stats;
    mib_subid first = least > 1 ? least - 1 : 0;

    if (!domain_active(domain) || !device_stats || device_stats->vcpu_count == 0) {
        *number = (uint32_t)first;
        return first < VCPUS_MAX && (int64_t)first < vm_sizes_cpus(domain);
    }
    for (size_t i = 0; i < device_stats->vcpu_count; i++)
        if (device_stats->vcpus[i].number >= first) {
            *number = device_stats->vcpus[i].number;
            return true;
        }
    return false;
}

static const struct vcpu_stats *vm_cpu_stats(const struct rows_item *item)
{
    const struct device_stats *device_stats = item->row->domain->device_stats;

    for (size_t i = 0; device_stats && i < device_stats->vcpu_count; i++)
        if (device_stats->vcpus[i].number == item->first)
            return &device_stats->vcpus[i];
    return NULL;
}

static bool vm_cpu_cpu_at_least(const struct answer *answer, const struct vm_row *row, const mib_subid *least,
                                struct rows_item *item, mib_subid *found)
{
    const struct domain *domain = row->domain;

    (void)answer;
    /* Without times there is no column, and so no row. */
    if ((domain_active(domain) && (!domain->device_stats || domain->device_stats->vcpu_count == 0)) ||
        !vm_cpu_vcpu_at_least(domain, least[0], &item->first))
        return false;
    found[0] = (mib_subid)item->first + 1;
    return true;
}

static const struct rows_items cpu_items = { 1, vm_cpu_cpu_at_least };

static bool vm_cpu_find_cpu(const void *answer, const mib_subid *index, size_t length, struct mib_row *row)
{
    return rows_find_item(answer, &cpu_items, index, length, row);
}

static bool vm_cpu_next_cpu(const void *answer, const mib_subid *index, size_t length, struct mib_row *row)
{
    return rows_next_item(answer, &cpu_items, index, length, row);
}

const struct mib_rows vm_cpu_rows = { vm_cpu_find_cpu, vm_cpu_next_cpu };

static bool vm_cpu_get_core_time(const void *answer, const void *row, struct mib_value *value)
{
    const struct rows_item *item = vm_cpu_item(row);
    const struct vcpu_stats *device_stats = vm_cpu_stats(item);
    bool active = domain_active(item->row->domain);

    (void)answer;
    value->counter64 = active && device_stats ? device_stats->time_ns / 1000 : 0;
    return !active || (device_stats && (device_stats->known & VCPU_TIME));
}

const struct mib_column vm_cpu_columns[VM_CPU_COLUMNS] = {
    { 2, MIB_COUNTER64, vm_cpu_get_core_time, "vmCpuCoreTime" },
};

static uint32_t vm_cpu_host_cpu_base(const struct answer *answer)
{
    if (answer->settings.host_cpu_base)
        return answer->settings.host_cpu_base;
    return answer->rows->snapshot->source.local ? HOST_CPU_BASE_LOCAL : HOST_CPU_BASE_REMOTE;
}

static bool vm_cpu_affinity_at_least(const struct answer *answer, const struct vm_row *row, const mib_subid *least,
                                     struct rows_item *item, mib_subid *found)
{
    mib_subid base = vm_cpu_host_cpu_base(answer), end = base + answer->rows->snapshot->source.cpus,
              physical = base;

    if (base == end || !vm_cpu_vcpu_at_least(row->domain, least[0], &item->first))
        return false;
    if ((mib_subid)item->first + 1 == least[0] && least[1] > base)
        physical = least[1];
    if (physical >= end) {
        if (!vm_cpu_vcpu_at_least(row->domain, least[0] + 1, &item->first))
            return false;
        physical = base;
    }
    item->second = (uint32_t)(physical - base);
    found[0] = (mib_subid)item->first + 1;
    found[1] = physical;
    return true;
}

static const struct rows_items affinity_items = { 2, vm_cpu_affinity_at_least };

static bool vm_cpu_find_affinity(const void *answer, const mib_subid *index, size_t length, struct mib_row *row)
{
    return rows_find_item(answer, &affinity_items, index, length, row);
}

static bool vm_cpu_next_affinity(const void *answer, const mib_subid *index, size_t length, struct mib_row *row)
{
    return rows_next_item(answer, &affinity_items, index, length, row);
}

const struct mib_rows vm_affinity_rows = { vm_cpu_find_affinity, vm_cpu_next_affinity };

static bool vm_cpu_has_bit(const unsigned char *bits, size_t bytes, uint32_t bit)
{
    return bit / 8 < bytes && (bits[bit / 8] & 1 << bit % 8);
}

/* A vCPU runs on no CPU that is offline, whatever it is pinned to. */
static bool vm_cpu_get_affinity(const void *data, const void *row, struct mib_value *value)
{
    const struct answer *answer = data;
    const struct rows_item *item = vm_cpu_item(row);
    const struct xml_facts *xml_facts = item->row->domain->xml_facts;
    const struct snapshot_source *source = &answer->rows->snapshot->source;
    const struct pinning *pinning = xml_facts ? &xml_facts->pinning : NULL;

    if (!pinning || item->first >= pinning->count)
        value->integer = AFFINITY_UNKNOWN;
    else if (vm_cpu_has_bit(pinning->maps + item->first * pinning->bytes, pinning->bytes, item->second) &&
             vm_cpu_has_bit(source->online, sizeof(source->online), item->second))
        value->integer = AFFINITY_ENABLE;
    else
        value->integer = AFFINITY_DISABLE;
    return true;
}

const struct mib_column vm_affinity_columns[VM_AFFINITY_COLUMNS] = {
    { 3, MIB_INTEGER, vm_cpu_get_affinity, "vmCpuAffinity" },
};
