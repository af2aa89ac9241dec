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
#include <stdlib.h>
#include <stdbool.h>

#include "agent/mib/mib.h"

#include "lib/base/array.h"

/* Rows 1.1, 1.3, 2.1 and 7.2; column 2 has no value in row 1.3, column 3 none at all, column 4 only in 7.2. */
static const mib_subid indexes[][2] = { { 1, 1 }, { 1, 3 }, { 2, 1 }, { 7, 2 } };

static bool fill(size_t at, struct mib_row *row)
{
    if (at >= ARRAY_COUNT(indexes))
        return false;
    row->data = indexes[at];
    memcpy(row->index, indexes[at], sizeof(indexes[at]));
    row->length = 2;
    return true;
}

static bool find(const void *answer, const mib_subid *index, size_t length, struct mib_row *row)
{
    (void)answer;
    for (size_t i = 0; i < ARRAY_COUNT(indexes); i++)
        if (mib_compare(index, length, indexes[i], 2) == 0)
            return fill(i, row);
    return false;
}

static bool next(const void *answer, const mib_subid *index, size_t length, struct mib_row *row)
{
    (void)answer;
    for (size_t i = 0; i < ARRAY_COUNT(indexes); i++)
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
    { parent, 2, before, ARRAY_COUNT(before), &mib_scalar_rows },
    { entry, 4, columns, ARRAY_COUNT(columns), &rows },
    { empty, 4, columns, ARRAY_COUNT(columns), &none },
    { parent, 2, after, ARRAY_COUNT(after), &mib_scalar_rows },
};
static const struct mib mib = { tables, ARRAY_COUNT(tables) };

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

    assert_int_equal(is_found, at < ARRAY_COUNT(walk));
    if (is_found)
        assert_int_equal(mib_compare(found, found_length, walk[at].oid, walk[at].length), 0);
}

static void a_walk_finds_each_instance_in_order_and_ends(void **state)
{
    static const mib_subid start[] = { 1 };

    (void)state;
    assert_next(start, 1, 0);
    for (size_t i = 0; i < ARRAY_COUNT(walk); i++)
        assert_next(walk[i].oid, walk[i].length, i + 1);
}

static void get_of_each_walked_name_equals_the_walk(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(walk); i++) {
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
            for (at = 0; at < ARRAY_COUNT(walk) && mib_compare(walk[at].oid, walk[at].length, oid, length) <= 0;)
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
    for (size_t i = 0; i < ARRAY_COUNT(names); i++) {
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

/* A large table: 10,000 rows with indexes of one to four parts, some at the upper end of what a sub-identifier
 * holds, in three columns with holes; between scalars of the same parent. */
enum { LARGE_ROWS = 10000, LARGE_COLUMNS = 3 };

struct large_row {
    mib_subid index[4];
    size_t length;
    uint32_t number;
};

static int by_large_index(const void *one, const void *other)
{
    const struct large_row *a = one, *b = other;

    return mib_compare(a->index, a->length, b->index, b->length);
}

static struct large_row *make_large(void)
{
    struct large_row *made = calloc(LARGE_ROWS, sizeof(*made));

    assert_non_null(made);
    for (uint32_t i = 0; i < LARGE_ROWS; i++) {
        made[i] = (struct large_row){ .index = { i / 97, i % 97, 4294967295u - i, 0 }, .number = i };
        made[i].length = i % 97 == 0 ? 1 : 2 + i % 3;
    }
    qsort(made, LARGE_ROWS, sizeof(*made), by_large_index);
    return made;
}

/* The place of the first row whose index is at least, or is greater than, the given one. */
static size_t place(const struct large_row *all, const mib_subid *index, size_t length, bool greater)
{
    size_t low = 0, high = LARGE_ROWS;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = mib_compare(all[middle].index, all[middle].length, index, length);

        if (order < 0 || (greater && order == 0))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool fill_large(const struct large_row *all, size_t at, struct mib_row *row)
{
    if (at >= LARGE_ROWS)
        return false;
    row->data = &all[at];
    row->length = all[at].length;
    memcpy(row->index, all[at].index, row->length * sizeof(*row->index));
    return true;
}

static bool find_large(const void *answer, const mib_subid *index, size_t length, struct mib_row *row)
{
    size_t at = place(answer, index, length, false);

    return fill_large(answer, at, row) && mib_compare(row->index, row->length, index, length) == 0;
}

static bool next_large(const void *answer, const mib_subid *index, size_t length, struct mib_row *row)
{
    return fill_large(answer, place(answer, index, length, true), row);
}

/* Each column lacks other rows: every third, and all but every thousandth. */
static bool get_large_all(const void *answer, const void *row, struct mib_value *value)
{
    (void)answer;
    value->unsigned32 = ((const struct large_row *)row)->number;
    return true;
}

static bool get_large_some(const void *answer, const void *row, struct mib_value *value)
{
    return get_large_all(answer, row, value) && value->unsigned32 % 3 != 0;
}

static bool get_large_few(const void *answer, const void *row, struct mib_value *value)
{
    return get_large_all(answer, row, value) && value->unsigned32 % 1000 == 7;
}

static bool get_one(const void *answer, const void *row, struct mib_value *value)
{
    (void)answer;
    assert_null(row);
    value->unsigned32 = 1;
    return true;
}

static const mib_subid large_parent[] = { 1, 3, 6, 1, 4, 1, 9 }, large_entry[] = { 1, 3, 6, 1, 4, 1, 9, 2, 1 };
static const struct mib_column large_before[] = { { 1, MIB_COUNTER32, get_one, "before" } };
static const struct mib_column large_columns[LARGE_COLUMNS] = {
    { 2, MIB_GAUGE32, get_large_all, "all" },
    { 3, MIB_COUNTER32, get_large_some, "some" },
    { 4294967295u, MIB_TIMETICKS, get_large_few, "few" },
};
static const struct mib_column large_after[] = { { 3, MIB_COUNTER32, get_one, "after" } };
static const struct mib_rows large_rows = { find_large, next_large };
static const struct mib_table large_tables[] = {
    { large_parent, 7, large_before, 1, &mib_scalar_rows },
    { large_entry, 9, large_columns, LARGE_COLUMNS, &large_rows },
    { large_parent, 7, large_after, 1, &mib_scalar_rows },
};
static const struct mib large = { large_tables, ARRAY_COUNT(large_tables) };

static void a_walk_of_10000_rows_goes_up_and_get_finds_each_of_its_names(void **state)
{
    struct large_row *all = make_large();
    mib_subid name[MIB_OID_MAX] = { 0 }, next_name[MIB_OID_MAX];
    size_t length = 1, next_length = 0, found = 0, wanted = 2;
    struct mib_value value, again;

    (void)state;
    for (uint32_t i = 0; i < LARGE_ROWS; i++)
        wanted += 1 + (i % 3 != 0) + (i % 1000 == 7);
    while (mib_next(&large, all, name, length, next_name, &next_length, &value)) {
        assert_true(mib_compare(name, length, next_name, next_length) < 0);
        assert_int_equal(mib_get(&large, all, next_name, next_length, &again), MIB_FOUND);
        assert_int_equal(again.type, value.type);
        assert_int_equal(again.unsigned32, value.unsigned32);
        memcpy(name, next_name, next_length * sizeof(*name));
        length = next_length;
        found++;
    }
    assert_int_equal(found, wanted);
    free(all);
}

static void gaps_in_columns_are_no_instances_and_are_stepped_over(void **state)
{
    struct large_row *all = make_large();
    mib_subid name[16] = { 1, 3, 6, 1, 4, 1, 9, 2, 1 }, next_name[MIB_OID_MAX];
    size_t next_length;
    struct mib_value value;

    (void)state;
    for (size_t i = 0; i < LARGE_ROWS; i++) {
        memcpy(name + 10, all[i].index, sizeof(all[i].index));
        name[9] = 3;
        assert_int_equal(mib_get(&large, all, name, 10 + all[i].length, &value),
                         all[i].number % 3 ? MIB_FOUND : MIB_NO_INSTANCE);
        name[9] = 4;
        assert_int_equal(mib_get(&large, all, name, 10 + all[i].length, &value), MIB_NO_OBJECT);
        /* Column 4 is none: what follows is the first there is of the next one. */
        if (i % 100 == 0) {
            assert_true(mib_next(&large, all, name, 10 + all[i].length, next_name, &next_length, &value));
            assert_int_equal(next_name[9], 4294967295u);
            assert_int_equal(value.type, MIB_TIMETICKS);
            assert_int_equal(value.unsigned32 % 1000, 7);
        }
    }
    free(all);
}

static void names_longer_than_any_are_found_nowhere_and_passed_by(void **state)
{
    struct large_row *all = make_large();
    mib_subid name[300], next_name[MIB_OID_MAX];
    size_t next_length;
    struct mib_value value;

    (void)state;
    for (size_t column = 2; column <= 3; column++)
        for (size_t i = 0; i < LARGE_ROWS; i += 333) {
            memset(name, 0xff, sizeof(name));
            memcpy(name, large_entry, sizeof(large_entry));
            name[9] = column;
            memcpy(name + 10, all[i].index, all[i].length * sizeof(*name));
            for (size_t length = 11 + all[i].length; length <= ARRAY_COUNT(name); length += 17) {
                assert_int_equal(mib_get(&large, all, name, length, &value), MIB_NO_INSTANCE);
                assert_true(mib_next(&large, all, name, length, next_name, &next_length, &value));
                assert_true(mib_compare(name, length, next_name, next_length) < 0);
            }
        }
    /* The scalars have indexes of one part only. */
    memset(name, 0, sizeof(name));
    memcpy(name, large_parent, sizeof(large_parent));
    name[7] = 1;
    assert_int_equal(mib_get(&large, all, name, ARRAY_COUNT(name), &value), MIB_NO_INSTANCE);
    assert_true(mib_next(&large, all, name, ARRAY_COUNT(name), next_name, &next_length, &value));
    assert_int_equal(mib_compare(next_name, 9, large_entry, 9), 0);
    free(all);
}

static void what_lies_before_finds_the_first_and_what_lies_behind_nothing(void **state)
{
    static const mib_subid first[] = { 1, 3, 6, 1, 4, 1, 9, 1, 0 };
    static const struct instance behind[] = {
        { { 1, 3, 6, 1, 4, 1, 10 }, 7 },
        { { 1, 3, 6, 1, 5 }, 5 },
        { { 2 }, 1 },
    };
    struct large_row *all = make_large();
    mib_subid name[MIB_OID_MAX] = { 1, 3, 6, 1, 4, 1, 8, 4294967295u }, next_name[MIB_OID_MAX];
    size_t next_length;
    struct mib_value value;

    (void)state;
    for (size_t length = 0; length <= 8; length++) {
        assert_true(mib_next(&large, all, name, length, next_name, &next_length, &value));
        assert_int_equal(mib_compare(next_name, next_length, first, ARRAY_COUNT(first)), 0);
    }
    for (size_t i = 0; i < ARRAY_COUNT(behind); i++)
        assert_false(mib_next(&large, all, behind[i].oid, behind[i].length, next_name, &next_length, &value));
    memcpy(name, first, sizeof(first));
    name[7] = 3;
    assert_true(mib_next(&large, all, name, 8, next_name, &next_length, &value));
    assert_false(mib_next(&large, all, name, 9, next_name, &next_length, &value)); /* the last one there is */
    name[8] = 77;
    assert_false(mib_next(&large, all, name, 9, next_name, &next_length, &value));
    free(all);
}

static void a_mib_without_tables_has_nothing(void **state)
{
    static const struct mib nothing = { NULL, 0 };
    mib_subid name[] = { 1, 3 }, next_name[MIB_OID_MAX];
    size_t next_length;
    struct mib_value value;

    (void)state;
    assert_int_equal(mib_get(&nothing, NULL, name, 2, &value), MIB_NO_OBJECT);
    assert_false(mib_next(&nothing, NULL, name, 0, next_name, &next_length, &value));
}

static void a_text_is_put_as_utf8_of_255_bytes_at_most(void **state)
{
    struct mib_value value;
    char text[400];

    (void)state;
    memset(text, 'x', sizeof(text));
    (void)strcpy(text + 254, "\xc3\xa9 and more");
    assert_true(mib_put_text(&value, text));
    assert_int_equal(value.length, 254);
    assert_memory_equal(value.bytes, text, 254);
    text[254] = text[255] = 'x';
    assert_true(mib_put_text(&value, text));
    assert_int_equal(value.length, 255);
    assert_true(mib_put_text(&value, "a\xff"));
    assert_int_equal(value.length, 4);
    assert_memory_equal(value.bytes, "a\xef\xbf\xbd", 4);
    assert_true(mib_put_text(&value, ""));
    assert_int_equal(value.length, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_walk_finds_each_instance_in_order_and_ends),
        cmocka_unit_test(get_of_each_walked_name_equals_the_walk),
        cmocka_unit_test(the_successor_of_any_name_is_the_first_greater_one),
        cmocka_unit_test(what_is_not_there_says_what_is_missing),
        cmocka_unit_test(oids_are_ordered_by_their_numbers_and_then_by_length),
        cmocka_unit_test(a_walk_of_10000_rows_goes_up_and_get_finds_each_of_its_names),
        cmocka_unit_test(gaps_in_columns_are_no_instances_and_are_stepped_over),
        cmocka_unit_test(names_longer_than_any_are_found_nowhere_and_passed_by),
        cmocka_unit_test(what_lies_before_finds_the_first_and_what_lies_behind_nothing),
        cmocka_unit_test(a_mib_without_tables_has_nothing),
        cmocka_unit_test(a_text_is_put_as_utf8_of_255_bytes_at_most),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
