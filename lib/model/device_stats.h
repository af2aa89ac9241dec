/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The statistics of a domain that only a few columns and metrics need: of its vCPUs, disks, network interfaces,
 * memory and CPU time. One thread fills the struct in. Then it does not change any more: any thread may read it,
 * and snapshots share it by reference until newer statistics come. */
#ifndef GUESTLIST_MODEL_DEVICE_STATS_H
#define GUESTLIST_MODEL_DEVICE_STATS_H

#include <stddef.h>
#include <stdint.h>

#include "lib/base/refcount.h"

enum vcpu_stat {
    VCPU_TIME = 1 << 0,
    VCPU_STATE = 1 << 1,
    VCPU_WAIT = 1 << 2,
    VCPU_DELAY = 1 << 3,
};

struct vcpu_stats {
    uint32_t number; /* from 0; there are gaps where a vCPU is unplugged */
    uint32_t known;  /* enum vcpu_stat: the members below that hold a value */
    uint64_t state;  /* libvirt's: 0 offline, 1 running, 2 blocked */
    uint64_t time_ns;
    uint64_t wait_ns;  /* the kernel's wait_sum of its thread; 0 if the kernel does not count it */
    uint64_t delay_ns; /* in which its thread could run, but the host had no CPU for it (the kernel's run_delay) */
};

enum disk_stat {
    DISK_CAPACITY = 1 << 0,
    DISK_PHYSICAL = 1 << 1,
    DISK_READS = 1 << 2,
    DISK_WRITES = 1 << 3,
    DISK_READ_BYTES = 1 << 4,
    DISK_WRITE_BYTES = 1 << 5,
    DISK_READ_TIME = 1 << 6,
    DISK_WRITE_TIME = 1 << 7,
    DISK_FLUSHES = 1 << 8,
    DISK_FLUSH_TIME = 1 << 9,
    DISK_ALLOCATION = 1 << 10,
};

struct disk_stats {
    uint32_t number; /* from 0: libvirt's block.NUMBER */
    uint32_t known;  /* enum disk_stat: the numbers below that hold a value */
    char *target;    /* "vda": identifies the disk within its domain */
    char *path;      /* of the file or block device; NULL: the disk has none */
    uint64_t capacity_bytes, physical_bytes;
    uint64_t allocation_bytes; /* how far the guest has written to it */
    uint64_t reads, writes, flushes;
    uint64_t read_bytes, write_bytes;
    uint64_t read_time_ns, write_time_ns, flush_time_ns;
};

enum net_stat {
    NET_RX_BYTES = 1 << 0,
    NET_RX_PACKETS = 1 << 1,
    NET_RX_ERRORS = 1 << 2,
    NET_RX_DROPS = 1 << 3,
    NET_TX_BYTES = 1 << 4,
    NET_TX_PACKETS = 1 << 5,
    NET_TX_ERRORS = 1 << 6,
    NET_TX_DROPS = 1 << 7,
};

/* A network interface, as the guest sees it: it received what is in rx. */
struct net_stats {
    uint32_t number; /* from 0: libvirt's net.NUMBER, the place in the domain's XML */
    uint32_t known;  /* enum net_stat: the numbers below that hold a value */
    char *name;      /* of the host's device, "vnet0": identifies the interface within its domain */
    uint64_t rx_bytes, rx_packets, rx_errors, rx_drops;
    uint64_t tx_bytes, tx_packets, tx_errors, tx_drops;
};

enum memory_stat {
    MEMORY_UNUSED = 1 << 0,
    MEMORY_AVAILABLE = 1 << 1,
    MEMORY_USABLE = 1 << 2,
    MEMORY_RSS = 1 << 3,
    MEMORY_DISK_CACHES = 1 << 4,
    MEMORY_SWAPPED_IN = 1 << 5,
    MEMORY_SWAPPED_OUT = 1 << 6,
    MEMORY_MAJOR_FAULTS = 1 << 7,
    MEMORY_MINOR_FAULTS = 1 << 8,
    MEMORY_LAST_UPDATE = 1 << 9,
};

/* The guest's balloon driver reports these numbers, except for the resident memory, which is its process's. */
struct memory_stats {
    uint32_t known; /* enum memory_stat: the numbers below that hold a value */
    uint64_t unused_kib, available_kib, usable_kib, rss_kib, disk_caches_kib;
    uint64_t swapped_in_kib, swapped_out_kib;
    uint64_t major_faults, minor_faults;
    uint64_t last_update_real_s; /* when the guest reported; 0: never */
};

enum cpu_stat { CPU_USER = 1 << 0, CPU_SYSTEM = 1 << 1 };

/* Parts of the domain's CPU time, which is in struct domain_stats. */
struct cpu_stats {
    uint32_t known; /* enum cpu_stat: the times below that hold a value */
    uint64_t user_ns, system_ns;
};

struct device_stats {
    size_t vcpu_count, disk_count, interface_count;
    struct vcpu_stats *vcpus; /* sorted by number */
    struct disk_stats *disks;
    struct net_stats *interfaces;
    struct memory_stats memory;
    struct cpu_stats cpu;
    struct refcount refcount; /* for device_stats_ref() and device_stats_unref() alone */
};

/* Empty statistics. The caller owns the only reference and fills them in. NULL if out of memory. */
struct device_stats *device_stats_new(void);

/* Both accept NULL. The last unref frees the statistics. */
struct device_stats *device_stats_ref(struct device_stats *stats);
void device_stats_unref(struct device_stats *stats);

/* The statistics of one run of a domain whose process does not answer now: `old`, from an earlier answer, with
 * what `newer` has of vCPUs, interfaces and CPU time, which the hypervisor knows without the process. Either may
 * be NULL. The caller has the reference. If out of memory, it is one to `old`. */
struct device_stats *device_stats_combine(struct device_stats *old, struct device_stats *newer);

/* The disk with that target, or NULL. It lives as long as `stats`, which may be NULL. */
const struct disk_stats *device_stats_disk(const struct device_stats *stats, const char *target);

/* The interface with that name, or NULL. It lives as long as `stats`. Both may be NULL. */
const struct net_stats *device_stats_interface(const struct device_stats *stats, const char *name);

#endif
