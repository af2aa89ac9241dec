/* SPDX-License-Identifier: GPL-2.0-or-later */
/* GETNEXT with gaps finds the same instances as without them, and reading a table row by row costs no more than a
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

static size_t looked_at; /* values that were asked for, and rows that a table stepped over */

/* Rows have the indexes 2, 4, ... Their data points to the same number. */
static mib_subid numbers[2 * ROWS + 1];

static bool seek(const struct answer *answer, const mib_subid *index, size_t length, struct mib_row *row)
{
    mib_subid number = length > 0 ? (index[0] + (length > 1) + 1) / 2 * 2 : 2;

    (void)answer;
    if (number > 2 * ROWS)
        return false;
    number = number > 0 ? number : 2;
    row->index[0] = number;
    row->length = 1;
    row->data = &numbers[number];
    return true;
}

/* The second table has no rows, but steps over many to find that out. */
static bool seek_none(const struct answer *answer, const mib_subid *index, size_t length, struct mib_row *row)
{
    (void)answer;
    (void)index;
    (void)length;
    (void)row;
    looked_at += ROWS;
    return false;
}

static bool get(const struct mib_cell *cell)
{
    looked_at++;
    cell->value->integer = 1;
    return true;
}

static bool get_nothing(const struct mib_cell *cell)
{
    (void)cell;
    looked_at++;
    return false;
}

static bool get_sparse(const struct mib_cell *cell)
{
    mib_subid number = *(const mib_subid *)cell->row;

    looked_at++;
    cell->value->integer = (int32_t)number;
    return number == 500 || number == 2500 || number == 2 * ROWS - 2;
}

static const struct mib_column columns[COLUMNS] = {
    { 1, MIB_INTEGER, get, "full", NULL },
    { 2, MIB_INTEGER, get_nothing, "empty", NULL },
    { 3, MIB_INTEGER, get_sparse, "sparse", NULL },
    { 4, MIB_INTEGER, get_nothing, "empty too", NULL },
    { 5, MIB_INTEGER, get_nothing, "and this", NULL },
};
static const struct mib_column scalar[] = { { 1, MIB_INTEGER, get, "scalar", NULL } };
static const mib_subid root[] = { 1 }, first[] = { 1, 3, 1 }, second[] = { 1, 4, 1 }, last[] = { 1, 5 };
static const struct mib_table full_table = MIB_TABLE(first, columns, seek);
static const struct mib_table empty_table = MIB_TABLE(second, columns, seek_none);
static const struct mib_table scalars = MIB_TABLE(last, scalar, mib_scalar_seek);
static const struct mib_table *const tables[] = { &full_table, &empty_table, &scalars };
static const struct mib mib = MIB_MODULE("made up", root, tables);

static int number_rows(void **state)
{
    (void)state;
    for (mib_subid i = 0; i <= 2 * ROWS; i++)
        numbers[i] = i;
    return 0;
}

static struct mib_gap *new_gaps(void)
{
    struct mib_gap *gaps = calloc(mib_gap_count(&mib), sizeof(*gaps));

    assert_int_equal(mib_gap_count(&mib), 2 * (2 * COLUMNS + 1));
    assert_non_null(gaps);
    return gaps;
}

static void assert_same(struct mib_gap *gaps, const mib_subid *oid, size_t length)
{
    mib_subid plain[MIB_OID_MAX], found[MIB_OID_MAX];
    size_t plain_length = 0, found_length = 0;
    struct mib_value value;

    assert_true(mib_next(&mib, NULL, NULL, oid, length, plain, &plain_length, &value));
    assert_true(mib_next(&mib, NULL, gaps, oid, length, found, &found_length, &value));
    assert_int_equal(mib_compare(plain, plain_length, found, found_length), 0);
}

static void gaps_change_no_answer_in_whatever_order_names_are_asked_for(void **state)
{
    struct mib_gap *gaps = new_gaps();
    unsigned random = 1;

    (void)state;
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

static void an_index_of_any_length_finds_the_same(void **state)
{
    struct mib_gap *gaps = new_gaps();
    mib_subid oid[MIB_OID_MAX] = { 1, 3, 1, 3, 500 };

    (void)state;
    for (unsigned round = 0; round < 2; round++)
        for (size_t length = 3; length <= MIB_OID_MAX; length++)
            assert_same(gaps, oid, length);
    free(gaps);
}

static void reading_row_by_row_costs_no_more_than_a_walk(void **state)
{
    struct mib_gap *gaps = new_gaps();
    mib_subid found[MIB_OID_MAX];
    struct mib_value value;
    size_t length;

    (void)state;
    looked_at = 0;
    for (mib_subid row = 2; row <= 2 * ROWS; row += 2)
        for (mib_subid column = 1; column <= COLUMNS; column++) {
            const mib_subid oid[] = { 1, 3, 1, column, row };

            assert_true(mib_next(&mib, NULL, gaps, oid, 5, found, &length, &value));
        }
    assert_true(looked_at < 30 * ROWS); /* without gaps: 10,000 requests that step over up to 14,000 rows each */
    free(gaps);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gaps_change_no_answer_in_whatever_order_names_are_asked_for),
        cmocka_unit_test(an_index_of_any_length_finds_the_same),
        cmocka_unit_test(reading_row_by_row_costs_no_more_than_a_walk),
    };

    return cmocka_run_group_tests(tests, number_rows, NULL);
}
