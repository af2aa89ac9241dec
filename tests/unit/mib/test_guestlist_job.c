/* SPDX-License-Identifier: GPL-2.0-or-later */
/* glJobTable ("9.1"). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "agent/mib/guestlist_mib.h"
#include "lib/model/job_stats.h"
#include "tests/unit/mib/answers.h"

static struct answers answers;

static int begin(void **state)
{
    (void)state;
    answers_init(&answers, 0);
    answers.mib = &guestlist_mib;
    return 0;
}

static int end(void **state)
{
    (void)state;
    answers_free(&answers);
    return 0;
}

/* The domain with that vmIndex gets a job. */
static struct job_stats *add_job(uint32_t index, int operation)
{
    struct domain *domain = answers_add(&answers, index, (int)index, NULL, NULL);

    domain->job_stats = job_stats_new(operation);
    assert_non_null(domain->job_stats);
    return domain->job_stats;
}

static void only_a_domain_with_a_job_has_a_row(void **state)
{
    (void)state;
    (void)answers_add(&answers, 1, 1, NULL, NULL);
    (void)add_job(3, JOB_OPERATION_DUMP);
    (void)answers_add(&answers, 4, 4, NULL, NULL);
    (void)add_job(7, JOB_OPERATION_SAVE);
    (void)answers_add(&answers, 9, DOMAIN_ID_INACTIVE, NULL, NULL);
    answers_begin(&answers, NULL);
    assert_string_equal(answers_walk(&answers, "9.1.1"), "3 7");
    assert_string_equal(answers_get(&answers, "9.1.1.3"), "Dump");
    assert_string_equal(answers_get(&answers, "9.1.1.7"), "Save");
    assert_string_equal(answers_get(&answers, "9.1.1.1"), "none");
    assert_string_equal(answers_get(&answers, "9.1.1.4"), "none");
    assert_string_equal(answers_get(&answers, "9.1.1.3.1"), "none");
}

static void without_a_job_the_table_is_empty(void **state)
{
    (void)state;
    (void)answers_add(&answers, 1, 1, NULL, NULL);
    answers_begin(&answers, NULL);
    assert_string_equal(answers_next(&answers, "9.1"), "end");
    assert_string_equal(answers_get(&answers, "9.1.1.1"), "none");
}

static void a_job_has_its_numbers(void **state)
{
    struct job_stats *stats;

    (void)state;
    stats = add_job(1, JOB_OPERATION_MIGRATION_OUT);
    stats->known = JOB_STAT_ELAPSED | JOB_STAT_TOTAL | JOB_STAT_PROCESSED | JOB_STAT_REMAINING;
    stats->elapsed_ms = 1234;
    stats->total_bytes = 1ull << 40;
    stats->processed_bytes = UINT64_MAX;
    answers_begin(&answers, NULL);
    assert_string_equal(answers_get(&answers, "9.1.2.1"), "1234");
    assert_string_equal(answers_get(&answers, "9.1.3.1"), "1099511627776");
    assert_string_equal(answers_get(&answers, "9.1.4.1"), "18446744073709551615");
    assert_string_equal(answers_get(&answers, "9.1.5.1"), "0");
    stats->elapsed_ms = 1ull << 32; /* 49 days */
    assert_string_equal(answers_get(&answers, "9.1.2.1"), "4294967295");
}

static void a_number_that_is_not_known_is_missing(void **state)
{
    (void)state;
    (void)add_job(1, JOB_OPERATION_MIGRATION_IN);
    answers_begin(&answers, NULL);
    assert_string_equal(answers_get(&answers, "9.1.1.1"), "Incoming migration");
    assert_string_equal(answers_next(&answers, "9.1.1.1"), "end");
    assert_string_equal(answers_get(&answers, "9.1.2.1"), "none");
    assert_string_equal(answers_get(&answers, "9.1.5.1"), "none");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(only_a_domain_with_a_job_has_a_row, begin, end),
        cmocka_unit_test_setup_teardown(without_a_job_the_table_is_empty, begin, end),
        cmocka_unit_test_setup_teardown(a_job_has_its_numbers, begin, end),
        cmocka_unit_test_setup_teardown(a_number_that_is_not_known_is_missing, begin, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
