/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "agent/notify/affected.h"

enum { NOW = 5000000, RUNNING = 1, SHUTDOWN = 3, DELETED = 10 };

static void assert_bytes(const struct affected *affected, unsigned number, const char *bytes, size_t length)
{
    assert_int_equal(affected->lists[number].length, length);
    assert_memory_equal(affected->lists[number].bytes, bytes, length);
}

static void the_first_index_is_the_highest_bit(void **state)
{
    struct affected affected = { .changes = 0 };

    (void)state;
    assert_true(affected_add(&affected, RUNNING, 1, NOW));
    assert_bytes(&affected, RUNNING, "\x80", 1);
    assert_true(affected_add(&affected, RUNNING, 8, NOW));
    assert_bytes(&affected, RUNNING, "\x81", 1);
    assert_true(affected_add(&affected, RUNNING, 9, NOW));
    assert_bytes(&affected, RUNNING, "\x81\x80", 2);
    assert_true(affected_add(&affected, RUNNING, 1, NOW)); /* once more is once */
    assert_bytes(&affected, RUNNING, "\x81\x80", 2);
    affected_clear(&affected);
}

static void no_octet_stands_behind_the_last_bit(void **state)
{
    struct affected affected = { .changes = 0 };

    (void)state;
    assert_true(affected_add(&affected, DELETED, 1000, NOW));
    assert_int_equal(affected.lists[DELETED].length, 125);
    assert_int_equal(affected.lists[DELETED].bytes[124], 0x01);
    for (size_t i = 0; i < 124; i++)
        assert_int_equal(affected.lists[DELETED].bytes[i], 0);
    assert_true(affected_add(&affected, DELETED, 2, NOW));
    assert_int_equal(affected.lists[DELETED].length, 125);
    assert_int_equal(affected.lists[DELETED].bytes[0], 0x40);
    affected_clear(&affected);
}

static void every_index_has_its_own_bit(void **state)
{
    struct affected affected = { .changes = 0 };

    (void)state;
    for (uint32_t index = 1; index <= 2000; index += 3)
        assert_true(affected_add(&affected, RUNNING, index, NOW));
    for (uint32_t index = 1; index <= 2000; index++) {
        bool is_set = affected.lists[RUNNING].bytes[(index - 1) / 8] >> (7 - (index - 1) % 8) & 1;

        assert_int_equal(is_set, index % 3 == 1);
    }
    affected_clear(&affected);
}

static void an_index_that_does_not_fit_is_refused(void **state)
{
    struct affected affected = { .changes = 0 };

    (void)state;
    assert_false(affected_add(&affected, RUNNING, 0, NOW));
    assert_false(affected_add(&affected, RUNNING, AFFECTED_BYTES_MAX * 8 + 1, NOW));
    assert_false(affected_add(&affected, RUNNING, UINT32_MAX, NOW));
    assert_int_equal(affected_due(&affected), 0); /* nothing has begun */
    assert_int_equal(affected_first(&affected), 0);
    assert_true(affected_add(&affected, RUNNING, AFFECTED_BYTES_MAX * 8, NOW));
    assert_int_equal(affected.lists[RUNNING].length, AFFECTED_BYTES_MAX);
    affected_clear(&affected);
}

static void the_window_ends_when_it_is_quiet_or_in_five_seconds(void **state)
{
    struct affected affected = { .changes = 0 };

    (void)state;
    assert_int_equal(affected_due(&affected), 0);
    assert_true(affected_add(&affected, RUNNING, 1, NOW));
    assert_int_equal(affected_due(&affected), NOW + 1000);
    assert_true(affected_add(&affected, SHUTDOWN, 2, NOW + 900));
    assert_int_equal(affected_due(&affected), NOW + 1900);
    assert_true(affected_add(&affected, RUNNING, 3, NOW + 3999));
    assert_int_equal(affected_due(&affected), NOW + 4999);
    assert_true(affected_add(&affected, RUNNING, 4, NOW + 4500));
    assert_int_equal(affected_due(&affected), NOW + 5000);
    affected_drop(&affected, RUNNING);
    assert_int_equal(affected_due(&affected), NOW + 5000); /* it is not over yet */
    affected_drop(&affected, SHUTDOWN);
    assert_int_equal(affected_due(&affected), 0);
    assert_true(affected_add(&affected, RUNNING, 1, NOW + 9000)); /* a new one */
    assert_int_equal(affected_due(&affected), NOW + 10000);
    affected_clear(&affected);
    assert_int_equal(affected_due(&affected), 0);
}

static void they_go_in_the_order_of_their_last_change(void **state)
{
    struct affected affected = { .changes = 0 };

    (void)state;
    assert_true(affected_add(&affected, RUNNING, 1, NOW));
    assert_true(affected_add(&affected, DELETED, 2, NOW));
    assert_true(affected_add(&affected, SHUTDOWN, 3, NOW));
    assert_true(affected_add(&affected, RUNNING, 4, NOW));
    assert_int_equal(affected_first(&affected), DELETED);
    affected_drop(&affected, DELETED);
    assert_int_equal(affected_first(&affected), SHUTDOWN);
    affected_drop(&affected, SHUTDOWN);
    assert_int_equal(affected_first(&affected), RUNNING);
    affected_drop(&affected, RUNNING);
    assert_int_equal(affected_first(&affected), 0);
}

static void a_domain_that_changed_twice_is_in_both(void **state)
{
    struct affected affected = { .changes = 0 };

    (void)state;
    assert_true(affected_add(&affected, SHUTDOWN, 5, NOW));
    assert_true(affected_add(&affected, RUNNING, 5, NOW + 1));
    assert_bytes(&affected, SHUTDOWN, "\x08", 1);
    assert_bytes(&affected, RUNNING, "\x08", 1);
    affected_drop(&affected, SHUTDOWN);
    assert_true(affected_add(&affected, SHUTDOWN, 1, NOW + 2)); /* what was sent is not sent again */
    assert_bytes(&affected, SHUTDOWN, "\x80", 1);
    affected_clear(&affected);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_index_is_the_highest_bit),
        cmocka_unit_test(no_octet_stands_behind_the_last_bit),
        cmocka_unit_test(every_index_has_its_own_bit),
        cmocka_unit_test(an_index_that_does_not_fit_is_refused),
        cmocka_unit_test(the_window_ends_when_it_is_quiet_or_in_five_seconds),
        cmocka_unit_test(they_go_in_the_order_of_their_last_change),
        cmocka_unit_test(a_domain_that_changed_twice_is_in_both),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
