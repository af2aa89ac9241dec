/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which rows answer a GETNEXT: a walk goes on with the rows on which it began, and each other request is answered
 * from the newest rows. */
#include "agent/mib/vm_mib.h"
#include "tests/unit/mib/walks_stage.h"

static void before_the_first_rows_there_is_none(void **state)
{
    struct stage *stage = *state;

    assert_null(walks_newest(stage->walks));
    assert_null(get_next(stage, 0));
    assert_null(get_next(stage, 1));
    assert_null(walks_gaps(stage->walks, 0, &vm_mib));
    assert_int_equal(rows_kept(stage), 0);
}

static void a_walk_stays_on_its_rows_and_a_new_one_begins_on_the_newest(void **state)
{
    struct stage *stage = *state;
    const struct rows *first = publish(stage), *second;

    assert_ptr_equal(get_next(stage, 0), first);
    second = publish(stage);
    assert_ptr_equal(walks_newest(stage->walks), second);
    for (unsigned row = 1; row < 2000; row++)
        assert_ptr_equal(get_next(stage, row), first);
    assert_ptr_equal(get_next(stage, 0), second);
    assert_ptr_equal(get_next(stage, 5000), second);
}

static void new_rows_come_in_the_middle_of_a_response(void **state)
{
    struct stage *stage = *state;
    const struct rows *first = publish(stage);

    stage->transaction = 7;
    assert_ptr_equal(next_row(stage, 2, 0), first);
    (void)publish(stage);
    assert_ptr_equal(next_row(stage, 2, 1), first);
    (void)publish(stage);
    assert_ptr_equal(get_bulk(stage, 2, 2, 10), first);
}

static void a_truncated_response_is_continued_from_any_of_its_names(void **state)
{
    struct stage *stage = *state;
    const struct rows *first = publish(stage);

    assert_ptr_equal(get_bulk(stage, 1, 0, 100), first);
    (void)publish(stage);
    for (unsigned row = 37; row < 1000; row += 37)
        assert_ptr_equal(get_bulk(stage, 1, row, 100), first);
}

static void a_lost_response_is_asked_for_again(void **state)
{
    struct stage *stage = *state;
    const struct rows *first = publish(stage);

    assert_ptr_equal(get_bulk(stage, 3, 0, 10), first);
    (void)publish(stage);
    for (unsigned row = 10; row < 100; row += 10) {
        assert_ptr_equal(get_bulk(stage, 3, row, 10), first);
        assert_ptr_equal(get_bulk(stage, 3, row, 10), first);
        assert_ptr_equal(get_bulk(stage, 3, row, 10), first);
    }
}

static void each_of_several_managers_walks_on_its_own_rows(void **state)
{
    enum { MANAGERS = 5 };
    struct stage *stage = *state;
    const struct rows *began[MANAGERS];

    for (unsigned i = 0; i < MANAGERS; i++) {
        began[i] = publish(stage);
        assert_ptr_equal(get_bulk(stage, 2, 0, 20), began[i]);
    }
    /* All of them get the same names. The one that has waited longest asks first. */
    for (unsigned row = 20; row < 2000; row += 20)
        for (unsigned i = 0; i < MANAGERS; i++)
            assert_ptr_equal(get_bulk(stage, 2, row, 20), began[i]);
}

static void a_fast_manager_overtakes_a_slow_one(void **state)
{
    struct stage *stage = *state;
    const struct rows *slow = publish(stage), *fast;

    for (unsigned row = 0; row < 20; row++) {
        stage->now_us += 300 * MS;
        assert_ptr_equal(get_next(stage, row), slow);
    }
    fast = publish(stage);
    for (unsigned row = 0; row < 200; row++)
        assert_ptr_equal(get_next(stage, row), fast);
    stage->now_us += 80 * MS;
    assert_ptr_equal(get_next(stage, 20), slow);
}

/* One of them continues much sooner and much later than the other. */
static void managers_that_are_known_never_get_the_rows_of_another(void **state)
{
    struct stage *stage = *state;
    const struct rows *first = publish(stage), *second;

    stage->manager = 1;
    assert_ptr_equal(get_bulk(stage, 2, 0, 20), first);
    second = publish(stage);
    stage->manager = 2;
    assert_ptr_equal(get_bulk(stage, 2, 0, 20), second);
    for (unsigned row = 20; row < 400; row += 20) {
        stage->manager = 2;
        assert_ptr_equal(get_bulk(stage, 2, row, 20), second);
        stage->now_us += row % 3 * 700 * MS;
        stage->manager = 1;
        assert_ptr_equal(get_bulk(stage, 2, row, 20), first);
    }
    stage->manager = 3;
    assert_ptr_equal(get_bulk(stage, 2, 400, 20), second);
}

static void a_manager_that_is_gone_does_not_get_the_requests_of_another(void **state)
{
    struct stage *stage = *state;
    const struct rows *abandoned = publish(stage), *second;

    assert_ptr_equal(get_bulk(stage, 1, 0, 50), abandoned);
    assert_ptr_equal(get_bulk(stage, 1, 50, 50), abandoned);
    second = publish(stage);
    stage->now_us += 2 * SECOND;
    for (unsigned row = 0; row < 1000; row += 50)
        assert_ptr_equal(get_bulk(stage, 1, row, 50), second);
}

/* One SNMP request for columns of two modules reaches the agent as two requests. */
static void a_transaction_stays_on_the_same_rows_in_all_modules(void **state)
{
    struct stage *stage = *state;
    const struct rows *first = publish(stage);
    struct name other = { { 1, 4, 1 }, 3 };

    stage->transaction++;
    assert_ptr_equal(next_row(stage, 1, 0), first);
    (void)publish(stage);
    walks_begin(stage->walks, stage->transaction, stage->now_us);
    walks_ask(stage->walks, other.subids, other.length);
    assert_ptr_equal(walks_choose(stage->walks), first);
}

/* A master numbers transactions and the requests that they become from one counter, so numbers go up in jumps. */
static void transactions_of_many_managers_are_kept_apart(void **state)
{
    enum { MANAGERS = 16 };
    struct stage *stage = *state;
    const struct rows *began[MANAGERS];

    for (uint32_t i = 0; i < MANAGERS; i++) {
        stage->transaction = 1 + 64 * i;
        stage->now_us += MS;
        began[i] = publish(stage);
        assert_ptr_equal(next_row(stage, 1, 0), began[i]);
    }
    for (uint32_t i = MANAGERS - WALKS_ROWS_MAX; i < MANAGERS; i++) {
        struct name other = { { 1, 4, 1 }, 3 };

        walks_begin(stage->walks, 1 + 64 * i, stage->now_us);
        walks_ask(stage->walks, other.subids, other.length);
        assert_ptr_equal(walks_choose(stage->walks), began[i]);
    }
}

/* Two managers continue from the same name. One of them asks for a scalar in every GETBULK. So the first request
 * of its transaction has more names than the others. */
static void a_manager_is_known_by_how_many_names_it_asks_for(void **state)
{
    struct stage *stage = *state;
    const struct rows *narrow = publish(stage), *wide;
    const mib_subid scalar[] = { 1, 2, 5 };

    assert_ptr_equal(get_bulk(stage, 1, 0, 10), narrow);
    wide = publish(stage);
    for (unsigned row = 0; row < 50; row += 10) {
        struct name from = name_of(1, row), to = name_of(1, row + 1);

        walks_begin(stage->walks, ++stage->transaction, stage->now_us);
        walks_ask(stage->walks, scalar, 3);
        walks_ask(stage->walks, from.subids, from.length);
        assert_ptr_equal(walks_choose(stage->walks), wide);
        walks_returned(stage->walks, to.subids, to.length);
        for (unsigned i = 1; i < 10; i++)
            assert_ptr_equal(next_row(stage, 1, row + i), wide);
        stage->now_us += MS;
    }
    assert_ptr_equal(get_bulk(stage, 1, 10, 10), narrow);
}

/* The first request of the next walk asks for the same scalar as all requests of the last one. */
static void a_scalar_asked_for_with_each_row_does_not_hold_the_next_walk(void **state)
{
    struct stage *stage = *state;
    const struct rows *rowsets[2] = { publish(stage), NULL };
    const mib_subid scalar[] = { 1, 2, 5 }, instance[] = { 1, 2, 5, 0 };

    for (unsigned walk = 0; walk < 2; walk++) {
        for (unsigned row = 0; row < 30; row++) {
            struct name from = name_of(1, row), to = name_of(1, row + 1);

            walks_begin(stage->walks, ++stage->transaction, stage->now_us);
            walks_ask(stage->walks, scalar, 3);
            walks_ask(stage->walks, from.subids, from.length);
            assert_ptr_equal(walks_choose(stage->walks), rowsets[walk]);
            walks_returned(stage->walks, instance, 4);
            walks_returned(stage->walks, to.subids, to.length);
            stage->now_us += MS;
        }
        rowsets[1] = publish(stage);
    }
}

/* GETBULK at the end of a table goes on in the columns after those that were asked for. */
static void read_beyond_the_end(struct stage *stage, unsigned columns, unsigned last, unsigned count)
{
    stage->transaction++;
    for (unsigned i = 0; i < count; i++) {
        walks_begin(stage->walks, stage->transaction, stage->now_us);
        for (unsigned column = 1; column <= columns; column++) {
            struct name name = i == 0 ? name_of(column, last) : name_of(column + 1, i);

            walks_ask(stage->walks, name.subids, name.length);
        }
        (void)walks_choose(stage->walks);
        for (unsigned column = 1; column <= columns; column++) {
            struct name name = name_of(column + 1, i + 1);

            walks_returned(stage->walks, name.subids, name.length);
        }
    }
}

/* The end of the first walk and the beginning of the second one have most names in common. */
static void a_slow_manager_does_not_get_the_rows_of_its_last_walk(void **state)
{
    struct stage *stage = *state;
    const struct rows *first = publish(stage), *second;

    assert_ptr_equal(get_bulk(stage, 5, 0, 3), first);
    assert_ptr_equal(get_bulk(stage, 5, 3, 3), first);
    stage->now_us += 500 * MS;
    read_beyond_the_end(stage, 5, 6, 3);
    stage->now_us += MS;
    second = publish(stage);
    assert_ptr_equal(get_bulk(stage, 5, 0, 3), second);
    stage->now_us += 50 * MS;
    assert_ptr_equal(get_bulk(stage, 5, 3, 3), second);
}

static void after_the_hold_a_walk_goes_on_with_the_newest_rows(void **state)
{
    struct stage *stage = *state;
    const struct rows *first = publish(stage), *second;
    int64_t began_us = stage->now_us;
    unsigned row = 0;

    assert_ptr_equal(get_next(stage, row++), first);
    second = publish(stage);
    for (; stage->now_us < began_us + HOLD_US - SECOND; stage->now_us += 500 * MS)
        assert_ptr_equal(get_next(stage, row++), first);
    stage->now_us = began_us + HOLD_US + SECOND;
    assert_ptr_equal(get_next(stage, row++), second);
    (void)publish(stage);
    for (unsigned i = 0; i < 50; i++)
        assert_ptr_equal(get_next(stage, row++), second);
}

static void without_a_hold_each_request_is_answered_from_the_newest_rows(void **state)
{
    struct stage *stage = *state;

    walks_change(stage->walks, 0);
    (void)publish(stage);
    for (unsigned row = 0; row < 50; row++) {
        assert_ptr_equal(get_next(stage, row), walks_newest(stage->walks));
        (void)publish(stage);
        assert_int_equal(rows_kept(stage), 1);
    }
}

static void rows_are_dropped_when_no_walk_needs_them(void **state)
{
    struct stage *stage = *state;

    (void)publish(stage);
    (void)publish(stage);
    assert_int_equal(rows_kept(stage), 1);
    (void)get_bulk(stage, 1, 0, 10);
    (void)publish(stage);
    assert_int_equal(rows_kept(stage), 2);
    stage->now_us += WALKS_IDLE_US + SECOND;
    (void)publish(stage);
    assert_int_equal(rows_kept(stage), 1);
}

static void gaps_belong_to_one_set_of_rows_and_one_module(void **state)
{
    struct stage *stage = *state;
    struct mib_gap *first, *second;

    (void)publish(stage);
    (void)get_next(stage, 0);
    first = walks_gaps(stage->walks, 1, &vm_mib);
    assert_non_null(first);
    assert_ptr_not_equal(first, walks_gaps(stage->walks, 2, &vm_mib));
    first->is_known = true;
    (void)publish(stage);
    (void)get_next(stage, 0);
    second = walks_gaps(stage->walks, 1, &vm_mib);
    assert_ptr_not_equal(first, second);
    assert_false(second->is_known);
    (void)get_next(stage, 1); /* of the older walk, which has waited longest */
    assert_ptr_equal(walks_gaps(stage->walks, 1, &vm_mib), first);
    assert_true(first->is_known);
    walks_change(stage->walks, HOLD_US);
    assert_false(walks_gaps(stage->walks, 1, &vm_mib)->is_known);
}

static void names_of_any_length_are_kept(void **state)
{
    struct stage *stage = *state;
    mib_subid name[MIB_OID_MAX] = { 1, 3 };
    const struct rows *first = publish(stage);

    for (size_t length = 2; length < MIB_OID_MAX; length++) {
        walks_begin(stage->walks, 0, stage->now_us);
        walks_ask(stage->walks, name, length);
        assert_ptr_equal(walks_choose(stage->walks), first);
        walks_returned(stage->walks, name, length + 1);
        (void)publish(stage);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(before_the_first_rows_there_is_none, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_walk_stays_on_its_rows_and_a_new_one_begins_on_the_newest, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(new_rows_come_in_the_middle_of_a_response, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_truncated_response_is_continued_from_any_of_its_names, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_lost_response_is_asked_for_again, set_up, tear_down),
        cmocka_unit_test_setup_teardown(each_of_several_managers_walks_on_its_own_rows, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_fast_manager_overtakes_a_slow_one, set_up, tear_down),
        cmocka_unit_test_setup_teardown(managers_that_are_known_never_get_the_rows_of_another, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_manager_that_is_gone_does_not_get_the_requests_of_another, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_transaction_stays_on_the_same_rows_in_all_modules, set_up, tear_down),
        cmocka_unit_test_setup_teardown(transactions_of_many_managers_are_kept_apart, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_manager_is_known_by_how_many_names_it_asks_for, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_scalar_asked_for_with_each_row_does_not_hold_the_next_walk, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_slow_manager_does_not_get_the_rows_of_its_last_walk, set_up, tear_down),
        cmocka_unit_test_setup_teardown(after_the_hold_a_walk_goes_on_with_the_newest_rows, set_up, tear_down),
        cmocka_unit_test_setup_teardown(without_a_hold_each_request_is_answered_from_the_newest_rows, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(rows_are_dropped_when_no_walk_needs_them, set_up, tear_down),
        cmocka_unit_test_setup_teardown(gaps_belong_to_one_set_of_rows_and_one_module, set_up, tear_down),
        cmocka_unit_test_setup_teardown(names_of_any_length_are_kept, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
