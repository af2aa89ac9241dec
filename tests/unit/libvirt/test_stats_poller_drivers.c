/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The statistics poller with drivers that do not support everything, and with several settings. */
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <libvirt/virterror.h>

#include "lib/base/clock.h"
#include "lib/libvirt/stats_poller.h"
#include "lib/model/filter.h"
#include "tests/unit/libvirt/stats_poller_stage.h"

enum { DOMAINS = 4 };

static int begin(void **state)
{
    (void)state;
    return stage_begin(DOMAINS);
}

static int end(void **state)
{
    (void)state;
    return stage_end();
}

static size_t rows(void)
{
    const struct stats_table *table = stats_poller_table(poller);
    size_t count = table ? table->count : 0;

    stats_table_unref(table);
    return count;
}

static bool all_are_complete(void)
{
    const struct stats_table *table = stats_poller_table(poller);
    bool are_complete = table && table->count == DOMAINS;

    for (size_t i = 0; table && i < table->count; i++)
        are_complete = are_complete && table->rows[i].is_complete;
    stats_table_unref(table);
    return are_complete;
}

static int64_t fresh_ms(void)
{
    const struct stats_table *table = stats_poller_table(poller);
    int64_t ms = table ? table->fresh_ms : -1;

    stats_table_unref(table);
    return ms;
}

/* Makes no call any more, however often it is started. */
static void assert_asks_no_more(const unsigned *calls)
{
    unsigned before = mock_read(calls);

    FOR_A_WHILE
    poll_now();
    assert_int_equal(mock_read(calls), before);
}

static void nothing_is_asked_before_the_start(void **state)
{
    (void)state;
    assert_null(stats_poller_table(poller));
    stats_poller_want_inactive(poller);
    assert_int_equal(mock_read(&mock.stats_calls) + mock_read(&mock.inactive_calls), 0);
}

static void statistics_are_fresh_for_twice_the_interval(void **state)
{
    (void)state;
    poll_now();
    EVENTUALLY(all_are_complete());
    assert_int_equal(fresh_ms(), 2 * INTERVAL_MS);
    assert_true(mock_read(&mock.last_flags) & VIR_CONNECT_GET_ALL_DOMAINS_STATS_NOWAIT);
}

static void a_driver_without_nowait_is_asked_without_it(void **state)
{
    (void)state;
    mock.nowait_error = VIR_ERR_INVALID_ARG;
    poll_now();
    EVENTUALLY(all_are_complete() && mock_read(&mock.inactive_calls) == 1);
    assert_true(driver_lacks(driver, DRIVER_NO_NOWAIT));
    assert_false(driver_lacks(driver, DRIVER_NO_BULK_STATS));
    assert_int_equal(mock_read(&mock.stats_calls), 2);
    poll_now();
    EVENTUALLY(mock_read(&mock.inactive_calls) == 2); /* made after the calls for active domains */
    assert_int_equal(mock_read(&mock.stats_calls), 3);
}

static void a_driver_without_bulk_statistics_is_asked_once(void **state)
{
    (void)state;
    mock.stats_error = VIR_ERR_NO_SUPPORT;
    poll_now();
    EVENTUALLY(driver_lacks(driver, DRIVER_NO_BULK_STATS));
    assert_asks_no_more(&mock.stats_calls);
    assert_null(stats_poller_table(poller));
}

static void a_driver_without_any_statistic_is_asked_once(void **state)
{
    (void)state;
    mock.type = "Test"; /* QEMU's driver has statistics */
    mock.has_no_statistic = true;
    poll_now();
    EVENTUALLY(driver_lacks(driver, DRIVER_NO_STATS));
    assert_asks_no_more(&mock.stats_calls);
    assert_null(stats_poller_table(poller)); /* so snapshots do not expect statistics */
}

static void a_reply_that_does_not_fit_on_the_wire_is_split(void **state)
{
    (void)state;
    mock.whole_error = VIR_ERR_RPC;
    poll_now();
    EVENTUALLY(all_are_complete());
    assert_int_equal(mock_read(&mock.stats_calls), 3);
    assert_false(driver_lacks(driver, DRIVER_NO_BULK_STATS));
}

static void an_error_that_splitting_does_not_avoid_takes_few_calls(void **state)
{
    (void)state;
    mock.stats_error = VIR_ERR_INTERNAL_ERROR;
    poll_now();
    EVENTUALLY(mock_read(&mock.stats_calls) > 0 && mock_read(&mock.inactive_calls) > 0);
    EVENTUALLY(standin_cpu_ms(20) < 10);
    assert_true(mock_read(&mock.stats_calls) <= 8);
    assert_null(stats_poller_table(poller));
    assert_false(driver_lacks(driver, DRIVER_NO_BULK_STATS));
}

/* Later than otherwise, because a slow call looks the same. */
static void a_long_call_counts_as_blocked_without_control_information(void **state)
{
    (void)state;
    mock.control_error = VIR_ERR_NO_SUPPORT;
    mock_hang(1, true);
    poll_now();
    EVENTUALLY(mock_read(&mock.stats_hang) == 1);
    standin_advance_clock(2000);
    poll_now();
    EVENTUALLY(driver_lacks(driver, DRIVER_NO_CONTROL_INFO));
    standin_advance_clock(20 * 1000);
    assert_asks_no_more(&mock.stats_calls);
    standin_advance_clock(60 * 1000);
    poll_now();
    EVENTUALLY(rows() == DOMAINS);
    assert_int_equal(mock_read(&mock.stats_hang), 1);
    assert_int_equal(mock_read(&mock.control_calls), 1);
}

static void a_failed_call_keeps_the_old_statistics(void **state)
{
    (void)state;
    poll_now();
    EVENTUALLY(all_are_complete() && mock_read(&mock.inactive_calls) == 1);
    mock_lock();
    mock.stats_error = VIR_ERR_OPERATION_FAILED;
    mock_unlock();
    poll_now();
    EVENTUALLY(mock_read(&mock.stats_calls) == 2 && mock_read(&mock.inactive_calls) == 2);
    assert_true(all_are_complete());
    mock_lock();
    mock.stats_error = 0;
    mock_unlock();
    standin_advance_clock(INTERVAL_MS);
    poll_now();
    EVENTUALLY(mock_read(&mock.stats_calls) >= 3);
    assert_false(driver_lacks(driver, DRIVER_NO_BULK_STATS));
}

static void statistics_are_polled_each_interval(void **state)
{
    (void)state;
    stats_poller_start(poller, 0, 5);
    EVENTUALLY(mock_read(&mock.stats_calls) >= 10);
    stats_poller_start(poller, 0, INTERVAL_MS); /* a new interval takes effect at once */
    EVENTUALLY(fresh_ms() == 2 * INTERVAL_MS);
    EVENTUALLY(mock_read(&mock.inactive_calls) == 2); /* with the first call after each start */
}

static void the_filter_narrows_the_call(void **state)
{
    (void)state;
    stats_poller_start(poller, FILTER_STATE_RUNNING | FILTER_AUTOSTART, INTERVAL_MS);
    EVENTUALLY(mock_read(&mock.inactive_calls) == 1 && rows() == DOMAINS);
    assert_int_equal(mock_read(&mock.last_flags) & 0xffff, FILTER_STATE_RUNNING | FILTER_INACTIVE);
    stats_poller_start(poller, FILTER_ACTIVE | FILTER_STATE_PAUSED, INTERVAL_MS);
    EVENTUALLY(rows() == 0);
    stats_poller_want_inactive(poller);
    stats_poller_start(poller, FILTER_ACTIVE, INTERVAL_MS);
    EVENTUALLY(rows() == DOMAINS);
    assert_int_equal(mock_read(&mock.inactive_calls), 1);
}

static void no_process_is_asked_with_a_filter_for_inactive_domains(void **state)
{
    (void)state;
    stats_poller_start(poller, FILTER_INACTIVE, INTERVAL_MS);
    EVENTUALLY(mock_read(&mock.inactive_calls) == 1);
    assert_int_equal(mock_read(&mock.stats_calls), 0);
}

static void inactive_domains_are_polled_seldom_or_when_wanted(void **state)
{
    (void)state;
    stats_poller_start(poller, 0, 5);
    EVENTUALLY(mock_read(&mock.stats_calls) >= 5);
    assert_int_equal(mock_read(&mock.inactive_calls), 1);
    stats_poller_want_inactive(poller);
    EVENTUALLY(mock_read(&mock.inactive_calls) == 2);
    standin_advance_clock(60 * 1000);
    EVENTUALLY(mock_read(&mock.inactive_calls) == 3);
}

static void a_failed_call_for_inactive_domains_is_repeated_with_the_next_poll(void **state)
{
    unsigned asked;

    (void)state;
    mock.inactive_error = VIR_ERR_OPERATION_FAILED;
    stats_poller_start(poller, 0, 5);
    EVENTUALLY(mock_read(&mock.inactive_calls) >= 3);
    mock_lock();
    mock.inactive_error = 0;
    mock_unlock();
    EVENTUALLY_TWO_CALLS_ON();
    asked = mock_read(&mock.inactive_calls);
    EVENTUALLY_TWO_CALLS_ON();
    assert_int_equal(mock_read(&mock.inactive_calls), asked);
}

static void a_failed_connection_is_tried_again(void **state)
{
    struct stats_poller *other = stats_poller_new("test:///no/such/file", false, driver, mailbox);
    char why[256];

    (void)state;
    assert_non_null(other);
    stats_poller_start(other, 0, 5);
    EVENTUALLY(gate_calls(&mock.opening) >= 5);
    assert_null(stats_poller_table(other));
    assert_true(stats_poller_lacks_connection(other, 0, why, sizeof(why)));
    assert_true(stats_poller_stop(other, FAR_MS));
    assert_int_equal(mock_read(&mock.stats_calls), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(nothing_is_asked_before_the_start, begin, end),
        cmocka_unit_test_setup_teardown(statistics_are_fresh_for_twice_the_interval, begin, end),
        cmocka_unit_test_setup_teardown(a_driver_without_nowait_is_asked_without_it, begin, end),
        cmocka_unit_test_setup_teardown(a_driver_without_bulk_statistics_is_asked_once, begin, end),
        cmocka_unit_test_setup_teardown(a_driver_without_any_statistic_is_asked_once, begin, end),
        cmocka_unit_test_setup_teardown(a_reply_that_does_not_fit_on_the_wire_is_split, begin, end),
        cmocka_unit_test_setup_teardown(an_error_that_splitting_does_not_avoid_takes_few_calls, begin, end),
        cmocka_unit_test_setup_teardown(a_long_call_counts_as_blocked_without_control_information, begin, end),
        cmocka_unit_test_setup_teardown(a_failed_call_keeps_the_old_statistics, begin, end),
        cmocka_unit_test_setup_teardown(statistics_are_polled_each_interval, begin, end),
        cmocka_unit_test_setup_teardown(the_filter_narrows_the_call, begin, end),
        cmocka_unit_test_setup_teardown(no_process_is_asked_with_a_filter_for_inactive_domains, begin, end),
        cmocka_unit_test_setup_teardown(inactive_domains_are_polled_seldom_or_when_wanted, begin, end),
        cmocka_unit_test_setup_teardown(a_failed_call_for_inactive_domains_is_repeated_with_the_next_poll, begin,
                                        end),
        cmocka_unit_test_setup_teardown(a_failed_connection_is_tried_again, begin, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
