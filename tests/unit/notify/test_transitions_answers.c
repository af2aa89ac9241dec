/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A domain that stops answering, and answers again, is reported once each. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/fixtures.h"
#include "tests/unit/notify/scenario.h"

static struct transitions *transitions;

static int begin(void **state)
{
    (void)state;
    transitions = scenario_begin_with(ROW_ON);
    return 0;
}

static int end(void **state)
{
    (void)state;
    transitions_free(transitions);
    return 0;
}

/* The changes in a listing `after_ms` after SCENARIO_BEGIN. The domain has not answered a command for 30 s, if it
 * does not answer. */
static struct changes see(enum row_kind row, int64_t after_ms, enum tristate answers, enum tristate reliably)
{
    struct snapshot *snapshot = scenario_seen(row, after_ms, NULL);

    snapshot->without_events = true;
    snapshot->domains[0].answers = answers;
    snapshot->domains[0].answers_reliably = reliably;
    snapshot->domains[0].control = DOMAIN_CONTROL_OCCUPIED;
    snapshot->domains[0].control_since_boot_ms = SCENARIO_BEGIN + after_ms - 30000;
    return scenario_follow(transitions, snapshot);
}

static void assert_one(struct changes changes, enum tristate answers, enum domain_control control,
                       unsigned seconds)
{
    assert_int_equal(changes.count, 1);
    assert_int_equal(changes.items[0].kind, CHANGE_ANSWERS);
    assert_int_equal(changes.items[0].answers, answers);
    assert_int_equal(changes.items[0].control, control);
    assert_int_equal(changes.items[0].control_seconds, seconds);
    changes_clear(&changes);
}

static void a_domain_that_stops_answering_and_answers_again_is_reported_once_each(void **state)
{
    (void)state;
    scenario_assert_nothing(see(ROW_ON, 1000, TRISTATE_TRUE, TRISTATE_TRUE));
    assert_one(see(ROW_ON, 2000, TRISTATE_FALSE, TRISTATE_FALSE), TRISTATE_FALSE, DOMAIN_CONTROL_OCCUPIED, 30);
    scenario_assert_nothing(see(ROW_ON, 3000, TRISTATE_FALSE, TRISTATE_FALSE));
    scenario_assert_nothing(see(ROW_ON, 4000, TRISTATE_TRUE, TRISTATE_FALSE));
    scenario_assert_nothing(see(ROW_ON, 5000, TRISTATE_FALSE, TRISTATE_FALSE));
    assert_one(see(ROW_ON, 6000, TRISTATE_TRUE, TRISTATE_TRUE), TRISTATE_TRUE, DOMAIN_CONTROL_OK, 0);
    scenario_assert_nothing(see(ROW_ON, 7000, TRISTATE_TRUE, TRISTATE_TRUE));
}

static void what_becomes_known_is_no_change(void **state)
{
    (void)state;
    scenario_assert_nothing(see(ROW_ON, 1000, TRISTATE_FALSE, TRISTATE_FALSE));
    scenario_assert_nothing(see(ROW_ON, 2000, TRISTATE_UNKNOWN, TRISTATE_FALSE));
    assert_one(see(ROW_ON, 3000, TRISTATE_TRUE, TRISTATE_TRUE), TRISTATE_TRUE, DOMAIN_CONTROL_OK, 0);
}

/* A domain that is off neither answers nor fails to. */
static void a_domain_that_stops_while_it_hangs_answers_again_after_its_next_start(void **state)
{
    struct changes changes;

    (void)state;
    scenario_assert_nothing(see(ROW_ON, 1000, TRISTATE_TRUE, TRISTATE_TRUE));
    assert_one(see(ROW_ON, 2000, TRISTATE_FALSE, TRISTATE_FALSE), TRISTATE_FALSE, DOMAIN_CONTROL_OCCUPIED, 30);
    changes = see(ROW_OFF, 3000, TRISTATE_UNKNOWN, TRISTATE_UNKNOWN);
    assert_int_equal(changes.count, 1);
    scenario_assert_change(&changes, 0, CHANGE_STATE, VM_OPER_RUNNING, VM_OPER_SHUTDOWN);
    changes_clear(&changes);
    changes = see(ROW_ON, 4000, TRISTATE_TRUE, TRISTATE_TRUE);
    assert_int_equal(changes.count, 2);
    assert_int_equal(changes.items[0].kind, CHANGE_ANSWERS);
    scenario_assert_change(&changes, 1, CHANGE_STATE, VM_OPER_SHUTDOWN, VM_OPER_RUNNING);
    changes_clear(&changes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_domain_that_stops_answering_and_answers_again_is_reported_once_each,
                                        begin, end),
        cmocka_unit_test_setup_teardown(what_becomes_known_is_no_change, begin, end),
        cmocka_unit_test_setup_teardown(a_domain_that_stops_while_it_hangs_answers_again_after_its_next_start,
                                        begin, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
