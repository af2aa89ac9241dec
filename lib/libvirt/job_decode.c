/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/libvirt/job_decode.h"

#include <assert.h>
#include <limits.h>
#include <stddef.h>
#include <string.h>

#include "lib/base/array.h"
#include "lib/libvirt/stats_decode.h"

#define SAME(word) static_assert((int)JOB_OPERATION_##word == (int)VIR_DOMAIN_JOB_OPERATION_##word, "same number")
SAME(UNKNOWN);
SAME(START);
SAME(SAVE);
SAME(RESTORE);
SAME(MIGRATION_IN);
SAME(MIGRATION_OUT);
SAME(SNAPSHOT);
SAME(SNAPSHOT_REVERT);
SAME(DUMP);
SAME(BACKUP);

/* libvirt adds memory and disks up, but not for each kind of job: a dump of the memory alone and a backup have
 * only the parts. */
static const struct job_field {
    const char *whole, *parts[2]; /* NULL: no such part */
    uint32_t known;
    size_t offset;
} fields[] = {
    { VIR_DOMAIN_JOB_TIME_ELAPSED, { NULL, NULL }, JOB_STAT_ELAPSED, offsetof(struct job_stats, elapsed_ms) },
    { VIR_DOMAIN_JOB_DATA_TOTAL,
      { VIR_DOMAIN_JOB_MEMORY_TOTAL, VIR_DOMAIN_JOB_DISK_TOTAL },
      JOB_STAT_TOTAL,
      offsetof(struct job_stats, total_bytes) },
    { VIR_DOMAIN_JOB_DATA_PROCESSED,
      { VIR_DOMAIN_JOB_MEMORY_PROCESSED, VIR_DOMAIN_JOB_DISK_PROCESSED },
      JOB_STAT_PROCESSED,
      offsetof(struct job_stats, processed_bytes) },
    { VIR_DOMAIN_JOB_DATA_REMAINING,
      { VIR_DOMAIN_JOB_MEMORY_REMAINING, VIR_DOMAIN_JOB_DISK_REMAINING },
      JOB_STAT_REMAINING,
      offsetof(struct job_stats, remaining_bytes) },
};

static bool job_decode_number(const virTypedParameter *parameters, int count, const char *name, uint64_t *number)
{
    for (int i = 0; name && i < count; i++)
        if (strcmp(parameters[i].field, name) == 0)
            return stats_decode_number(&parameters[i], number);
    return false;
}

/* False if there is no part, or if the sum is too large. */
static bool job_decode_sum(const virTypedParameter *parameters, int count, const struct job_field *field,
                           uint64_t *sum)
{
    bool has_part = false;
    uint64_t part;

    *sum = 0;
    for (size_t i = 0; i < ARRAY_COUNT(field->parts); i++) {
        if (!job_decode_number(parameters, count, field->parts[i], &part))
            continue;
        if (__builtin_add_overflow(*sum, part, sum))
            return false;
        has_part = true;
    }
    return has_part;
}

static void job_decode_field(const virTypedParameter *parameters, int count, const struct job_field *field,
                             struct job_stats *stats)
{
    uint64_t number;

    if (!job_decode_number(parameters, count, field->whole, &number) &&
        !job_decode_sum(parameters, count, field, &number))
        return;
    memcpy((char *)stats + field->offset, &number, sizeof(number));
    stats->known |= field->known;
}

bool job_decode(int type, const virTypedParameter *parameters, int count, struct job_stats **stats)
{
    uint64_t operation = JOB_OPERATION_UNKNOWN;

    *stats = NULL;
    if (type != VIR_DOMAIN_JOB_BOUNDED && type != VIR_DOMAIN_JOB_UNBOUNDED)
        return true;
    (void)job_decode_number(parameters, count, VIR_DOMAIN_JOB_OPERATION, &operation);
    *stats = job_stats_new(operation <= INT_MAX ? (int)operation : JOB_OPERATION_UNKNOWN);
    for (size_t i = 0; *stats && i < ARRAY_COUNT(fields); i++)
        job_decode_field(parameters, count, &fields[i], *stats);
    return *stats != NULL;
}
