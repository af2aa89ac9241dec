/* SPDX-License-Identifier: GPL-2.0-or-later */
/* RFC 7666, vmCpuAffinityTable: on which CPUs of the host each vCPU may run. Rows are made on request: 10,000
 * domains with 4 vCPUs on a host with 128 CPUs have 5 million of them. */
#include "agent/mib/vm_devices.h"
#include "agent/mib/vm_tables.h"
#include "lib/model/xml_facts.h"

/* The CPUs of this host are in its hrDeviceTable, where Net-SNMP numbers them from 3 << 16. The CPUs of another
 * host are not in that table. */
enum { HOST_CPU_BASE_LOCAL = 196608, HOST_CPU_BASE_REMOTE = 1 };

enum { AFFINITY_UNKNOWN, AFFINITY_ENABLE, AFFINITY_DISABLE };

static mib_subid vm_affinity_base(const struct answer *answer)
{
    if (answer->settings.host_cpu_base)
        return answer->settings.host_cpu_base;
    return answer->rows->snapshot->source.local ? HOST_CPU_BASE_LOCAL : HOST_CPU_BASE_REMOTE;
}

/* Each vCPU has a row for each CPU of the host. */
static bool vm_affinity_seek_item(struct rows_item *item, const mib_subid *least, mib_subid *found)
{
    mib_subid begin = vm_affinity_base(item->answer), end = begin + item->answer->rows->snapshot->source.cpus;
    bool is_passed = least[1] >= end;

    if (begin == end || !vm_devices_seek_vcpu(item, is_passed ? least[0] + 1 : least[0], &found[0]))
        return false;
    found[1] = found[0] == least[0] && least[1] > begin ? least[1] : begin;
    item->second = (uint32_t)(found[1] - begin);
    return true;
}

static bool vm_affinity_seek(const struct answer *answer, const mib_subid *index, size_t length,
                             struct mib_row *row)
{
    return rows_seek_item(answer, 2, vm_affinity_seek_item, index, length, row);
}

static bool vm_affinity_has_bit(const unsigned char *bits, size_t bytes, uint32_t bit)
{
    return bit / 8 < bytes && (bits[bit / 8] & 1 << bit % 8);
}

/* A vCPU does not run on a CPU that is offline, even if it is pinned to that CPU. */
static bool vm_affinity_get(const struct mib_cell *cell)
{
    const struct rows_item *item = cell->row;
    const struct xml_facts *xml_facts = item->row->domain->xml_facts;
    const struct pinning *pinning = xml_facts ? &xml_facts->pinning : NULL;
    const struct snapshot_source *source = &item->answer->rows->snapshot->source;

    if (!pinning || item->first >= pinning->count)
        return mib_put_integer(cell->value, AFFINITY_UNKNOWN);
    if (vm_affinity_has_bit(pinning->maps + item->first * pinning->bytes, pinning->bytes, item->second) &&
        vm_affinity_has_bit(source->online, sizeof(source->online), item->second))
        return mib_put_integer(cell->value, AFFINITY_ENABLE);
    return mib_put_integer(cell->value, AFFINITY_DISABLE);
}

static const struct mib_column columns[] = {
    { 3, MIB_INTEGER, vm_affinity_get, "vmCpuAffinity", NULL },
};

static const mib_subid base[] = { VM_MIB_OID, 1, 6, 1 };

const struct mib_table vm_affinity_table = MIB_TABLE(base, columns, vm_affinity_seek);
