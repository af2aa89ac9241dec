/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a domain's statistics say of each of its vCPUs and disks. Immutable once decoded, reference-counted,
 * readable on any thread; snapshots share it until there is a newer one. */
#ifndef GUESTLIST_MODEL_DEVICE_STATS_H
#define GUESTLIST_MODEL_DEVICE_STATS_H

#include <stddef.h>
#include <stdint.h>

struct vcpu_stats {
    uint32_t number; /* from 0; those that are plugged in, so there may be gaps */
    uint32_t known;  /* enum vcpu_stat */
    uint64_t time_ns;
};

enum vcpu_stat { VCPU_TIME = 1 << 0 };

/* Which numbers of a disk hold a value. */
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
    uint32_t number; /* of its statistics, from 0 */
    uint32_t known;  /* enum disk_stat */
    char *target;    /* "vda": what identifies it within its domain */
    char *path;      /* of the file or block device; NULL: none, or not of this kind */
    uint64_t capacity_bytes, physical_bytes;
    uint64_t reads, writes, read_bytes, write_bytes;
    uint64_t read_time_ns, write_time_ns;
};

struct device_stats {
    size_t vcpu_count, disk_count;
    struct vcpu_stats *vcpus; /* by number */
    struct disk_stats *disks;
};

/* An empty one, to be filled in by its only holder. NULL if out of memory. */
struct device_stats *device_stats_new(void);

struct device_stats *device_stats_ref(struct device_stats *device_stats);
void device_stats_unref(struct device_stats *device_stats);

/* The disk of that target, or NULL. Takes a NULL usage. */
const struct disk_stats *device_stats_disk(const struct device_stats *device_stats, const char *target);

#endif
