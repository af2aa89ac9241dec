/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/model/device_stats.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

struct owned_device_stats {
    struct device_stats public; /* first, so that one pointer serves both */
    atomic_uint references;
};

struct device_stats *device_stats_new(void)
{
    struct owned_device_stats *device_stats = calloc(1, sizeof(*device_stats));

    if (!device_stats)
        return NULL;
    atomic_init(&device_stats->references, 1);
    return &device_stats->public;
}

struct device_stats *device_stats_ref(struct device_stats *device_stats)
{
    atomic_fetch_add(&((struct owned_device_stats *)device_stats)->references, 1);
    return device_stats;
}

void device_stats_unref(struct device_stats *device_stats)
{
    if (!device_stats || atomic_fetch_sub(&((struct owned_device_stats *)device_stats)->references, 1) != 1)
        return;
    for (size_t i = 0; i < device_stats->disk_count; i++) {
        free(device_stats->disks[i].target);
        free(device_stats->disks[i].path);
    }
    free(device_stats->disks);
    free(device_stats->vcpus);
    free(device_stats);
}

const struct disk_stats *device_stats_disk(const struct device_stats *device_stats, const char *target)
{
    for (size_t i = 0; device_stats && i < device_stats->disk_count; i++)
        if (device_stats->disks[i].target && strcmp(device_stats->disks[i].target, target) == 0)
            return &device_stats->disks[i];
    return NULL;
}
