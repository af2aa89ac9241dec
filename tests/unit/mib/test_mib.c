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

#include "agent/mib/mib.h"
#include "agent/mib/mib_put.h"

/* Rows 1.1, 1.3, 2.1 and 7.2; column 2 has no value in row 1.3, column 3 none at all, column 4 only in 7.2. */
static const mib_subid indexes[][2] = { { 1, 1 }, { 1, 3 }, { 2, 1 }, { 7, 2 } };

static bool seek(const struct answer *answer, const mib_subid *index, size_t length, struct mib_row *row)
{
    (void)answer;
    for (size_t i = 0; i < ARRAY_COUNT(indexes); i++)
        if (mib_compare(indexes[i], 2, index, length) >= 0) {
            row->data = indexes[i];
            memcpy(row->index, indexes[i], sizeof(indexes[i]));
            row->length = 2;
            return true;
        }
    return false;
}

static bool seek_none(const struct answer *answer, const mib_subid *index, size_t length, struct mib_row *row)
{
    (void)answer;
    (void)index;
    (void)length;
    (void)row;
    return false;
}

static bool get_row(const struct mib_cell *cell)
{
    const mib_subid *index = cell->row;

    cell->value->integer = (int32_t)(10 * index[0] + index[1]);
    return true;
}

static bool get_but_13(const struct mib_cell *cell)
{
    return get_row(cell) && cell->value->integer != 13;
}

static bool get_nothing(const struct mib_cell *cell)
{
    (void)cell;
    return false;
}

static bool get_only_72(const struct mib_cell *cell)
{
    return get_row(cell) && cell->value->integer == 72;
}

/* The data of these getters. */
struct answer {
    const char *text;
};

static bool get_answer(const struct mib_cell *cell)
{
    assert_null(cell->row);
    return mib_put_text(cell->value, cell->answer->text);
}

static const struct mib_column before[] = { { 1, MIB_OCTETS, get_answer, "one", NULL },
                                            { 2, MIB_OCTETS, get_nothing, "two", NULL } };
static const struct mib_column columns[] = {
    { 1, MIB_INTEGER, get_row, "a", NULL },
    { 2, MIB_INTEGER, get_but_13, "b", NULL },
    { 3, MIB_INTEGER, get_nothing, "c", NULL },
    { 4, MIB_INTEGER, get_only_72, "d", NULL },
};
static const struct mib_column after[] = { { 9, MIB_OCTETS, get_answer, "nine", NULL } };
static const mib_subid parent[] = { 1, 5 }, entry[] = { 1, 5, 3, 1 }, empty[] = { 1, 5, 4, 1 };
static const struct mib_table before_table = MIB_TABLE(parent, before, mib_scalar_seek);
static const struct mib_table table = MIB_TABLE(entry, columns, seek);
static const struct mib_table empty_table = MIB_TABLE(empty, columns, seek_none);
static const struct mib_table after_table = MIB_TABLE(parent, after, mib_scalar_seek);
static const struct mib_table *const tables[] = { &before_table, &table, &empty_table, &after_table };
static const struct mib mib = MIB_MODULE("made up", parent, tables);
static const struct answer here = { "here" };

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

/* Checks that GETNEXT from `oid` finds instance `at` of the walk, or the end. */
static void assert_next(const mib_subid *oid, size_t length, size_t at)
{
    mib_subid found[MIB_OID_MAX];
    struct mib_value value;
    size_t found_length = 0;
    bool is_found = mib_next(&mib, &here, NULL, oid, length, found, &found_length, &value);

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

        assert_int_equal(mib_get(&mib, &here, walk[i].oid, walk[i].length, &value), MIB_FOUND);
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

/* All OIDs up to some length: the successor of each is the first name of the walk that is greater. */
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

static void get_of_an_absent_name_says_whether_object_or_instance_is_missing(void **state)
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

        assert_int_equal(mib_get(&mib, &here, names[i].name.oid, names[i].name.length, &value), names[i].found);
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

static void a_mib_without_tables_has_nothing(void **state)
{
    static const struct mib nothing = { .count = 0 };
    mib_subid name[] = { 1, 3 }, next_name[MIB_OID_MAX];
    size_t next_length;
    struct mib_value value;

    (void)state;
    assert_int_equal(mib_get(&nothing, NULL, name, 2, &value), MIB_NO_OBJECT);
    assert_false(mib_next(&nothing, NULL, NULL, name, 0, next_name, &next_length, &value));
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
        cmocka_unit_test(get_of_an_absent_name_says_whether_object_or_instance_is_missing),
        cmocka_unit_test(oids_are_ordered_by_their_numbers_and_then_by_length),
        cmocka_unit_test(a_mib_without_tables_has_nothing),
        cmocka_unit_test(a_text_is_put_as_utf8_of_255_bytes_at_most),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
