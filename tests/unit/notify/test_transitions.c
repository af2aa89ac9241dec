/* SPDX-License-Identifier: GPL-2.0-or-later */
/* When events and rows change a record, and which changes are reported. */
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

static void the_first_listing_has_no_changes(void **state)
{
    struct transitions *transitions =
        scenario_begin(scenario_seen(ROW_ON, 0, SCENARIO_EVENTS(&scenario_resumed, &scenario_started)));

    (void)state;
    scenario_assert_nothing(scenario_see(transitions, ROW_ON, 1000, NULL));
    assert_int_equal(transitions_due(transitions), 0);
    transitions_free(transitions);
}

static void a_change_has_all_facts_of_its_domain(void **state)
{
    struct transitions *transitions = scenario_begin_with(ROW_ON);
    struct snapshot *snapshot = scenario_seen(ROW_USER_PAUSED, 500, NULL);
    struct changes changes;
    unsigned char uuid[UUID_BYTES];

    (void)state;
    snapshot->without_events = true;
    changes = transitions_follow(transitions, snapshot);
    fixture_uuid(0, uuid);
    assert_int_equal(changes.count, 1);
    scenario_assert_change(&changes, 0, CHANGE_STATE, VM_OPER_RUNNING, VM_OPER_PAUSED);
    assert_memory_equal(changes.items[0].uuid, uuid, sizeof(uuid));
    assert_string_equal(changes.items[0].name, snapshot->domains[0].name);
    assert_int_equal(changes.items[0].state_before, DOMAIN_RUNNING);
    assert_int_equal(changes.items[0].state, DOMAIN_PAUSED);
    assert_int_equal(changes.items[0].persistent, TRISTATE_TRUE);
    assert_int_equal(changes.items[0].autostart, TRISTATE_FALSE);
    assert_int_equal(changes.items[0].boot_ms, SCENARIO_BEGIN + 500);
    assert_int_equal(changes.items[0].index, 0);
    changes_clear(&changes);
    assert_null(changes.items);
    snapshot_unref(snapshot);
    transitions_free(transitions);
}

static void a_row_that_is_newer_than_its_event_waits_for_it(void **state)
{
    struct transitions *transitions = scenario_begin_with(ROW_OFF);
    struct changes changes;

    (void)state;
    scenario_assert_nothing(scenario_see(transitions, ROW_ON, 100, NULL));
    assert_int_equal(transitions_due(transitions), SCENARIO_BEGIN + 100 + EVENT_WAIT_MS);
    scenario_assert_nothing(scenario_see(transitions, ROW_ON, 200, NULL));
    assert_int_equal(transitions_due(transitions), SCENARIO_BEGIN + 100 + EVENT_WAIT_MS);
    changes = scenario_see(transitions, ROW_ON, 300, SCENARIO_EVENTS(&scenario_resumed, &scenario_started));
    assert_int_equal(changes.count, 1);
    scenario_assert_change(&changes, 0, CHANGE_STATE, VM_OPER_SHUTDOWN, VM_OPER_RUNNING);
    changes_clear(&changes);
    assert_int_equal(transitions_due(transitions), 0);
    transitions_free(transitions);
}

static void a_row_corrects_the_record_after_two_seconds_without_an_event(void **state)
{
    static const struct step defined = { DOMAIN_EVENT_DEFINED, 1, ROW_ON };
    struct transitions *transitions = scenario_begin_with(ROW_OFF);
    struct changes changes;

    (void)state;
    scenario_assert_nothing(scenario_see(transitions, ROW_ON, 100, NULL));
    scenario_assert_nothing(scenario_see(transitions, ROW_ON, 99 + EVENT_WAIT_MS, NULL));
    /* Any event of that domain starts the wait again. */
    scenario_assert_nothing(scenario_see(transitions, ROW_ON, 100 + EVENT_WAIT_MS, SCENARIO_EVENTS(&defined)));
    scenario_assert_nothing(scenario_see(transitions, ROW_ON, 99 + 2 * EVENT_WAIT_MS, NULL));
    changes = scenario_see(transitions, ROW_ON, 100 + 2 * EVENT_WAIT_MS, NULL);
    assert_int_equal(changes.count, 1);
    scenario_assert_change(&changes, 0, CHANGE_STATE, VM_OPER_SHUTDOWN, VM_OPER_RUNNING);
    changes_clear(&changes);
    assert_int_equal(transitions_due(transitions), 0);
    transitions_free(transitions);
}

static void the_wait_begins_when_the_listing_ends(void **state)
{
    struct transitions *transitions = scenario_begin_with(ROW_OFF);
    struct snapshot *slow = scenario_seen(ROW_ON, 100, NULL);
    struct changes changes;

    (void)state;
    slow->duration_us = 3000 * 1000;
    scenario_assert_nothing(scenario_follow(transitions, slow));
    assert_int_equal(transitions_due(transitions), SCENARIO_BEGIN + 3100 + EVENT_WAIT_MS);
    scenario_assert_nothing(scenario_see(transitions, ROW_ON, 3099 + EVENT_WAIT_MS, NULL));
    changes = scenario_see(transitions, ROW_ON, 3100 + EVENT_WAIT_MS, NULL);
    assert_int_equal(changes.count, 1);
    changes_clear(&changes);
    transitions_free(transitions);
}

static void a_difference_that_disappears_is_no_change(void **state)
{
    struct transitions *transitions = scenario_begin_with(ROW_ON);

    (void)state;
    scenario_assert_nothing(scenario_see(transitions, ROW_OFF, 100, NULL));
    scenario_assert_nothing(scenario_see(transitions, ROW_ON, 1000, NULL));
    scenario_assert_nothing(
        scenario_see(transitions, ROW_OFF, 9000, NULL)); /* another difference, with a wait of its own */
    scenario_assert_nothing(scenario_see(transitions, ROW_ON, 9100, NULL));
    assert_int_equal(transitions_due(transitions), 0);
    transitions_free(transitions);
}

static void rows_correct_at_once_after_a_reconnect_or_lost_events(void **state)
{
    struct transitions *transitions = scenario_begin_with(ROW_ON);
    struct snapshot *snapshot = scenario_seen(ROW_OFF, 100, NULL);
    struct changes changes;

    (void)state;
    snapshot->events_missed = true;
    changes = scenario_follow(transitions, snapshot);
    assert_int_equal(changes.count, 1);
    scenario_assert_change(&changes, 0, CHANGE_STATE, VM_OPER_RUNNING, VM_OPER_SHUTDOWN);
    changes_clear(&changes);
    snapshot = scenario_seen(ROW_ON, 200, NULL);
    snapshot->events_lost = 1;
    changes = scenario_follow(transitions, snapshot);
    assert_int_equal(changes.count, 1);
    assert_int_equal(changes.lost, 1);
    scenario_assert_change(&changes, 0, CHANGE_STATE, VM_OPER_SHUTDOWN, VM_OPER_RUNNING);
    changes_clear(&changes);
    snapshot = scenario_seen(ROW_GONE, 300, NULL);
    snapshot->events_missed = true;
    changes = scenario_follow(transitions, snapshot);
    assert_int_equal(changes.count, 1);
    scenario_assert_change(&changes, 0, CHANGE_DELETED, VM_OPER_RUNNING, VM_OPER_RUNNING);
    changes_clear(&changes);
    transitions_free(transitions);
}

static void an_event_after_a_correction_is_another_change(void **state)
{
    struct transitions *transitions = scenario_begin_with(ROW_OFF);
    struct changes changes;

    (void)state;
    scenario_assert_nothing(scenario_see(transitions, ROW_ON, 100, NULL));
    changes = scenario_see(transitions, ROW_ON, 100 + EVENT_WAIT_MS, NULL);
    assert_int_equal(changes.count, 1);
    changes_clear(&changes);
    changes = scenario_see(
        transitions, ROW_ON, 120 + EVENT_WAIT_MS,
        SCENARIO_EVENTS(&scenario_shutting_down, &scenario_stopped, &scenario_resumed, &scenario_started));
    assert_int_equal(changes.count, 3);
    scenario_assert_change(&changes, 0, CHANGE_STATE, VM_OPER_RUNNING, VM_OPER_SHUTTINGDOWN);
    scenario_assert_change(&changes, 1, CHANGE_STATE, VM_OPER_SHUTTINGDOWN, VM_OPER_SHUTDOWN);
    scenario_assert_change(&changes, 2, CHANGE_STATE, VM_OPER_SHUTDOWN, VM_OPER_RUNNING);
    changes_clear(&changes);
    transitions_free(transitions);
}

/* The test driver sends only STARTED for a start. QEMU sends RESUMED before it. */
static void events_after_a_start_are_reported_if_the_row_showed_the_start_first(void **state)
{
    static const struct step suspended = { DOMAIN_EVENT_SUSPENDED, 0, ROW_USER_PAUSED };
    struct transitions *transitions = scenario_begin_with(ROW_OFF);
    struct snapshot *now = scenario_seen(ROW_ON, 1200, NULL);
    struct changes changes;

    (void)state;
    scenario_assert_nothing(scenario_see(transitions, ROW_ON, 100, NULL));
    scenario_event(now, 0, &scenario_started, SCENARIO_BEGIN + 101);
    scenario_event(now, 0, &suspended, SCENARIO_BEGIN + 500);
    scenario_event(now, 0, &scenario_resumed, SCENARIO_BEGIN + 900);
    changes = scenario_follow(transitions, now);
    assert_int_equal(changes.count, 3);
    scenario_assert_change(&changes, 0, CHANGE_STATE, VM_OPER_SHUTDOWN, VM_OPER_RUNNING);
    scenario_assert_change(&changes, 1, CHANGE_STATE, VM_OPER_RUNNING, VM_OPER_PAUSED);
    scenario_assert_change(&changes, 2, CHANGE_STATE, VM_OPER_PAUSED, VM_OPER_RUNNING);
    changes_clear(&changes);
    transitions_free(transitions);
}

static void a_host_shutdown_waits_at_most_two_seconds(void **state)
{
    struct transitions *transitions = scenario_begin_with(ROW_ON);
    struct changes changes;

    (void)state;
    scenario_assert_nothing(
        scenario_see(transitions, ROW_GOING_DOWN, 100, SCENARIO_EVENTS(&scenario_shutting_down)));
    scenario_assert_nothing(scenario_see(transitions, ROW_GOING_DOWN, 89 + EVENT_WAIT_MS, NULL));
    changes = scenario_see(transitions, ROW_GOING_DOWN, 90 + EVENT_WAIT_MS, NULL);
    assert_int_equal(changes.count, 1);
    scenario_assert_change(&changes, 0, CHANGE_STATE, VM_OPER_RUNNING, VM_OPER_SHUTTINGDOWN);
    changes_clear(&changes);
    changes = scenario_see(transitions, ROW_OFF, 5000, SCENARIO_EVENTS(&scenario_stopped));
    assert_int_equal(changes.count, 1);
    scenario_assert_change(&changes, 0, CHANGE_STATE, VM_OPER_SHUTTINGDOWN, VM_OPER_SHUTDOWN);
    changes_clear(&changes);
    transitions_free(transitions);
}

static void a_changed_autostart_is_reported_but_not_one_that_becomes_known(void **state)
{
    static const enum tristate autostarts[] = { TRISTATE_FALSE, TRISTATE_TRUE, TRISTATE_UNKNOWN, TRISTATE_TRUE,
                                                TRISTATE_FALSE };
    static const bool is_reported[] = { false, true, false, false, true };
    struct snapshot *first = scenario_seen(ROW_ON, 0, NULL);
    struct transitions *transitions;

    (void)state;
    first->domains[0].autostart = TRISTATE_UNKNOWN;
    transitions = scenario_begin(first);
    for (unsigned i = 0; i < 5; i++) {
        struct snapshot *now = scenario_seen(ROW_ON, 100 * (i + 1), NULL);
        struct changes changes;

        now->domains[0].autostart = autostarts[i];
        changes = scenario_follow(transitions, now);
        assert_int_equal(changes.count, is_reported[i]);
        if (is_reported[i]) {
            scenario_assert_change(&changes, 0, CHANGE_FACTS, VM_OPER_RUNNING, VM_OPER_RUNNING);
            assert_int_equal(changes.items[0].autostart, autostarts[i]);
        }
        changes_clear(&changes);
    }
    transitions_free(transitions);
}

static void an_unreadable_state_is_no_change(void **state)
{
    struct transitions *transitions = scenario_begin_with(ROW_USER_PAUSED);
    struct snapshot *now = scenario_seen(ROW_USER_PAUSED, 100, NULL);

    (void)state;
    now->domains[0].state = DOMAIN_STATE_UNREAD; /* inherit.c keeps last_state */
    now->without_events = true;
    scenario_assert_nothing(scenario_follow(transitions, now));
    transitions_free(transitions);
}

static void changes_are_sorted_by_time(void **state)
{
    const enum row_kind rows[] = { ROW_ON, ROW_ON, ROW_ON };
    const enum row_kind later[] = { ROW_ON, ROW_OFF, ROW_USER_PAUSED };
    static const struct step suspended = { DOMAIN_EVENT_SUSPENDED, 0, ROW_USER_PAUSED };
    struct transitions *transitions = scenario_begin(scenario_listing(rows, 3, SCENARIO_BEGIN));
    struct snapshot *now = scenario_listing(later, 3, SCENARIO_BEGIN + 100);
    struct changes changes;

    (void)state;
    now->domains[0].job = DOMAIN_JOB_MIGRATION_OUT; /* there is no event for this */
    scenario_event(now, 2, &suspended, SCENARIO_BEGIN + 10);
    scenario_event(now, 1, &scenario_shutting_down, SCENARIO_BEGIN + 20);
    scenario_event(now, 1, &scenario_stopped, SCENARIO_BEGIN + 30);
    changes = scenario_follow(transitions, now);
    assert_int_equal(changes.count, 4);
    for (size_t i = 0; i < 4; i++) {
        static const unsigned char numbers[] = { 2, 1, 1, 0 };

        assert_int_equal(changes.items[i].uuid[UUID_BYTES - 1], numbers[i]);
        assert_int_equal(changes.items[i].boot_ms, SCENARIO_BEGIN + (i < 3 ? 10 * (int)(i + 1) : 100));
    }
    changes_clear(&changes);
    transitions_free(transitions);
}

static void a_removed_managed_save_image_is_reported_at_once(void **state)
{
    struct transitions *transitions = scenario_begin_with(ROW_SAVED);
    struct snapshot *now = scenario_seen(ROW_SAVED, 100, NULL);
    struct changes changes;

    (void)state;
    now->domains[0].managed_save = TRISTATE_UNKNOWN; /* it could not be read */
    scenario_assert_nothing(scenario_follow(transitions, now));
    assert_int_equal(transitions_due(transitions), 0);
    changes = scenario_see(transitions, ROW_SAVED_FILE, 200, NULL);
    assert_int_equal(changes.count, 1);
    scenario_assert_change(&changes, 0, CHANGE_STATE, VM_OPER_SUSPENDED, VM_OPER_SHUTDOWN);
    changes_clear(&changes);
    transitions_free(transitions);
}

/* The row of a domain that is migrated or restored looks like the row of a paused domain until its job is known.
 */
static void a_restored_row_waits_for_its_job_or_its_events(void **state)
{
    struct transitions *transitions = scenario_begin_with(ROW_SAVED_FILE);
    struct snapshot *now = scenario_seen(ROW_RESTORING, 100, NULL);
    struct changes changes;

    (void)state;
    now->events_missed = true;
    scenario_assert_nothing(scenario_follow(transitions, now));
    now = scenario_seen(ROW_RESTORING, 100, NULL); /* the same listing, published again with the job */
    now->events_missed = true;
    now->domains[0].job = DOMAIN_JOB_RESTORE;
    changes = scenario_follow(transitions, now);
    assert_int_equal(changes.count, 1);
    scenario_assert_change(&changes, 0, CHANGE_STATE, VM_OPER_SHUTDOWN, VM_OPER_RESUMING);
    changes_clear(&changes);
    scenario_assert_nothing(scenario_see(transitions, ROW_RESTORING, 200, NULL));
    scenario_assert_nothing(scenario_see(transitions, ROW_RESTORING, 199 + EVENT_WAIT_MS, NULL));
    changes = scenario_see(transitions, ROW_RESTORING, 200 + EVENT_WAIT_MS, NULL); /* it stays paused */
    assert_int_equal(changes.count, 1);
    scenario_assert_change(&changes, 0, CHANGE_STATE, VM_OPER_RESUMING, VM_OPER_PAUSED);
    changes_clear(&changes);
    transitions_free(transitions);
}

/* The same listing is published again when workers have read more about it. */
static void a_copy_of_the_same_listing_changes_nothing(void **state)
{
    struct transitions *transitions = scenario_begin_with(ROW_ON);
    struct snapshot *first = scenario_seen(ROW_GOING_DOWN, 100, SCENARIO_EVENTS(&scenario_shutting_down)), *copy;
    struct changes changes;

    (void)state;
    copy = snapshot_copy(first);
    assert_non_null(copy);
    scenario_assert_nothing(scenario_follow(transitions, first));
    scenario_assert_nothing(transitions_follow(transitions, copy));
    scenario_assert_nothing(scenario_follow(transitions, copy));
    changes = scenario_see(transitions, ROW_OFF, 200, SCENARIO_EVENTS(&scenario_stopped));
    assert_int_equal(changes.count, 2);
    changes_clear(&changes);
    transitions_free(transitions);
}

static void changes_that_do_not_fit_are_counted(void **state)
{
    static const struct step suspended = { DOMAIN_EVENT_SUSPENDED, 0, ROW_USER_PAUSED };
    struct transitions *transitions = scenario_begin_with(ROW_ON);
    struct snapshot *now = scenario_seen(ROW_ON, 9, NULL);
    struct changes changes;

    (void)state;
    now->events = calloc(CHANGES_MAX + 10, sizeof(*now->events));
    assert_non_null(now->events);
    for (size_t i = 0; i < CHANGES_MAX + 10; i++) {
        const struct step *step = i % 2 ? &scenario_resumed : &suspended;

        now->events[i] = (struct domain_event){ .event = step->event, .boot_ms = SCENARIO_BEGIN + 1 };
        fixture_uuid(0, now->events[i].uuid);
    }
    now->event_count = CHANGES_MAX + 10;
    now->events_lost = 5;
    changes = scenario_follow(transitions, now);
    assert_int_equal(changes.count, CHANGES_MAX);
    assert_int_equal(changes.lost, 15);
    changes_clear(&changes);
    assert_int_equal(changes.lost, 0);
    transitions_free(transitions);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_listing_has_no_changes),
        cmocka_unit_test(a_change_has_all_facts_of_its_domain),
        cmocka_unit_test(a_row_that_is_newer_than_its_event_waits_for_it),
        cmocka_unit_test(a_row_corrects_the_record_after_two_seconds_without_an_event),
        cmocka_unit_test(the_wait_begins_when_the_listing_ends),
        cmocka_unit_test(a_difference_that_disappears_is_no_change),
        cmocka_unit_test(rows_correct_at_once_after_a_reconnect_or_lost_events),
        cmocka_unit_test(an_event_after_a_correction_is_another_change),
        cmocka_unit_test(events_after_a_start_are_reported_if_the_row_showed_the_start_first),
        cmocka_unit_test(a_host_shutdown_waits_at_most_two_seconds),
        cmocka_unit_test(a_changed_autostart_is_reported_but_not_one_that_becomes_known),
        cmocka_unit_test(an_unreadable_state_is_no_change),
        cmocka_unit_test(changes_are_sorted_by_time),
        cmocka_unit_test(a_removed_managed_save_image_is_reported_at_once),
        cmocka_unit_test(a_restored_row_waits_for_its_job_or_its_events),
        cmocka_unit_test(a_copy_of_the_same_listing_changes_nothing),
        cmocka_unit_test(changes_that_do_not_fit_are_counted),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
