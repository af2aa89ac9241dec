/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The domains are those of libvirt's test driver, which lives inside the library. What each of them is doing is
 * ours to say, and one may hang. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>
#include <pthread.h>

#include "core/clock.h"
#include "core/jobs.h"
#include "core/thread.h"
#include "tests/unit/fixtures.h"

enum { DOMAINS = 80, FAR_MS = 20 * 60 * 1000 };

static struct witness {
    pthread_mutex_t lock;
    pthread_cond_t news;
    unsigned hung;
    bool hangs[DOMAINS];
    unsigned asked[DOMAINS];
    int operations[DOMAINS]; /* as libvirt says it; 0: no job */
    int failures[DOMAINS];   /* libvirt's code, 0: none */
} witness = { .lock = PTHREAD_MUTEX_INITIALIZER };

static _Thread_local int last_code;
static virConnectPtr connection;
static struct domain rows[DOMAINS], old_rows[DOMAINS];
static struct snapshot before, now;

static void enter(void)
{
    assert_int_equal(pthread_mutex_lock(&witness.lock), 0);
}

static void leave(void)
{
    (void)pthread_cond_broadcast(&witness.news);
    assert_int_equal(pthread_mutex_unlock(&witness.lock), 0);
}

int virGetLastErrorCode(void)
{
    return last_code;
}

int virDomainGetJobStats(virDomainPtr domain, int *type, virTypedParameterPtr *parameters, int *count,
                         unsigned flags)
{
    unsigned at = (unsigned)atoi(virDomainGetName(domain) + 1);
    int maximum = 0, operation;

    assert_int_equal(flags, 0);
    enter();
    witness.asked[at]++;
    witness.hung++;
    (void)pthread_cond_broadcast(&witness.news);
    while (witness.hangs[at])
        (void)pthread_cond_wait(&witness.news, &witness.lock);
    witness.hung--;
    operation = witness.operations[at];
    last_code = witness.failures[at];
    leave();
    if (last_code)
        return -1;
    *type = operation ? VIR_DOMAIN_JOB_UNBOUNDED : VIR_DOMAIN_JOB_NONE;
    *count = 0;
    *parameters = NULL;
    return operation ? virTypedParamsAddInt(parameters, count, &maximum, VIR_DOMAIN_JOB_OPERATION, operation) : 0;
}

static int make(void **state)
{
    char xml[300], text[DOMAIN_UUID_TEXT];

    (void)state;
    if (!thread_condition_init(&witness.news))
        return -1;
    connection = virConnectOpen("test:///default");
    for (unsigned i = 0; i < DOMAINS; i++) {
        virDomainPtr domain;

        fixture_uuid(i, rows[i].uuid);
        domain_format_uuid(rows[i].uuid, text);
        (void)snprintf(xml, sizeof(xml),
                       "<domain type='test'><name>d%u</name><uuid>%s</uuid><memory>1024</memory>"
                       "<os><type>hvm</type></os></domain>",
                       i, text);
        domain = virDomainDefineXML(connection, xml);
        if (!domain)
            return -1;
        (void)virDomainFree(domain);
    }
    qsort(rows, DOMAINS, sizeof(*rows), domain_compare_uuid);
    return 0;
}

static int drop(void **state)
{
    (void)state;
    return virConnectClose(connection) == 0 ? 0 : -1;
}

/* Two listings of the same: all run, and nobody does anything. */
static int quiet(void **state)
{
    for (unsigned i = 0; i < DOMAINS; i++) {
        unsigned char uuid[DOMAIN_UUID_BYTES];

        memcpy(uuid, rows[i].uuid, sizeof(uuid));
        rows[i] = (struct domain){ .id = 1, .state = DOMAIN_RUNNING, .reason = 1 };
        memcpy(rows[i].uuid, uuid, sizeof(uuid));
        old_rows[i] = rows[i];
        witness.hangs[i] = false;
        witness.asked[i] = 0;
        witness.operations[i] = witness.failures[i] = 0;
    }
    before = (struct snapshot){ .count = DOMAINS, .domains = old_rows };
    now = (struct snapshot){ .count = DOMAINS, .domains = rows, .calls = 8 };
    *state = jobs_new("test:///default", false);
    return *state ? 0 : -1;
}

static unsigned questions(void)
{
    unsigned sum = 0;

    for (unsigned i = 0; i < DOMAINS; i++)
        sum += witness.asked[i];
    return sum;
}

/* A listing later, of which the events said `kinds` of the first `touched` rows. */
static void list_within(struct jobs *jobs, unsigned touched, uint32_t kinds, int64_t patience_ms)
{
    struct mail_item items[DOMAINS];
    struct mail mail = { .count = touched, .items = items };

    for (unsigned i = 0; i < touched; i++) {
        items[i].kinds = kinds;
        memcpy(items[i].uuid, rows[i].uuid, DOMAIN_UUID_BYTES);
    }
    for (unsigned i = 0; i < DOMAINS; i++) {
        old_rows[i].job = rows[i].job;
        rows[i].job = DOMAIN_JOB_NONE;
    }
    now.calls = 8;
    jobs_find(jobs, &now, &before, &mail, patience_ms);
    for (unsigned i = 0; i < DOMAINS; i++) {
        old_rows[i].state = rows[i].state;
        old_rows[i].reason = rows[i].reason;
        old_rows[i].id = rows[i].id;
    }
}

static void list(struct jobs *jobs, unsigned touched, uint32_t kinds)
{
    list_within(jobs, touched, kinds, FAR_MS);
}

static void who_only_runs_is_not_asked(void **state)
{
    list(*state, 0, 0);
    list(*state, DOMAINS, MAIL_CHANGED | MAIL_DESCRIBED);
    assert_int_equal(questions(), 0);
    assert_int_equal(now.calls, 8);
    assert_true(jobs_stop(*state, FAR_MS));
}

static void a_migration_out_is_followed_until_it_ends_however(void **state)
{
    witness.operations[0] = VIR_DOMAIN_JOB_OPERATION_MIGRATION_OUT;
    list(*state, 1, MAIL_JOB);
    assert_int_equal(rows[0].job, DOMAIN_JOB_MIGRATION_OUT);
    assert_int_equal(now.calls, 10);
    list(*state, 0, 0);
    assert_int_equal(rows[0].job, DOMAIN_JOB_MIGRATION_OUT);
    assert_int_equal(witness.asked[0], 2);
    witness.operations[0] = 0; /* no event tells that it was canceled */
    list(*state, 0, 0);
    assert_int_equal(rows[0].job, DOMAIN_JOB_NONE);
    list(*state, 0, 0);
    assert_int_equal(witness.asked[0], 3);
    assert_int_equal(questions(), 3);
    assert_int_equal(now.calls, 8);
    assert_true(jobs_stop(*state, FAR_MS));
}

static void a_save_is_no_migration(void **state)
{
    witness.operations[0] = VIR_DOMAIN_JOB_OPERATION_SAVE;
    list(*state, 1, MAIL_JOB);
    assert_int_equal(rows[0].job, DOMAIN_JOB_NONE);
    assert_int_equal(witness.asked[0], 1);
    assert_true(jobs_stop(*state, FAR_MS));
}

static void who_is_off_or_paused_otherwise_is_not_asked(void **state)
{
    rows[0].state = DOMAIN_SHUTOFF;
    rows[0].id = DOMAIN_ID_INACTIVE;
    rows[0].job = DOMAIN_JOB_MIGRATION_OUT; /* of its last run */
    rows[1].state = DOMAIN_PAUSED;
    rows[2].id = 2;
    rows[2].job = DOMAIN_JOB_MIGRATION_OUT;
    list(*state, 2, MAIL_JOB);
    assert_int_equal(questions(), 0);
    for (unsigned i = 0; i < 3; i++)
        assert_int_equal(rows[i].job, DOMAIN_JOB_NONE);
    assert_true(jobs_stop(*state, FAR_MS));
}

static void who_rests_in_the_state_of_a_migration_is_asked_once(void **state)
{
    rows[0].state = rows[1].state = DOMAIN_PAUSED;
    rows[0].reason = rows[1].reason = 2;
    witness.failures[1] = VIR_ERR_OPERATION_UNSUPPORTED; /* where it comes in there are no statistics */
    for (int i = 0; i < 3; i++) {
        list(*state, 0, 0);
        assert_int_equal(rows[0].job, DOMAIN_JOB_NONE);
        assert_int_equal(rows[1].job, DOMAIN_JOB_MIGRATION_IN);
    }
    assert_int_equal(questions(), 2);
    rows[1].state = DOMAIN_RUNNING;
    witness.failures[1] = 0;
    list(*state, 0, 0);
    assert_int_equal(rows[1].job, DOMAIN_JOB_NONE);
    assert_true(jobs_stop(*state, FAR_MS));
}

static void who_cannot_say_does_what_it_did(void **state)
{
    witness.operations[0] = witness.operations[1] = VIR_DOMAIN_JOB_OPERATION_MIGRATION_OUT;
    list(*state, 2, MAIL_JOB);
    witness.failures[0] = VIR_ERR_OPERATION_TIMEOUT;
    witness.failures[1] = VIR_ERR_OPERATION_INVALID; /* off by now */
    list(*state, 0, 0);
    assert_int_equal(rows[0].job, DOMAIN_JOB_MIGRATION_OUT);
    assert_int_equal(rows[1].job, DOMAIN_JOB_NONE);
    assert_true(jobs_stop(*state, FAR_MS));
}

static void let_go(unsigned at)
{
    enter();
    witness.hangs[at] = false;
    leave();
}

static void who_hangs_is_waited_for_once_and_holds_up_nobody(void **state)
{
    int64_t began, took;

    for (unsigned i = 0; i < 3; i++)
        witness.operations[i] = VIR_DOMAIN_JOB_OPERATION_MIGRATION_OUT;
    list(*state, 3, MAIL_JOB);
    witness.hangs[1] = true;
    witness.operations[2] = 0;
    began = clock_boot_ms();
    list_within(*state, 0, 0, 50);
    took = clock_boot_ms() - began;
    assert_true(took >= 49);
    while (rows[2].job != DOMAIN_JOB_NONE)
        list(*state, 0, 0);
    for (unsigned i = 0; i < 20; i++)
        list(*state, 0, 0);
    assert_int_equal(rows[0].job, DOMAIN_JOB_MIGRATION_OUT);
    assert_int_equal(rows[1].job, DOMAIN_JOB_MIGRATION_OUT);
    assert_int_equal(witness.asked[1], 2); /* the question of then still waits */
    assert_true(witness.asked[0] >= 21);
    let_go(1);
    enter();
    while (witness.hung > 0)
        assert_true(thread_wait(&witness.news, &witness.lock, clock_boot_ms() + FAR_MS));
    witness.operations[1] = 0;
    leave();
    while (rows[1].job != DOMAIN_JOB_NONE)
        list(*state, 0, 0);
    assert_true(jobs_stop(*state, FAR_MS));
}

static void where_there_are_many_each_has_its_turn(void **state)
{
    for (unsigned i = 0; i < DOMAINS; i++)
        witness.operations[i] = VIR_DOMAIN_JOB_OPERATION_MIGRATION_OUT;
    for (unsigned i = 0; i < DOMAINS; i++)
        rows[i].job = DOMAIN_JOB_MIGRATION_OUT;
    for (unsigned turn = 0; turn < 5; turn++) {
        list(*state, 0, 0);
        assert_int_equal(now.calls, 8 + 2 * JOBS_MAX);
    }
    for (unsigned i = 0; i < DOMAINS; i++)
        assert_int_equal(witness.asked[i], 2);
    assert_true(jobs_stop(*state, FAR_MS));
}

static void what_hangs_at_the_end_is_left_behind(void **state)
{
    witness.hangs[0] = true;
    list_within(*state, 1, MAIL_JOB, 20);
    assert_int_equal(rows[0].job, DOMAIN_JOB_NONE);
    enter();
    while (witness.hung == 0)
        assert_true(thread_wait(&witness.news, &witness.lock, clock_boot_ms() + FAR_MS));
    leave();
    assert_false(jobs_stop(*state, 20));
    let_go(0);
    enter();
    while (witness.hung > 0)
        assert_true(thread_wait(&witness.news, &witness.lock, clock_boot_ms() + FAR_MS));
    leave();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(who_only_runs_is_not_asked, quiet),
        cmocka_unit_test_setup(a_migration_out_is_followed_until_it_ends_however, quiet),
        cmocka_unit_test_setup(a_save_is_no_migration, quiet),
        cmocka_unit_test_setup(who_is_off_or_paused_otherwise_is_not_asked, quiet),
        cmocka_unit_test_setup(who_rests_in_the_state_of_a_migration_is_asked_once, quiet),
        cmocka_unit_test_setup(who_cannot_say_does_what_it_did, quiet),
        cmocka_unit_test_setup(who_hangs_is_waited_for_once_and_holds_up_nobody, quiet),
        cmocka_unit_test_setup(where_there_are_many_each_has_its_turn, quiet),
        cmocka_unit_test_setup(what_hangs_at_the_end_is_left_behind, quiet),
    };

    return cmocka_run_group_tests(tests, make, drop);
}
