/* SPDX-License-Identifier: GPL-2.0-or-later */
/* GETNEXT that remembers where columns are empty: it finds the same, and reading row by row costs no more than a
 * walk. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "agent/mib/mib.h"

enum { ROWS = 2000, COLUMNS = 5 };

static size_t looked_at; /* values asked for, and rows passed by within the table */

/* Rows have the indexes 2, 4, ... */
static bool fill(mib_subid number, struct mib_row *row)
{
    row->index[0] = number;
    row->length = 1;
    row->data = NULL;
    return number >= 2 && number <= 2 * ROWS && number % 2 == 0;
}

static bool find(const void *answer, const mib_subid *index, size_t length, struct mib_row *row)
{
    (void)answer;
    return length == 1 && fill(index[0], row);
}

static bool next(const void *answer, const mib_subid *index, size_t length, struct mib_row *row)
{
    (void)answer;
    return fill(length == 0 ? 2 : index[0] / 2 * 2 + 2, row);
}

/* The second table has none, and finds that out the long way. */
static bool find_none(const void *answer, const mib_subid *index, size_t length, struct mib_row *row)
{
    (void)answer;
    (void)index;
    (void)length;
    (void)row;
    return false;
}

static bool next_none(const void *answer, const mib_subid *index, size_t length, struct mib_row *row)
{
    looked_at += ROWS;
    return find_none(answer, index, length, row);
}

static bool get(const void *answer, const void *row, struct mib_value *value)
{
    (void)answer;
    (void)row;
    looked_at++;
    value->integer = 1;
    return true;
}

static bool get_nothing(const void *answer, const void *row, struct mib_value *value)
{
    (void)answer;
    (void)row;
    (void)value;
    looked_at++;
    return false;
}

/* What the rows' data point to: their own indexes. */
static mib_subid numbers[2 * ROWS + 1];

static bool find_sparse(const void *answer, const mib_subid *index, size_t length, struct mib_row *row)
{
    bool found = find(answer, index, length, row);

    row->data = found ? &numbers[row->index[0]] : NULL;
    return found;
}

static bool next_sparse(const void *answer, const mib_subid *index, size_t length, struct mib_row *row)
{
    bool found = next(answer, index, length, row);

    row->data = found ? &numbers[row->index[0]] : NULL;
    return found;
}

static bool get_sparse(const void *answer, const void *row, struct mib_value *value)
{
    mib_subid number = *(const mib_subid *)row;

    (void)answer;
    looked_at++;
    value->integer = (int32_t)number;
    return number == 500 || number == 2500 || number == 2 * ROWS - 2;
}

static const struct mib_column columns[COLUMNS] = {
    { 1, MIB_INTEGER, get, "full" },
    { 2, MIB_INTEGER, get_nothing, "empty" },
    { 3, MIB_INTEGER, get_sparse, "sparse" },
    { 4, MIB_INTEGER, get_nothing, "empty too" },
    { 5, MIB_INTEGER, get_nothing, "and this" },
};
static const struct mib_rows rows = { find_sparse, next_sparse }, none = { find_none, next_none };
static const mib_subid first[] = { 1, 3, 1 }, second[] = { 1, 4, 1 }, last[] = { 1, 5 };
static const struct mib_table tables[] = {
    { first, 3, columns, COLUMNS, &rows },
    { second, 3, columns, COLUMNS, &none },
    { last, 2, columns, 1, &mib_scalar_rows },
};
static const struct mib mib = { tables, 3 };

static int number_rows(void **state)
{
    (void)state;
    for (mib_subid i = 0; i <= 2 * ROWS; i++)
        numbers[i] = i;
    return 0;
}

static void assert_same(struct mib_gaps *gaps, const mib_subid *oid, size_t length)
{
    mib_subid plain[MIB_OID_MAX], found[MIB_OID_MAX];
    size_t plain_length = 0, found_length = 0;
    struct mib_value value;

    assert_true(mib_next(&mib, NULL, oid, length, plain, &plain_length, &value));
    assert_true(mib_next_by_gaps(&mib, NULL, gaps, oid, length, found, &found_length, &value));
    assert_int_equal(mib_compare(plain, plain_length, found, found_length), 0);
}

static void it_finds_the_same_in_whatever_order_it_is_asked(void **state)
{
    struct mib_gaps *gaps = calloc(1, sizeof(*gaps));
    unsigned random = 1;

    (void)state;
    assert_non_null(gaps);
    for (unsigned i = 0; i < 3000; i++) {
        mib_subid oid[6] = { 1, 3, 1 };

        random = random * 1103515245 + 12345;
        oid[1] += (random >> 8) % 2;
        oid[3] = (random >> 10) % (COLUMNS + 2);
        oid[4] = (random >> 16) % (2 * ROWS + 3);
        oid[5] = 7;
        assert_same(gaps, oid, 3 + i % 4);
    }
    free(gaps);
}

static void an_index_of_any_length_is_compared_right(void **state)
{
    struct mib_gaps *gaps = calloc(1, sizeof(*gaps));
    mib_subid oid[MIB_OID_MAX] = { 1, 3, 1, 3, 500 };

    (void)state;
    assert_non_null(gaps);
    for (unsigned round = 0; round < 2; round++)
        for (size_t length = 3; length <= MIB_OID_MAX; length++)
            assert_same(gaps, oid, length);
    free(gaps);
}

static void reading_row_by_row_costs_no_more_than_a_walk(void **state)
{
    struct mib_gaps *gaps = calloc(1, sizeof(*gaps));
    mib_subid found[MIB_OID_MAX];
    struct mib_value value;
    size_t length;

    (void)state;
    assert_non_null(gaps);
    looked_at = 0;
    for (mib_subid row = 2; row <= 2 * ROWS; row += 2)
        for (mib_subid column = 1; column <= COLUMNS; column++) {
            const mib_subid oid[] = { 1, 3, 1, column, row };

            assert_true(mib_next_by_gaps(&mib, NULL, gaps, oid, 5, found, &length, &value));
        }
    assert_true(looked_at < 30 * ROWS); /* without: 10,000 requests that look at up to 14,000 rows each */
    free(gaps);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_finds_the_same_in_whatever_order_it_is_asked),
        cmocka_unit_test(an_index_of_any_length_is_compared_right),
        cmocka_unit_test(reading_row_by_row_costs_no_more_than_a_walk),
    };

    return cmocka_run_group_tests(tests, number_rows, NULL);
}
