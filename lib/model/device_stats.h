/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The statistics of a domain's vCPUs and disks. One thread fills the struct in. Then it does not change any more:
 * any thread may read it, and snapshots share it by reference until newer statistics come. */
#ifndef GUESTLIST_MODEL_DEVICE_STATS_H
#define GUESTLIST_MODEL_DEVICE_STATS_H

#include <stddef.h>
#include <stdint.h>

#include "lib/base/refcount.h"

struct vcpu_stats {
    uint32_t number; /* from 0; there are gaps where a vCPU is unplugged */
    uint32_t known;  /* enum vcpu_stat: the members below that hold a value */
    uint64_t time_ns;
};

enum vcpu_stat { VCPU_TIME = 1 << 0 };

enum disk_stat {
    DISK_CAPACITY = 1 << 0,
    DISK_PHYSICAL = 1 << 1,
    DISK_READS = 1 << 2,
    DISK_WRITES = 1 << 3,
    DISK_READ_BYTES = 1 << 4,
    DISK_WRITE_BYTES = 1 << 5,
    DISK_READ_TIME = 1 << 6,
    DISK_WRITE_TIME = 1 << 7,
};

struct disk_stats {
    uint32_t number; /* from 0: libvirt's block.NUMBER */
    uint32_t known;  /* enum disk_stat: the numbers below that hold a value */
    char *target;    /* "vda": identifies the disk within its domain */
    char *path;      /* of the file or block device; NULL: the disk has none */
    uint64_t capacity_bytes, physical_bytes;
    uint64_t reads, writes, read_bytes, write_bytes;
    uint64_t read_time_ns, write_time_ns;
};

struct device_stats {
    size_t vcpu_count, disk_count;
    struct vcpu_stats *vcpus; /* sorted by number */
    struct disk_stats *disks;
    struct refcount refcount; /* for device_stats_ref() and device_stats_unref() alone */
};

/* Empty statistics. The caller owns the only reference and fills them in. NULL if out of memory. */
struct device_stats *device_stats_new(void);

/* Both accept NULL. The last unref frees the statistics. */
struct device_stats *device_stats_ref(struct device_stats *stats);
void device_stats_unref(struct device_stats *stats);

/* The disk with that target, or NULL. It lives as long as `stats`, which may be NULL. */
const struct disk_stats *device_stats_disk(const struct device_stats *stats, const char *target);

#endif
