/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "lib/collect/schedule.h"
#include "tests/unit/between.h"

enum { NOW = 1000000, INTERVAL = 10000 };

static struct schedule listed(int64_t took)
{
    return (struct schedule){ .interval_ms = INTERVAL, .started_boot_ms = NOW, .ended_boot_ms = NOW + took };
}

static void the_first_listing_is_due_at_once(void **state)
{
    struct schedule schedule = { .interval_ms = INTERVAL };

    (void)state;
    assert_true(schedule_next(&schedule, 0) <= 1);
    assert_true(schedule_next(&schedule, NOW) <= 1);
}

static void without_events_a_listing_begins_an_interval_after_the_last_one_began(void **state)
{
    struct schedule quick = listed(0), usual = listed(30), half = listed(INTERVAL / 2);

    (void)state;
    assert_int_equal(schedule_next(&quick, 0), NOW + INTERVAL);
    assert_int_equal(schedule_next(&usual, 0), NOW + INTERVAL);
    assert_int_equal(schedule_next(&half, 0), NOW + INTERVAL);
}

static void after_a_listing_longer_than_the_interval_the_hypervisor_gets_a_pause(void **state)
{
    (void)state;
    for (int64_t took = INTERVAL; took < 100 * INTERVAL; took += INTERVAL) {
        struct schedule slow = listed(took);

        assert_true(schedule_next(&slow, 0) > slow.ended_boot_ms);
        assert_true(schedule_next(&slow, NOW + 1) > slow.ended_boot_ms);
        assert_true(schedule_next(&slow, 0) - slow.ended_boot_ms <= took);
    }
}

static void an_event_after_a_quiet_time_is_listed_within_a_tenth_of_a_second(void **state)
{
    struct schedule schedule = listed(20);
    int64_t event = NOW + 5000;

    (void)state;
    assert_between(schedule_next(&schedule, event), event + 1, event + 100);
    assert_int_equal(schedule_next(&schedule, event), event + SCHEDULE_SETTLE_MS);
}

static void an_event_does_not_delay_a_listing_that_is_due(void **state)
{
    struct schedule schedule = listed(20), slow = listed(2000);

    (void)state;
    assert_int_equal(schedule_next(&schedule, NOW + INTERVAL - 1), NOW + INTERVAL);
    assert_int_equal(schedule_next(&schedule, NOW + INTERVAL + 500), NOW + INTERVAL);
    assert_int_equal(schedule_next(&slow, NOW + 2500), NOW + INTERVAL);
}

/* libvirtd kept a domain locked for a second. The listing waited for this, and worked for 10 ms. */
static void the_time_that_a_listing_waited_delays_no_other(void **state)
{
    struct schedule schedule = listed(1010);

    (void)state;
    schedule.waited_ms = 1000;
    assert_int_equal(schedule_next(&schedule, NOW + 1000), NOW + 1010 + 9 * 10);
    assert_int_equal(schedule_next(&schedule, NOW + 3000), NOW + 3000 + SCHEDULE_SETTLE_MS);
    assert_int_equal(schedule_next(&schedule, 0), NOW + INTERVAL);
}

/* An event during a listing, or just after it, does not make the pause shorter. */
static void under_constant_events_listings_use_at_most_a_tenth_of_the_time(void **state)
{
    static const int64_t lengths[] = { 6, 10, 50, 100, 333, 900 };

    (void)state;
    for (size_t i = 0; i < sizeof(lengths) / sizeof(*lengths); i++) {
        struct schedule schedule = { .interval_ms = 3600000, .started_boot_ms = NOW };
        int64_t begun = NOW, spent = 0;

        for (int turn = 0; turn < 100; turn++) {
            int64_t next;

            schedule.ended_boot_ms = schedule.started_boot_ms + lengths[i];
            spent += lengths[i];
            next = schedule_next(&schedule, schedule.started_boot_ms + 1);
            assert_true(next >= schedule.ended_boot_ms);
            schedule.started_boot_ms = next;
        }
        assert_true(spent * 10 <= schedule.started_boot_ms - begun);
        /* Listings also use not much less than a tenth of the time. Otherwise changes would be visible late for no
         * reason. */
        assert_true(spent * 11 + 100 * SCHEDULE_SETTLE_MS >= schedule.started_boot_ms - begun);
    }
}

static void the_pause_between_attempts_to_connect_grows(void **state)
{
    static const int64_t pauses[] = { 500, 1000, 2000, 4000, 8000, 15000, 15000, 15000 };

    (void)state;
    for (unsigned attempt = 1; attempt <= sizeof(pauses) / sizeof(*pauses); attempt++) {
        int64_t pause = pauses[attempt - 1], lowest = INT64_MAX, highest = 0;

        for (uint32_t random = 0; random < 5000; random++) {
            int64_t wait = schedule_retry(attempt, random);

            assert_between(wait, pause * 3 / 4, pause * 5 / 4);
            lowest = wait < lowest ? wait : lowest;
            highest = wait > highest ? wait : highest;
        }
        /* The jitter is as large as it may be, in both directions. */
        assert_true(lowest <= pause * 76 / 100);
        assert_true(highest >= pause * 124 / 100);
    }
}

static void attempts_to_connect_never_stop(void **state)
{
    static const unsigned attempts[] = { 0, 20, 31, 32, 33, 63, 64, 65, 1000, 1000000, UINT32_MAX };
    static const uint32_t randoms[] = { 0, 1, 1023, 1024, 0x7fffffff, 0x80000000, UINT32_MAX };

    (void)state;
    for (size_t a = 0; a < sizeof(attempts) / sizeof(*attempts); a++)
        for (size_t r = 0; r < sizeof(randoms) / sizeof(*randoms); r++)
            assert_between(schedule_retry(attempts[a], randoms[r]),
                           attempts[a] ? SCHEDULE_RETRY_MAX_MS * 3 / 4 : 1, SCHEDULE_RETRY_MAX_MS * 5 / 4);
}

static void a_wanted_listing_replaces_the_timer(void **state)
{
    struct schedule schedule = listed(10);

    (void)state;
    schedule.wanted_boot_ms = NOW + INTERVAL / 2;
    assert_int_equal(schedule_next(&schedule, 0), NOW + INTERVAL / 2);
    schedule.wanted_boot_ms = NOW + 2 * INTERVAL;
    assert_int_equal(schedule_next(&schedule, 0), NOW + 2 * INTERVAL);
    assert_true(schedule_next(&schedule, NOW + 20) < NOW + 2 * INTERVAL); /* events do not wait for it */
    schedule.wanted_boot_ms = NOW - INTERVAL;
    assert_int_equal(schedule_next(&schedule, 0), schedule.ended_boot_ms + 10);
    schedule.started_boot_ms = 0; /* a new connection does not wait for it either */
    assert_int_equal(schedule_next(&schedule, 0), 0);
}

static void after_a_hang_the_pause_is_short(void **state)
{
    struct schedule hung = listed(100 * SCHEDULE_AIR_MAX_MS);

    (void)state;
    assert_int_equal(schedule_next(&hung, 0) - hung.ended_boot_ms, SCHEDULE_AIR_MAX_MS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_listing_is_due_at_once),
        cmocka_unit_test(without_events_a_listing_begins_an_interval_after_the_last_one_began),
        cmocka_unit_test(after_a_listing_longer_than_the_interval_the_hypervisor_gets_a_pause),
        cmocka_unit_test(a_wanted_listing_replaces_the_timer),
        cmocka_unit_test(after_a_hang_the_pause_is_short),
        cmocka_unit_test(an_event_after_a_quiet_time_is_listed_within_a_tenth_of_a_second),
        cmocka_unit_test(an_event_does_not_delay_a_listing_that_is_due),
        cmocka_unit_test(the_time_that_a_listing_waited_delays_no_other),
        cmocka_unit_test(under_constant_events_listings_use_at_most_a_tenth_of_the_time),
        cmocka_unit_test(the_pause_between_attempts_to_connect_grows),
        cmocka_unit_test(attempts_to_connect_never_stop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
