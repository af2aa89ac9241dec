/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/mib/vm_devices.h"

#include <stdio.h>

#include "agent/mib/vm_sizes.h"
#include "lib/model/device_stats.h"

/* No hypervisor has more. A configuration with more must not make a walk endless. */
enum { VCPUS_MAX = 4096 };

bool vm_devices_seek(struct rows_item *item, const uint32_t *indexes, size_t count, mib_subid least,
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

bool vm_devices_seek_vcpu(struct rows_item *item, mib_subid least, mib_subid *found)
{
    const struct domain *domain = item->row->domain;
    const struct device_stats *stats = domain_active(domain) ? domain->device_stats : NULL;
    size_t count = stats ? stats->vcpu_count : 0, at = 0;
    mib_subid number = least > 1 ? least - 1 : 0;

    while (at < count && stats->vcpus[at].number < number)
        at++;
    if (count > 0 && at == count)
        return false;
    if (count > 0)
        number = stats->vcpus[at].number;
    else if (number >= VCPUS_MAX || (int64_t)number >= vm_sizes_cpus(domain))
        return false;
    item->first = (uint32_t)number;
    *found = number + 1;
    return true;
}

bool vm_devices_parse_mac(const char *text, unsigned char mac[MAC_BYTES])
{
    int end = 0;

    return text &&
           sscanf(text, "%2hhx:%2hhx:%2hhx:%2hhx:%2hhx:%2hhx%n", &mac[0], &mac[1], &mac[2], &mac[3], &mac[4],
                  &mac[5], &end) == MAC_BYTES &&
           text[end] == '\0';
}
