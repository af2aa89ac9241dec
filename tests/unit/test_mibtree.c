/* SPDX-License-Identifier: GPL-2.0-or-later */
/* GET and GETNEXT over a made-up MIB: scalars before and after a table of the same parent, holes, two-part
 * indexes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "agent/mibtree.h"

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

/* Rows 1.1, 1.3, 2.1 and 7.2; column 2 has no value in row 1.3, column 3 none at all, column 4 only in 7.2. */
static const mib_subid indexes[][2] = { { 1, 1 }, { 1, 3 }, { 2, 1 }, { 7, 2 } };

static bool fill(size_t at, struct mib_row *row)
{
    if (at >= COUNT(indexes))
        return false;
    row->data = indexes[at];
    memcpy(row->index, indexes[at], sizeof(indexes[at]));
    row->length = 2;
    return true;
}

static bool find(const void *answer, const mib_subid *index, size_t length, struct mib_row *row)
{
    (void)answer;
    for (size_t i = 0; i < COUNT(indexes); i++)
        if (mib_compare(index, length, indexes[i], 2) == 0)
            return fill(i, row);
    return false;
}

static bool next(const void *answer, const mib_subid *index, size_t length, struct mib_row *row)
{
    (void)answer;
    for (size_t i = 0; i < COUNT(indexes); i++)
        if (mib_compare(indexes[i], 2, index, length) > 0)
            return fill(i, row);
    return false;
}

static bool no_row(const void *answer, const mib_subid *index, size_t length, struct mib_row *row)
{
    (void)answer;
    (void)index;
    (void)length;
    (void)row;
    return false;
}

static bool get_row(const void *answer, const void *row, struct mib_value *value)
{
    const mib_subid *index = row;

    (void)answer;
    value->integer = (int32_t)(10 * index[0] + index[1]);
    return true;
}

static bool get_but_13(const void *answer, const void *row, struct mib_value *value)
{
    return get_row(answer, row, value) && value->integer != 13;
}

static bool get_nothing(const void *answer, const void *row, struct mib_value *value)
{
    (void)answer;
    (void)row;
    (void)value;
    return false;
}

static bool get_only_72(const void *answer, const void *row, struct mib_value *value)
{
    return get_row(answer, row, value) && value->integer == 72;
}

static bool get_answer(const void *answer, const void *row, struct mib_value *value)
{
    assert_null(row);
    return mib_put_text(value, answer);
}

static const struct mib_column before[] = { { 1, MIB_OCTETS, get_answer, "one" },
                                            { 2, MIB_OCTETS, get_nothing, "two" } };
static const struct mib_column columns[] = {
    { 1, MIB_INTEGER, get_row, "a" },
    { 2, MIB_INTEGER, get_but_13, "b" },
    { 3, MIB_INTEGER, get_nothing, "c" },
    { 4, MIB_INTEGER, get_only_72, "d" },
};
static const struct mib_column after[] = { { 9, MIB_OCTETS, get_answer, "nine" } };
static const struct mib_rows rows = { find, next };
static const struct mib_rows none = { no_row, no_row };
static const mib_subid parent[] = { 1, 5 }, entry[] = { 1, 5, 3, 1 }, empty[] = { 1, 5, 4, 1 };
static const struct mib_table tables[] = {
    { parent, 2, before, COUNT(before), &mib_scalar_rows },
    { entry, 4, columns, COUNT(columns), &rows },
    { empty, 4, columns, COUNT(columns), &none },
    { parent, 2, after, COUNT(after), &mib_scalar_rows },
};
static const struct mib mib = { tables, COUNT(tables) };

/* The whole walk, in order. */
static const struct instance {
    mib_subid oid[8];
    size_t length;
} walk[] = {
    { { 1, 5, 1, 0 }, 4 },          { { 1, 5, 3, 1, 1, 1, 1 }, 7 }, { { 1, 5, 3, 1, 1, 1, 3 }, 7 },
    { { 1, 5, 3, 1, 1, 2, 1 }, 7 }, { { 1, 5, 3, 1, 1, 7, 2 }, 7 }, { { 1, 5, 3, 1, 2, 1, 1 }, 7 },
    { { 1, 5, 3, 1, 2, 2, 1 }, 7 }, { { 1, 5, 3, 1, 2, 7, 2 }, 7 }, { { 1, 5, 3, 1, 4, 7, 2 }, 7 },
    { { 1, 5, 9, 0 }, 4 },
};

/* What comes after `oid` is instance `at` of the walk, or the end. */
static void assert_next(const mib_subid *oid, size_t length, size_t at)
{
    mib_subid found[MIB_OID_MAX];
    struct mib_value value;
    size_t found_length = 0;
    bool is_found = mib_next(&mib, "here", oid, length, found, &found_length, &value);

    assert_int_equal(is_found, at < COUNT(walk));
    if (is_found)
        assert_int_equal(mib_compare(found, found_length, walk[at].oid, walk[at].length), 0);
}

static void a_walk_finds_each_instance_in_order_and_ends(void **state)
{
    static const mib_subid start[] = { 1 };

    (void)state;
    assert_next(start, 1, 0);
    for (size_t i = 0; i < COUNT(walk); i++)
        assert_next(walk[i].oid, walk[i].length, i + 1);
}

static void get_of_each_walked_name_equals_the_walk(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(walk); i++) {
        struct mib_value value;

        assert_int_equal(mib_get(&mib, "here", walk[i].oid, walk[i].length, &value), MIB_FOUND);
        if (walk[i].length == 4) {
            assert_int_equal(value.type, MIB_OCTETS);
            assert_int_equal(value.length, 4);
            assert_memory_equal(value.bytes, "here", 4);
        } else {
            assert_int_equal(value.type, MIB_INTEGER);
            assert_int_equal(value.integer, 10 * walk[i].oid[5] + walk[i].oid[6]);
        }
    }
}

/* Any OID, counted through digit by digit: its successor is the first of the walk that is greater. */
static void the_successor_of_any_name_is_the_first_greater_one(void **state)
{
    (void)state;
    for (unsigned number = 0; number < 10 * 10 * 4 * 10 * 9 * 4; number++) {
        mib_subid oid[8] = { 1, 5 };
        unsigned rest = number;
        size_t at = 0;

        oid[2] = rest % 10, rest /= 10;
        oid[3] = rest % 4, rest /= 4;
        oid[4] = rest % 10, rest /= 10;
        oid[5] = rest % 9, rest /= 9;
        oid[6] = rest % 4, rest /= 4;
        for (size_t length = 2; length <= 7; length++) {
            for (at = 0; at < COUNT(walk) && mib_compare(walk[at].oid, walk[at].length, oid, length) <= 0;)
                at++;
            assert_next(oid, length, at);
        }
    }
}

static void what_is_not_there_says_what_is_missing(void **state)
{
    static const struct {
        struct instance name;
        enum mib_found found;
    } names[] = {
        { { { 1, 5, 1, 1 }, 4 }, MIB_NO_INSTANCE },
        { { { 1, 5, 1 }, 3 }, MIB_NO_INSTANCE },
        { { { 1, 5, 1, 0, 0 }, 5 }, MIB_NO_INSTANCE },
        { { { 1, 5, 2, 0 }, 4 }, MIB_NO_INSTANCE },
        { { { 1, 5, 3, 1, 2, 1, 3 }, 7 }, MIB_NO_INSTANCE },
        { { { 1, 5, 3, 1, 1, 1, 2 }, 7 }, MIB_NO_INSTANCE },
        { { { 1, 5, 3, 1, 1, 1 }, 6 }, MIB_NO_INSTANCE },
        { { { 1, 5, 3, 1, 1, 1, 1, 0 }, 8 }, MIB_NO_INSTANCE },
        { { { 1, 5, 3, 1, 5, 1, 1 }, 7 }, MIB_NO_OBJECT },
        { { { 1, 5, 3, 2, 1, 1, 1 }, 7 }, MIB_NO_OBJECT },
        { { { 1, 5, 8, 0 }, 4 }, MIB_NO_OBJECT },
        { { { 1, 5 }, 2 }, MIB_NO_OBJECT },
        { { { 1, 4, 1, 0 }, 4 }, MIB_NO_OBJECT },
        { { { 1, 5, 4, 1, 1, 1, 1 }, 7 }, MIB_NO_INSTANCE },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(names); i++) {
        struct mib_value value;

        assert_int_equal(mib_get(&mib, "here", names[i].name.oid, names[i].name.length, &value), names[i].found);
    }
}

static void oids_are_ordered_by_their_numbers_and_then_by_length(void **state)
{
    static const mib_subid low[] = { 1, 2 }, longer[] = { 1, 2, 0 }, high[] = { 1, 3 },
                           large[] = { 1, 4294967295u };

    (void)state;
    assert_int_equal(mib_compare(low, 2, low, 2), 0);
    assert_true(mib_compare(low, 2, longer, 3) < 0);
    assert_true(mib_compare(longer, 3, high, 2) < 0);
    assert_true(mib_compare(large, 2, high, 2) > 0);
    assert_true(mib_compare(low, 0, low, 1) < 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_walk_finds_each_instance_in_order_and_ends),
        cmocka_unit_test(get_of_each_walked_name_equals_the_walk),
        cmocka_unit_test(the_successor_of_any_name_is_the_first_greater_one),
        cmocka_unit_test(what_is_not_there_says_what_is_missing),
        cmocka_unit_test(oids_are_ordered_by_their_numbers_and_then_by_length),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
