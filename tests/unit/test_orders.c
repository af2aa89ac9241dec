/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "lib/libvirt/orders.h"
#include "tests/unit/fixtures.h"

static void put(struct orders *orders, unsigned domain, enum control_action action)
{
    unsigned char uuid[DOMAIN_UUID_BYTES];

    fixture_uuid(domain, uuid);
    assert_true(orders_put(orders, uuid, action));
}

/* Begins the next one, which must be this; returns its number. */
static uint64_t begins(struct orders *orders, int64_t now, unsigned domain, enum control_action action)
{
    unsigned char uuid[DOMAIN_UUID_BYTES];
    struct order order;

    fixture_uuid(domain, uuid);
    assert_true(orders_begin(orders, now, &order));
    assert_memory_equal(order.uuid, uuid, DOMAIN_UUID_BYTES);
    assert_int_equal(order.action, action);
    return order.number;
}

static void nothing_begins(struct orders *orders, int64_t now)
{
    struct order order;

    assert_false(orders_begin(orders, now, &order));
}

static void where_there_is_no_order_nothing_begins(void **state)
{
    struct orders orders = { 0 };
    struct order order;

    (void)state;
    nothing_begins(&orders, 1);
    assert_false(orders_take_overtaken(&orders, &order));
    assert_int_equal(orders_threads(&orders), 0);
    assert_int_equal(orders_drop_waiting(&orders), 0);
    assert_true(orders_overtake_time(&orders) == INT64_MAX);
    orders_end(&orders, 7); /* of one that is gone already */
}

static void orders_to_one_domain_begin_one_after_the_other(void **state)
{
    struct orders orders = { 0 };
    uint64_t first, second;

    (void)state;
    put(&orders, 1, CONTROL_START);
    put(&orders, 1, CONTROL_SUSPEND);
    put(&orders, 1, CONTROL_RESUME);
    assert_int_equal(orders_threads(&orders), 1);
    first = begins(&orders, 10, 1, CONTROL_START);
    nothing_begins(&orders, 1000000);
    assert_int_equal(orders_threads(&orders), 1);
    orders_end(&orders, first);
    second = begins(&orders, 20, 1, CONTROL_SUSPEND);
    assert_int_not_equal(first, second);
    nothing_begins(&orders, 1000000);
    orders_end(&orders, second);
    orders_end(&orders, begins(&orders, 30, 1, CONTROL_RESUME));
    nothing_begins(&orders, 1000000);
    assert_int_equal(orders.count, 0);
}

static void one_domain_holds_up_no_other(void **state)
{
    struct orders orders = { 0 };

    (void)state;
    put(&orders, 1, CONTROL_SUSPEND);
    put(&orders, 1, CONTROL_RESUME);
    put(&orders, 2, CONTROL_START);
    put(&orders, 3, CONTROL_SHUTDOWN);
    assert_int_equal(orders_threads(&orders), 3);
    (void)begins(&orders, 10, 1, CONTROL_SUSPEND);
    (void)begins(&orders, 10, 2, CONTROL_START);
    (void)begins(&orders, 10, 3, CONTROL_SHUTDOWN);
    nothing_begins(&orders, 10);
}

static void the_last_place_is_kept_for_destroy(void **state)
{
    struct orders orders = { 0 };
    uint64_t first;

    (void)state;
    for (unsigned domain = 1; domain <= 5; domain++)
        put(&orders, domain, CONTROL_SUSPEND);
    put(&orders, 6, CONTROL_DESTROY);
    put(&orders, 7, CONTROL_DESTROY);
    assert_int_equal(orders_threads(&orders), 4);
    first = begins(&orders, 10, 1, CONTROL_SUSPEND);
    (void)begins(&orders, 10, 2, CONTROL_SUSPEND);
    (void)begins(&orders, 10, 3, CONTROL_SUSPEND);
    (void)begins(&orders, 10, 6, CONTROL_DESTROY);
    nothing_begins(&orders, 10);
    assert_int_equal(orders_threads(&orders), 4);
    orders_end(&orders, first);
    (void)begins(&orders, 10, 4, CONTROL_SUSPEND);
    nothing_begins(&orders, 10);
}

static void a_destroy_waits_for_what_is_under_way_but_not_for_what_hangs(void **state)
{
    struct orders orders = { 0 };
    struct order order;

    (void)state;
    put(&orders, 1, CONTROL_SUSPEND);
    put(&orders, 1, CONTROL_START);
    put(&orders, 2, CONTROL_START);
    put(&orders, 1, CONTROL_DESTROY);
    put(&orders, 1, CONTROL_START_PAUSED);
    (void)begins(&orders, 100, 1, CONTROL_SUSPEND);
    orders_end(&orders, begins(&orders, 100, 2, CONTROL_START));
    nothing_begins(&orders, 100 + ORDERS_OVERTAKE_MS - 1);
    assert_int_equal(orders_overtake_time(&orders), 100 + ORDERS_OVERTAKE_MS);
    assert_int_equal(orders_threads(&orders), 2);
    assert_false(orders_take_overtaken(&orders, &order));

    (void)begins(&orders, 100 + ORDERS_OVERTAKE_MS, 1, CONTROL_DESTROY);
    assert_true(orders_overtake_time(&orders) == INT64_MAX);
    assert_true(orders_take_overtaken(&orders, &order));
    assert_int_equal(order.action, CONTROL_START); /* that of before, not that of after */
    assert_false(orders_take_overtaken(&orders, &order));
    nothing_begins(&orders, 1000000);
}

static void what_comes_after_a_destroy_waits_for_all_before(void **state)
{
    struct orders orders = { 0 };
    uint64_t hung, destroy;

    (void)state;
    put(&orders, 1, CONTROL_SUSPEND);
    hung = begins(&orders, 1, 1, CONTROL_SUSPEND);
    put(&orders, 1, CONTROL_DESTROY);
    put(&orders, 1, CONTROL_DESTROY);
    put(&orders, 1, CONTROL_START);
    destroy = begins(&orders, 1000000, 1, CONTROL_DESTROY);
    nothing_begins(&orders, 9000000); /* one destroy does not overtake another */
    orders_end(&orders, hung);
    nothing_begins(&orders, 9000000);
    orders_end(&orders, destroy);
    destroy = begins(&orders, 9000000, 1, CONTROL_DESTROY);
    orders_end(&orders, destroy);
    (void)begins(&orders, 9000000, 1, CONTROL_START);
}

static void too_many_are_refused_until_one_ends(void **state)
{
    struct orders orders = { 0 };
    unsigned char uuid[DOMAIN_UUID_BYTES];
    uint64_t number;

    (void)state;
    for (unsigned i = 0; i < ORDERS_MAX; i++)
        put(&orders, i, CONTROL_START);
    fixture_uuid(1000, uuid);
    assert_false(orders_put(&orders, uuid, CONTROL_START));
    number = begins(&orders, 1, 0, CONTROL_START);
    assert_false(orders_put(&orders, uuid, CONTROL_START)); /* under way is not ended */
    orders_end(&orders, number);
    assert_true(orders_put(&orders, uuid, CONTROL_START));
    assert_false(orders_put(&orders, uuid, CONTROL_START));
}

static void at_the_end_only_what_waits_is_dropped(void **state)
{
    struct orders orders = { 0 };

    (void)state;
    put(&orders, 1, CONTROL_START);
    put(&orders, 1, CONTROL_SUSPEND);
    put(&orders, 2, CONTROL_START);
    (void)begins(&orders, 1, 1, CONTROL_START);
    assert_int_equal(orders_drop_waiting(&orders), 2);
    assert_int_equal(orders.count, 1);
    assert_int_equal(orders.items[0].action, CONTROL_START);
    nothing_begins(&orders, 1000000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(where_there_is_no_order_nothing_begins),
        cmocka_unit_test(orders_to_one_domain_begin_one_after_the_other),
        cmocka_unit_test(one_domain_holds_up_no_other),
        cmocka_unit_test(the_last_place_is_kept_for_destroy),
        cmocka_unit_test(a_destroy_waits_for_what_is_under_way_but_not_for_what_hangs),
        cmocka_unit_test(what_comes_after_a_destroy_waits_for_all_before),
        cmocka_unit_test(too_many_are_refused_until_one_ends),
        cmocka_unit_test(at_the_end_only_what_waits_is_dropped),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
