/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The answers of virDomainGetJobStats() for each kind of job, as QEMU's driver gave them. */
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base/array.h"
#include "lib/libvirt/job_decode.h"

enum { PARAMETERS_MAX = 8 };

struct number {
    const char *name; /* NULL: the end */
    unsigned long long value;
};

static struct job_stats *stats;

/* Decodes a job under way with that operation and these numbers into `stats`. */
static void decode(int operation, const struct number *numbers)
{
    virTypedParameter parameters[PARAMETERS_MAX] = { { .type = VIR_TYPED_PARAM_INT, .value.i = operation } };
    int count = 1;

    (void)snprintf(parameters[0].field, sizeof(parameters[0].field), "operation");
    for (; numbers->name; numbers++, count++) {
        assert_true(count < PARAMETERS_MAX);
        (void)snprintf(parameters[count].field, sizeof(parameters[count].field), "%s", numbers->name);
        parameters[count].type = VIR_TYPED_PARAM_ULLONG;
        parameters[count].value.ul = numbers->value;
    }
    assert_true(job_decode(VIR_DOMAIN_JOB_UNBOUNDED, parameters, count, &stats));
    assert_non_null(stats);
}

static int end(void **state)
{
    (void)state;
    job_stats_unref(stats);
    stats = NULL;
    return 0;
}

static void a_job_has_its_operation_time_and_data(void **state)
{
    static const struct number save[] = { { "time_elapsed", 12012 },      { "data_total", 34086912 },
                                          { "data_processed", 12522096 }, { "data_remaining", 19628032 },
                                          { "memory_total", 7 },          { NULL, 0 } };

    (void)state;
    decode(VIR_DOMAIN_JOB_OPERATION_SAVE, save);
    assert_int_equal(stats->operation, JOB_OPERATION_SAVE);
    assert_int_equal(stats->known, JOB_STAT_ELAPSED | JOB_STAT_TOTAL | JOB_STAT_PROCESSED | JOB_STAT_REMAINING);
    assert_int_equal(stats->elapsed_ms, 12012);
    assert_int_equal(stats->total_bytes, 34086912);
    assert_int_equal(stats->processed_bytes, 12522096);
    assert_int_equal(stats->remaining_bytes, 19628032);
}

static void data_is_the_sum_of_memory_and_disks(void **state)
{
    static const struct number both[] = { { "memory_total", 30 },    { "disk_total", 12 },
                                          { "memory_processed", 0 }, { "disk_processed", 4 },
                                          { "disk_remaining", 8 },   { NULL, 0 } };

    (void)state;
    decode(VIR_DOMAIN_JOB_OPERATION_BACKUP, both);
    assert_int_equal(stats->known, JOB_STAT_TOTAL | JOB_STAT_PROCESSED | JOB_STAT_REMAINING);
    assert_int_equal(stats->total_bytes, 42);
    assert_int_equal(stats->processed_bytes, 4);
    assert_int_equal(stats->remaining_bytes, 8);
}

static void missing_and_absurd_numbers_are_unknown(void **state)
{
    static const struct number absurd[] = { { "memory_total", ULLONG_MAX }, { "disk_total", 1 }, { NULL, 0 } };
    static const struct number pull[] = { { "time_elapsed", 5280 },
                                          { "disk_temp_total", 268435456 },
                                          { NULL, 0 } };

    (void)state;
    decode(VIR_DOMAIN_JOB_OPERATION_BACKUP, absurd);
    assert_int_equal(stats->known, 0);
    (void)end(NULL);
    decode(VIR_DOMAIN_JOB_OPERATION_BACKUP, pull); /* a client reads the data: libvirt does not know how much */
    assert_int_equal(stats->known, JOB_STAT_ELAPSED);
}

static void a_job_that_is_over_is_none(void **state)
{
    static const int types[] = { VIR_DOMAIN_JOB_NONE, VIR_DOMAIN_JOB_COMPLETED, VIR_DOMAIN_JOB_FAILED,
                                 VIR_DOMAIN_JOB_CANCELLED };

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(types); i++) {
        assert_true(job_decode(types[i], NULL, 0, &stats));
        assert_null(stats);
    }
}

static void the_words_are_those_of_virsh(void **state)
{
    static const struct {
        int operation;
        const char *word;
        enum domain_job job;
    } facts[] = {
        { VIR_DOMAIN_JOB_OPERATION_UNKNOWN, "Unknown", DOMAIN_JOB_NONE },
        { VIR_DOMAIN_JOB_OPERATION_START, "Start", DOMAIN_JOB_NONE },
        { VIR_DOMAIN_JOB_OPERATION_SAVE, "Save", DOMAIN_JOB_NONE },
        { VIR_DOMAIN_JOB_OPERATION_RESTORE, "Restore", DOMAIN_JOB_RESTORE },
        { VIR_DOMAIN_JOB_OPERATION_MIGRATION_IN, "Incoming migration", DOMAIN_JOB_MIGRATION_IN },
        { VIR_DOMAIN_JOB_OPERATION_MIGRATION_OUT, "Outgoing migration", DOMAIN_JOB_MIGRATION_OUT },
        { VIR_DOMAIN_JOB_OPERATION_SNAPSHOT, "Snapshot", DOMAIN_JOB_NONE },
        { VIR_DOMAIN_JOB_OPERATION_SNAPSHOT_REVERT, "Snapshot revert", DOMAIN_JOB_NONE },
        { VIR_DOMAIN_JOB_OPERATION_DUMP, "Dump", DOMAIN_JOB_NONE },
        { VIR_DOMAIN_JOB_OPERATION_BACKUP, "Backup", DOMAIN_JOB_NONE },
        { 10, "Snapshot delete", DOMAIN_JOB_NONE }, /* libvirt 9.0 */
        { 11, "Unknown", DOMAIN_JOB_NONE },
        { -1, "Unknown", DOMAIN_JOB_NONE },
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(facts); i++) {
        const struct job_stats job = { .operation = facts[i].operation };

        assert_string_equal(job_stats_word(facts[i].operation), facts[i].word);
        assert_int_equal(job_stats_domain_job(&job), facts[i].job);
    }
    assert_int_equal(job_stats_domain_job(NULL), DOMAIN_JOB_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(a_job_has_its_operation_time_and_data, end),
        cmocka_unit_test_teardown(data_is_the_sum_of_memory_and_disks, end),
        cmocka_unit_test_teardown(missing_and_absurd_numbers_are_unknown, end),
        cmocka_unit_test(a_job_that_is_over_is_none),
        cmocka_unit_test(the_words_are_those_of_virsh),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
