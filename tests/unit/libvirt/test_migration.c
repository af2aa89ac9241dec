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
#include "lib/libvirt/migration.h"
#include "tests/unit/fixtures.h"
#include "tests/unit/libvirt/mock_libvirt.h"

enum { PAUSED_MIGRATION = 2 }; /* libvirt's VIR_DOMAIN_PAUSED_MIGRATION */

static struct domain row(int state, int reason, enum domain_job job)
{
    struct domain domain = fixture_domain(0, state == DOMAIN_SHUTOFF ? DOMAIN_ID_INACTIVE : 1);

    domain.state = state;
    domain.reason = reason;
    domain.job = job;
    return domain;
}

static bool is_likely(const struct domain *domain, const struct domain *old, uint32_t kinds)
{
    struct mail_item item = { .kinds = kinds };
    const struct mail mail = { .count = 1, .items = &item };

    memcpy(item.uuid, domain->uuid, UUID_BYTES);
    return migration_is_likely(domain, old, &mail);
}

static void a_running_domain_is_not_asked(void **state)
{
    struct domain runs = row(DOMAIN_RUNNING, 1, DOMAIN_JOB_NONE);

    (void)state;
    assert_false(is_likely(&runs, &runs, MAIL_CHANGED | MAIL_XML_CHANGED));
    assert_true(is_likely(&runs, &runs, MAIL_JOB));
    assert_true(is_likely(&runs, NULL, MAIL_JOB));
}

static void a_job_is_asked_for_until_it_ends(void **state)
{
    struct domain goes = row(DOMAIN_RUNNING, 1, DOMAIN_JOB_MIGRATION_OUT);

    (void)state;
    assert_true(is_likely(&goes, &goes, 0));
}

static void a_domain_that_is_off_or_paused_by_a_user_is_not_asked(void **state)
{
    struct domain off = row(DOMAIN_SHUTOFF, 0, DOMAIN_JOB_MIGRATION_OUT);
    struct domain paused = row(DOMAIN_PAUSED, 1, DOMAIN_JOB_NONE);

    (void)state;
    assert_false(is_likely(&off, NULL, MAIL_JOB));
    assert_false(is_likely(&paused, &paused, MAIL_JOB));
}

static void a_domain_that_stays_paused_for_a_migration_is_asked_until_it_answers(void **state)
{
    struct domain comes = row(DOMAIN_PAUSED, PAUSED_MIGRATION, DOMAIN_JOB_MIGRATION_IN), other_run = comes;

    (void)state;
    assert_true(is_likely(&comes, NULL, 0));
    assert_false(is_likely(&comes, &comes, 0));
    assert_true(is_likely(&comes, &comes, MAIL_JOB));
    comes.is_job_unread = true; /* reading the job failed */
    assert_true(is_likely(&comes, &comes, 0));
    comes.is_job_unread = false;
    other_run.id = 2;
    assert_true(is_likely(&comes, &other_run, 0));
}

static void an_outgoing_migration_is_asked_for_while_the_domain_is_paused(void **state)
{
    struct domain goes = row(DOMAIN_PAUSED, PAUSED_MIGRATION, DOMAIN_JOB_MIGRATION_OUT);

    (void)state;
    assert_true(is_likely(&goes, &goes, 0));
}

static struct mailbox *mailbox;
static struct connection *connection;

static int begin(void **state)
{
    (void)state;
    if (!mock_begin(1))
        return -1;
    mailbox = mailbox_new();
    connection = mailbox ? connection_new(MOCK_URI, CONNECTION_WATCH_NOTHING, mailbox, NULL) : NULL;
    return connection && connection_open(connection) ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    connection_free(connection);
    mailbox_unref(mailbox);
    return mock_end() ? 0 : -1;
}

static bool read_job(unsigned at, enum domain_job *job)
{
    unsigned char uuid[UUID_BYTES];

    fixture_uuid(at, uuid);
    return migration_read_job(connection, uuid, job);
}

static void the_job_is_decoded(void **state)
{
    static const struct {
        int operation;
        enum domain_job job;
    } cases[] = {
        { 0, DOMAIN_JOB_NONE },
        { VIR_DOMAIN_JOB_OPERATION_MIGRATION_OUT, DOMAIN_JOB_MIGRATION_OUT },
        { VIR_DOMAIN_JOB_OPERATION_MIGRATION_IN, DOMAIN_JOB_MIGRATION_IN },
        { VIR_DOMAIN_JOB_OPERATION_RESTORE, DOMAIN_JOB_RESTORE },
        { VIR_DOMAIN_JOB_OPERATION_SAVE, DOMAIN_JOB_NONE },
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        enum domain_job job = DOMAIN_JOB_RESTORE;

        mock.domains[0].job_operation = cases[i].operation;
        assert_true(read_job(0, &job));
        assert_int_equal(job, cases[i].job);
    }
}

static void some_errors_are_answers(void **state)
{
    static const struct {
        int code;
        enum domain_job job;
    } cases[] = {
        { VIR_ERR_OPERATION_UNSUPPORTED, DOMAIN_JOB_MIGRATION_IN }, /* the target has no statistics */
        { VIR_ERR_OPERATION_INVALID, DOMAIN_JOB_NONE },             /* it is off */
        { VIR_ERR_NO_SUPPORT, DOMAIN_JOB_NONE },
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        enum domain_job job = DOMAIN_JOB_RESTORE;

        mock.domains[0].job_error = cases[i].code;
        assert_true(read_job(0, &job));
        assert_int_equal(job, cases[i].job);
    }
}

static void a_domain_that_is_gone_has_no_job(void **state)
{
    enum domain_job job = DOMAIN_JOB_MIGRATION_OUT;

    (void)state;
    assert_true(read_job(200, &job));
    assert_int_equal(job, DOMAIN_JOB_NONE);
}

static void other_errors_do_not_change_the_job(void **state)
{
    enum domain_job job = DOMAIN_JOB_MIGRATION_OUT;

    (void)state;
    mock.domains[0].job_error = VIR_ERR_OPERATION_TIMEOUT;
    assert_false(read_job(0, &job));
    assert_int_equal(job, DOMAIN_JOB_MIGRATION_OUT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_running_domain_is_not_asked),
        cmocka_unit_test(a_job_is_asked_for_until_it_ends),
        cmocka_unit_test(a_domain_that_is_off_or_paused_by_a_user_is_not_asked),
        cmocka_unit_test(a_domain_that_stays_paused_for_a_migration_is_asked_until_it_answers),
        cmocka_unit_test(an_outgoing_migration_is_asked_for_while_the_domain_is_paused),
        cmocka_unit_test_setup_teardown(the_job_is_decoded, begin, end),
        cmocka_unit_test_setup_teardown(some_errors_are_answers, begin, end),
        cmocka_unit_test_setup_teardown(a_domain_that_is_gone_has_no_job, begin, end),
        cmocka_unit_test_setup_teardown(other_errors_do_not_change_the_job, begin, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
