/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "agent/notify/bulk.h"

enum { NOW = 5000000, RUNNING = 1, SHUTDOWN = 3, DELETED = 10 };

static void assert_bytes(const struct bulk *bulk, unsigned number, const char *bytes, size_t length)
{
    assert_int_equal(bulk->lists[number].length, length);
    assert_memory_equal(bulk->lists[number].bytes, bytes, length);
}

static void the_first_index_is_the_highest_bit(void **state)
{
    struct bulk bulk = { .changes = 0 };

    (void)state;
    assert_true(bulk_add(&bulk, RUNNING, 1, NOW));
    assert_bytes(&bulk, RUNNING, "\x80", 1);
    assert_true(bulk_add(&bulk, RUNNING, 8, NOW));
    assert_bytes(&bulk, RUNNING, "\x81", 1);
    assert_true(bulk_add(&bulk, RUNNING, 9, NOW));
    assert_bytes(&bulk, RUNNING, "\x81\x80", 2);
    assert_true(bulk_add(&bulk, RUNNING, 1, NOW)); /* again: no change */
    assert_bytes(&bulk, RUNNING, "\x81\x80", 2);
    bulk_clear(&bulk);
}

static void no_octet_follows_the_last_bit(void **state)
{
    struct bulk bulk = { .changes = 0 };

    (void)state;
    assert_true(bulk_add(&bulk, DELETED, 1000, NOW));
    assert_int_equal(bulk.lists[DELETED].length, 125);
    assert_int_equal(bulk.lists[DELETED].bytes[124], 0x01);
    for (size_t i = 0; i < 124; i++)
        assert_int_equal(bulk.lists[DELETED].bytes[i], 0);
    assert_true(bulk_add(&bulk, DELETED, 2, NOW));
    assert_int_equal(bulk.lists[DELETED].length, 125);
    assert_int_equal(bulk.lists[DELETED].bytes[0], 0x40);
    bulk_clear(&bulk);
}

static void every_index_has_its_own_bit(void **state)
{
    struct bulk bulk = { .changes = 0 };

    (void)state;
    for (uint32_t index = 1; index <= 2000; index += 3)
        assert_true(bulk_add(&bulk, RUNNING, index, NOW));
    for (uint32_t index = 1; index <= 2000; index++) {
        bool is_set = bulk.lists[RUNNING].bytes[(index - 1) / 8] >> (7 - (index - 1) % 8) & 1;

        assert_int_equal(is_set, index % 3 == 1);
    }
    bulk_clear(&bulk);
}

static void an_index_that_does_not_fit_is_refused(void **state)
{
    struct bulk bulk = { .changes = 0 };

    (void)state;
    assert_false(bulk_add(&bulk, RUNNING, 0, NOW));
    assert_false(bulk_add(&bulk, RUNNING, BULK_BYTES_MAX * 8 + 1, NOW));
    assert_false(bulk_add(&bulk, RUNNING, UINT32_MAX, NOW));
    assert_int_equal(bulk_due(&bulk), 0); /* no window is open */
    assert_int_equal(bulk_first(&bulk), 0);
    assert_true(bulk_add(&bulk, RUNNING, BULK_BYTES_MAX * 8, NOW));
    assert_int_equal(bulk.lists[RUNNING].length, BULK_BYTES_MAX);
    bulk_clear(&bulk);
}

static void the_window_ends_after_a_second_without_changes_or_after_five_seconds(void **state)
{
    struct bulk bulk = { .changes = 0 };

    (void)state;
    assert_int_equal(bulk_due(&bulk), 0);
    assert_true(bulk_add(&bulk, RUNNING, 1, NOW));
    assert_int_equal(bulk_due(&bulk), NOW + 1000);
    assert_true(bulk_add(&bulk, SHUTDOWN, 2, NOW + 900));
    assert_int_equal(bulk_due(&bulk), NOW + 1900);
    assert_true(bulk_add(&bulk, RUNNING, 3, NOW + 3999));
    assert_int_equal(bulk_due(&bulk), NOW + 4999);
    assert_true(bulk_add(&bulk, RUNNING, 4, NOW + 4500));
    assert_int_equal(bulk_due(&bulk), NOW + 5000);
    bulk_drop(&bulk, RUNNING);
    assert_int_equal(bulk_due(&bulk), NOW + 5000); /* the window is still open */
    bulk_drop(&bulk, SHUTDOWN);
    assert_int_equal(bulk_due(&bulk), 0);
    assert_true(bulk_add(&bulk, RUNNING, 1, NOW + 9000)); /* a new window */
    assert_int_equal(bulk_due(&bulk), NOW + 10000);
    bulk_clear(&bulk);
    assert_int_equal(bulk_due(&bulk), 0);
}

static void lists_are_sent_in_the_order_of_their_last_change(void **state)
{
    struct bulk bulk = { .changes = 0 };

    (void)state;
    assert_true(bulk_add(&bulk, RUNNING, 1, NOW));
    assert_true(bulk_add(&bulk, DELETED, 2, NOW));
    assert_true(bulk_add(&bulk, SHUTDOWN, 3, NOW));
    assert_true(bulk_add(&bulk, RUNNING, 4, NOW));
    assert_int_equal(bulk_first(&bulk), DELETED);
    bulk_drop(&bulk, DELETED);
    assert_int_equal(bulk_first(&bulk), SHUTDOWN);
    bulk_drop(&bulk, SHUTDOWN);
    assert_int_equal(bulk_first(&bulk), RUNNING);
    bulk_drop(&bulk, RUNNING);
    assert_int_equal(bulk_first(&bulk), 0);
}

static void a_domain_that_changed_twice_is_in_both_lists(void **state)
{
    struct bulk bulk = { .changes = 0 };

    (void)state;
    assert_true(bulk_add(&bulk, SHUTDOWN, 5, NOW));
    assert_true(bulk_add(&bulk, RUNNING, 5, NOW + 1));
    assert_bytes(&bulk, SHUTDOWN, "\x08", 1);
    assert_bytes(&bulk, RUNNING, "\x08", 1);
    bulk_drop(&bulk, SHUTDOWN);
    assert_true(bulk_add(&bulk, SHUTDOWN, 1, NOW + 2)); /* what was sent is not in the next list */
    assert_bytes(&bulk, SHUTDOWN, "\x80", 1);
    bulk_clear(&bulk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_index_is_the_highest_bit),
        cmocka_unit_test(no_octet_follows_the_last_bit),
        cmocka_unit_test(every_index_has_its_own_bit),
        cmocka_unit_test(an_index_that_does_not_fit_is_refused),
        cmocka_unit_test(the_window_ends_after_a_second_without_changes_or_after_five_seconds),
        cmocka_unit_test(lists_are_sent_in_the_order_of_their_last_change),
        cmocka_unit_test(a_domain_that_changed_twice_is_in_both_lists),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
