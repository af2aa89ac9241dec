/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/model/usage.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

struct owned_usage {
    struct usage public; /* first, so that one pointer serves both */
    atomic_uint references;
};

struct usage *usage_new(void)
{
    struct owned_usage *usage = calloc(1, sizeof(*usage));

    if (!usage)
        return NULL;
    atomic_init(&usage->references, 1);
    return &usage->public;
}

struct usage *usage_ref(struct usage *usage)
{
    atomic_fetch_add(&((struct owned_usage *)usage)->references, 1);
    return usage;
}

void usage_unref(struct usage *usage)
{
    if (!usage || atomic_fetch_sub(&((struct owned_usage *)usage)->references, 1) != 1)
        return;
    for (size_t i = 0; i < usage->disk_count; i++) {
        free(usage->disks[i].target);
        free(usage->disks[i].path);
    }
    free(usage->disks);
    free(usage->vcpus);
    free(usage);
}

const struct disk_usage *usage_disk(const struct usage *usage, const char *target)
{
    for (size_t i = 0; usage && i < usage->disk_count; i++)
        if (usage->disks[i].target && strcmp(usage->disks[i].target, target) == 0)
            return &usage->disks[i];
    return NULL;
}
