/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether a domain answers, over a series of published snapshots. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/collect/answering.h"
#include "tests/unit/fixtures.h"

enum { FRESH_MS = 20000, BEGIN = 1000000, ID = 7 };

static struct snapshot *published; /* NULL: none yet */

static int begin(void **state)
{
    (void)state;
    published = NULL;
    return 0;
}

static int end(void **state)
{
    (void)state;
    snapshot_unref(published);
    return 0;
}

/* Publishes a listing of one domain `after_ms` after BEGIN, with statistics of the age `age_ms`. They were
 * requested in vain just now, and `control` has lasted for `lasted_ms`. */
static const struct domain *publish_lasting(int id, int64_t after_ms, int64_t age_ms, enum domain_control control,
                                            int64_t lasted_ms)
{
    const struct domain domain = fixture_domain(1, id);
    struct snapshot *snapshot = fixture_snapshot(&domain, 1);

    snapshot->stats_fresh_ms = FRESH_MS;
    snapshot->domains[0].stats_boot_ms = BEGIN + after_ms - age_ms;
    snapshot->stats_boot_ms = BEGIN + after_ms;
    snapshot->domains[0].control = control;
    snapshot->domains[0].control_since_boot_ms = BEGIN + after_ms - lasted_ms;
    answering_follow(snapshot, published, BEGIN + after_ms);
    snapshot_unref(published);
    published = snapshot;
    return &snapshot->domains[0];
}

static const struct domain *publish(int id, int64_t after_ms, int64_t age_ms, enum domain_control control)
{
    return publish_lasting(id, after_ms, age_ms, control, FRESH_MS / 2);
}

static void assert_answers(const struct domain *domain, enum tristate now, enum tristate reliably)
{
    assert_int_equal(domain->answers, now);
    assert_int_equal(domain->answers_reliably, reliably);
}

static void a_domain_with_fresh_statistics_answers(void **state)
{
    (void)state;
    assert_answers(publish(ID, 0, FRESH_MS, DOMAIN_CONTROL_UNKNOWN), TRISTATE_TRUE, TRISTATE_TRUE);
    /* It did not give its statistics once, which is too early to say more. */
    assert_answers(publish(ID, 10, FRESH_MS, DOMAIN_CONTROL_OCCUPIED), TRISTATE_TRUE, TRISTATE_TRUE);
}

static void only_old_statistics_and_libvirts_word_show_that_it_does_not_answer(void **state)
{
    static const struct {
        enum domain_control control;
        enum tristate answers;
    } rows[] = {
        { DOMAIN_CONTROL_UNKNOWN, TRISTATE_UNKNOWN }, { DOMAIN_CONTROL_OK, TRISTATE_TRUE },
        { DOMAIN_CONTROL_JOB, TRISTATE_FALSE },       { DOMAIN_CONTROL_OCCUPIED, TRISTATE_FALSE },
        { DOMAIN_CONTROL_ERROR, TRISTATE_FALSE },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        assert_int_equal(publish(ID, 0, FRESH_MS + 1, rows[i].control)->answers, rows[i].answers);
}

static void without_statistics_it_is_not_known_whether_it_answers(void **state)
{
    struct snapshot *snapshot;

    (void)state;
    assert_answers(publish(DOMAIN_ID_INACTIVE, 0, 0, DOMAIN_CONTROL_UNKNOWN), TRISTATE_UNKNOWN, TRISTATE_UNKNOWN);
    snapshot = fixture_all_guests();
    snapshot->domains[GUEST_RUNNING].control = DOMAIN_CONTROL_OCCUPIED;
    answering_follow(snapshot, NULL, BEGIN);
    for (size_t i = 0; i < snapshot->count; i++)
        assert_answers(&snapshot->domains[i], TRISTATE_UNKNOWN, TRISTATE_UNKNOWN);
    snapshot_unref(snapshot);
}

static void it_answers_reliably_again_after_answering_for_a_while(void **state)
{
    (void)state;
    assert_answers(publish(ID, 0, 0, DOMAIN_CONTROL_UNKNOWN), TRISTATE_TRUE, TRISTATE_TRUE);
    assert_answers(publish(ID, 30000, FRESH_MS + 1, DOMAIN_CONTROL_OCCUPIED), TRISTATE_FALSE, TRISTATE_FALSE);
    assert_answers(publish(ID, 40000, 0, DOMAIN_CONTROL_UNKNOWN), TRISTATE_TRUE, TRISTATE_FALSE);
    assert_answers(publish(ID, 39999 + FRESH_MS, 0, DOMAIN_CONTROL_UNKNOWN), TRISTATE_TRUE, TRISTATE_FALSE);
    assert_answers(publish(ID, 40000 + FRESH_MS, 0, DOMAIN_CONTROL_UNKNOWN), TRISTATE_TRUE, TRISTATE_TRUE);
}

/* Each answer comes when the statistics are already too old. */
static void a_slow_domain_is_not_reliable_between_its_answers(void **state)
{
    (void)state;
    (void)publish(ID, 0, 0, DOMAIN_CONTROL_UNKNOWN);
    for (int64_t ms = 30000; ms < 300000; ms += 30000) {
        assert_answers(publish(ID, ms, FRESH_MS + 1, DOMAIN_CONTROL_OCCUPIED), TRISTATE_FALSE, TRISTATE_FALSE);
        assert_answers(publish(ID, ms + 5000, 5000, DOMAIN_CONTROL_UNKNOWN), TRISTATE_TRUE, TRISTATE_FALSE);
        assert_answers(publish(ID, ms + 15000, 15000, DOMAIN_CONTROL_OCCUPIED), TRISTATE_TRUE, TRISTATE_FALSE);
    }
}

static void what_is_not_known_changes_nothing(void **state)
{
    (void)state;
    (void)publish(ID, 0, 0, DOMAIN_CONTROL_UNKNOWN);
    assert_answers(publish(ID, 60000, 60000, DOMAIN_CONTROL_UNKNOWN), TRISTATE_UNKNOWN, TRISTATE_TRUE);
    assert_answers(publish(ID, 70000, 70000, DOMAIN_CONTROL_ERROR), TRISTATE_FALSE, TRISTATE_FALSE);
    assert_answers(publish(ID, 200000, 200000, DOMAIN_CONTROL_UNKNOWN), TRISTATE_UNKNOWN, TRISTATE_FALSE);
}

/* A libvirtd that was down for long is busy with each process when it starts. */
static void a_process_that_is_busy_for_a_moment_changes_nothing(void **state)
{
    (void)state;
    assert_int_equal(publish_lasting(ID, 0, 60000, DOMAIN_CONTROL_OCCUPIED, FRESH_MS / 2 - 1)->answers,
                     TRISTATE_UNKNOWN);
    assert_answers(publish(ID, 1000, 0, DOMAIN_CONTROL_UNKNOWN), TRISTATE_TRUE, TRISTATE_TRUE);
    for (enum domain_control control = DOMAIN_CONTROL_JOB; control <= DOMAIN_CONTROL_ERROR; control++)
        assert_answers(publish_lasting(ID, 60000, 60000, control, FRESH_MS / 2 - 1), TRISTATE_TRUE, TRISTATE_TRUE);
    assert_answers(publish_lasting(ID, 61000, 61000, DOMAIN_CONTROL_ERROR, FRESH_MS / 2), TRISTATE_FALSE,
                   TRISTATE_FALSE);
    assert_answers(publish_lasting(ID, 62000, 62000, DOMAIN_CONTROL_OCCUPIED, 10), TRISTATE_FALSE, TRISTATE_FALSE);
}

static void a_new_run_begins_anew(void **state)
{
    (void)state;
    assert_answers(publish(ID, 0, FRESH_MS + 1, DOMAIN_CONTROL_OCCUPIED), TRISTATE_FALSE, TRISTATE_FALSE);
    assert_answers(publish(ID + 1, 10, 0, DOMAIN_CONTROL_UNKNOWN), TRISTATE_TRUE, TRISTATE_TRUE);
    assert_answers(publish(ID + 1, 30000, FRESH_MS + 1, DOMAIN_CONTROL_JOB), TRISTATE_FALSE, TRISTATE_FALSE);
    assert_answers(publish(DOMAIN_ID_INACTIVE, 40000, 0, DOMAIN_CONTROL_UNKNOWN), TRISTATE_UNKNOWN,
                   TRISTATE_UNKNOWN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_domain_with_fresh_statistics_answers, begin, end),
        cmocka_unit_test_setup_teardown(only_old_statistics_and_libvirts_word_show_that_it_does_not_answer, begin,
                                        end),
        cmocka_unit_test_setup_teardown(without_statistics_it_is_not_known_whether_it_answers, begin, end),
        cmocka_unit_test_setup_teardown(it_answers_reliably_again_after_answering_for_a_while, begin, end),
        cmocka_unit_test_setup_teardown(a_slow_domain_is_not_reliable_between_its_answers, begin, end),
        cmocka_unit_test_setup_teardown(what_is_not_known_changes_nothing, begin, end),
        cmocka_unit_test_setup_teardown(a_process_that_is_busy_for_a_moment_changes_nothing, begin, end),
        cmocka_unit_test_setup_teardown(a_new_run_begins_anew, begin, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
