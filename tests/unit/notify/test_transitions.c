/* SPDX-License-Identifier: GPL-2.0-or-later */
/* When events and rows change a record, and what is told of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "agent/notify/event_rules.h"
#include "tests/unit/fixtures.h"
#include "tests/unit/notify/stories.h"

static void the_first_listing_tells_nothing(void **state)
{
    struct transitions *transitions =
        story_begin(story_seen(LOOK_ON, 0, STORY_EVENTS(&story_resumed, &story_started)));

    (void)state;
    story_assert_nothing(story_see(transitions, LOOK_ON, 1000, NULL));
    assert_int_equal(transitions_due(transitions), 0);
    transitions_free(transitions);
}

static void a_change_says_all_of_its_domain(void **state)
{
    struct transitions *transitions = story_begin_with(LOOK_ON);
    struct snapshot *snapshot = story_seen(LOOK_USER_PAUSED, 500, NULL);
    struct changes changes;
    unsigned char uuid[UUID_BYTES];

    (void)state;
    snapshot->without_events = true;
    changes = transitions_follow(transitions, snapshot);
    fixture_uuid(0, uuid);
    assert_int_equal(changes.count, 1);
    story_assert_change(&changes, 0, CHANGE_STATE, VM_OPER_RUNNING, VM_OPER_PAUSED);
    assert_memory_equal(changes.items[0].uuid, uuid, sizeof(uuid));
    assert_string_equal(changes.items[0].name, snapshot->domains[0].name);
    assert_int_equal(changes.items[0].state_before, DOMAIN_RUNNING);
    assert_int_equal(changes.items[0].state, DOMAIN_PAUSED);
    assert_int_equal(changes.items[0].persistent, TRISTATE_TRUE);
    assert_int_equal(changes.items[0].autostart, TRISTATE_FALSE);
    assert_int_equal(changes.items[0].boot_ms, STORY_BEGIN + 500);
    assert_int_equal(changes.items[0].index, 0);
    changes_clear(&changes);
    assert_null(changes.items);
    snapshot_unref(snapshot);
    transitions_free(transitions);
}

static void a_row_ahead_of_its_event_waits_for_it(void **state)
{
    struct transitions *transitions = story_begin_with(LOOK_OFF);
    struct changes changes;

    (void)state;
    story_assert_nothing(story_see(transitions, LOOK_ON, 100, NULL));
    assert_int_equal(transitions_due(transitions), STORY_BEGIN + 100 + EVENT_WAIT_MS);
    story_assert_nothing(story_see(transitions, LOOK_ON, 200, NULL));
    assert_int_equal(transitions_due(transitions), STORY_BEGIN + 100 + EVENT_WAIT_MS);
    changes = story_see(transitions, LOOK_ON, 300, STORY_EVENTS(&story_resumed, &story_started));
    assert_int_equal(changes.count, 1);
    story_assert_change(&changes, 0, CHANGE_STATE, VM_OPER_SHUTDOWN, VM_OPER_RUNNING);
    changes_clear(&changes);
    assert_int_equal(transitions_due(transitions), 0);
    transitions_free(transitions);
}

static void a_row_corrects_the_record_after_two_seconds_without_an_event(void **state)
{
    static const struct step defined = { DOMAIN_EVENT_DEFINED, 1, LOOK_ON };
    struct transitions *transitions = story_begin_with(LOOK_OFF);
    struct changes changes;

    (void)state;
    story_assert_nothing(story_see(transitions, LOOK_ON, 100, NULL));
    story_assert_nothing(story_see(transitions, LOOK_ON, 99 + EVENT_WAIT_MS, NULL));
    /* An event of that domain, whatever it tells, begins the wait anew. */
    story_assert_nothing(story_see(transitions, LOOK_ON, 100 + EVENT_WAIT_MS, STORY_EVENTS(&defined)));
    story_assert_nothing(story_see(transitions, LOOK_ON, 99 + 2 * EVENT_WAIT_MS, NULL));
    changes = story_see(transitions, LOOK_ON, 100 + 2 * EVENT_WAIT_MS, NULL);
    assert_int_equal(changes.count, 1);
    story_assert_change(&changes, 0, CHANGE_STATE, VM_OPER_SHUTDOWN, VM_OPER_RUNNING);
    changes_clear(&changes);
    assert_int_equal(transitions_due(transitions), 0);
    transitions_free(transitions);
}

static void the_wait_begins_when_the_listing_ends(void **state)
{
    struct transitions *transitions = story_begin_with(LOOK_OFF);
    struct snapshot *slow = story_seen(LOOK_ON, 100, NULL);
    struct changes changes;

    (void)state;
    slow->duration_us = 3000 * 1000;
    story_assert_nothing(story_follow(transitions, slow));
    assert_int_equal(transitions_due(transitions), STORY_BEGIN + 3100 + EVENT_WAIT_MS);
    story_assert_nothing(story_see(transitions, LOOK_ON, 3099 + EVENT_WAIT_MS, NULL));
    changes = story_see(transitions, LOOK_ON, 3100 + EVENT_WAIT_MS, NULL);
    assert_int_equal(changes.count, 1);
    changes_clear(&changes);
    transitions_free(transitions);
}

static void a_difference_that_is_gone_again_is_no_change(void **state)
{
    struct transitions *transitions = story_begin_with(LOOK_ON);

    (void)state;
    story_assert_nothing(story_see(transitions, LOOK_OFF, 100, NULL));
    story_assert_nothing(story_see(transitions, LOOK_ON, 1000, NULL));
    story_assert_nothing(story_see(transitions, LOOK_OFF, 9000, NULL)); /* another one, so it waits anew */
    story_assert_nothing(story_see(transitions, LOOK_ON, 9100, NULL));
    assert_int_equal(transitions_due(transitions), 0);
    transitions_free(transitions);
}

static void after_a_reconnect_or_lost_events_rows_correct_at_once(void **state)
{
    struct transitions *transitions = story_begin_with(LOOK_ON);
    struct snapshot *snapshot = story_seen(LOOK_OFF, 100, NULL);
    struct changes changes;

    (void)state;
    snapshot->events_missed = true;
    changes = story_follow(transitions, snapshot);
    assert_int_equal(changes.count, 1);
    story_assert_change(&changes, 0, CHANGE_STATE, VM_OPER_RUNNING, VM_OPER_SHUTDOWN);
    changes_clear(&changes);
    snapshot = story_seen(LOOK_ON, 200, NULL);
    snapshot->events_lost = 1;
    changes = story_follow(transitions, snapshot);
    assert_int_equal(changes.count, 1);
    assert_int_equal(changes.lost, 1);
    story_assert_change(&changes, 0, CHANGE_STATE, VM_OPER_SHUTDOWN, VM_OPER_RUNNING);
    changes_clear(&changes);
    snapshot = story_seen(LOOK_GONE, 300, NULL);
    snapshot->events_missed = true;
    changes = story_follow(transitions, snapshot);
    assert_int_equal(changes.count, 1);
    story_assert_change(&changes, 0, CHANGE_DELETED, VM_OPER_RUNNING, VM_OPER_RUNNING);
    changes_clear(&changes);
    transitions_free(transitions);
}

static void an_event_after_the_correction_is_another(void **state)
{
    struct transitions *transitions = story_begin_with(LOOK_OFF);
    struct changes changes;

    (void)state;
    story_assert_nothing(story_see(transitions, LOOK_ON, 100, NULL));
    changes = story_see(transitions, LOOK_ON, 100 + EVENT_WAIT_MS, NULL);
    assert_int_equal(changes.count, 1);
    changes_clear(&changes);
    changes = story_see(transitions, LOOK_ON, 120 + EVENT_WAIT_MS,
                        STORY_EVENTS(&story_shutting_down, &story_stopped, &story_resumed, &story_started));
    assert_int_equal(changes.count, 3);
    story_assert_change(&changes, 0, CHANGE_STATE, VM_OPER_RUNNING, VM_OPER_SHUTTINGDOWN);
    story_assert_change(&changes, 1, CHANGE_STATE, VM_OPER_SHUTTINGDOWN, VM_OPER_SHUTDOWN);
    story_assert_change(&changes, 2, CHANGE_STATE, VM_OPER_SHUTDOWN, VM_OPER_RUNNING);
    changes_clear(&changes);
    transitions_free(transitions);
}

/* The test driver tells a start by itself, without the resume that QEMU sends ahead of it. */
static void what_follows_a_start_that_the_row_showed_is_told(void **state)
{
    static const struct step suspended = { DOMAIN_EVENT_SUSPENDED, 0, LOOK_USER_PAUSED };
    struct transitions *transitions = story_begin_with(LOOK_OFF);
    struct snapshot *now = story_seen(LOOK_ON, 1200, NULL);
    struct changes changes;

    (void)state;
    story_assert_nothing(story_see(transitions, LOOK_ON, 100, NULL));
    story_event(now, 0, &story_started, STORY_BEGIN + 101);
    story_event(now, 0, &suspended, STORY_BEGIN + 500);
    story_event(now, 0, &story_resumed, STORY_BEGIN + 900);
    changes = story_follow(transitions, now);
    assert_int_equal(changes.count, 3);
    story_assert_change(&changes, 0, CHANGE_STATE, VM_OPER_SHUTDOWN, VM_OPER_RUNNING);
    story_assert_change(&changes, 1, CHANGE_STATE, VM_OPER_RUNNING, VM_OPER_PAUSED);
    story_assert_change(&changes, 2, CHANGE_STATE, VM_OPER_PAUSED, VM_OPER_RUNNING);
    changes_clear(&changes);
    transitions_free(transitions);
}

static void a_shutdown_waits_two_seconds_at_most(void **state)
{
    struct transitions *transitions = story_begin_with(LOOK_ON);
    struct changes changes;

    (void)state;
    story_assert_nothing(story_see(transitions, LOOK_GOING_DOWN, 100, STORY_EVENTS(&story_shutting_down)));
    story_assert_nothing(story_see(transitions, LOOK_GOING_DOWN, 89 + EVENT_WAIT_MS, NULL));
    changes = story_see(transitions, LOOK_GOING_DOWN, 90 + EVENT_WAIT_MS, NULL);
    assert_int_equal(changes.count, 1);
    story_assert_change(&changes, 0, CHANGE_STATE, VM_OPER_RUNNING, VM_OPER_SHUTTINGDOWN);
    changes_clear(&changes);
    changes = story_see(transitions, LOOK_OFF, 5000, STORY_EVENTS(&story_stopped));
    assert_int_equal(changes.count, 1);
    story_assert_change(&changes, 0, CHANGE_STATE, VM_OPER_SHUTTINGDOWN, VM_OPER_SHUTDOWN);
    changes_clear(&changes);
    transitions_free(transitions);
}

static void a_truth_that_turns_is_told_and_one_that_is_learnt_is_not(void **state)
{
    static const enum tristate autostarts[] = { TRISTATE_FALSE, TRISTATE_TRUE, TRISTATE_UNKNOWN, TRISTATE_TRUE,
                                                TRISTATE_FALSE };
    static const bool is_told[] = { false, true, false, false, true };
    struct snapshot *first = story_seen(LOOK_ON, 0, NULL);
    struct transitions *transitions;

    (void)state;
    first->domains[0].autostart = TRISTATE_UNKNOWN;
    transitions = story_begin(first);
    for (unsigned i = 0; i < 5; i++) {
        struct snapshot *now = story_seen(LOOK_ON, 100 * (i + 1), NULL);
        struct changes changes;

        now->domains[0].autostart = autostarts[i];
        changes = story_follow(transitions, now);
        assert_int_equal(changes.count, is_told[i]);
        if (is_told[i]) {
            story_assert_change(&changes, 0, CHANGE_FACTS, VM_OPER_RUNNING, VM_OPER_RUNNING);
            assert_int_equal(changes.items[0].autostart, autostarts[i]);
        }
        changes_clear(&changes);
    }
    transitions_free(transitions);
}

static void an_unreadable_state_is_no_change(void **state)
{
    struct transitions *transitions = story_begin_with(LOOK_USER_PAUSED);
    struct snapshot *now = story_seen(LOOK_USER_PAUSED, 100, NULL);

    (void)state;
    now->domains[0].state = DOMAIN_STATE_UNREAD; /* history.c keeps last_state */
    now->without_events = true;
    story_assert_nothing(story_follow(transitions, now));
    transitions_free(transitions);
}

static void changes_come_in_the_order_of_their_time(void **state)
{
    const enum look looks[] = { LOOK_ON, LOOK_ON, LOOK_ON };
    const enum look later[] = { LOOK_ON, LOOK_OFF, LOOK_USER_PAUSED };
    static const struct step suspended = { DOMAIN_EVENT_SUSPENDED, 0, LOOK_USER_PAUSED };
    struct transitions *transitions = story_begin(story_listing(looks, 3, STORY_BEGIN));
    struct snapshot *now = story_listing(later, 3, STORY_BEGIN + 100);
    struct changes changes;

    (void)state;
    now->domains[0].job = DOMAIN_JOB_MIGRATION_OUT; /* no event tells that */
    story_event(now, 2, &suspended, STORY_BEGIN + 10);
    story_event(now, 1, &story_shutting_down, STORY_BEGIN + 20);
    story_event(now, 1, &story_stopped, STORY_BEGIN + 30);
    changes = story_follow(transitions, now);
    assert_int_equal(changes.count, 4);
    for (size_t i = 0; i < 4; i++) {
        static const unsigned char numbers[] = { 2, 1, 1, 0 };

        assert_int_equal(changes.items[i].uuid[UUID_BYTES - 1], numbers[i]);
        assert_int_equal(changes.items[i].boot_ms, STORY_BEGIN + (i < 3 ? 10 * (int)(i + 1) : 100));
    }
    changes_clear(&changes);
    transitions_free(transitions);
}

static void an_image_that_is_removed_is_told_at_once(void **state)
{
    struct transitions *transitions = story_begin_with(LOOK_SAVED);
    struct snapshot *now = story_seen(LOOK_SAVED, 100, NULL);
    struct changes changes;

    (void)state;
    now->domains[0].managed_save = TRISTATE_UNKNOWN; /* could not be read */
    story_assert_nothing(story_follow(transitions, now));
    assert_int_equal(transitions_due(transitions), 0);
    changes = story_see(transitions, LOOK_SAVED_FILE, 200, NULL);
    assert_int_equal(changes.count, 1);
    story_assert_change(&changes, 0, CHANGE_STATE, VM_OPER_SUSPENDED, VM_OPER_SHUTDOWN);
    changes_clear(&changes);
    transitions_free(transitions);
}

/* What is paused for a migration, a restore, or because it was saved paused, looks the same until its job is
 * known. */
static void a_row_on_its_way_waits_for_its_job_or_its_events(void **state)
{
    struct transitions *transitions = story_begin_with(LOOK_SAVED_FILE);
    struct snapshot *now = story_seen(LOOK_RESTORING, 100, NULL);
    struct changes changes;

    (void)state;
    now->events_missed = true;
    story_assert_nothing(story_follow(transitions, now));
    now = story_seen(LOOK_RESTORING, 100, NULL); /* the same listing, with more known of it */
    now->events_missed = true;
    now->domains[0].job = DOMAIN_JOB_RESTORE;
    changes = story_follow(transitions, now);
    assert_int_equal(changes.count, 1);
    story_assert_change(&changes, 0, CHANGE_STATE, VM_OPER_SHUTDOWN, VM_OPER_RESUMING);
    changes_clear(&changes);
    story_assert_nothing(story_see(transitions, LOOK_RESTORING, 200, NULL));
    story_assert_nothing(story_see(transitions, LOOK_RESTORING, 199 + EVENT_WAIT_MS, NULL));
    changes = story_see(transitions, LOOK_RESTORING, 200 + EVENT_WAIT_MS, NULL); /* it rests so */
    assert_int_equal(changes.count, 1);
    story_assert_change(&changes, 0, CHANGE_STATE, VM_OPER_RESUMING, VM_OPER_PAUSED);
    changes_clear(&changes);
    transitions_free(transitions);
}

/* The same listing is published again when more is known of it: with less between two of these, nothing is lost.
 */
static void more_of_the_same_listing_tells_nothing_twice(void **state)
{
    struct transitions *transitions = story_begin_with(LOOK_ON);
    struct snapshot *first = story_seen(LOOK_GOING_DOWN, 100, STORY_EVENTS(&story_shutting_down)), *copy;
    struct changes changes;

    (void)state;
    copy = snapshot_copy(first);
    assert_non_null(copy);
    story_assert_nothing(story_follow(transitions, first));
    story_assert_nothing(transitions_follow(transitions, copy));
    story_assert_nothing(story_follow(transitions, copy));
    changes = story_see(transitions, LOOK_OFF, 200, STORY_EVENTS(&story_stopped));
    assert_int_equal(changes.count, 2);
    changes_clear(&changes);
    transitions_free(transitions);
}

static void more_than_fit_are_counted(void **state)
{
    static const struct step suspended = { DOMAIN_EVENT_SUSPENDED, 0, LOOK_USER_PAUSED };
    struct transitions *transitions = story_begin_with(LOOK_ON);
    struct snapshot *now = story_seen(LOOK_ON, 9, NULL);
    struct changes changes;

    (void)state;
    now->events = calloc(CHANGES_MAX + 10, sizeof(*now->events));
    assert_non_null(now->events);
    for (size_t i = 0; i < CHANGES_MAX + 10; i++) {
        const struct step *step = i % 2 ? &story_resumed : &suspended;

        now->events[i] = (struct domain_event){ .event = step->event, .boot_ms = STORY_BEGIN + 1 };
        fixture_uuid(0, now->events[i].uuid);
    }
    now->event_count = CHANGES_MAX + 10;
    now->events_lost = 5;
    changes = story_follow(transitions, now);
    assert_int_equal(changes.count, CHANGES_MAX);
    assert_int_equal(changes.lost, 15);
    changes_clear(&changes);
    assert_int_equal(changes.lost, 0);
    transitions_free(transitions);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_listing_tells_nothing),
        cmocka_unit_test(a_change_says_all_of_its_domain),
        cmocka_unit_test(a_row_ahead_of_its_event_waits_for_it),
        cmocka_unit_test(a_row_corrects_the_record_after_two_seconds_without_an_event),
        cmocka_unit_test(the_wait_begins_when_the_listing_ends),
        cmocka_unit_test(a_difference_that_is_gone_again_is_no_change),
        cmocka_unit_test(after_a_reconnect_or_lost_events_rows_correct_at_once),
        cmocka_unit_test(an_event_after_the_correction_is_another),
        cmocka_unit_test(what_follows_a_start_that_the_row_showed_is_told),
        cmocka_unit_test(a_shutdown_waits_two_seconds_at_most),
        cmocka_unit_test(a_truth_that_turns_is_told_and_one_that_is_learnt_is_not),
        cmocka_unit_test(an_unreadable_state_is_no_change),
        cmocka_unit_test(changes_come_in_the_order_of_their_time),
        cmocka_unit_test(an_image_that_is_removed_is_told_at_once),
        cmocka_unit_test(a_row_on_its_way_waits_for_its_job_or_its_events),
        cmocka_unit_test(more_of_the_same_listing_tells_nothing_twice),
        cmocka_unit_test(more_than_fit_are_counted),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
