/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is sent about one hypervisor, and when. */
#include "tests/unit/agent/notifier_stage.h"

static void without_switches_nothing_is_sent(void **state)
{
    struct notifier *notifier = begin(false, false);

    (void)state;
    put(1, CHANGE_STATE, VM_OPER_RUNNING, DOMAIN_RUNNING);
    put(UINT32_MAX, CHANGE_STATE, VM_OPER_RUNNING, DOMAIN_RUNNING); /* that it fits no list concerns nobody */
    put(1, CHANGE_FACTS, VM_OPER_RUNNING, DOMAIN_RUNNING);
    put(1, CHANGE_DELETED, VM_OPER_RUNNING, DOMAIN_RUNNING);
    assert_int_equal(notifier_run(notifier), LOOK_MS);
    there.status = (struct collector_status){ .state = HYPERVISOR_CONNECTED, .listed_boot_ms = NOW };
    (void)notifier_run(notifier);
    there.status.state = HYPERVISOR_DISCONNECTED;
    (void)notifier_run(notifier);
    there.now_ms += 10000;
    (void)notifier_run(notifier);
    assert_int_equal(heard.sent, 0);
    there.switches = (struct switches){ true, true, true }; /* what was before is over */
    (void)notifier_run(notifier);
    assert_int_equal(heard.sent, 0);
    assert_int_equal(heard.lines, 0);
    end(notifier);
}

static void per_vm_each_change_is_sent_at_once_in_its_order(void **state)
{
    struct notifier *notifier = begin(true, false);

    (void)state;
    put(1, CHANGE_STATE, VM_OPER_RUNNING, DOMAIN_RUNNING);
    put(2, CHANGE_DELETED, VM_OPER_SHUTDOWN, DOMAIN_SHUTOFF);
    put(3, CHANGE_STATE, VM_OPER_PAUSED, DOMAIN_PAUSED);
    assert_int_equal(notifier_run(notifier), LOOK_MS);
    assert_string_equal(sent(), "1 10 4");
    put(3, CHANGE_FACTS, VM_OPER_PAUSED, DOMAIN_PAUSED);
    (void)notifier_run(notifier);
    assert_string_equal(sent(), "G3");
    there.now_ms += 20000;
    (void)notifier_run(notifier);
    assert_string_equal(sent(), "");
    end(notifier);
}

static void libvirts_own_have_a_switch_of_their_own(void **state)
{
    struct notifier *notifier = begin(false, false);

    (void)state;
    there.switches.libvirt = true;
    there.listing_due_ms = there.now_ms + 300;
    put(1, CHANGE_STATE, VM_OPER_RUNNING, DOMAIN_RUNNING);
    put(2, CHANGE_FACTS, VM_OPER_RUNNING, DOMAIN_RUNNING);
    assert_int_equal(notifier_run(notifier), 300);
    assert_string_equal(sent(), "L1");
    there.status = (struct collector_status){ .state = HYPERVISOR_CONNECTED, .listed_boot_ms = NOW };
    (void)notifier_run(notifier);
    there.status.state = HYPERVISOR_DISCONNECTED;
    (void)notifier_run(notifier);
    assert_string_equal(sent(), "");
    there.switches.per_vm = true;
    put(1, CHANGE_STATE, VM_OPER_PAUSED, DOMAIN_PAUSED);
    (void)notifier_run(notifier);
    assert_string_equal(sent(), "4 L1");
    end(notifier);
}

static void bulk_ones_are_sent_when_the_window_ends(void **state)
{
    struct notifier *notifier = begin(false, true);

    (void)state;
    put(1, CHANGE_STATE, VM_OPER_RUNNING, DOMAIN_RUNNING);
    put(2, CHANGE_STATE, VM_OPER_SHUTDOWN, DOMAIN_SHUTOFF);
    put(3, CHANGE_STATE, VM_OPER_RUNNING, DOMAIN_RUNNING);
    put(3, CHANGE_FACTS, VM_OPER_RUNNING, DOMAIN_RUNNING);
    assert_int_equal(notifier_run(notifier), BULK_QUIET_MS);
    there.now_ms += 600;
    put(9, CHANGE_STATE, VM_OPER_RUNNING, DOMAIN_RUNNING);
    assert_int_equal(notifier_run(notifier), BULK_QUIET_MS);
    there.now_ms += BULK_QUIET_MS - 1;
    assert_int_equal(notifier_run(notifier), 1);
    assert_string_equal(sent(), "");
    there.now_ms++;
    assert_int_equal(notifier_run(notifier), LOOK_MS);
    assert_string_equal(sent(), "13 11");
    assert_int_equal(heard.last.objects[0].value.length, 2);
    there.now_ms += 20000;
    (void)notifier_run(notifier);
    assert_string_equal(sent(), "");
    end(notifier);
}

static void it_runs_again_when_a_listing_is_due(void **state)
{
    struct notifier *notifier = begin(false, true);

    (void)state;
    there.listing_due_ms = there.now_ms + 300;
    assert_int_equal(notifier_run(notifier), 300);
    put(1, CHANGE_STATE, VM_OPER_RUNNING, DOMAIN_RUNNING);
    assert_int_equal(notifier_run(notifier), 300);
    there.listing_due_ms = there.now_ms + LOOK_MS + 1;
    assert_int_equal(notifier_run(notifier), LOOK_MS);
    there.listing_due_ms = there.now_ms + 300;
    there.switches.bulk = false; /* there is nobody to tell */
    assert_int_equal(notifier_run(notifier), LOOK_MS);
    end(notifier);
}

static void with_both_both_are_sent(void **state)
{
    struct notifier *notifier = begin(true, true);

    (void)state;
    put(1, CHANGE_DELETED, VM_OPER_SHUTDOWN, DOMAIN_SHUTOFF);
    (void)notifier_run(notifier);
    assert_string_equal(sent(), "10");
    there.now_ms += BULK_QUIET_MS;
    (void)notifier_run(notifier);
    assert_string_equal(sent(), "20");
    end(notifier);
}

static void what_is_gathered_is_forgotten_when_bulk_is_turned_off(void **state)
{
    struct notifier *notifier = begin(false, true);

    (void)state;
    put(1, CHANGE_STATE, VM_OPER_RUNNING, DOMAIN_RUNNING);
    (void)notifier_run(notifier);
    there.switches.bulk = false;
    (void)notifier_run(notifier);
    there.switches.bulk = true;
    there.now_ms += 10000;
    assert_int_equal(notifier_run(notifier), LOOK_MS);
    assert_string_equal(sent(), "");
    end(notifier);
}

static void a_sender_that_is_not_ready_is_waited_for(void **state)
{
    struct notifier *notifier = begin(true, false);

    (void)state;
    heard.room = 0;
    for (uint32_t index = 1; index <= 3; index++)
        put(index, CHANGE_DELETED, VM_OPER_SHUTDOWN, DOMAIN_SHUTOFF);
    (void)notifier_run(notifier);
    assert_string_equal(sent(), "");
    heard.room = 2;
    (void)notifier_run(notifier);
    assert_string_equal(sent(), "10 10");
    heard.room = 9;
    (void)notifier_run(notifier);
    assert_string_equal(sent(), "10");
    end(notifier);
}

static void bulk_ones_wait_for_the_sender_one_by_one(void **state)
{
    struct notifier *notifier = begin(false, true);

    (void)state;
    put(1, CHANGE_STATE, VM_OPER_RUNNING, DOMAIN_RUNNING);
    put(2, CHANGE_STATE, VM_OPER_PAUSED, DOMAIN_PAUSED);
    (void)notifier_run(notifier);
    there.now_ms += 1500;
    heard.room = 1;
    assert_int_equal(notifier_run(notifier), LOOK_MS); /* no busy loop while it is overdue */
    assert_string_equal(sent(), "11");
    heard.room = 9;
    (void)notifier_run(notifier);
    assert_string_equal(sent(), "14");
    end(notifier);
}

static void a_hypervisor_is_down_once_and_up_once(void **state)
{
    struct notifier *notifier = begin(true, false);

    (void)state;
    (void)notifier_run(notifier);
    there.status.state = HYPERVISOR_DISCONNECTED; /* it was never up */
    (void)notifier_run(notifier);
    there.status.state = HYPERVISOR_CONNECTED; /* not listed yet */
    (void)notifier_run(notifier);
    there.status.listed_boot_ms = NOW - 5000;
    (void)notifier_run(notifier);
    assert_string_equal(sent(), "");
    there.status.state = HYPERVISOR_STALE;
    (void)notifier_run(notifier);
    there.status.state = HYPERVISOR_DISCONNECTED;
    (void)notifier_run(notifier);
    assert_string_equal(sent(), "G1");
    assert_int_equal(heard.last.objects[2].value.unsigned32, 500);
    there.status.state = HYPERVISOR_CONNECTED;
    (void)notifier_run(notifier);
    (void)notifier_run(notifier);
    assert_string_equal(sent(), "G2");
    end(notifier);
}

static void that_it_is_down_waits_for_the_sender(void **state)
{
    struct notifier *notifier = begin(false, true);

    (void)state;
    there.status = (struct collector_status){ .state = HYPERVISOR_CONNECTED, .listed_boot_ms = NOW };
    (void)notifier_run(notifier);
    there.status.state = HYPERVISOR_DISCONNECTED;
    heard.room = 0;
    (void)notifier_run(notifier);
    heard.room = 1;
    (void)notifier_run(notifier);
    assert_string_equal(sent(), "G1");
    end(notifier);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_switches_nothing_is_sent),
        cmocka_unit_test(per_vm_each_change_is_sent_at_once_in_its_order),
        cmocka_unit_test(libvirts_own_have_a_switch_of_their_own),
        cmocka_unit_test(bulk_ones_are_sent_when_the_window_ends),
        cmocka_unit_test(it_runs_again_when_a_listing_is_due),
        cmocka_unit_test(with_both_both_are_sent),
        cmocka_unit_test(what_is_gathered_is_forgotten_when_bulk_is_turned_off),
        cmocka_unit_test(a_sender_that_is_not_ready_is_waited_for),
        cmocka_unit_test(bulk_ones_wait_for_the_sender_one_by_one),
        cmocka_unit_test(a_hypervisor_is_down_once_and_up_once),
        cmocka_unit_test(that_it_is_down_waits_for_the_sender),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
