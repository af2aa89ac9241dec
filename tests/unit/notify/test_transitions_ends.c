/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Changes of domains that are deleted, and of domains that enter or leave the filter. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "agent/notify/event_rules.h"
#include "tests/unit/fixtures.h"
#include "tests/unit/notify/scenario.h"

static void a_deletion_is_reported_after_its_events(void **state)
{
    struct transitions *transitions = scenario_begin_with(ROW_TRANSIENT_ON);
    struct changes changes;

    (void)state;
    scenario_assert_nothing(scenario_see(transitions, ROW_GONE, 100, NULL));
    scenario_assert_nothing(scenario_see(transitions, ROW_GONE, 200,
                                         SCENARIO_EVENTS(&scenario_shutting_down))); /* waits for the stop */
    assert_int_equal(transitions_due(transitions), SCENARIO_BEGIN + 190 + EVENT_WAIT_MS);
    changes = scenario_see(transitions, ROW_GONE, 300, SCENARIO_EVENTS(&scenario_stopped));
    assert_int_equal(changes.count, 3);
    scenario_assert_change(&changes, 0, CHANGE_STATE, VM_OPER_RUNNING, VM_OPER_SHUTTINGDOWN);
    scenario_assert_change(&changes, 1, CHANGE_STATE, VM_OPER_SHUTTINGDOWN, VM_OPER_SHUTDOWN);
    scenario_assert_change(&changes, 2, CHANGE_DELETED, VM_OPER_SHUTDOWN, VM_OPER_SHUTDOWN);
    assert_int_equal(changes.items[2].persistent, TRISTATE_FALSE);
    assert_string_equal(changes.items[2].name, fixture_guests[GUEST_RUNNING].name);
    changes_clear(&changes);
    scenario_assert_nothing(scenario_see(transitions, ROW_GONE, 400, NULL));
    assert_int_equal(transitions_due(transitions), 0);
    transitions_free(transitions);
}

static void a_deletion_waits_at_most_two_seconds(void **state)
{
    struct transitions *transitions = scenario_begin_with(ROW_TRANSIENT_ON);
    struct changes changes;

    (void)state;
    scenario_assert_nothing(scenario_see(transitions, ROW_GONE, 100, NULL));
    scenario_assert_nothing(scenario_see(transitions, ROW_GONE, 99 + EVENT_WAIT_MS, NULL));
    assert_int_equal(transitions_due(transitions), SCENARIO_BEGIN + 100 + EVENT_WAIT_MS);
    changes = scenario_see(transitions, ROW_GONE, 100 + EVENT_WAIT_MS, NULL);
    assert_int_equal(changes.count, 1);
    scenario_assert_change(&changes, 0, CHANGE_DELETED, VM_OPER_RUNNING, VM_OPER_RUNNING);
    changes_clear(&changes);
    transitions_free(transitions);
}

static void an_undefined_domain_that_was_off_is_deleted(void **state)
{
    struct transitions *transitions = scenario_begin_with(ROW_OFF);
    struct changes changes;

    (void)state;
    scenario_assert_nothing(scenario_see(transitions, ROW_GONE, 100, NULL));
    changes = scenario_see(transitions, ROW_GONE, 200, SCENARIO_EVENTS(&scenario_undefined));
    assert_int_equal(changes.count, 1);
    scenario_assert_change(&changes, 0, CHANGE_DELETED, VM_OPER_SHUTDOWN, VM_OPER_SHUTDOWN);
    assert_int_equal(changes.items[0].persistent, TRISTATE_TRUE);
    changes_clear(&changes);
    scenario_assert_nothing(scenario_see(transitions, ROW_GONE, 9000, NULL));
    transitions_free(transitions);
}

static void a_row_older_than_the_deletion_is_no_new_domain(void **state)
{
    struct transitions *transitions = scenario_begin_with(ROW_OFF);
    struct changes changes = scenario_see(transitions, ROW_OFF, 100, SCENARIO_EVENTS(&scenario_undefined));

    (void)state;
    assert_int_equal(changes.count, 1);
    scenario_assert_change(&changes, 0, CHANGE_DELETED, VM_OPER_SHUTDOWN, VM_OPER_SHUTDOWN);
    changes_clear(&changes);
    scenario_assert_nothing(scenario_see(transitions, ROW_OFF, 200, NULL));
    scenario_assert_nothing(scenario_see(transitions, ROW_GONE, 300, NULL));
    scenario_assert_nothing(scenario_see(transitions, ROW_GONE, 9000, NULL));
    transitions_free(transitions);
}

static void a_domain_undefined_while_running_is_deleted_as_transient(void **state)
{
    struct transitions *transitions = scenario_begin_with(ROW_ON);
    struct changes changes =
        scenario_see(transitions, ROW_GONE, 100,
                     SCENARIO_EVENTS(&scenario_undefined, &scenario_shutting_down, &scenario_stopped));

    (void)state;
    assert_int_equal(changes.count, 3);
    scenario_assert_change(&changes, 2, CHANGE_DELETED, VM_OPER_SHUTDOWN, VM_OPER_SHUTDOWN);
    assert_int_equal(changes.items[2].persistent, TRISTATE_FALSE);
    changes_clear(&changes);
    transitions_free(transitions);
}

static void a_stopped_domain_without_a_row_waits_for_its_undefine(void **state)
{
    struct transitions *transitions = scenario_begin_with(ROW_ON);
    struct changes changes =
        scenario_see(transitions, ROW_GONE, 100, SCENARIO_EVENTS(&scenario_shutting_down, &scenario_stopped));

    (void)state;
    assert_int_equal(changes.count, 2);
    changes_clear(&changes);
    changes = scenario_see(transitions, ROW_GONE, 200, SCENARIO_EVENTS(&scenario_undefined));
    assert_int_equal(changes.count, 1);
    scenario_assert_change(&changes, 0, CHANGE_DELETED, VM_OPER_SHUTDOWN, VM_OPER_SHUTDOWN);
    assert_int_equal(changes.items[0].persistent, TRISTATE_TRUE);
    changes_clear(&changes);
    transitions_free(transitions);
}

static void a_domain_that_returns_while_its_deletion_waits_is_new(void **state)
{
    struct transitions *transitions = scenario_begin_with(ROW_TRANSIENT_ON);
    struct changes changes;

    (void)state;
    scenario_assert_nothing(scenario_see(transitions, ROW_GONE, 100, NULL));
    changes = scenario_see(
        transitions, ROW_TRANSIENT_ON, 200,
        SCENARIO_EVENTS(&scenario_shutting_down, &scenario_stopped, &scenario_resumed, &scenario_started));
    assert_int_equal(changes.count, 5);
    scenario_assert_change(&changes, 2, CHANGE_DELETED, VM_OPER_SHUTDOWN, VM_OPER_SHUTDOWN);
    scenario_assert_change(&changes, 3, CHANGE_STATE, VM_OPER_SHUTDOWN, VM_OPER_RUNNING);
    scenario_assert_change(&changes, 4, CHANGE_FACTS, VM_OPER_RUNNING, VM_OPER_RUNNING); /* a new domain */
    changes_clear(&changes);
    transitions_free(transitions);
}

static void a_domain_that_leaves_the_filter_is_not_deleted_and_its_events_are_reported(void **state)
{
    struct transitions *transitions = scenario_begin(scenario_filtered(scenario_seen(ROW_ON, 0, NULL), 1));
    struct changes changes;

    (void)state;
    scenario_assert_nothing(scenario_follow(
        transitions, scenario_left_filter(scenario_filtered(scenario_seen(ROW_GONE, 100, NULL), 1))));
    changes = scenario_follow(
        transitions,
        scenario_filtered(
            scenario_seen(ROW_GONE, 200, SCENARIO_EVENTS(&scenario_shutting_down, &scenario_stopped)), 1));
    assert_int_equal(changes.count, 2);
    scenario_assert_change(&changes, 1, CHANGE_STATE, VM_OPER_SHUTTINGDOWN, VM_OPER_SHUTDOWN);
    changes_clear(&changes);
    assert_int_equal(transitions_due(transitions), 0); /* nothing will be reported, so no listing is needed */
    scenario_assert_nothing(
        scenario_follow(transitions, scenario_filtered(scenario_seen(ROW_GONE, 9000, NULL), 1)));
    changes = scenario_follow(
        transitions,
        scenario_filtered(scenario_seen(ROW_ON, 9100, SCENARIO_EVENTS(&scenario_resumed, &scenario_started)), 1));
    assert_int_equal(changes.count, 2);
    scenario_assert_change(&changes, 0, CHANGE_STATE, VM_OPER_SHUTDOWN, VM_OPER_RUNNING);
    assert_int_equal(changes.items[1].kind, CHANGE_FACTS);
    changes_clear(&changes);
    transitions_free(transitions);
}

static void a_domain_that_enters_the_filter_changes_only_by_events(void **state)
{
    struct transitions *transitions = scenario_begin(scenario_filtered(scenario_seen(ROW_GONE, 0, NULL), 1));
    struct changes changes = scenario_follow(transitions, scenario_filtered(scenario_seen(ROW_ON, 100, NULL), 1));

    (void)state;
    assert_int_equal(changes.count, 1);
    assert_int_equal(changes.items[0].kind, CHANGE_FACTS);
    changes_clear(&changes);
    changes = scenario_follow(
        transitions,
        scenario_left_filter(scenario_filtered(
            scenario_seen(ROW_GONE, 200, SCENARIO_EVENTS(&scenario_shutting_down, &scenario_stopped)), 1)));
    changes_clear(&changes);
    /* QEMU sends RESUMED before STARTED. The reason in the row shows that this is a start. */
    changes = scenario_follow(
        transitions, scenario_filtered(scenario_seen(ROW_ON, 300, SCENARIO_EVENTS(&scenario_resumed)), 1));
    assert_int_equal(changes.count, 2);
    scenario_assert_change(&changes, 0, CHANGE_STATE, VM_OPER_SHUTDOWN, VM_OPER_RUNNING);
    changes_clear(&changes);
    transitions_free(transitions);
}

static void the_first_event_after_entering_the_filter_shows_the_state_before(void **state)
{
    static const struct step suspended = { DOMAIN_EVENT_SUSPENDED, 0, ROW_USER_PAUSED };
    static const struct {
        enum row_kind row;
        const struct step *events[3];
        enum vm_oper_state before, after;
    } wanted[] = {
        { ROW_USER_PAUSED, { &suspended }, VM_OPER_RUNNING, VM_OPER_PAUSED },
        { ROW_ON, { &scenario_resumed, &scenario_started }, VM_OPER_SHUTDOWN, VM_OPER_RUNNING },
        { ROW_OFF, { &scenario_stopped }, VM_OPER_RUNNING, VM_OPER_SHUTDOWN },
    };

    (void)state;
    /* The events arrive with the row, after the row, or not at all: then there is no change. */
    for (unsigned i = 0; i < 9; i++) {
        struct transitions *transitions = scenario_begin(scenario_filtered(scenario_seen(ROW_GONE, 0, NULL), 1));
        enum row_kind row = wanted[i / 3].row;
        struct changes first = scenario_follow(
            transitions, scenario_filtered(scenario_seen(row, 100, i % 3 == 0 ? wanted[i / 3].events : NULL), 1));
        struct changes second = scenario_follow(
            transitions, scenario_filtered(scenario_seen(row, 9000, i % 3 == 1 ? wanted[i / 3].events : NULL), 1));
        struct changes *all[] = { &first, &second };

        assert_int_equal(first.count + second.count, i % 3 < 2 ? 2 : 1);
        if (i % 3 < 2)
            scenario_assert_change(all[i % 3], 0, CHANGE_STATE, wanted[i / 3].before, wanted[i / 3].after);
        changes_clear(&first);
        changes_clear(&second);
        transitions_free(transitions);
    }
}

/* The domain has only one row, and no event came before it. */
static void a_domain_that_only_passes_the_filter_has_the_state_of_its_row(void **state)
{
    struct transitions *transitions = scenario_begin(scenario_filtered(scenario_seen(ROW_GONE, 0, NULL), 1));
    struct changes changes;

    (void)state;
    changes = scenario_follow(transitions, scenario_filtered(scenario_seen(ROW_USER_PAUSED, 100, NULL), 1));
    changes_clear(&changes);
    changes =
        scenario_follow(transitions, scenario_left_filter(scenario_filtered(
                                         scenario_seen(ROW_GONE, 200, SCENARIO_EVENTS(&scenario_resumed)), 1)));
    assert_int_equal(changes.count, 1);
    scenario_assert_change(&changes, 0, CHANGE_STATE, VM_OPER_PAUSED, VM_OPER_RUNNING);
    assert_int_equal(changes.items[0].state_before, DOMAIN_PAUSED);
    assert_int_equal(changes.items[0].state, DOMAIN_RUNNING);
    changes_clear(&changes);
    transitions_free(transitions);
}

static void a_changed_filter_changes_no_domain(void **state)
{
    struct transitions *transitions = scenario_begin(scenario_filtered(scenario_seen(ROW_GONE, 0, NULL), 1));

    (void)state;
    scenario_assert_nothing(scenario_see(transitions, ROW_ON, 100, NULL));
    scenario_assert_nothing(scenario_see(transitions, ROW_ON, 9000, NULL));
    transitions_free(transitions);
}

static void a_domain_excluded_by_a_changed_filter_is_not_followed(void **state)
{
    struct transitions *transitions = scenario_begin_with(ROW_ON);

    (void)state;
    scenario_assert_nothing(scenario_follow(
        transitions, scenario_left_filter(scenario_filtered(scenario_seen(ROW_GONE, 100, NULL), 1))));
    scenario_assert_nothing(scenario_follow(
        transitions,
        scenario_filtered(
            scenario_seen(ROW_GONE, 200, SCENARIO_EVENTS(&scenario_shutting_down, &scenario_stopped)), 1)));
    transitions_free(transitions);
}

static void a_domain_that_never_had_a_row_is_not_reported(void **state)
{
    struct transitions *transitions = scenario_begin_with(ROW_GONE);

    (void)state;
    scenario_assert_nothing(scenario_see(
        transitions, ROW_GONE, 100,
        SCENARIO_EVENTS(&scenario_resumed, &scenario_started, &scenario_shutting_down, &scenario_stopped)));
    transitions_free(transitions);
}

static void a_missing_row_begins_a_wait_of_its_own(void **state)
{
    struct transitions *transitions = scenario_begin_with(ROW_ON);
    struct changes changes;

    (void)state;
    scenario_assert_nothing(scenario_see(transitions, ROW_OFF, 100, NULL));
    scenario_assert_nothing(scenario_see(transitions, ROW_GONE, 1900, NULL)); /* another difference */
    scenario_assert_nothing(scenario_see(transitions, ROW_GONE, 1899 + EVENT_WAIT_MS, NULL));
    changes = scenario_see(transitions, ROW_GONE, 1900 + EVENT_WAIT_MS, NULL);
    assert_int_equal(changes.count, 1);
    scenario_assert_change(&changes, 0, CHANGE_DELETED, VM_OPER_RUNNING, VM_OPER_RUNNING);
    changes_clear(&changes);
    transitions_free(transitions);
}

static void events_of_an_earlier_domain_of_the_same_uuid_are_ignored(void **state)
{
    static const struct step defined = { DOMAIN_EVENT_DEFINED, 0, ROW_OFF };
    struct transitions *transitions = scenario_begin_with(ROW_GONE);
    struct changes changes = scenario_see(transitions, ROW_OFF, 100,
                                          SCENARIO_EVENTS(&scenario_shutting_down, &scenario_stopped, &defined));

    (void)state;
    assert_int_equal(changes.count, 1);
    scenario_assert_change(&changes, 0, CHANGE_FACTS, VM_OPER_SHUTDOWN, VM_OPER_SHUTDOWN);
    changes_clear(&changes);
    transitions_free(transitions);
}

static void an_event_after_the_deletion_is_not_reported(void **state)
{
    static const struct step shutting_down = { DOMAIN_EVENT_SHUTDOWN, 1, ROW_GONE };
    struct transitions *transitions = scenario_begin_with(ROW_OFF);
    struct changes changes =
        scenario_see(transitions, ROW_GONE, 100, SCENARIO_EVENTS(&scenario_undefined, &shutting_down));

    (void)state;
    assert_int_equal(changes.count, 1);
    scenario_assert_change(&changes, 0, CHANGE_DELETED, VM_OPER_SHUTDOWN, VM_OPER_SHUTDOWN);
    changes_clear(&changes);
    scenario_assert_nothing(scenario_see(transitions, ROW_GONE, 9000, NULL));
    transitions_free(transitions);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_deletion_is_reported_after_its_events),
        cmocka_unit_test(a_deletion_waits_at_most_two_seconds),
        cmocka_unit_test(an_undefined_domain_that_was_off_is_deleted),
        cmocka_unit_test(a_row_older_than_the_deletion_is_no_new_domain),
        cmocka_unit_test(a_domain_undefined_while_running_is_deleted_as_transient),
        cmocka_unit_test(a_stopped_domain_without_a_row_waits_for_its_undefine),
        cmocka_unit_test(a_domain_that_returns_while_its_deletion_waits_is_new),
        cmocka_unit_test(a_domain_that_leaves_the_filter_is_not_deleted_and_its_events_are_reported),
        cmocka_unit_test(a_domain_that_enters_the_filter_changes_only_by_events),
        cmocka_unit_test(the_first_event_after_entering_the_filter_shows_the_state_before),
        cmocka_unit_test(a_domain_that_only_passes_the_filter_has_the_state_of_its_row),
        cmocka_unit_test(a_changed_filter_changes_no_domain),
        cmocka_unit_test(a_domain_excluded_by_a_changed_filter_is_not_followed),
        cmocka_unit_test(a_domain_that_never_had_a_row_is_not_reported),
        cmocka_unit_test(a_missing_row_begins_a_wait_of_its_own),
        cmocka_unit_test(events_of_an_earlier_domain_of_the_same_uuid_are_ignored),
        cmocka_unit_test(an_event_after_the_deletion_is_not_reported),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
