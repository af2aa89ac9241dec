/* SPDX-License-Identifier: GPL-2.0-or-later */
/* GET and GETNEXT over a large table between scalars of the same parent. Its 10,000 rows have indexes of one to
 * four parts. Some of these have the greatest sub-identifiers. Two of the three columns lack values. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "agent/mib/mib.h"

enum { ROWS = 10000 };

struct large_row {
    mib_subid index[4];
    size_t length;
    uint32_t number;
};

struct answer {
    const struct large_row *rows;
};

static int compare_rows(const void *one, const void *other)
{
    const struct large_row *a = one, *b = other;

    return mib_compare(a->index, a->length, b->index, b->length);
}

static struct large_row *make_rows(void)
{
    struct large_row *made = calloc(ROWS, sizeof(*made));

    assert_non_null(made);
    for (uint32_t i = 0; i < ROWS; i++) {
        made[i] = (struct large_row){ .index = { i / 97, i % 97, 4294967295u - i, 0 }, .number = i };
        made[i].length = i % 97 == 0 ? 1 : 2 + i % 3;
    }
    qsort(made, ROWS, sizeof(*made), compare_rows);
    return made;
}

/* The place of the first row whose index is at least the given one. */
static size_t place(const struct large_row *rows, const mib_subid *index, size_t length)
{
    size_t low = 0, high = ROWS;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (mib_compare(rows[middle].index, rows[middle].length, index, length) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool seek(const struct answer *answer, const mib_subid *index, size_t length, struct mib_row *row)
{
    const struct large_row *found;
    size_t at = place(answer->rows, index, length);

    if (at == ROWS)
        return false;
    found = &answer->rows[at];
    row->data = found;
    row->length = found->length;
    memcpy(row->index, found->index, row->length * sizeof(*row->index));
    return true;
}

static bool get_all(const struct mib_cell *cell)
{
    cell->value->unsigned32 = ((const struct large_row *)cell->row)->number;
    return true;
}

/* All but every third row. */
static bool get_some(const struct mib_cell *cell)
{
    return get_all(cell) && cell->value->unsigned32 % 3 != 0;
}

/* Every thousandth row. */
static bool get_few(const struct mib_cell *cell)
{
    return get_all(cell) && cell->value->unsigned32 % 1000 == 7;
}

static bool get_one(const struct mib_cell *cell)
{
    assert_null(cell->row);
    cell->value->unsigned32 = 1;
    return true;
}

static const mib_subid parent[] = { 1, 3, 6, 1, 4, 1, 9 }, entry[] = { 1, 3, 6, 1, 4, 1, 9, 2, 1 };
static const struct mib_column before[] = { { 1, MIB_COUNTER32, get_one, "before", NULL } };
static const struct mib_column columns[] = {
    { 2, MIB_GAUGE32, get_all, "all", NULL },
    { 3, MIB_COUNTER32, get_some, "some", NULL },
    { 4294967295u, MIB_TIMETICKS, get_few, "few", NULL },
};
static const struct mib_column after[] = { { 3, MIB_COUNTER32, get_one, "after", NULL } };
static const struct mib_table before_table = MIB_TABLE(parent, before, mib_scalar_seek);
static const struct mib_table table = MIB_TABLE(entry, columns, seek);
static const struct mib_table after_table = MIB_TABLE(parent, after, mib_scalar_seek);
static const struct mib_table *const tables[] = { &before_table, &table, &after_table };
static const struct mib mib = MIB_MODULE("made up", parent, tables);

static void a_walk_of_10000_rows_goes_up_and_get_finds_each_of_its_names(void **state)
{
    struct large_row *all = make_rows();
    const struct answer answer = { all };
    mib_subid name[MIB_OID_MAX] = { 0 }, next_name[MIB_OID_MAX];
    size_t length = 1, next_length = 0, found = 0, wanted = 2;
    struct mib_value value, again;

    (void)state;
    for (uint32_t i = 0; i < ROWS; i++)
        wanted += 1 + (i % 3 != 0) + (i % 1000 == 7);
    while (mib_next(&mib, &answer, NULL, name, length, next_name, &next_length, &value)) {
        assert_true(mib_compare(name, length, next_name, next_length) < 0);
        assert_int_equal(mib_get(&mib, &answer, next_name, next_length, &again), MIB_FOUND);
        assert_int_equal(again.type, value.type);
        assert_int_equal(again.unsigned32, value.unsigned32);
        memcpy(name, next_name, next_length * sizeof(*name));
        length = next_length;
        found++;
    }
    assert_int_equal(found, wanted);
    free(all);
}

static void rows_without_a_value_are_no_instances_and_are_stepped_over(void **state)
{
    struct large_row *all = make_rows();
    const struct answer answer = { all };
    mib_subid name[16] = { 1, 3, 6, 1, 4, 1, 9, 2, 1 }, next_name[MIB_OID_MAX];
    size_t next_length;
    struct mib_value value;

    (void)state;
    for (size_t i = 0; i < ROWS; i++) {
        memcpy(name + 10, all[i].index, sizeof(all[i].index));
        name[9] = 3;
        assert_int_equal(mib_get(&mib, &answer, name, 10 + all[i].length, &value),
                         all[i].number % 3 ? MIB_FOUND : MIB_NO_INSTANCE);
        name[9] = 4;
        assert_int_equal(mib_get(&mib, &answer, name, 10 + all[i].length, &value), MIB_NO_OBJECT);
        /* There is no column 4. The first value of the next column follows. */
        if (i % 100 == 0) {
            assert_true(mib_next(&mib, &answer, NULL, name, 10 + all[i].length, next_name, &next_length, &value));
            assert_int_equal(next_name[9], 4294967295u);
            assert_int_equal(value.type, MIB_TIMETICKS);
            assert_int_equal(value.unsigned32 % 1000, 7);
        }
    }
    free(all);
}

static void a_name_longer_than_any_has_no_instance_but_a_successor(void **state)
{
    struct large_row *all = make_rows();
    const struct answer answer = { all };
    mib_subid name[300], next_name[MIB_OID_MAX];
    size_t next_length;
    struct mib_value value;

    (void)state;
    for (size_t column = 2; column <= 3; column++)
        for (size_t i = 0; i < ROWS; i += 333) {
            memset(name, 0xff, sizeof(name));
            memcpy(name, entry, sizeof(entry));
            name[9] = column;
            memcpy(name + 10, all[i].index, all[i].length * sizeof(*name));
            for (size_t length = 11 + all[i].length; length <= ARRAY_COUNT(name); length += 17) {
                assert_int_equal(mib_get(&mib, &answer, name, length, &value), MIB_NO_INSTANCE);
                assert_true(mib_next(&mib, &answer, NULL, name, length, next_name, &next_length, &value));
                assert_true(mib_compare(name, length, next_name, next_length) < 0);
            }
        }
    /* The scalars have indexes of one part only. */
    memset(name, 0, sizeof(name));
    memcpy(name, parent, sizeof(parent));
    name[7] = 1;
    assert_int_equal(mib_get(&mib, &answer, name, ARRAY_COUNT(name), &value), MIB_NO_INSTANCE);
    assert_true(mib_next(&mib, &answer, NULL, name, ARRAY_COUNT(name), next_name, &next_length, &value));
    assert_int_equal(mib_compare(next_name, 9, entry, 9), 0);
    free(all);
}

static void a_name_before_the_module_leads_to_its_first_instance_and_one_behind_it_to_none(void **state)
{
    static const mib_subid first[] = { 1, 3, 6, 1, 4, 1, 9, 1, 0 };
    static const struct {
        mib_subid oid[8];
        size_t length;
    } behind[] = {
        { { 1, 3, 6, 1, 4, 1, 10 }, 7 },
        { { 1, 3, 6, 1, 5 }, 5 },
        { { 2 }, 1 },
    };
    struct large_row *all = make_rows();
    const struct answer answer = { all };
    mib_subid name[MIB_OID_MAX] = { 1, 3, 6, 1, 4, 1, 8, 4294967295u }, next_name[MIB_OID_MAX];
    size_t next_length;
    struct mib_value value;

    (void)state;
    for (size_t length = 0; length <= 8; length++) {
        assert_true(mib_next(&mib, &answer, NULL, name, length, next_name, &next_length, &value));
        assert_int_equal(mib_compare(next_name, next_length, first, ARRAY_COUNT(first)), 0);
    }
    for (size_t i = 0; i < ARRAY_COUNT(behind); i++)
        assert_false(
            mib_next(&mib, &answer, NULL, behind[i].oid, behind[i].length, next_name, &next_length, &value));
    memcpy(name, first, sizeof(first));
    name[7] = 3;
    assert_true(mib_next(&mib, &answer, NULL, name, 8, next_name, &next_length, &value));
    assert_false(mib_next(&mib, &answer, NULL, name, 9, next_name, &next_length, &value)); /* the last instance */
    name[8] = 77;
    assert_false(mib_next(&mib, &answer, NULL, name, 9, next_name, &next_length, &value));
    free(all);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_walk_of_10000_rows_goes_up_and_get_finds_each_of_its_names),
        cmocka_unit_test(rows_without_a_value_are_no_instances_and_are_stepped_over),
        cmocka_unit_test(a_name_longer_than_any_has_no_instance_but_a_successor),
        cmocka_unit_test(a_name_before_the_module_leads_to_its_first_instance_and_one_behind_it_to_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
