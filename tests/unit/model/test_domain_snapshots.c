/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lib/model/domain_snapshots.h"

static void without_snapshots_there_is_no_time(void **state)
{
    struct domain_snapshots *snapshots = domain_snapshots_new();

    (void)state;
    assert_non_null(snapshots);
    assert_int_equal(snapshots->count, 0);
    assert_int_equal(snapshots->newest_real_s, DOMAIN_SNAPSHOTS_NO_TIME);
    assert_int_equal(snapshots->oldest_real_s, DOMAIN_SNAPSHOTS_NO_TIME);
    domain_snapshots_unref(snapshots);
}

static void the_newest_and_the_oldest_are_found_in_any_order(void **state)
{
    static const int64_t orders[][3] = { { 1, 2, 3 }, { 3, 2, 1 }, { 2, 1, 3 },
                                         { 2, 3, 1 }, { 3, 1, 2 }, { 1, 3, 2 } };

    (void)state;
    for (size_t i = 0; i < sizeof(orders) / sizeof(*orders); i++) {
        struct domain_snapshots *snapshots = domain_snapshots_new();

        assert_non_null(snapshots);
        for (size_t at = 0; at < 3; at++)
            domain_snapshots_add(snapshots, 1700000000 + orders[i][at]);
        assert_int_equal(snapshots->count, 3);
        assert_int_equal(snapshots->newest_real_s, 1700000003);
        assert_int_equal(snapshots->oldest_real_s, 1700000001);
        domain_snapshots_unref(snapshots);
    }
}

static void one_unknown_time_makes_both_unknown(void **state)
{
    (void)state;
    for (int unknown = 0; unknown < 3; unknown++) {
        struct domain_snapshots *snapshots = domain_snapshots_new();

        assert_non_null(snapshots);
        for (int at = 0; at < 3; at++)
            domain_snapshots_add(snapshots, at == unknown ? DOMAIN_SNAPSHOTS_NO_TIME : 1700000000 + at);
        assert_int_equal(snapshots->count, 3);
        assert_int_equal(snapshots->newest_real_s, DOMAIN_SNAPSHOTS_NO_TIME);
        assert_int_equal(snapshots->oldest_real_s, DOMAIN_SNAPSHOTS_NO_TIME);
        domain_snapshots_unref(snapshots);
    }
}

static void they_live_as_long_as_their_last_owner(void **state)
{
    struct domain_snapshots *snapshots = domain_snapshots_new(), *other;

    (void)state;
    assert_non_null(snapshots);
    domain_snapshots_add(snapshots, 1700000000);
    other = domain_snapshots_ref(snapshots);
    domain_snapshots_unref(snapshots);
    assert_int_equal(other->count, 1);
    domain_snapshots_unref(other);
    assert_null(domain_snapshots_ref(NULL));
    domain_snapshots_unref(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_snapshots_there_is_no_time),
        cmocka_unit_test(the_newest_and_the_oldest_are_found_in_any_order),
        cmocka_unit_test(one_unknown_time_makes_both_unknown),
        cmocka_unit_test(they_live_as_long_as_their_last_owner),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
