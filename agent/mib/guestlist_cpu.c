/* SPDX-License-Identifier: GPL-2.0-or-later */
/* GUESTLIST-MIB, glCpuTable: what vmCpuTable does not report of a vCPU. It has the same rows. */
#include "agent/mib/guestlist_tables.h"
#include "agent/mib/vm_tables.h"
#include "lib/model/device_stats.h"

/* libvirt's states of a vCPU, which are those of the MIB. */
enum { CPU_OFFLINE = 0, CPU_BLOCKED = 2 };

static bool guestlist_cpu_get_state(const struct mib_cell *cell)
{
    const struct vcpu_stats *stats = vm_cpu_stats(cell);

    if (!domain_active(rows_item_domain(cell)))
        return mib_put_integer(cell->value, CPU_OFFLINE);
    return stats && (stats->known & VCPU_STATE) && stats->state <= CPU_BLOCKED &&
           mib_put_integer(cell->value, (int64_t)stats->state);
}

#define COUNTER(name, fact, field) VM_DEVICE_COUNTER(name, vcpu_stats, vm_cpu_stats, fact, field, US_IN_NS)

COUNTER(guestlist_cpu_get_wait, VCPU_WAIT, wait_ns)
COUNTER(guestlist_cpu_get_delay, VCPU_DELAY, delay_ns)

static const struct mib_column columns[] = {
    { 1, MIB_INTEGER, guestlist_cpu_get_state, "glCpuState", NULL },
    { 2, MIB_COUNTER64, guestlist_cpu_get_wait, "glCpuWait", NULL },
    { 3, MIB_COUNTER64, guestlist_cpu_get_delay, "glCpuDelay", NULL },
};

static const mib_subid base[] = { GUESTLIST_ENTERPRISE_OID, 1, 6, 1 };

const struct mib_table guestlist_cpu_table = MIB_TABLE(base, columns, vm_cpu_seek);
