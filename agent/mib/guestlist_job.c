/* SPDX-License-Identifier: GPL-2.0-or-later */
/* GUESTLIST-MIB, glJobTable: the jobs of domains. Only a domain with a job has a row. */
#include "agent/mib/guestlist_tables.h"
#include "lib/model/job_stats.h"

static bool guestlist_job_seek(const struct answer *answer, const mib_subid *index, size_t length,
                               struct mib_row *row)
{
    const struct rows *rows = answer->rows;
    const struct vm_row *vm_row;

    if (!rows || rows->jobs == 0 || !rows_seek_vm(answer, index, length, row))
        return false;
    for (vm_row = row->data; vm_row < rows->items + rows->count; vm_row++) {
        if (!vm_row->domain->job_stats)
            continue;
        row->data = vm_row;
        row->index[0] = vm_row->index;
        return true;
    }
    return false;
}

static bool guestlist_job_get_operation(const struct mib_cell *cell)
{
    return mib_put_text(cell->value, job_stats_word(rows_domain(cell)->job_stats->operation));
}

/* Gauge32 stays at its maximum if the number is larger. */
static bool guestlist_job_get_elapsed(const struct mib_cell *cell)
{
    const struct job_stats *stats = rows_domain(cell)->job_stats;
    uint64_t ms = stats->elapsed_ms;

    return stats->known & JOB_STAT_ELAPSED &&
           mib_put_unsigned(cell->value, ms < UINT32_MAX ? (uint32_t)ms : UINT32_MAX);
}

static bool guestlist_job_put(const struct mib_cell *cell, enum job_stat stat, uint64_t number)
{
    cell->value->counter64 = number;
    return rows_domain(cell)->job_stats->known & stat;
}

#define NUMBER(name, stat, member)                                                                                \
    static bool name(const struct mib_cell *cell)                                                                 \
    {                                                                                                             \
        return guestlist_job_put(cell, stat, rows_domain(cell)->job_stats->member);                               \
    }

NUMBER(guestlist_job_get_total, JOB_STAT_TOTAL, total_bytes)
NUMBER(guestlist_job_get_processed, JOB_STAT_PROCESSED, processed_bytes)
NUMBER(guestlist_job_get_remaining, JOB_STAT_REMAINING, remaining_bytes)

static const struct mib_column columns[] = {
    { 1, MIB_OCTETS, guestlist_job_get_operation, "glJobOperation", NULL },
    { 2, MIB_GAUGE32, guestlist_job_get_elapsed, "glJobElapsed", NULL },
    { 3, MIB_COUNTER64, guestlist_job_get_total, "glJobDataTotal", NULL },
    { 4, MIB_COUNTER64, guestlist_job_get_processed, "glJobDataProcessed", NULL },
    { 5, MIB_COUNTER64, guestlist_job_get_remaining, "glJobDataRemaining", NULL },
};

static const mib_subid base[] = { GUESTLIST_ENTERPRISE_OID, 1, 9, 1 };

const struct mib_table guestlist_job_table = MIB_TABLE(base, columns, guestlist_job_seek);
