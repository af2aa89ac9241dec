/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is logged because it is not sent, and orders that were refused. */
#include "tests/unit/agent/notifier_stage.h"

static void what_was_lost_is_said_with_its_number(void **state)
{
    struct notifier *notifier = begin(true, false);
    struct changes changes = { .lost = 17 };

    (void)state;
    change_queue_put_changes(there.queue, &changes);
    (void)notifier_run(notifier);
    assert_int_equal(heard.lines, 1);
    assert_string_equal(heard.line[0], "17 notifications were too many at once and are not sent");
    end(notifier);
}

static void an_index_that_fits_no_bulk_notification_is_said_once(void **state)
{
    struct notifier *notifier = begin(false, true);

    (void)state;
    for (uint32_t i = 1; i <= 20; i++)
        put(BULK_BYTES_MAX * 8 + i, CHANGE_STATE, VM_OPER_RUNNING, DOMAIN_RUNNING);
    (void)notifier_run(notifier);
    assert_int_equal(heard.lines, 1);
    assert_non_null(strstr(heard.line[0], "vmIndex is above 480000"));
    there.now_ms += 10000;
    (void)notifier_run(notifier);
    assert_string_equal(sent(), "");
    end(notifier);
}

static void refuse(unsigned number)
{
    unsigned char uuid[UUID_BYTES];

    fixture_uuid(number, uuid);
    change_queue_put_refused(there.queue, uuid, "start: no\nway");
}

static void what_was_refused_is_said_and_sent_with_the_state_as_it_is(void **state)
{
    struct notifier *notifier = begin(false, false);

    (void)state;
    there.switches.libvirt = true;
    there.rows.snapshot = fixture_all_guests();
    refuse(GUEST_PAUSED);
    (void)notifier_run(notifier);
    assert_string_equal(sent(), "L1");
    assert_int_equal(heard.last.objects[2].value.integer, 3);
    assert_int_equal(heard.lines, 1);
    assert_non_null(strstr(heard.line[0], "SET on domain \"paused\""));
    assert_null(strchr(heard.line[0], '\n'));
    refuse(GUEST_LATER);
    refuse(GUEST_UNREAD);
    refuse(FIXTURE_GUESTS); /* gone */
    (void)notifier_run(notifier);
    assert_string_equal(sent(), "");
    assert_int_equal(heard.lines, 4);
    there.switches = (struct switches){ true, true, false };
    refuse(GUEST_PAUSED);
    (void)notifier_run(notifier);
    assert_string_equal(sent(), "");
    assert_int_equal(heard.lines, 5);
    end(notifier);
}

static void before_the_first_view_a_refusal_is_said_only(void **state)
{
    struct notifier *notifier = begin(true, true);

    (void)state;
    refuse(GUEST_PAUSED);
    (void)notifier_run(notifier);
    assert_string_equal(sent(), "");
    assert_int_equal(heard.lines, 1);
    assert_non_null(strstr(heard.line[0], "start: no"));
    end(notifier);
}

/* A master that was away for a while is told what it missed, one that was away for long is not. */
static void what_is_old_is_no_news(void **state)
{
    struct notifier *notifier = begin(true, false);

    (void)state;
    heard.room = 0;
    put(7, CHANGE_STATE, VM_OPER_PAUSED, DOMAIN_PAUSED);
    put(8, CHANGE_STATE, VM_OPER_PAUSED, DOMAIN_PAUSED);
    there.now_ms += 5 * 60 * 1000;
    put(9, CHANGE_STATE, VM_OPER_PAUSED, DOMAIN_PAUSED);
    there.now_ms += 1;
    heard.room = SENT_MAX;
    (void)notifier_run(notifier);
    assert_string_equal(sent(), "4");
    assert_int_equal(heard.lines, 1);
    assert_non_null(strstr(heard.line[0], "2 changes are older than 5 minutes"));
    (void)notifier_run(notifier);
    assert_int_equal(heard.lines, 1);
    end(notifier);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_lost_is_said_with_its_number),
        cmocka_unit_test(an_index_that_fits_no_bulk_notification_is_said_once),
        cmocka_unit_test(what_was_refused_is_said_and_sent_with_the_state_as_it_is),
        cmocka_unit_test(before_the_first_view_a_refusal_is_said_only),
        cmocka_unit_test(what_is_old_is_no_news),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
