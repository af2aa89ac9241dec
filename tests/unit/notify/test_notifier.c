/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which notifications are sent about one hypervisor, and when. */
#include "tests/unit/notify/notifier_stage.h"

static void without_switches_nothing_is_sent(void **state)
{
    struct notifier *notifier = begin(false, false);

    (void)state;
    put(1, CHANGE_STATE, VM_OPER_RUNNING, DOMAIN_RUNNING);
    put(UINT32_MAX, CHANGE_STATE, VM_OPER_RUNNING,
        DOMAIN_RUNNING); /* fits no bulk list, which is logged only with bulk on */
    put(1, CHANGE_FACTS, VM_OPER_RUNNING, DOMAIN_RUNNING);
    put(1, CHANGE_DELETED, VM_OPER_RUNNING, DOMAIN_RUNNING);
    assert_int_equal(notifier_run(notifier), CHECK_MS);
    hypervisor.status = (struct collector_status){ .state = HYPERVISOR_CONNECTED, .listed_boot_ms = NOW };
    (void)notifier_run(notifier);
    hypervisor.status.state = HYPERVISOR_DISCONNECTED;
    (void)notifier_run(notifier);
    hypervisor.now_ms += 10000;
    (void)notifier_run(notifier);
    assert_int_equal(output.sent, 0);
    hypervisor.switches = (struct switches){ true, true, true }; /* earlier changes are dropped */
    (void)notifier_run(notifier);
    assert_int_equal(output.sent, 0);
    assert_int_equal(output.lines, 0);
    end(notifier);
}

static void per_vm_notifications_are_sent_at_once_and_in_order(void **state)
{
    struct notifier *notifier = begin(true, false);

    (void)state;
    put(1, CHANGE_STATE, VM_OPER_RUNNING, DOMAIN_RUNNING);
    put(2, CHANGE_DELETED, VM_OPER_SHUTDOWN, DOMAIN_SHUTOFF);
    put(3, CHANGE_STATE, VM_OPER_PAUSED, DOMAIN_PAUSED);
    assert_int_equal(notifier_run(notifier), CHECK_MS);
    assert_string_equal(sent(), "1 10 4");
    put(3, CHANGE_FACTS, VM_OPER_PAUSED, DOMAIN_PAUSED);
    (void)notifier_run(notifier);
    assert_string_equal(sent(), "G3");
    hypervisor.now_ms += 20000;
    (void)notifier_run(notifier);
    assert_string_equal(sent(), "");
    end(notifier);
}

static void notifications_of_libvirt_mib_have_their_own_switch(void **state)
{
    struct notifier *notifier = begin(false, false);

    (void)state;
    hypervisor.switches.libvirt = true;
    hypervisor.listing_due_ms = hypervisor.now_ms + 300;
    put(1, CHANGE_STATE, VM_OPER_RUNNING, DOMAIN_RUNNING);
    put(2, CHANGE_FACTS, VM_OPER_RUNNING, DOMAIN_RUNNING);
    assert_int_equal(notifier_run(notifier), 300);
    assert_string_equal(sent(), "L1");
    hypervisor.status = (struct collector_status){ .state = HYPERVISOR_CONNECTED, .listed_boot_ms = NOW };
    (void)notifier_run(notifier);
    hypervisor.status.state = HYPERVISOR_DISCONNECTED;
    (void)notifier_run(notifier);
    assert_string_equal(sent(), "");
    hypervisor.switches.per_vm = true;
    put(1, CHANGE_STATE, VM_OPER_PAUSED, DOMAIN_PAUSED);
    (void)notifier_run(notifier);
    assert_string_equal(sent(), "4 L1");
    end(notifier);
}

static void bulk_notifications_are_sent_when_the_window_ends(void **state)
{
    struct notifier *notifier = begin(false, true);

    (void)state;
    put(1, CHANGE_STATE, VM_OPER_RUNNING, DOMAIN_RUNNING);
    put(2, CHANGE_STATE, VM_OPER_SHUTDOWN, DOMAIN_SHUTOFF);
    put(3, CHANGE_STATE, VM_OPER_RUNNING, DOMAIN_RUNNING);
    put(3, CHANGE_FACTS, VM_OPER_RUNNING, DOMAIN_RUNNING);
    assert_int_equal(notifier_run(notifier), BULK_QUIET_MS);
    hypervisor.now_ms += 600;
    put(9, CHANGE_STATE, VM_OPER_RUNNING, DOMAIN_RUNNING);
    assert_int_equal(notifier_run(notifier), BULK_QUIET_MS);
    hypervisor.now_ms += BULK_QUIET_MS - 1;
    assert_int_equal(notifier_run(notifier), 1);
    assert_string_equal(sent(), "");
    hypervisor.now_ms++;
    assert_int_equal(notifier_run(notifier), CHECK_MS);
    assert_string_equal(sent(), "13 11");
    assert_int_equal(output.last.objects[0].value.length, 2);
    hypervisor.now_ms += 20000;
    (void)notifier_run(notifier);
    assert_string_equal(sent(), "");
    end(notifier);
}

static void the_notifier_runs_again_when_a_listing_is_due(void **state)
{
    struct notifier *notifier = begin(false, true);

    (void)state;
    hypervisor.listing_due_ms = hypervisor.now_ms + 300;
    assert_int_equal(notifier_run(notifier), 300);
    put(1, CHANGE_STATE, VM_OPER_RUNNING, DOMAIN_RUNNING);
    assert_int_equal(notifier_run(notifier), 300);
    hypervisor.listing_due_ms = hypervisor.now_ms + CHECK_MS + 1;
    assert_int_equal(notifier_run(notifier), CHECK_MS);
    hypervisor.listing_due_ms = hypervisor.now_ms + 300;
    hypervisor.switches.bulk = false; /* no notification is switched on */
    assert_int_equal(notifier_run(notifier), CHECK_MS);
    end(notifier);
}

static void with_both_switches_both_kinds_are_sent(void **state)
{
    struct notifier *notifier = begin(true, true);

    (void)state;
    put(1, CHANGE_DELETED, VM_OPER_SHUTDOWN, DOMAIN_SHUTOFF);
    (void)notifier_run(notifier);
    assert_string_equal(sent(), "10");
    hypervisor.now_ms += BULK_QUIET_MS;
    (void)notifier_run(notifier);
    assert_string_equal(sent(), "20");
    end(notifier);
}

static void collected_changes_are_dropped_when_bulk_is_switched_off(void **state)
{
    struct notifier *notifier = begin(false, true);

    (void)state;
    put(1, CHANGE_STATE, VM_OPER_RUNNING, DOMAIN_RUNNING);
    (void)notifier_run(notifier);
    hypervisor.switches.bulk = false;
    (void)notifier_run(notifier);
    hypervisor.switches.bulk = true;
    hypervisor.now_ms += 10000;
    assert_int_equal(notifier_run(notifier), CHECK_MS);
    assert_string_equal(sent(), "");
    end(notifier);
}

static void changes_wait_until_the_sender_is_ready(void **state)
{
    struct notifier *notifier = begin(true, false);

    (void)state;
    output.room = 0;
    for (uint32_t index = 1; index <= 3; index++)
        put(index, CHANGE_DELETED, VM_OPER_SHUTDOWN, DOMAIN_SHUTOFF);
    (void)notifier_run(notifier);
    assert_string_equal(sent(), "");
    output.room = 2;
    (void)notifier_run(notifier);
    assert_string_equal(sent(), "10 10");
    output.room = 9;
    (void)notifier_run(notifier);
    assert_string_equal(sent(), "10");
    end(notifier);
}

static void bulk_notifications_wait_until_the_sender_is_ready(void **state)
{
    struct notifier *notifier = begin(false, true);

    (void)state;
    put(1, CHANGE_STATE, VM_OPER_RUNNING, DOMAIN_RUNNING);
    put(2, CHANGE_STATE, VM_OPER_PAUSED, DOMAIN_PAUSED);
    (void)notifier_run(notifier);
    hypervisor.now_ms += 1500;
    output.room = 1;
    assert_int_equal(notifier_run(notifier), CHECK_MS); /* overdue, without a busy loop */
    assert_string_equal(sent(), "11");
    output.room = 9;
    (void)notifier_run(notifier);
    assert_string_equal(sent(), "14");
    end(notifier);
}

static void down_and_up_are_sent_once_each(void **state)
{
    struct notifier *notifier = begin(true, false);

    (void)state;
    (void)notifier_run(notifier);
    hypervisor.status.state = HYPERVISOR_DISCONNECTED; /* it was never up */
    (void)notifier_run(notifier);
    hypervisor.status.state = HYPERVISOR_CONNECTED; /* not listed yet */
    (void)notifier_run(notifier);
    hypervisor.status.listed_boot_ms = NOW - 5000;
    (void)notifier_run(notifier);
    assert_string_equal(sent(), "");
    hypervisor.status.state = HYPERVISOR_STALE;
    (void)notifier_run(notifier);
    hypervisor.status.state = HYPERVISOR_DISCONNECTED;
    (void)notifier_run(notifier);
    assert_string_equal(sent(), "G1");
    assert_int_equal(output.last.objects[2].value.unsigned32, 500);
    hypervisor.status.state = HYPERVISOR_CONNECTED;
    (void)notifier_run(notifier);
    (void)notifier_run(notifier);
    assert_string_equal(sent(), "G2");
    end(notifier);
}

static void down_waits_until_the_sender_is_ready(void **state)
{
    struct notifier *notifier = begin(false, true);

    (void)state;
    hypervisor.status = (struct collector_status){ .state = HYPERVISOR_CONNECTED, .listed_boot_ms = NOW };
    (void)notifier_run(notifier);
    hypervisor.status.state = HYPERVISOR_DISCONNECTED;
    output.room = 0;
    (void)notifier_run(notifier);
    output.room = 1;
    (void)notifier_run(notifier);
    assert_string_equal(sent(), "G1");
    end(notifier);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_switches_nothing_is_sent),
        cmocka_unit_test(per_vm_notifications_are_sent_at_once_and_in_order),
        cmocka_unit_test(notifications_of_libvirt_mib_have_their_own_switch),
        cmocka_unit_test(bulk_notifications_are_sent_when_the_window_ends),
        cmocka_unit_test(the_notifier_runs_again_when_a_listing_is_due),
        cmocka_unit_test(with_both_switches_both_kinds_are_sent),
        cmocka_unit_test(collected_changes_are_dropped_when_bulk_is_switched_off),
        cmocka_unit_test(changes_wait_until_the_sender_is_ready),
        cmocka_unit_test(bulk_notifications_wait_until_the_sender_is_ready),
        cmocka_unit_test(down_and_up_are_sent_once_each),
        cmocka_unit_test(down_waits_until_the_sender_is_ready),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
