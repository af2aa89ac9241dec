/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Changes that are logged because they cannot be sent, and commands of SET that failed. */
#include "tests/unit/notify/notifier_stage.h"

static void the_number_of_lost_changes_is_logged(void **state)
{
    struct notifier *notifier = begin(true, false);
    struct changes changes = { .lost = 17 };

    (void)state;
    change_queue_put_changes(hypervisor.queue, &changes);
    (void)notifier_run(notifier);
    assert_int_equal(output.lines, 1);
    assert_string_equal(output.line[0], "17 notifications were too many at once and are not sent");
    end(notifier);
}

static void an_index_that_fits_no_bulk_notification_is_logged_once(void **state)
{
    struct notifier *notifier = begin(false, true);

    (void)state;
    for (uint32_t i = 1; i <= 20; i++)
        put(BULK_BYTES_MAX * 8 + i, CHANGE_STATE, VM_OPER_RUNNING, DOMAIN_RUNNING);
    (void)notifier_run(notifier);
    assert_int_equal(output.lines, 1);
    assert_non_null(strstr(output.line[0], "vmIndex is above 480000"));
    hypervisor.now_ms += 10000;
    (void)notifier_run(notifier);
    assert_string_equal(sent(), "");
    end(notifier);
}

static void refuse(unsigned number)
{
    unsigned char uuid[UUID_BYTES];

    fixture_uuid(number, uuid);
    change_queue_put_failed_set(hypervisor.queue, uuid, "start: no\nway");
}

static void a_failed_set_is_logged_and_the_present_state_is_sent(void **state)
{
    struct notifier *notifier = begin(false, false);

    (void)state;
    hypervisor.switches.libvirt = true;
    hypervisor.rows.snapshot = fixture_all_guests();
    refuse(GUEST_PAUSED);
    (void)notifier_run(notifier);
    assert_string_equal(sent(), "L1");
    assert_int_equal(output.last.objects[2].value.integer, 3);
    assert_int_equal(output.lines, 1);
    assert_non_null(strstr(output.line[0], "SET on domain \"paused\""));
    assert_null(strchr(output.line[0], '\n'));
    refuse(GUEST_LATER);
    refuse(GUEST_UNREAD);
    refuse(FIXTURE_GUESTS); /* gone */
    (void)notifier_run(notifier);
    assert_string_equal(sent(), "");
    assert_int_equal(output.lines, 4);
    hypervisor.switches = (struct switches){ true, true, false };
    refuse(GUEST_PAUSED);
    (void)notifier_run(notifier);
    assert_string_equal(sent(), "");
    assert_int_equal(output.lines, 5);
    end(notifier);
}

static void before_the_first_listing_a_failed_set_is_only_logged(void **state)
{
    struct notifier *notifier = begin(true, true);

    (void)state;
    refuse(GUEST_PAUSED);
    (void)notifier_run(notifier);
    assert_string_equal(sent(), "");
    assert_int_equal(output.lines, 1);
    assert_non_null(strstr(output.line[0], "start: no"));
    end(notifier);
}

static void changes_older_than_five_minutes_are_not_sent(void **state)
{
    struct notifier *notifier = begin(true, false);

    (void)state;
    output.room = 0;
    put(7, CHANGE_STATE, VM_OPER_PAUSED, DOMAIN_PAUSED);
    put(8, CHANGE_STATE, VM_OPER_PAUSED, DOMAIN_PAUSED);
    hypervisor.now_ms += 5 * 60 * 1000;
    put(9, CHANGE_STATE, VM_OPER_PAUSED, DOMAIN_PAUSED);
    hypervisor.now_ms += 1;
    output.room = SENT_MAX;
    (void)notifier_run(notifier);
    assert_string_equal(sent(), "4");
    assert_int_equal(output.lines, 1);
    assert_non_null(strstr(output.line[0], "2 changes are older than 5 minutes"));
    (void)notifier_run(notifier);
    assert_int_equal(output.lines, 1);
    end(notifier);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_number_of_lost_changes_is_logged),
        cmocka_unit_test(an_index_that_fits_no_bulk_notification_is_logged_once),
        cmocka_unit_test(a_failed_set_is_logged_and_the_present_state_is_sent),
        cmocka_unit_test(before_the_first_listing_a_failed_set_is_only_logged),
        cmocka_unit_test(changes_older_than_five_minutes_are_not_sent),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
