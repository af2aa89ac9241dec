/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/model/job_stats.h"

#include <stdlib.h>

static const char *const words[JOB_OPERATIONS] = {
    [JOB_OPERATION_UNKNOWN] = "Unknown",
    [JOB_OPERATION_START] = "Start",
    [JOB_OPERATION_SAVE] = "Save",
    [JOB_OPERATION_RESTORE] = "Restore",
    [JOB_OPERATION_MIGRATION_IN] = "Incoming migration",
    [JOB_OPERATION_MIGRATION_OUT] = "Outgoing migration",
    [JOB_OPERATION_SNAPSHOT] = "Snapshot",
    [JOB_OPERATION_SNAPSHOT_REVERT] = "Snapshot revert",
    [JOB_OPERATION_DUMP] = "Dump",
    [JOB_OPERATION_BACKUP] = "Backup",
    [JOB_OPERATION_SNAPSHOT_DELETE] = "Snapshot delete",
};

/* The other operations do not change what a domain's state means. */
static const enum domain_job domain_jobs[JOB_OPERATIONS] = {
    [JOB_OPERATION_RESTORE] = DOMAIN_JOB_RESTORE,
    [JOB_OPERATION_MIGRATION_IN] = DOMAIN_JOB_MIGRATION_IN,
    [JOB_OPERATION_MIGRATION_OUT] = DOMAIN_JOB_MIGRATION_OUT,
};

struct job_stats *job_stats_new(int operation)
{
    struct job_stats *stats = calloc(1, sizeof(*stats));

    if (!stats)
        return NULL;
    stats->operation = operation;
    refcount_init(&stats->refcount);
    return stats;
}

struct job_stats *job_stats_ref(struct job_stats *stats)
{
    if (stats)
        refcount_take(&stats->refcount);
    return stats;
}

void job_stats_unref(struct job_stats *stats)
{
    if (stats && refcount_drop(&stats->refcount))
        free(stats);
}

static bool job_stats_knows(int operation)
{
    return operation >= 0 && operation < JOB_OPERATIONS;
}

const char *job_stats_word(int operation)
{
    return words[job_stats_knows(operation) ? operation : JOB_OPERATION_UNKNOWN];
}

enum domain_job job_stats_domain_job(const struct job_stats *stats)
{
    return stats && job_stats_knows(stats->operation) ? domain_jobs[stats->operation] : DOMAIN_JOB_NONE;
}
