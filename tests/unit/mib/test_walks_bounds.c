/* SPDX-License-Identifier: GPL-2.0-or-later */
/* When walks end, and which ones are dropped if there are too many. */
#include "tests/unit/mib/walks_stage.h"

/* The first one asked once and never again; the second one shares a busy processor. */
static void a_manager_that_is_delayed_keeps_its_walk(void **state)
{
    struct stage *stage = *state;
    const struct rows *first = publish(stage), *second;

    assert_ptr_equal(get_bulk(stage, 1, 0, 10), first);
    second = publish(stage);
    stage->now_us += SECOND / 2;
    assert_ptr_equal(get_bulk(stage, 1, 0, 10), second);
    stage->now_us += SECOND / 3;
    assert_ptr_equal(get_bulk(stage, 1, 10, 10), second);
    stage->now_us += 10 * SECOND;
    assert_ptr_equal(get_bulk(stage, 1, 0, 10), second);
    stage->now_us += 3 * SECOND; /* too late for a first response */
    first = publish(stage);
    assert_ptr_equal(get_bulk(stage, 1, 10, 10), first);
}

/* A GETBULK whose first part comes before the hold ends. The rest comes after that, and after new rows. */
static void a_response_in_which_the_hold_ends_comes_from_the_same_rows(void **state)
{
    struct stage *stage = *state;
    int64_t end_us = stage->now_us + HOLD_US;
    const struct rows *first = publish(stage);
    unsigned row = 0;

    for (; stage->now_us < end_us - SECOND; stage->now_us += SECOND / 2)
        assert_ptr_equal(get_next(stage, row++), first);
    stage->transaction++;
    stage->now_us = end_us - MS;
    assert_ptr_equal(next_row(stage, 1, row++), first);
    stage->now_us = end_us + MS;
    (void)publish(stage);
    assert_ptr_equal(next_row(stage, 1, row++), first);
    assert_ptr_equal(get_next(stage, row), walks_newest(stage->walks));
    stage->now_us += 2 * SECOND;
    (void)publish(stage);
    assert_int_equal(rows_kept(stage), 1);
}

/* How many sets of rows are kept when the beginning of a walk has ended, but the walk itself has not. The last
 * answer of the walk was in that column. */
static size_t rows_count_after(struct stage *stage, unsigned last_column)
{
    struct name from = name_of(1, 20), to = name_of(last_column, 21);

    (void)publish(stage);
    (void)get_bulk(stage, 1, 0, 10);
    stage->now_us += SECOND;
    (void)get_bulk(stage, 1, 10, 10);
    walks_begin(stage->walks, ++stage->transaction, stage->now_us);
    walks_ask(stage->walks, from.subids, from.length);
    (void)walks_choose(stage->walks);
    walks_returned(stage->walks, to.subids, to.length);
    stage->now_us += 3 * SECOND;
    (void)publish(stage);
    return rows_kept(stage);
}

/* A manager that walks a column stops at the first name that is not in it. */
static void a_walk_that_has_left_its_root_needs_its_rows_no_longer(void **state)
{
    struct stage *stage = *state;

    assert_int_equal(rows_count_after(stage, 2), 1);
    assert_int_equal(rows_count_after(stage, 1), 2);
}

/* One SNMP request for the next row of two tables, which are in different modules. Returns the rows of both. */
static const struct rows *next_row_of_two_tables(struct stage *stage, unsigned row)
{
    const mib_subid other[] = { 1, 4, 1, row }, other_next[] = { 1, 4, 1, row + 1 };
    const struct rows *rows;

    stage->transaction++;
    rows = next_row(stage, 1, row);
    walks_begin(stage->walks, stage->transaction, stage->now_us);
    walks_ask(stage->walks, other, row == 0 ? 3 : 4);
    assert_ptr_equal(walks_choose(stage->walks), rows);
    walks_returned(stage->walks, other_next, 4);
    return rows;
}

/* Two managers begin on the same rows. One reads only the first table, and then goes away. The other reads both
 * tables side by side, so its walk goes on after the end of the first table. */
static void a_walk_of_two_tables_does_not_end_with_the_table_of_another(void **state)
{
    struct stage *stage = *state;
    const struct rows *first = publish(stage);

    assert_ptr_equal(next_row_of_two_tables(stage, 0), first);
    assert_ptr_equal(get_bulk(stage, 1, 0, 10), first);
    for (unsigned row = 1; row < 5; row++) {
        assert_ptr_equal(next_row_of_two_tables(stage, row), first);
        stage->now_us += 3 * SECOND;
        (void)publish(stage);
    }
}

static void only_so_many_rows_are_kept_and_the_idle_ones_are_dropped(void **state)
{
    struct stage *stage = *state;
    const struct rows *first = publish(stage);
    unsigned row = 0;

    assert_ptr_equal(get_bulk(stage, 1, row, 10), first);
    for (unsigned i = 0; i < 100; i++) {
        const struct rows *rows = publish(stage);

        assert_ptr_equal(get_bulk(stage, 2, 0, 7), rows);
        stage->now_us += 50 * MS;
        row += 10;
        assert_ptr_equal(get_bulk(stage, 1, row, 10), first);
    }
    assert_int_equal(rows_kept(stage), WALKS_ROWS_MAX);
}

/* Managers that ask for the first rows of many tables again and again, and never go on. */
static void pollers_do_not_end_a_walk(void **state)
{
    struct stage *stage = *state;
    const struct rows *first = publish(stage);

    assert_ptr_equal(get_next(stage, 0), first);
    for (unsigned row = 1; row < 100; row++) {
        const struct rows *newest = publish(stage);

        for (unsigned i = 0; i < 500; i++) {
            const mib_subid column[] = { 1, 5, i % 40 }, instance[] = { 1, 5, i % 40, 1 };

            walks_begin(stage->walks, ++stage->transaction, stage->now_us);
            walks_ask(stage->walks, column, 3);
            assert_ptr_equal(walks_choose(stage->walks), newest);
            walks_returned(stage->walks, instance, 4);
            stage->now_us += MS / 10;
        }
        assert_ptr_equal(get_next(stage, row), first);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_manager_that_is_delayed_keeps_its_walk, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_response_in_which_the_hold_ends_comes_from_the_same_rows, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_walk_that_has_left_its_root_needs_its_rows_no_longer, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_walk_of_two_tables_does_not_end_with_the_table_of_another, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(only_so_many_rows_are_kept_and_the_idle_ones_are_dropped, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(pollers_do_not_end_a_walk, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
