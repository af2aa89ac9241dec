/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/model/device_stats.h"

#include <stdlib.h>
#include <string.h>

struct device_stats *device_stats_new(void)
{
    struct device_stats *stats = calloc(1, sizeof(*stats));

    if (stats)
        refcount_init(&stats->refcount);
    return stats;
}

struct device_stats *device_stats_ref(struct device_stats *stats)
{
    if (stats)
        refcount_take(&stats->refcount);
    return stats;
}

void device_stats_unref(struct device_stats *stats)
{
    if (!stats || !refcount_drop(&stats->refcount))
        return;
    for (size_t i = 0; i < stats->disk_count; i++) {
        free(stats->disks[i].target);
        free(stats->disks[i].path);
    }
    free(stats->disks);
    free(stats->vcpus);
    free(stats);
}

const struct disk_stats *device_stats_disk(const struct device_stats *stats, const char *target)
{
    for (size_t i = 0; stats && i < stats->disk_count; i++)
        if (stats->disks[i].target && strcmp(stats->disks[i].target, target) == 0)
            return &stats->disks[i];
    return NULL;
}
