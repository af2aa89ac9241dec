/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How domains whose processes hang affect the statistics of the others. */
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base/clock.h"
#include "lib/libvirt/stats_poller.h"
#include "lib/model/filter.h"
#include "tests/unit/fixtures.h"
#include "tests/unit/libvirt/stats_poller_stage.h"

enum { LOOK_MS = 1100 };

static int begin_8(void **state)
{
    (void)state;
    return stage_begin(8);
}

static int begin_16(void **state)
{
    (void)state;
    return stage_begin(16);
}

static int begin_20(void **state)
{
    (void)state;
    return stage_begin(20);
}

static int end(void **state)
{
    (void)state;
    return stage_end();
}

/* Moves the clock forward and wakes the threads. */
static void pass(int64_t ms)
{
    standin_advance_clock(ms);
    poll_now();
}

/* The row of that domain, or NULL. */
static const struct stats_row *row_of(const struct stats_table *table, unsigned at)
{
    unsigned char uuid[UUID_BYTES];

    fixture_uuid(at, uuid);
    for (size_t i = 0; table && i < table->count; i++)
        if (memcmp(table->rows[i].uuid, uuid, sizeof(uuid)) == 0)
            return &table->rows[i];
    return NULL;
}

/* When the statistics of that domain were last complete. 0: never. -1: there are none. */
static int64_t read_at(unsigned at)
{
    const struct stats_table *table = stats_poller_table(poller);
    const struct stats_row *row = row_of(table, at);
    int64_t found = row ? row->read_boot_ms : -1;

    stats_table_unref(table);
    return found;
}

static uint64_t cpu_time(unsigned at)
{
    const struct stats_table *table = stats_poller_table(poller);
    const struct stats_row *row = row_of(table, at);
    uint64_t found = row ? row->stats.cpu_time_ns : 0;

    stats_table_unref(table);
    return found;
}

/* Polls until that many calls are blocked. */
static void block(unsigned calls)
{
    for (unsigned i = 1; i <= calls; i++) {
        EVENTUALLY(mock_read(&mock.stats_hang) >= i); /* the poller would check without this as well, but later */
        pass(LOOK_MS);
    }
}

/* More domains hang than calls may be blocked. */
static void hang_18_domains(void)
{
    for (unsigned i = 0; i < 18; i++)
        mock_hang(i, true);
    poll_now();
    block(STATS_POLLER_BLOCKED_MAX);
    EVENTUALLY(mock_read(&mock.careful_calls) > 0);
}

static void a_slow_call_is_not_abandoned(void **state)
{
    unsigned looks = 0;

    (void)state;
    gate_close(&mock.active_stats, UINT_MAX);
    poll_now();
    EVENTUALLY(gate_inside(&mock.active_stats) == 1);
    for (int64_t ms = 2000; ms < 2 * 60 * 60 * 1000; ms *= 2) {
        EVENTUALLY((pass(ms), mock_read(&mock.control_calls) >= looks + 8)); /* it was checked */
        looks = mock_read(&mock.control_calls);
    }
    assert_int_equal(mock_read(&mock.stats_calls), 1);
    assert_int_equal(read_at(0), -1);
    gate_open(&mock.active_stats);
    EVENTUALLY(read_at(0) > 0);
}

/* An earlier call hangs in that domain. This call skips it, and is slow for another reason. */
static void a_domain_that_was_busy_before_does_not_block_the_call(void **state)
{
    (void)state;
    mock.domains[7].occupied_boot_ms = clock_boot_ms() - 60 * 1000;
    gate_close(&mock.active_stats, UINT_MAX);
    poll_now();
    EVENTUALLY(gate_inside(&mock.active_stats) == 1);
    for (unsigned looks = 8; looks <= 24; looks += 8) {
        EVENTUALLY((pass(10 * 1000), mock_read(&mock.control_calls) >= looks));
    }
    assert_int_equal(mock_read(&mock.stats_calls), 1);
}

static void a_new_table_wakes_the_mailbox(void **state)
{
    (void)state;
    poll_now();
    assert_false(mailbox_wait(mailbox, clock_boot_ms() + FAR_MS));
    EVENTUALLY(read_at(7) > 0);
}

static void a_blocked_call_is_abandoned_and_the_next_skips_the_domain(void **state)
{
    (void)state;
    mock_hang(3, true);
    poll_now();
    block(1);
    for (unsigned i = 0; i < 8; i++)
        EVENTUALLY(i == 3 ? read_at(i) == 0 && cpu_time(i) > 0 : read_at(i) > 0);
    assert_int_equal(mock_read(&mock.stats_hang), 1);
}

/* `*since_boot_ms` becomes since when it has been so. */
static enum domain_control control_of(unsigned at, int64_t *since_boot_ms)
{
    const struct stats_table *table = stats_poller_table(poller);
    const struct stats_row *row = row_of(table, at);
    enum domain_control found = row ? row->control : DOMAIN_CONTROL_UNKNOWN;

    *since_boot_ms = row ? row->control_since_boot_ms : 0;
    stats_table_unref(table);
    return found;
}

static void only_a_domain_that_did_not_answer_has_control_information(void **state)
{
    int64_t began = clock_boot_ms(), since;

    (void)state;
    poll_now();
    EVENTUALLY(read_at(7) > 0);
    assert_int_equal(mock_read(&mock.control_calls), 0);
    mock_hang(3, true);
    poll_now();
    block(1);
    EVENTUALLY(control_of(3, &since) == DOMAIN_CONTROL_OCCUPIED);
    assert_in_range(since, began, clock_boot_ms() - LOOK_MS);
    assert_int_equal(control_of(2, &since), DOMAIN_CONTROL_UNKNOWN);
    mock_hang(3, false);
    EVENTUALLY((poll_now(), control_of(3, &since) == DOMAIN_CONTROL_UNKNOWN));
}

static void a_late_result_of_an_abandoned_call_is_used(void **state)
{
    int64_t began = clock_boot_ms(), others;
    unsigned calls;

    (void)state;
    mock_hang(3, true);
    poll_now();
    block(1);
    EVENTUALLY(read_at(0) > 0 && mock_read(&mock.inactive_calls) > 0);
    others = read_at(0);
    calls = mock_read(&mock.stats_calls);
    mock_hang(3, false);
    EVENTUALLY(read_at(3) > 0);
    assert_true(read_at(3) >= began && read_at(3) < others);
    assert_int_equal(read_at(0), others);
    assert_int_equal(mock_read(&mock.stats_calls), calls);
}

static void each_domain_that_hangs_blocks_one_call(void **state)
{
    int64_t before;

    (void)state;
    for (unsigned i = 2; i < 14; i++)
        mock_hang(i, true);
    poll_now();
    block(12);
    EVENTUALLY(read_at(0) > 0 && read_at(15) > 0);
    for (int i = 0; i < 5; i++) {
        before = read_at(0);
        pass(10 * 1000);
        EVENTUALLY(read_at(0) >= before + 10 * 1000 && read_at(1) > before && read_at(15) > before);
    }
    assert_int_equal(mock_read(&mock.stats_hang), 12);
    assert_int_equal(mock_read(&mock.careful_calls), 0);
    for (unsigned i = 2; i < 14; i++)
        assert_int_equal(mock.domains[i].stats_hang, 1);
}

static void calls_are_careful_while_the_maximum_is_blocked(void **state)
{
    unsigned calls;
    uint64_t before;

    (void)state;
    hang_18_domains();
    calls = mock_read(&mock.stats_calls);
    for (int i = 0; i < 10; i++) {
        before = cpu_time(17);
        pass(LOOK_MS);
        EVENTUALLY(cpu_time(17) > before);
    }
    assert_int_equal(mock_read(&mock.stats_calls), calls);
    assert_int_equal(mock_read(&mock.stats_hang), STATS_POLLER_BLOCKED_MAX);
    for (unsigned i = 0; i < 18; i++)
        mock_hang(i, false);
    EVENTUALLY(mock_read(&mock.stats_hang) == 0);
    EVENTUALLY((poll_now(), mock_read(&mock.stats_calls) > calls));
    EVENTUALLY(read_at(19) > 0 && read_at(17) > 0);
}

static void a_check_that_hangs_does_not_stop_polling(void **state)
{
    int64_t before;

    (void)state;
    gate_close(&mock.active_stats, UINT_MAX);
    poll_now();
    EVENTUALLY(gate_inside(&mock.active_stats) == 1);
    gate_close(&mock.opening, UINT_MAX);
    pass(LOOK_MS);
    EVENTUALLY(gate_inside(&mock.opening) == 1);
    gate_close(&mock.opening, 0);
    gate_open(&mock.active_stats);
    for (int i = 0; i < 5; i++) {
        before = read_at(0);
        pass(10 * 1000);
        EVENTUALLY(read_at(0) > before);
    }
    assert_int_equal(gate_inside(&mock.opening), 1);
}

/* Another client keeps a monitor busy while this poller asks about inactive domains. */
static void a_call_that_is_abandoned_in_its_second_half_counts_once(void **state)
{
    unsigned calls;

    (void)state;
    for (unsigned i = 0; i < STATS_POLLER_BLOCKED_MAX + 2; i++) {
        gate_close(&mock.inactive_stats, 1);
        stats_poller_want_inactive(poller);
        poll_now();
        EVENTUALLY(gate_inside(&mock.inactive_stats) == 1);
        mock_lock();
        mock.domains[0].occupied_boot_ms = clock_boot_ms();
        calls = mock.stats_calls;
        mock_unlock();
        pass(LOOK_MS);
        EVENTUALLY(mock_read(&mock.stats_calls) > calls);
        mock_hang(0, false);
        gate_open(&mock.inactive_stats);
        EVENTUALLY(gate_inside(&mock.inactive_stats) == 0);
    }
    calls = mock_read(&mock.stats_calls);
    for (unsigned i = 0; i < 3; i++) {
        poll_now();
        EVENTUALLY(mock_read(&mock.stats_calls) > calls);
        calls = mock_read(&mock.stats_calls);
    }
    assert_int_equal(mock_read(&mock.careful_calls), 0);
}

static void waiting_for_blocked_calls_uses_no_cpu(void **state)
{
    (void)state;
    hang_18_domains();
    assert_true(standin_cpu_ms(400) < 100);
}

/* The threads free what they use when they return; the leak sanitizer checks that. */
static void a_stop_does_not_wait_for_a_call_that_hangs(void **state)
{
    int64_t began;

    (void)state;
    mock_hang(3, true);
    poll_now();
    block(1);
    EVENTUALLY(read_at(0) > 0);
    began = clock_boot_ms();
    assert_false(stats_poller_stop(poller, 50));
    assert_true(clock_boot_ms() - began < FAR_MS);
    poller = NULL;
    assert_int_equal(mock_read(&mock.stats_hang), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_slow_call_is_not_abandoned, begin_8, end),
        cmocka_unit_test_setup_teardown(a_domain_that_was_busy_before_does_not_block_the_call, begin_8, end),
        cmocka_unit_test_setup_teardown(a_new_table_wakes_the_mailbox, begin_8, end),
        cmocka_unit_test_setup_teardown(a_blocked_call_is_abandoned_and_the_next_skips_the_domain, begin_8, end),
        cmocka_unit_test_setup_teardown(only_a_domain_that_did_not_answer_has_control_information, begin_8, end),
        cmocka_unit_test_setup_teardown(a_late_result_of_an_abandoned_call_is_used, begin_8, end),
        cmocka_unit_test_setup_teardown(each_domain_that_hangs_blocks_one_call, begin_16, end),
        cmocka_unit_test_setup_teardown(calls_are_careful_while_the_maximum_is_blocked, begin_20, end),
        cmocka_unit_test_setup_teardown(a_check_that_hangs_does_not_stop_polling, begin_8, end),
        cmocka_unit_test_setup_teardown(a_call_that_is_abandoned_in_its_second_half_counts_once, begin_8, end),
        cmocka_unit_test_setup_teardown(waiting_for_blocked_calls_uses_no_cpu, begin_20, end),
        cmocka_unit_test_setup_teardown(a_stop_does_not_wait_for_a_call_that_hangs, begin_8, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
