/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "lib/base/array.h"

/* Appends the numbers from `count` on. The sanitizers find writes beyond the end of the array. */
static int *append(int *items, size_t count, size_t more)
{
    int *grown = array_grow(items, count, more, sizeof(*grown));

    assert_non_null(grown);
    for (size_t i = count; i < count + more; i++)
        grown[i] = (int)i;
    return grown;
}

static void items_are_kept_however_many_are_appended_at_once(void **state)
{
    (void)state;
    for (size_t step = 1; step < 40; step++) {
        size_t count = 0;
        int *items = NULL;

        for (; count < 1000; count += step)
            items = append(items, count, step);
        for (size_t i = 0; i < count; i++)
            assert_int_equal(items[i], i);
        free(items);
    }
}

static void an_array_that_became_shorter_grows_again(void **state)
{
    int *items = append(NULL, 0, 100);

    (void)state;
    for (size_t count = 0; count <= 100; count++) {
        items = append(items, count, 1);
        for (size_t i = 0; i <= count; i++)
            assert_int_equal(items[i], i);
    }
    free(items);
}

static void an_array_with_room_for_no_items_can_grow(void **state)
{
    int *items = append(NULL, 0, 0);

    (void)state;
    items = append(items, 0, 1);
    assert_int_equal(items[0], 0);
    free(items);
}

static void a_size_that_is_too_large_is_refused_and_the_items_are_kept(void **state)
{
    int *items = append(NULL, 0, 10);

    (void)state;
    assert_null(array_grow(items, 10, SIZE_MAX, sizeof(*items)));
    assert_null(array_grow(items, 10, SIZE_MAX - 10, sizeof(*items)));
    assert_null(array_grow(items, 10, SIZE_MAX / 4, sizeof(*items)));
    for (size_t i = 0; i < 10; i++)
        assert_int_equal(items[i], i);
    free(items);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(items_are_kept_however_many_are_appended_at_once),
        cmocka_unit_test(an_array_that_became_shorter_grows_again),
        cmocka_unit_test(an_array_with_room_for_no_items_can_grow),
        cmocka_unit_test(a_size_that_is_too_large_is_refused_and_the_items_are_kept),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
