/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A job of a domain: a migration, a save, a dump, a backup and the like. One thread fills the struct in. Then it
 * does not change any more: any thread may read it, and snapshots share it by reference until the job is read
 * again. */
#ifndef GUESTLIST_MODEL_JOB_STATS_H
#define GUESTLIST_MODEL_JOB_STATS_H

#include <stdint.h>

#include "lib/base/refcount.h"
#include "lib/model/domain.h"

/* libvirt's virDomainJobOperation; static assertions in job_decode.c compare the numbers. A newer libvirt may send
 * larger numbers. They are kept. */
enum job_operation {
    JOB_OPERATION_UNKNOWN,
    JOB_OPERATION_START,
    JOB_OPERATION_SAVE,
    JOB_OPERATION_RESTORE,
    JOB_OPERATION_MIGRATION_IN,
    JOB_OPERATION_MIGRATION_OUT,
    JOB_OPERATION_SNAPSHOT,
    JOB_OPERATION_SNAPSHOT_REVERT,
    JOB_OPERATION_DUMP,
    JOB_OPERATION_BACKUP,
    JOB_OPERATION_SNAPSHOT_DELETE,
    JOB_OPERATIONS,
};

/* Which members of struct job_stats hold a value. */
enum job_stat {
    JOB_STAT_ELAPSED = 1 << 0,
    JOB_STAT_TOTAL = 1 << 1,
    JOB_STAT_PROCESSED = 1 << 2,
    JOB_STAT_REMAINING = 1 << 3,
};

struct job_stats {
    int operation;       /* enum job_operation */
    uint32_t known;      /* enum job_stat */
    uint64_t elapsed_ms; /* from the start of the job until it was read */
    uint64_t total_bytes, processed_bytes, remaining_bytes;
    struct refcount refcount; /* for job_stats_ref() and job_stats_unref() alone */
};

/* A job without numbers. The caller owns the only reference and fills them in. NULL if out of memory. */
struct job_stats *job_stats_new(int operation);

/* Both accept NULL. The last unref frees the struct. */
struct job_stats *job_stats_ref(struct job_stats *stats);
void job_stats_unref(struct job_stats *stats);

/* The operation in virsh's words ("Outgoing migration"). An unknown number is "Unknown". */
const char *job_stats_word(int operation);

/* What the job means for the domain's state. `stats` NULL: the domain has no job. */
enum domain_job job_stats_domain_job(const struct job_stats *stats);

#endif
