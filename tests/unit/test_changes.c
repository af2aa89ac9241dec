/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "agent/changes.h"
#include "tests/unit/fixtures.h"
#include "tests/unit/stories.h"

enum { STOP_AFTER_MS = 2000 };

static const struct step shutting_down = { LIFECYCLE_SHUTDOWN, 2, LOOK_GOING_DOWN };
static const struct step stopped = { LIFECYCLE_STOPPED, 1, LOOK_OFF };
static const struct step started = { LIFECYCLE_STARTED, 0, LOOK_ON };
static const struct step resumed = { LIFECYCLE_RESUMED, 0, LOOK_ON };
static const struct step undefined = { LIFECYCLE_UNDEFINED, 0, LOOK_GONE };

/* One domain as it is seen, and the events since the listing before. Takes over `*before`, which becomes this one.
 */
static struct changes see_filtered(struct owed *owed, struct snapshot **before, enum look look, int64_t now,
                                   uint32_t filter, const struct step *const events[])
{
    struct snapshot *snapshot = story_listing(&look, 1, now);
    struct changes changes;

    snapshot->filter = filter;
    for (size_t i = 0; events && events[i]; i++)
        story_event(snapshot, 0, events[i], now - 10 + (int64_t)i);
    changes = changes_find(owed, *before, snapshot);
    snapshot_unref(*before);
    *before = snapshot;
    return changes;
}

static struct changes see(struct owed *owed, struct snapshot **before, enum look look, int64_t now,
                          const struct step *const events[])
{
    return see_filtered(owed, before, look, now, 0, events);
}

#define EVENTS(...) ((const struct step *const[]){ __VA_ARGS__, NULL })

static void end(struct owed *owed, struct snapshot *before)
{
    owed_clear(owed);
    snapshot_unref(before);
}

/* Checks change `at`, and that of a change of state. */
static void assert_change(const struct changes *changes, size_t at, enum change_kind kind,
                          enum vm_oper_state before, enum vm_oper_state after)
{
    assert_true(at < changes->count);
    assert_int_equal(changes->items[at].kind, kind);
    assert_int_equal(changes->items[at].before, before);
    assert_int_equal(changes->items[at].after, after);
}

static void assert_nothing(struct changes changes)
{
    assert_int_equal(changes.count, 0);
    assert_int_equal(changes.lost, 0);
    changes_clear(&changes);
}

static void the_first_listing_tells_nothing(void **state)
{
    struct owed owed = { .count = 0 };
    struct snapshot *first = NULL;

    (void)state;
    assert_nothing(see(&owed, &first, LOOK_ON, STORY_BEGIN, EVENTS(&resumed, &started)));
    assert_nothing(see(&owed, &first, LOOK_ON, STORY_BEGIN + 1000, NULL));
    assert_int_equal(owed.count, 0);
    end(&owed, first);
}

static void a_change_says_all_of_its_domain(void **state)
{
    struct owed owed = { .count = 0 };
    enum look look = LOOK_ON;
    struct snapshot *before = story_listing(&look, 1, STORY_BEGIN);
    struct changes changes = see(&owed, &before, LOOK_USER_PAUSED, STORY_BEGIN + 500, NULL);
    unsigned char uuid[DOMAIN_UUID_BYTES];

    (void)state;
    fixture_uuid(0, uuid);
    assert_int_equal(changes.count, 1);
    assert_change(&changes, 0, CHANGE_STATE, VM_OPER_RUNNING, VM_OPER_PAUSED);
    assert_memory_equal(changes.items[0].uuid, uuid, sizeof(uuid));
    assert_string_equal(changes.items[0].name, before->domains[0].name);
    assert_int_equal(changes.items[0].state_before, DOMAIN_RUNNING);
    assert_int_equal(changes.items[0].state, DOMAIN_PAUSED);
    assert_int_equal(changes.items[0].persistent, TRUTH_TRUE);
    assert_int_equal(changes.items[0].autostart, TRUTH_FALSE);
    assert_int_equal(changes.items[0].boot_ms, STORY_BEGIN + 500);
    assert_int_equal(changes.items[0].index, 0);
    changes_clear(&changes);
    assert_null(changes.items);
    end(&owed, before);
}

static void a_row_ahead_of_its_event_is_told_once(void **state)
{
    struct owed owed = { .count = 0 };
    enum look look = LOOK_OFF;
    struct snapshot *before = story_listing(&look, 1, STORY_BEGIN);
    struct changes changes = see(&owed, &before, LOOK_ON, STORY_BEGIN + 100, NULL);

    (void)state;
    assert_int_equal(changes.count, 1);
    assert_change(&changes, 0, CHANGE_STATE, VM_OPER_SHUTDOWN, VM_OPER_RUNNING);
    changes_clear(&changes);
    assert_int_equal(owed.count, 1);
    assert_nothing(see(&owed, &before, LOOK_ON, STORY_BEGIN + 200, NULL));
    assert_int_equal(owed.count, 1); /* it is still to come */
    assert_nothing(see(&owed, &before, LOOK_ON, STORY_BEGIN + 300, EVENTS(&resumed, &started)));
    assert_int_equal(owed.count, 0);
    end(&owed, before);
}

static void an_event_that_comes_too_late_is_another(void **state)
{
    struct owed owed = { .count = 0 };
    enum look look = LOOK_OFF;
    struct snapshot *before = story_listing(&look, 1, STORY_BEGIN);
    struct changes changes = see(&owed, &before, LOOK_ON, STORY_BEGIN + 100, NULL);

    (void)state;
    changes_clear(&changes);
    changes = see(&owed, &before, LOOK_ON, STORY_BEGIN + 100 + STOP_AFTER_MS + 20,
                  EVENTS(&shutting_down, &stopped, &resumed, &started));
    assert_int_equal(changes.count, 3);
    assert_change(&changes, 0, CHANGE_STATE, VM_OPER_RUNNING, VM_OPER_SHUTTINGDOWN);
    assert_change(&changes, 1, CHANGE_STATE, VM_OPER_SHUTTINGDOWN, VM_OPER_SHUTDOWN);
    assert_change(&changes, 2, CHANGE_STATE, VM_OPER_SHUTDOWN, VM_OPER_RUNNING);
    changes_clear(&changes);
    end(&owed, before);
}

/* The test driver tells a start by itself, without the resume that QEMU sends ahead of it. */
static void what_follows_an_owed_start_is_told(void **state)
{
    static const struct step suspended = { LIFECYCLE_SUSPENDED, 0, LOOK_USER_PAUSED };
    const enum look off = LOOK_OFF, on = LOOK_ON;
    struct owed owed = { .count = 0 };
    struct snapshot *before = story_listing(&off, 1, STORY_BEGIN),
                    *now = story_listing(&on, 1, STORY_BEGIN + 1200);
    struct changes changes = see(&owed, &before, LOOK_ON, STORY_BEGIN + 100, NULL);

    (void)state;
    changes_clear(&changes);
    story_event(now, 0, &started, STORY_BEGIN + 101);
    story_event(now, 0, &suspended, STORY_BEGIN + 500);
    story_event(now, 0, &resumed, STORY_BEGIN + 900);
    changes = changes_find(&owed, before, now);
    assert_int_equal(changes.count, 2);
    assert_change(&changes, 0, CHANGE_STATE, VM_OPER_RUNNING, VM_OPER_PAUSED);
    assert_change(&changes, 1, CHANGE_STATE, VM_OPER_PAUSED, VM_OPER_RUNNING);
    changes_clear(&changes);
    snapshot_unref(now);
    end(&owed, before);
}

static void an_end_waits_for_its_events(void **state)
{
    struct owed owed = { .count = 0 };
    enum look look = LOOK_TRANSIENT_ON;
    struct snapshot *before = story_listing(&look, 1, STORY_BEGIN);
    struct changes changes;

    (void)state;
    assert_nothing(see(&owed, &before, LOOK_GONE, STORY_BEGIN + 100, NULL));
    changes = see(&owed, &before, LOOK_GONE, STORY_BEGIN + 200, EVENTS(&shutting_down));
    assert_int_equal(changes.count, 1);
    assert_change(&changes, 0, CHANGE_STATE, VM_OPER_RUNNING, VM_OPER_SHUTTINGDOWN);
    changes_clear(&changes);
    changes = see(&owed, &before, LOOK_GONE, STORY_BEGIN + 300, EVENTS(&stopped));
    assert_int_equal(changes.count, 2);
    assert_change(&changes, 0, CHANGE_STATE, VM_OPER_SHUTTINGDOWN, VM_OPER_SHUTDOWN);
    assert_change(&changes, 1, CHANGE_DELETED, VM_OPER_SHUTDOWN, VM_OPER_SHUTDOWN);
    assert_int_equal(changes.items[1].persistent, TRUTH_FALSE);
    assert_string_equal(changes.items[1].name, fixture_guests[GUEST_RUNNING].name);
    changes_clear(&changes);
    assert_int_equal(owed.count, 0);
    assert_nothing(see(&owed, &before, LOOK_GONE, STORY_BEGIN + 400, NULL));
    end(&owed, before);
}

static void an_end_waits_two_seconds_at_most(void **state)
{
    struct owed owed = { .count = 0 };
    enum look look = LOOK_TRANSIENT_ON;
    struct snapshot *before = story_listing(&look, 1, STORY_BEGIN);
    struct changes changes;

    (void)state;
    assert_nothing(see(&owed, &before, LOOK_GONE, STORY_BEGIN + 100, NULL));
    assert_nothing(see(&owed, &before, LOOK_GONE, STORY_BEGIN + 99 + STOP_AFTER_MS, NULL));
    changes = see(&owed, &before, LOOK_GONE, STORY_BEGIN + 100 + STOP_AFTER_MS, NULL);
    assert_int_equal(changes.count, 1);
    assert_change(&changes, 0, CHANGE_DELETED, VM_OPER_RUNNING, VM_OPER_RUNNING);
    changes_clear(&changes);
    end(&owed, before);
}

static void one_that_was_off_ends_at_once(void **state)
{
    struct owed owed = { .count = 0 };
    enum look look = LOOK_OFF;
    struct snapshot *before = story_listing(&look, 1, STORY_BEGIN);
    struct changes changes = see(&owed, &before, LOOK_GONE, STORY_BEGIN + 100, NULL);

    (void)state;
    assert_int_equal(changes.count, 1);
    assert_change(&changes, 0, CHANGE_DELETED, VM_OPER_SHUTDOWN, VM_OPER_SHUTDOWN);
    assert_int_equal(changes.items[0].persistent, TRUTH_TRUE);
    changes_clear(&changes);
    assert_nothing(see(&owed, &before, LOOK_GONE, STORY_BEGIN + 200, EVENTS(&undefined)));
    end(&owed, before);
}

static void one_undefined_while_it_ran_ends_transient(void **state)
{
    struct owed owed = { .count = 0 };
    enum look look = LOOK_ON;
    struct snapshot *before = story_listing(&look, 1, STORY_BEGIN);
    struct changes changes =
        see(&owed, &before, LOOK_GONE, STORY_BEGIN + 100, EVENTS(&undefined, &shutting_down, &stopped));

    (void)state;
    assert_int_equal(changes.count, 3);
    assert_change(&changes, 2, CHANGE_DELETED, VM_OPER_SHUTDOWN, VM_OPER_SHUTDOWN);
    assert_int_equal(changes.items[2].persistent, TRUTH_FALSE);
    changes_clear(&changes);
    end(&owed, before);
}

static void one_that_returns_while_its_end_waits_goes_on(void **state)
{
    struct owed owed = { .count = 0 };
    enum look look = LOOK_TRANSIENT_ON;
    struct snapshot *before = story_listing(&look, 1, STORY_BEGIN);
    struct changes changes;

    (void)state;
    assert_nothing(see(&owed, &before, LOOK_GONE, STORY_BEGIN + 100, NULL));
    changes = see(&owed, &before, LOOK_TRANSIENT_ON, STORY_BEGIN + 200,
                  EVENTS(&shutting_down, &stopped, &resumed, &started));
    assert_int_equal(changes.count, 5);
    assert_change(&changes, 2, CHANGE_DELETED, VM_OPER_SHUTDOWN, VM_OPER_SHUTDOWN);
    assert_change(&changes, 3, CHANGE_STATE, VM_OPER_SHUTDOWN, VM_OPER_RUNNING);
    assert_change(&changes, 4, CHANGE_FACTS, VM_OPER_RUNNING, VM_OPER_RUNNING); /* it is a new one */
    changes_clear(&changes);
    end(&owed, before);
}

static void a_truth_that_turns_is_told_and_one_that_is_learnt_is_not(void **state)
{
    struct owed owed = { .count = 0 };
    enum look look = LOOK_ON;
    struct snapshot *before = story_listing(&look, 1, STORY_BEGIN);
    struct snapshot *now = story_listing(&look, 1, STORY_BEGIN + 100);
    struct changes changes;

    (void)state;
    before->domains[0].autostart = TRUTH_UNKNOWN;
    assert_nothing(changes_find(&owed, before, now));
    before->domains[0].autostart = TRUTH_TRUE;
    changes = changes_find(&owed, before, now);
    assert_int_equal(changes.count, 1);
    assert_change(&changes, 0, CHANGE_FACTS, VM_OPER_RUNNING, VM_OPER_RUNNING);
    assert_int_equal(changes.items[0].autostart, TRUTH_FALSE);
    changes_clear(&changes);
    now->domains[0].autostart = TRUTH_UNKNOWN;
    assert_nothing(changes_find(&owed, before, now));
    snapshot_unref(now);
    end(&owed, before);
}

static void an_unreadable_state_is_no_change(void **state)
{
    struct owed owed = { .count = 0 };
    enum look look = LOOK_USER_PAUSED;
    struct snapshot *before = story_listing(&look, 1, STORY_BEGIN);
    struct snapshot *now = story_listing(&look, 1, STORY_BEGIN + 100);

    (void)state;
    now->domains[0].state = DOMAIN_STATE_UNREAD; /* history.c keeps last_state */
    assert_nothing(changes_find(&owed, before, now));
    snapshot_unref(now);
    end(&owed, before);
}

static void leaving_the_filter_is_no_end_and_its_events_are_told(void **state)
{
    struct owed owed = { .count = 0 };
    enum look on = LOOK_ON, gone = LOOK_GONE;
    struct snapshot *before = story_listing(&on, 1, STORY_BEGIN),
                    *now = story_listing(&gone, 1, STORY_BEGIN + 100);
    struct changes changes;

    (void)state;
    before->filter = now->filter = 1;
    now->stayed = calloc(1, sizeof(*now->stayed));
    assert_non_null(now->stayed);
    memcpy(now->stayed[0].bytes, before->domains[0].uuid, DOMAIN_UUID_BYTES);
    now->stayed_count = 1;
    assert_nothing(changes_find(&owed, before, now));
    snapshot_unref(before);
    before = now;
    changes = see_filtered(&owed, &before, LOOK_GONE, STORY_BEGIN + 200, 1, EVENTS(&shutting_down, &stopped));
    assert_int_equal(changes.count, 2);
    assert_change(&changes, 1, CHANGE_STATE, VM_OPER_SHUTTINGDOWN, VM_OPER_SHUTDOWN);
    changes_clear(&changes);
    assert_nothing(see_filtered(&owed, &before, LOOK_GONE, STORY_BEGIN + 9000, 1, NULL));
    changes = see_filtered(&owed, &before, LOOK_ON, STORY_BEGIN + 9100, 1, EVENTS(&resumed, &started));
    assert_int_equal(changes.count, 2);
    assert_change(&changes, 0, CHANGE_STATE, VM_OPER_SHUTDOWN, VM_OPER_RUNNING);
    assert_int_equal(changes.items[1].kind, CHANGE_FACTS);
    changes_clear(&changes);
    end(&owed, before);
}

static void entering_the_filter_tells_only_what_events_say(void **state)
{
    struct owed owed = { .count = 0 };
    enum look gone = LOOK_GONE;
    struct snapshot *before = story_listing(&gone, 1, STORY_BEGIN);
    struct changes changes;

    (void)state;
    before->filter = 1;
    changes = see_filtered(&owed, &before, LOOK_ON, STORY_BEGIN + 100, 1, NULL);
    assert_int_equal(changes.count, 1);
    assert_int_equal(changes.items[0].kind, CHANGE_FACTS);
    changes_clear(&changes);
    changes = see_filtered(&owed, &before, LOOK_GONE, STORY_BEGIN + 200, 1, EVENTS(&shutting_down, &stopped));
    changes_clear(&changes);
    /* Resumed before it was started, as QEMU does it: the row knows which it was. */
    changes = see_filtered(&owed, &before, LOOK_ON, STORY_BEGIN + 300, 1, EVENTS(&resumed));
    assert_int_equal(changes.count, 2);
    assert_change(&changes, 0, CHANGE_STATE, VM_OPER_SHUTDOWN, VM_OPER_RUNNING);
    changes_clear(&changes);
    end(&owed, before);
}

static void another_filter_changes_no_domain(void **state)
{
    struct owed owed = { .count = 0 };
    enum look gone = LOOK_GONE;
    struct snapshot *before = story_listing(&gone, 1, STORY_BEGIN);

    (void)state;
    before->filter = 1;
    assert_nothing(see_filtered(&owed, &before, LOOK_ON, STORY_BEGIN + 100, 0, NULL));
    end(&owed, before);
}

static void one_that_another_filter_left_out_is_not_followed(void **state)
{
    struct owed owed = { .count = 0 };
    enum look on = LOOK_ON, gone = LOOK_GONE;
    struct snapshot *before = story_listing(&on, 1, STORY_BEGIN),
                    *now = story_listing(&gone, 1, STORY_BEGIN + 100);

    (void)state;
    now->filter = 1;
    now->stayed = calloc(1, sizeof(*now->stayed));
    assert_non_null(now->stayed);
    memcpy(now->stayed[0].bytes, before->domains[0].uuid, DOMAIN_UUID_BYTES);
    now->stayed_count = 1;
    assert_nothing(changes_find(&owed, before, now));
    snapshot_unref(before);
    assert_nothing(see_filtered(&owed, &now, LOOK_GONE, STORY_BEGIN + 200, 1, EVENTS(&shutting_down, &stopped)));
    end(&owed, now);
}

static void changes_come_in_the_order_of_their_time(void **state)
{
    const enum look looks[] = { LOOK_ON, LOOK_ON, LOOK_ON };
    const enum look later[] = { LOOK_USER_PAUSED, LOOK_OFF, LOOK_USER_PAUSED };
    static const struct step suspended = { LIFECYCLE_SUSPENDED, 0, LOOK_USER_PAUSED };
    struct owed owed = { .count = 0 };
    struct snapshot *before = story_listing(looks, 3, STORY_BEGIN),
                    *now = story_listing(later, 3, STORY_BEGIN + 100);
    struct changes changes;

    (void)state;
    story_event(now, 2, &suspended, STORY_BEGIN + 10);
    story_event(now, 1, &shutting_down, STORY_BEGIN + 20);
    story_event(now, 1, &stopped, STORY_BEGIN + 30);
    changes = changes_find(&owed, before, now);
    assert_int_equal(changes.count, 4);
    for (size_t i = 0; i < 4; i++) {
        static const unsigned char numbers[] = { 2, 1, 1, 0 };

        assert_int_equal(changes.items[i].uuid[DOMAIN_UUID_BYTES - 1], numbers[i]);
        assert_int_equal(changes.items[i].boot_ms, STORY_BEGIN + (i < 3 ? 10 * (int)(i + 1) : 100));
    }
    changes_clear(&changes);
    snapshot_unref(now);
    end(&owed, before);
}

static void what_came_and_went_without_a_row_is_not_told(void **state)
{
    struct owed owed = { .count = 0 };
    enum look gone = LOOK_GONE;
    struct snapshot *before = story_listing(&gone, 1, STORY_BEGIN);

    (void)state;
    assert_nothing(
        see(&owed, &before, LOOK_GONE, STORY_BEGIN + 100, EVENTS(&resumed, &started, &shutting_down, &stopped)));
    end(&owed, before);
}

static void more_than_fit_are_counted(void **state)
{
    static const struct step suspended = { LIFECYCLE_SUSPENDED, 0, LOOK_USER_PAUSED };
    struct owed owed = { .count = 0 };
    enum look look = LOOK_ON;
    struct snapshot *before = story_listing(&look, 1, STORY_BEGIN),
                    *now = story_listing(&look, 1, STORY_BEGIN + 9);
    struct changes changes;

    (void)state;
    now->lifecycles = calloc(CHANGES_MAX + 10, sizeof(*now->lifecycles));
    assert_non_null(now->lifecycles);
    for (size_t i = 0; i < CHANGES_MAX + 10; i++) {
        const struct step *step = i % 2 ? &resumed : &suspended;

        now->lifecycles[i] = (struct lifecycle){ .event = step->event, .boot_ms = STORY_BEGIN + 1 };
        fixture_uuid(0, now->lifecycles[i].uuid);
    }
    now->lifecycle_count = CHANGES_MAX + 10;
    now->lifecycles_lost = 5;
    changes = changes_find(&owed, before, now);
    assert_int_equal(changes.count, CHANGES_MAX);
    assert_int_equal(changes.lost, 15);
    changes_clear(&changes);
    assert_int_equal(changes.lost, 0);
    snapshot_unref(now);
    end(&owed, before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_listing_tells_nothing),
        cmocka_unit_test(a_change_says_all_of_its_domain),
        cmocka_unit_test(a_row_ahead_of_its_event_is_told_once),
        cmocka_unit_test(an_event_that_comes_too_late_is_another),
        cmocka_unit_test(what_follows_an_owed_start_is_told),
        cmocka_unit_test(an_end_waits_for_its_events),
        cmocka_unit_test(an_end_waits_two_seconds_at_most),
        cmocka_unit_test(one_that_was_off_ends_at_once),
        cmocka_unit_test(one_undefined_while_it_ran_ends_transient),
        cmocka_unit_test(one_that_returns_while_its_end_waits_goes_on),
        cmocka_unit_test(a_truth_that_turns_is_told_and_one_that_is_learnt_is_not),
        cmocka_unit_test(an_unreadable_state_is_no_change),
        cmocka_unit_test(leaving_the_filter_is_no_end_and_its_events_are_told),
        cmocka_unit_test(entering_the_filter_tells_only_what_events_say),
        cmocka_unit_test(another_filter_changes_no_domain),
        cmocka_unit_test(one_that_another_filter_left_out_is_not_followed),
        cmocka_unit_test(changes_come_in_the_order_of_their_time),
        cmocka_unit_test(what_came_and_went_without_a_row_is_not_told),
        cmocka_unit_test(more_than_fit_are_counted),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
