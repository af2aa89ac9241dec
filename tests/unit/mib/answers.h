/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Made-up domains with devices, and the values of VM-MIB or another module for them, as text. */
#ifndef GUESTLIST_TESTS_UNIT_ANSWERS_H
#define GUESTLIST_TESTS_UNIT_ANSWERS_H

#include "agent/mib/rows.h"
#include "lib/model/device_stats.h"

enum { ANSWERS_DOMAINS_MAX = 16, ANSWERS_TEXT_MAX = 4096 };

struct answers {
    const struct mib *mib; /* NULL: vm_mib; may be guestlist_mib */
    struct answer answer;
    struct rows *rows;
    struct snapshot *snapshot; /* may be changed until answers_begin() */
    uint32_t indexes[ANSWERS_DOMAINS_MAX];
    char text[ANSWERS_TEXT_MAX]; /* the last result of the functions below */
};

/* A local hypervisor with that many host CPUs, all of them online, and no domains. This function and those below
 * fail the test if memory is out. */
void answers_init(struct answers *answers, uint32_t host_cpus);

/* Adds a domain with that vmIndex. `xml` NULL: it is not known yet. Takes over `device_stats`. Returns the domain,
 * which may be changed. */
struct domain *answers_add(struct answers *answers, uint32_t index, int id, const char *xml,
                           struct device_stats *device_stats);

/* Makes the rows. `devices` has the numbers of the devices, as rows_new() needs them. NULL: the disks of each
 * domain have the indexes 1, 2, ..., its interfaces have the indexes 1, 2, ... as well, and no interface of the
 * host leads to them. */
void answers_begin(struct answers *answers, const uint32_t *devices);
void answers_free(struct answers *answers);

/* The value of the instance that follows vmObjects (or glObjects), such as "7.1.6.3.1" (vmStorageResourceID.3.1):
 * a number, octets as they are, or "none". */
const char *answers_get(struct answers *answers, const char *instance);

/* The octets of that value in hexadecimal. */
const char *answers_get_hex(struct answers *answers, const char *instance);

/* The instance that GETNEXT finds after that one, in the same form, or "end". */
const char *answers_next(struct answers *answers, const char *instance);

/* The indexes of a column's rows as a walk finds them, such as "1.1 1.2 3.1". */
const char *answers_walk(struct answers *answers, const char *column);

/* Statistics with that many vCPUs. vCPU n, counted from 0, has (n + 1) * 1000 ns of CPU time. */
struct device_stats *answers_usage(size_t vcpus);

/* Adds a disk to it, with all numbers known: capacity and physical size as given, then reads, writes, bytes read
 * and written, and 1000 ns of reading and writing for each, from 1 on. */
struct disk_stats *answers_add_disk(struct device_stats *device_stats, const char *target, const char *path,
                                    uint64_t capacity, uint64_t physical);

#endif
