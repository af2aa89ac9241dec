/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which domains are asked for their job, and how the answer is decoded. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <libvirt/virterror.h>

#include "lib/base/array.h"
#include "lib/base/clock.h"
#include "lib/libvirt/job_reader.h"
#include "tests/unit/fixtures.h"
#include "tests/unit/libvirt/connection_stage.h"
#include "tests/unit/libvirt/mock_libvirt.h"

/* Some reasons of libvirt. */
enum { RUNNING_BOOTED = 1, PAUSED_USER = 1, PAUSED_MIGRATION = 2, PAUSED_SAVE = 3, PAUSED_DUMP = 4 };

static struct domain row(int state, int reason)
{
    struct domain domain = fixture_domain(0, state == DOMAIN_SHUTOFF ? DOMAIN_ID_INACTIVE : 1);

    domain.state = state;
    domain.reason = reason;
    return domain;
}

static bool is_likely(const struct domain *domain, const struct domain *old, uint32_t kinds)
{
    struct mail_item item = { .kinds = kinds };
    const struct mail mail = { .count = 1, .items = &item };

    memcpy(item.uuid, domain->uuid, UUID_BYTES);
    return job_reader_is_likely(domain, old, &mail);
}

static void a_domain_is_not_asked_without_a_sign_of_a_job(void **state)
{
    static const struct {
        int state, reason;
    } cases[] = {
        { DOMAIN_RUNNING, RUNNING_BOOTED },
        { DOMAIN_PAUSED, PAUSED_USER },
        { DOMAIN_PMSUSPENDED, 0 },
        { DOMAIN_SHUTDOWN, 0 },
        { DOMAIN_CRASHED, 0 },
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        struct domain domain = row(cases[i].state, cases[i].reason);

        assert_false(is_likely(&domain, NULL, 0));
        assert_false(is_likely(&domain, &domain, MAIL_CHANGED | MAIL_XML_CHANGED));
        assert_true(is_likely(&domain, &domain, MAIL_JOB));
        assert_true(is_likely(&domain, NULL, MAIL_JOB));
    }
}

static void a_job_is_asked_for_until_it_ends(void **state)
{
    struct domain goes = row(DOMAIN_RUNNING, RUNNING_BOOTED);
    struct job_stats dump = { .operation = JOB_OPERATION_DUMP };

    (void)state;
    goes.job_stats = &dump;
    assert_true(is_likely(&goes, &goes, 0));
    goes.job_stats = NULL;
    assert_false(is_likely(&goes, &goes, 0));
}

static void a_domain_that_is_off_is_not_asked(void **state)
{
    struct domain off = row(DOMAIN_SHUTOFF, 0);

    (void)state;
    off.is_job_unread = true;
    assert_false(is_likely(&off, NULL, MAIL_JOB));
}

static void a_domain_in_the_state_of_a_job_is_asked_until_it_answers(void **state)
{
    static const int reasons[] = { PAUSED_MIGRATION, PAUSED_SAVE, PAUSED_DUMP };

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(reasons); i++) {
        struct domain paused = row(DOMAIN_PAUSED, reasons[i]), other_run = paused, other_state = paused;

        assert_true(is_likely(&paused, NULL, 0));
        assert_false(is_likely(&paused, &paused, 0));
        assert_true(is_likely(&paused, &paused, MAIL_JOB));
        paused.is_job_unread = true; /* reading the job failed */
        assert_true(is_likely(&paused, &paused, 0));
        paused.is_job_unread = false;
        other_run.id = 2;
        assert_true(is_likely(&paused, &other_run, 0));
        other_state.reason = PAUSED_USER;
        assert_true(is_likely(&paused, &other_state, 0));
        other_state.state = DOMAIN_RUNNING;
        assert_true(is_likely(&paused, &other_state, 0));
    }
}

static int begin(void **state)
{
    (void)state;
    if (!mock_begin(1))
        return -1;
    return connection_stage_begin() ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    connection_stage_end();
    return mock_end() ? 0 : -1;
}

/* Reads the job of that domain. `operation` becomes that of its job; -1: it has none. */
static bool read_job(unsigned at, int *operation)
{
    unsigned char uuid[UUID_BYTES];
    struct job_stats *stats;
    bool is_read;

    fixture_uuid(at, uuid);
    is_read = job_reader_read(connection, uuid, &stats);
    assert_true(is_read || !stats);
    *operation = stats ? stats->operation : -1;
    job_stats_unref(stats);
    return is_read;
}

static void the_job_is_read(void **state)
{
    int operation;

    (void)state;
    assert_true(read_job(0, &operation));
    assert_int_equal(operation, -1);
    mock.domains[0].job_operation = VIR_DOMAIN_JOB_OPERATION_DUMP;
    assert_true(read_job(0, &operation));
    assert_int_equal(operation, JOB_OPERATION_DUMP);
}

static void some_errors_are_answers(void **state)
{
    static const struct {
        int code, operation;
    } cases[] = {
        { VIR_ERR_OPERATION_UNSUPPORTED, JOB_OPERATION_MIGRATION_IN }, /* the target has no statistics */
        { VIR_ERR_OPERATION_INVALID, -1 },                             /* it is off */
        { VIR_ERR_NO_SUPPORT, -1 },
    };
    int operation;

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        mock.domains[0].job_error = cases[i].code;
        assert_true(read_job(0, &operation));
        assert_int_equal(operation, cases[i].operation);
    }
}

static void a_domain_that_is_gone_has_no_job(void **state)
{
    int operation;

    (void)state;
    assert_true(read_job(200, &operation));
    assert_int_equal(operation, -1);
}

static void other_errors_are_failures(void **state)
{
    int operation;

    (void)state;
    mock.domains[0].job_error = VIR_ERR_OPERATION_TIMEOUT;
    assert_false(read_job(0, &operation));
}

static void a_domain_that_hangs_is_not_asked(void **state)
{
    int operation;

    (void)state;
    mock.domains[0].occupied_boot_ms = clock_boot_ms() - 2000;
    assert_false(read_job(0, &operation));
    assert_int_equal(gate_calls(&mock.domains[0].job), 0);
    mock.domains[0].occupied_boot_ms = clock_boot_ms(); /* a command is under way */
    assert_true(read_job(0, &operation));
    assert_int_equal(gate_calls(&mock.domains[0].job), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_domain_is_not_asked_without_a_sign_of_a_job),
        cmocka_unit_test(a_job_is_asked_for_until_it_ends),
        cmocka_unit_test(a_domain_that_is_off_is_not_asked),
        cmocka_unit_test(a_domain_in_the_state_of_a_job_is_asked_until_it_answers),
        cmocka_unit_test_setup_teardown(the_job_is_read, begin, end),
        cmocka_unit_test_setup_teardown(some_errors_are_answers, begin, end),
        cmocka_unit_test_setup_teardown(a_domain_that_is_gone_has_no_job, begin, end),
        cmocka_unit_test_setup_teardown(other_errors_are_failures, begin, end),
        cmocka_unit_test_setup_teardown(a_domain_that_hangs_is_not_asked, begin, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
