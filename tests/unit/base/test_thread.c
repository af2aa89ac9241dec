/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A thread is joined when it ends. If it still runs at the deadline, it is not joined, and can be joined later. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#include <semaphore.h>

#include "lib/base/clock.h"
#include "lib/base/thread.h"
#include "tests/unit/between.h"

enum { PATIENCE_MS = 60000, SHORT_MS = 50 };

/* Ends when the semaphore `data` is posted. */
static void *wait_for_post(void *data)
{
    while (sem_wait(data))
        continue;
    return NULL;
}

static void a_thread_that_ends_is_joined(void **state)
{
    int64_t begun = clock_boot_ms();
    pthread_t thread;
    sem_t may_end;

    (void)state;
    assert_int_equal(sem_init(&may_end, 0, 1), 0);
    assert_true(thread_start(&thread, wait_for_post, &may_end));
    assert_true(thread_join_until(thread, begun + PATIENCE_MS));
    assert_between(clock_boot_ms(), begun, begun + PATIENCE_MS / 2); /* it did not wait until the deadline */
    (void)sem_destroy(&may_end);
}

static void a_thread_that_has_not_ended_can_be_joined_later(void **state)
{
    int64_t begun = clock_boot_ms();
    pthread_t thread;
    sem_t may_end;

    (void)state;
    assert_int_equal(sem_init(&may_end, 0, 0), 0);
    assert_true(thread_start(&thread, wait_for_post, &may_end));
    assert_false(thread_join_until(thread, begun + SHORT_MS));
    assert_between(clock_boot_ms(), begun + SHORT_MS, begun + PATIENCE_MS / 2);
    assert_false(thread_join_until(thread, begun)); /* this deadline is past */
    assert_int_equal(sem_post(&may_end), 0);
    assert_true(thread_join_until(thread, clock_boot_ms() + PATIENCE_MS));
    (void)sem_destroy(&may_end);
}

/* A listing or a poll may take that long, if libvirtd hangs or the host is suspended. */
static void a_duration_that_is_too_long_for_32_bits_is_the_longest(void **state)
{
    const int64_t minutes_us = INT64_C(60) * 1000 * 1000;

    (void)state;
    assert_between(clock_since_us(clock_boot_us()), 0, PATIENCE_MS * INT64_C(1000));
    assert_between(clock_since_us(clock_boot_us() - 70 * minutes_us), 70 * minutes_us, 71 * minutes_us);
    assert_true(clock_since_us(clock_boot_us() - 72 * minutes_us) == UINT32_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_thread_that_ends_is_joined),
        cmocka_unit_test(a_thread_that_has_not_ended_can_be_joined_later),
        cmocka_unit_test(a_duration_that_is_too_long_for_32_bits_is_the_longest),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
