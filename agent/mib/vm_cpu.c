/* SPDX-License-Identifier: GPL-2.0-or-later */
/* RFC 7666, vmCpuTable: the CPU time of each vCPU. */
#include "agent/mib/vm_devices.h"
#include "agent/mib/vm_tables.h"
#include "lib/model/device_stats.h"

const struct vcpu_stats *vm_cpu_stats(const struct mib_cell *cell)
{
    const struct rows_item *item = cell->row;
    const struct device_stats *stats = item->row->domain->device_stats;

    for (size_t i = 0; stats && i < stats->vcpu_count; i++)
        if (stats->vcpus[i].number == item->first)
            return &stats->vcpus[i];
    return NULL;
}

/* A running domain that does not report its vCPUs has no value in any column, so it has no rows. */
static bool vm_cpu_seek_item(struct rows_item *item, const mib_subid *least, mib_subid *found)
{
    const struct domain *domain = item->row->domain;
    bool is_reported = domain->device_stats && domain->device_stats->vcpu_count > 0;

    return (is_reported || !domain_active(domain)) && vm_devices_seek_vcpu(item, least[0], found);
}

bool vm_cpu_seek(const struct answer *answer, const mib_subid *index, size_t length, struct mib_row *row)
{
    return rows_seek_item(answer, 1, vm_cpu_seek_item, index, length, row);
}

VM_DEVICE_COUNTER(vm_cpu_get_core_time, vcpu_stats, vm_cpu_stats, VCPU_TIME, time_ns, US_IN_NS)

static const struct mib_column columns[] = {
    { 2, MIB_COUNTER64, vm_cpu_get_core_time, "vmCpuCoreTime", NULL },
};

static const mib_subid base[] = { VM_MIB_OID, 1, 5, 1 };

const struct mib_table vm_cpu_table = MIB_TABLE(base, columns, vm_cpu_seek);
