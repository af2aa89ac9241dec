/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/model/device_stats.h"

#include <stdbool.h>
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
    for (size_t i = 0; i < stats->interface_count; i++)
        free(stats->interfaces[i].name);
    free(stats->disks);
    free(stats->interfaces);
    free(stats->vcpus);
    free(stats);
}

/* False if out of memory. Copies nothing if `text` is NULL. */
static bool device_stats_copy_text(char **copy, const char *text)
{
    *copy = text ? strdup(text) : NULL;
    return *copy || !text;
}

/* The functions that copy a list return false if out of memory. The copy then has the items up to the one that
 * failed, and can be freed. */
static bool device_stats_copy_vcpus(struct device_stats *copy, const struct device_stats *stats)
{
    copy->vcpus = calloc(stats->vcpu_count + 1, sizeof(*copy->vcpus));
    if (!copy->vcpus)
        return false;
    if (stats->vcpu_count > 0)
        memcpy(copy->vcpus, stats->vcpus, stats->vcpu_count * sizeof(*copy->vcpus));
    copy->vcpu_count = stats->vcpu_count;
    return true;
}

static bool device_stats_copy_disks(struct device_stats *copy, const struct device_stats *stats)
{
    bool is_copied;

    copy->disks = calloc(stats->disk_count + 1, sizeof(*copy->disks));
    is_copied = copy->disks != NULL;
    while (is_copied && copy->disk_count < stats->disk_count) {
        const struct disk_stats *disk = &stats->disks[copy->disk_count];
        struct disk_stats *place = &copy->disks[copy->disk_count++];

        *place = *disk;
        place->path = NULL;
        is_copied = device_stats_copy_text(&place->target, disk->target) &&
                    device_stats_copy_text(&place->path, disk->path);
    }
    return is_copied;
}

static bool device_stats_copy_interfaces(struct device_stats *copy, const struct device_stats *stats)
{
    bool is_copied;

    copy->interfaces = calloc(stats->interface_count + 1, sizeof(*copy->interfaces));
    is_copied = copy->interfaces != NULL;
    while (is_copied && copy->interface_count < stats->interface_count) {
        const struct net_stats *interface = &stats->interfaces[copy->interface_count];
        struct net_stats *place = &copy->interfaces[copy->interface_count++];

        *place = *interface;
        is_copied = device_stats_copy_text(&place->name, interface->name);
    }
    return is_copied;
}

static void device_stats_update_cpu(struct cpu_stats *cpu, const struct cpu_stats *newer)
{
    if (newer->known & CPU_USER)
        cpu->user_ns = newer->user_ns;
    if (newer->known & CPU_SYSTEM)
        cpu->system_ns = newer->system_ns;
    cpu->known |= newer->known;
}

struct device_stats *device_stats_combine(struct device_stats *old, struct device_stats *newer)
{
    struct device_stats *both;

    if (!old || !newer)
        return device_stats_ref(old ? old : newer);
    both = device_stats_new();
    if (both && device_stats_copy_disks(both, old) &&
        device_stats_copy_vcpus(both, newer->vcpu_count > 0 ? newer : old) &&
        device_stats_copy_interfaces(both, newer->interface_count > 0 ? newer : old)) {
        both->memory = old->memory;
        both->cpu = old->cpu;
        device_stats_update_cpu(&both->cpu, &newer->cpu);
        return both;
    }
    device_stats_unref(both);
    return device_stats_ref(old);
}

const struct disk_stats *device_stats_disk(const struct device_stats *stats, const char *target)
{
    for (size_t i = 0; stats && i < stats->disk_count; i++)
        if (stats->disks[i].target && strcmp(stats->disks[i].target, target) == 0)
            return &stats->disks[i];
    return NULL;
}

const struct net_stats *device_stats_interface(const struct device_stats *stats, const char *name)
{
    for (size_t i = 0; stats && name && i < stats->interface_count; i++)
        if (stats->interfaces[i].name && strcmp(stats->interfaces[i].name, name) == 0)
            return &stats->interfaces[i];
    return NULL;
}
