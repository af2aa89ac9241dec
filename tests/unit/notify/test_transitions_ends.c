/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is told of domains that end, or that come and go through the filter. */
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

static void an_end_waits_for_its_events(void **state)
{
    struct transitions *transitions = story_begin_with(LOOK_TRANSIENT_ON);
    struct changes changes;

    (void)state;
    story_assert_nothing(story_see(transitions, LOOK_GONE, 100, NULL));
    story_assert_nothing(story_see(transitions, LOOK_GONE, 200,
                                   STORY_EVENTS(&story_shutting_down))); /* for the stop that says why */
    assert_int_equal(transitions_due(transitions), STORY_BEGIN + 190 + EVENT_WAIT_MS);
    changes = story_see(transitions, LOOK_GONE, 300, STORY_EVENTS(&story_stopped));
    assert_int_equal(changes.count, 3);
    story_assert_change(&changes, 0, CHANGE_STATE, VM_OPER_RUNNING, VM_OPER_SHUTTINGDOWN);
    story_assert_change(&changes, 1, CHANGE_STATE, VM_OPER_SHUTTINGDOWN, VM_OPER_SHUTDOWN);
    story_assert_change(&changes, 2, CHANGE_DELETED, VM_OPER_SHUTDOWN, VM_OPER_SHUTDOWN);
    assert_int_equal(changes.items[2].persistent, TRISTATE_FALSE);
    assert_string_equal(changes.items[2].name, fixture_guests[GUEST_RUNNING].name);
    changes_clear(&changes);
    story_assert_nothing(story_see(transitions, LOOK_GONE, 400, NULL));
    assert_int_equal(transitions_due(transitions), 0);
    transitions_free(transitions);
}

static void an_end_waits_two_seconds_at_most(void **state)
{
    struct transitions *transitions = story_begin_with(LOOK_TRANSIENT_ON);
    struct changes changes;

    (void)state;
    story_assert_nothing(story_see(transitions, LOOK_GONE, 100, NULL));
    story_assert_nothing(story_see(transitions, LOOK_GONE, 99 + EVENT_WAIT_MS, NULL));
    assert_int_equal(transitions_due(transitions), STORY_BEGIN + 100 + EVENT_WAIT_MS);
    changes = story_see(transitions, LOOK_GONE, 100 + EVENT_WAIT_MS, NULL);
    assert_int_equal(changes.count, 1);
    story_assert_change(&changes, 0, CHANGE_DELETED, VM_OPER_RUNNING, VM_OPER_RUNNING);
    changes_clear(&changes);
    transitions_free(transitions);
}

static void one_that_was_off_ends_with_its_event(void **state)
{
    struct transitions *transitions = story_begin_with(LOOK_OFF);
    struct changes changes;

    (void)state;
    story_assert_nothing(story_see(transitions, LOOK_GONE, 100, NULL));
    changes = story_see(transitions, LOOK_GONE, 200, STORY_EVENTS(&story_undefined));
    assert_int_equal(changes.count, 1);
    story_assert_change(&changes, 0, CHANGE_DELETED, VM_OPER_SHUTDOWN, VM_OPER_SHUTDOWN);
    assert_int_equal(changes.items[0].persistent, TRISTATE_TRUE);
    changes_clear(&changes);
    story_assert_nothing(story_see(transitions, LOOK_GONE, 9000, NULL));
    transitions_free(transitions);
}

static void a_row_that_is_behind_the_end_is_not_a_new_domain(void **state)
{
    struct transitions *transitions = story_begin_with(LOOK_OFF);
    struct changes changes = story_see(transitions, LOOK_OFF, 100, STORY_EVENTS(&story_undefined));

    (void)state;
    assert_int_equal(changes.count, 1);
    story_assert_change(&changes, 0, CHANGE_DELETED, VM_OPER_SHUTDOWN, VM_OPER_SHUTDOWN);
    changes_clear(&changes);
    story_assert_nothing(story_see(transitions, LOOK_OFF, 200, NULL));
    story_assert_nothing(story_see(transitions, LOOK_GONE, 300, NULL));
    story_assert_nothing(story_see(transitions, LOOK_GONE, 9000, NULL));
    transitions_free(transitions);
}

static void one_undefined_while_it_ran_ends_transient(void **state)
{
    struct transitions *transitions = story_begin_with(LOOK_ON);
    struct changes changes = story_see(transitions, LOOK_GONE, 100,
                                       STORY_EVENTS(&story_undefined, &story_shutting_down, &story_stopped));

    (void)state;
    assert_int_equal(changes.count, 3);
    story_assert_change(&changes, 2, CHANGE_DELETED, VM_OPER_SHUTDOWN, VM_OPER_SHUTDOWN);
    assert_int_equal(changes.items[2].persistent, TRISTATE_FALSE);
    changes_clear(&changes);
    transitions_free(transitions);
}

static void one_that_stopped_and_is_gone_waits_to_be_undefined(void **state)
{
    struct transitions *transitions = story_begin_with(LOOK_ON);
    struct changes changes =
        story_see(transitions, LOOK_GONE, 100, STORY_EVENTS(&story_shutting_down, &story_stopped));

    (void)state;
    assert_int_equal(changes.count, 2);
    changes_clear(&changes);
    changes = story_see(transitions, LOOK_GONE, 200, STORY_EVENTS(&story_undefined));
    assert_int_equal(changes.count, 1);
    story_assert_change(&changes, 0, CHANGE_DELETED, VM_OPER_SHUTDOWN, VM_OPER_SHUTDOWN);
    assert_int_equal(changes.items[0].persistent, TRISTATE_TRUE);
    changes_clear(&changes);
    transitions_free(transitions);
}

static void one_that_returns_while_its_end_waits_goes_on(void **state)
{
    struct transitions *transitions = story_begin_with(LOOK_TRANSIENT_ON);
    struct changes changes;

    (void)state;
    story_assert_nothing(story_see(transitions, LOOK_GONE, 100, NULL));
    changes = story_see(transitions, LOOK_TRANSIENT_ON, 200,
                        STORY_EVENTS(&story_shutting_down, &story_stopped, &story_resumed, &story_started));
    assert_int_equal(changes.count, 5);
    story_assert_change(&changes, 2, CHANGE_DELETED, VM_OPER_SHUTDOWN, VM_OPER_SHUTDOWN);
    story_assert_change(&changes, 3, CHANGE_STATE, VM_OPER_SHUTDOWN, VM_OPER_RUNNING);
    story_assert_change(&changes, 4, CHANGE_FACTS, VM_OPER_RUNNING, VM_OPER_RUNNING); /* it is a new one */
    changes_clear(&changes);
    transitions_free(transitions);
}

static void leaving_the_filter_is_no_end_and_its_events_are_told(void **state)
{
    struct transitions *transitions = story_begin(story_filtered(story_seen(LOOK_ON, 0, NULL), 1));
    struct changes changes;

    (void)state;
    story_assert_nothing(
        story_follow(transitions, story_stayed(story_filtered(story_seen(LOOK_GONE, 100, NULL), 1))));
    changes = story_follow(
        transitions,
        story_filtered(story_seen(LOOK_GONE, 200, STORY_EVENTS(&story_shutting_down, &story_stopped)), 1));
    assert_int_equal(changes.count, 2);
    story_assert_change(&changes, 1, CHANGE_STATE, VM_OPER_SHUTTINGDOWN, VM_OPER_SHUTDOWN);
    changes_clear(&changes);
    assert_int_equal(transitions_due(transitions), 0); /* nothing is to be told, so nothing is to be listed */
    story_assert_nothing(story_follow(transitions, story_filtered(story_seen(LOOK_GONE, 9000, NULL), 1)));
    changes = story_follow(
        transitions, story_filtered(story_seen(LOOK_ON, 9100, STORY_EVENTS(&story_resumed, &story_started)), 1));
    assert_int_equal(changes.count, 2);
    story_assert_change(&changes, 0, CHANGE_STATE, VM_OPER_SHUTDOWN, VM_OPER_RUNNING);
    assert_int_equal(changes.items[1].kind, CHANGE_FACTS);
    changes_clear(&changes);
    transitions_free(transitions);
}

static void entering_the_filter_tells_only_what_events_say(void **state)
{
    struct transitions *transitions = story_begin(story_filtered(story_seen(LOOK_GONE, 0, NULL), 1));
    struct changes changes = story_follow(transitions, story_filtered(story_seen(LOOK_ON, 100, NULL), 1));

    (void)state;
    assert_int_equal(changes.count, 1);
    assert_int_equal(changes.items[0].kind, CHANGE_FACTS);
    changes_clear(&changes);
    changes = story_follow(
        transitions, story_stayed(story_filtered(
                         story_seen(LOOK_GONE, 200, STORY_EVENTS(&story_shutting_down, &story_stopped)), 1)));
    changes_clear(&changes);
    /* Resumed before it was started, as QEMU does it: the row knows which it was. */
    changes = story_follow(transitions, story_filtered(story_seen(LOOK_ON, 300, STORY_EVENTS(&story_resumed)), 1));
    assert_int_equal(changes.count, 2);
    story_assert_change(&changes, 0, CHANGE_STATE, VM_OPER_SHUTDOWN, VM_OPER_RUNNING);
    changes_clear(&changes);
    transitions_free(transitions);
}

static void what_comes_through_the_filter_was_before_what_its_events_say(void **state)
{
    static const struct step suspended = { DOMAIN_EVENT_SUSPENDED, 0, LOOK_USER_PAUSED };
    static const struct {
        enum look look;
        const struct step *events[3];
        enum vm_oper_state before, after;
    } wanted[] = {
        { LOOK_USER_PAUSED, { &suspended }, VM_OPER_RUNNING, VM_OPER_PAUSED },
        { LOOK_ON, { &story_resumed, &story_started }, VM_OPER_SHUTDOWN, VM_OPER_RUNNING },
        { LOOK_OFF, { &story_stopped }, VM_OPER_RUNNING, VM_OPER_SHUTDOWN },
    };

    (void)state;
    /* The row first, or with its events; and without a change where no event comes. */
    for (unsigned i = 0; i < 9; i++) {
        struct transitions *transitions = story_begin(story_filtered(story_seen(LOOK_GONE, 0, NULL), 1));
        enum look look = wanted[i / 3].look;
        struct changes first = story_follow(
            transitions, story_filtered(story_seen(look, 100, i % 3 == 0 ? wanted[i / 3].events : NULL), 1));
        struct changes second = story_follow(
            transitions, story_filtered(story_seen(look, 9000, i % 3 == 1 ? wanted[i / 3].events : NULL), 1));
        struct changes *all[] = { &first, &second };

        assert_int_equal(first.count + second.count, i % 3 < 2 ? 2 : 1);
        if (i % 3 < 2)
            story_assert_change(all[i % 3], 0, CHANGE_STATE, wanted[i / 3].before, wanted[i / 3].after);
        changes_clear(&first);
        changes_clear(&second);
        transitions_free(transitions);
    }
}

static void another_filter_changes_no_domain(void **state)
{
    struct transitions *transitions = story_begin(story_filtered(story_seen(LOOK_GONE, 0, NULL), 1));

    (void)state;
    story_assert_nothing(story_see(transitions, LOOK_ON, 100, NULL));
    story_assert_nothing(story_see(transitions, LOOK_ON, 9000, NULL));
    transitions_free(transitions);
}

static void one_that_another_filter_left_out_is_not_followed(void **state)
{
    struct transitions *transitions = story_begin_with(LOOK_ON);

    (void)state;
    story_assert_nothing(
        story_follow(transitions, story_stayed(story_filtered(story_seen(LOOK_GONE, 100, NULL), 1))));
    story_assert_nothing(story_follow(
        transitions,
        story_filtered(story_seen(LOOK_GONE, 200, STORY_EVENTS(&story_shutting_down, &story_stopped)), 1)));
    transitions_free(transitions);
}

static void what_came_and_went_without_a_row_is_not_told(void **state)
{
    struct transitions *transitions = story_begin_with(LOOK_GONE);

    (void)state;
    story_assert_nothing(
        story_see(transitions, LOOK_GONE, 100,
                  STORY_EVENTS(&story_resumed, &story_started, &story_shutting_down, &story_stopped)));
    transitions_free(transitions);
}

static void a_row_that_is_gone_waits_for_itself(void **state)
{
    struct transitions *transitions = story_begin_with(LOOK_ON);
    struct changes changes;

    (void)state;
    story_assert_nothing(story_see(transitions, LOOK_OFF, 100, NULL));
    story_assert_nothing(story_see(transitions, LOOK_GONE, 1900, NULL)); /* it differs in another way now */
    story_assert_nothing(story_see(transitions, LOOK_GONE, 1899 + EVENT_WAIT_MS, NULL));
    changes = story_see(transitions, LOOK_GONE, 1900 + EVENT_WAIT_MS, NULL);
    assert_int_equal(changes.count, 1);
    story_assert_change(&changes, 0, CHANGE_DELETED, VM_OPER_RUNNING, VM_OPER_RUNNING);
    changes_clear(&changes);
    transitions_free(transitions);
}

static void events_of_a_former_domain_are_not_those_of_the_new_one(void **state)
{
    static const struct step defined = { DOMAIN_EVENT_DEFINED, 0, LOOK_OFF };
    struct transitions *transitions = story_begin_with(LOOK_GONE);
    struct changes changes =
        story_see(transitions, LOOK_OFF, 100, STORY_EVENTS(&story_shutting_down, &story_stopped, &defined));

    (void)state;
    assert_int_equal(changes.count, 1);
    story_assert_change(&changes, 0, CHANGE_FACTS, VM_OPER_SHUTDOWN, VM_OPER_SHUTDOWN);
    changes_clear(&changes);
    transitions_free(transitions);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_end_waits_for_its_events),
        cmocka_unit_test(an_end_waits_two_seconds_at_most),
        cmocka_unit_test(one_that_was_off_ends_with_its_event),
        cmocka_unit_test(a_row_that_is_behind_the_end_is_not_a_new_domain),
        cmocka_unit_test(one_undefined_while_it_ran_ends_transient),
        cmocka_unit_test(one_that_stopped_and_is_gone_waits_to_be_undefined),
        cmocka_unit_test(one_that_returns_while_its_end_waits_goes_on),
        cmocka_unit_test(leaving_the_filter_is_no_end_and_its_events_are_told),
        cmocka_unit_test(entering_the_filter_tells_only_what_events_say),
        cmocka_unit_test(what_comes_through_the_filter_was_before_what_its_events_say),
        cmocka_unit_test(another_filter_changes_no_domain),
        cmocka_unit_test(one_that_another_filter_left_out_is_not_followed),
        cmocka_unit_test(what_came_and_went_without_a_row_is_not_told),
        cmocka_unit_test(a_row_that_is_gone_waits_for_itself),
        cmocka_unit_test(events_of_a_former_domain_are_not_those_of_the_new_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
