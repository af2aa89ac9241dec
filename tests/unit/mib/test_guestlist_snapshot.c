/* SPDX-License-Identifier: GPL-2.0-or-later */
/* GUESTLIST-MIB: glSnapshotTable. */
#include "agent/mib/mib_put.h"
#include "lib/model/domain_snapshots.h"
#include "tests/unit/mib/guestlist_stage.h"

enum { SNAPSHOTS = 11, COUNT = 1, NEWEST = 2, OLDEST = 3, NEWEST_AGE = 4, OLDEST_AGE = 5, COLUMNS = 5 };

static const int64_t taken_real_s = 1700001000;

static struct domain domain_with(unsigned number, enum tristate snapshot, struct domain_snapshots *snapshots)
{
    struct domain domain = fixture_domain(number, (int)number);

    domain.snapshot = snapshot;
    domain.domain_snapshots = snapshots;
    return domain;
}

static struct domain_snapshots *snapshots_of(const int64_t *made_real_s, size_t count)
{
    struct domain_snapshots *snapshots = domain_snapshots_new();

    assert_non_null(snapshots);
    for (size_t i = 0; i < count; i++)
        domain_snapshots_add(snapshots, made_real_s[i]);
    return snapshots;
}

/* A listing that is 5 s old. */
static struct answer answer_about(const struct domain *domains, size_t count, struct snapshot **snapshot)
{
    struct answer answer;

    *snapshot = fixture_snapshot(domains, count);
    (*snapshot)->taken_real_ms = taken_real_s * 1000;
    answer = answer_of(*snapshot);
    answer.now_boot_ms += 5000;
    answer.settings.snapshots = true;
    return answer;
}

static void assert_date(const struct answer *answer, mib_subid column, mib_subid index, int64_t real_s)
{
    struct mib_value value, wanted;

    assert_true(get(answer, SNAPSHOTS, column, index, &value));
    assert_true(mib_put_date(&wanted, real_s * 1000));
    assert_int_equal(value.length, wanted.length);
    assert_memory_equal(value.bytes, wanted.bytes, wanted.length);
}

static void a_date_is_in_the_years_that_two_octets_hold(void **state)
{
    static const int64_t day_ms = 24 * 60 * 60 * 1000, year_65536_ms = INT64_C(2005949145600) * 1000;
    struct mib_value value;

    (void)state;
    assert_true(mib_put_date(&value, year_65536_ms - 2 * day_ms));
    assert_memory_equal(value.bytes, "\xff\xff\x0c", 3);
    assert_false(mib_put_date(&value, year_65536_ms + 2 * day_ms));
    assert_false(mib_put_date(&value, -year_65536_ms));
}

static void snapshots_are_counted_and_have_an_age(void **state)
{
    static const int64_t made_real_s[] = { 1700000500, 1600000000, 1700000900 };
    const struct domain domains[] = { domain_with(1, TRISTATE_TRUE, snapshots_of(made_real_s, 3)) };
    struct snapshot *snapshot;
    struct answer answer = answer_about(domains, 1, &snapshot);
    mib_subid index = index_of(0);

    (void)state;
    assert_int_equal(number(&answer, SNAPSHOTS, COUNT, index), 3);
    assert_date(&answer, NEWEST, index, 1700000900);
    assert_date(&answer, OLDEST, index, 1600000000);
    assert_int_equal(number(&answer, SNAPSHOTS, NEWEST_AGE, index), 105);
    assert_int_equal(number(&answer, SNAPSHOTS, OLDEST_AGE, index), 100001005);
    answer.settings.snapshots = false;
    for (mib_subid column = 1; column <= COLUMNS; column++)
        assert_int_equal(number(&answer, SNAPSHOTS, column, index), -1);
    drop(&answer);
    snapshot_unref(snapshot);
}

static void without_snapshots_there_is_a_count_only(void **state)
{
    static const int64_t made_real_s[] = { 1700000500 };
    const struct domain domains[] = {
        domain_with(1, TRISTATE_FALSE, NULL),
        domain_with(2, TRISTATE_FALSE, snapshots_of(made_real_s, 1)), /* they were deleted just now */
        domain_with(3, TRISTATE_TRUE, snapshots_of(NULL, 0)),
    };
    struct snapshot *snapshot;
    struct answer answer = answer_about(domains, 3, &snapshot);

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(number(&answer, SNAPSHOTS, COUNT, index_of(i)), 0);
        for (mib_subid column = 2; column <= COLUMNS; column++)
            assert_int_equal(number(&answer, SNAPSHOTS, column, index_of(i)), -1);
    }
    drop(&answer);
    snapshot_unref(snapshot);
}

static void what_is_not_known_is_missing(void **state)
{
    static const int64_t made_real_s[] = { 1700000500, DOMAIN_SNAPSHOTS_NO_TIME };
    const struct domain domains[] = {
        domain_with(1, TRISTATE_TRUE, NULL), /* not read yet */
        domain_with(2, TRISTATE_UNKNOWN, NULL),
        domain_with(3, TRISTATE_TRUE, snapshots_of(made_real_s, 2)),
    };
    struct snapshot *snapshot;
    struct answer answer = answer_about(domains, 3, &snapshot);

    (void)state;
    assert_int_equal(number(&answer, SNAPSHOTS, COUNT, index_of(0)), -1);
    assert_int_equal(number(&answer, SNAPSHOTS, COUNT, index_of(1)), -1);
    assert_int_equal(number(&answer, SNAPSHOTS, COUNT, index_of(2)), 2);
    for (mib_subid column = 2; column <= COLUMNS; column++)
        assert_int_equal(number(&answer, SNAPSHOTS, column, index_of(2)), -1);
    drop(&answer);
    snapshot_unref(snapshot);
}

static void a_snapshot_of_the_future_has_the_age_0(void **state)
{
    const int64_t made_real_s[] = { taken_real_s + 3600 };
    const struct domain domains[] = { domain_with(1, TRISTATE_TRUE, snapshots_of(made_real_s, 1)) };
    struct snapshot *snapshot;
    struct answer answer = answer_about(domains, 1, &snapshot);

    (void)state;
    assert_int_equal(number(&answer, SNAPSHOTS, NEWEST_AGE, index_of(0)), 0);
    assert_date(&answer, NEWEST, index_of(0), taken_real_s + 3600);
    drop(&answer);
    snapshot_unref(snapshot);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_date_is_in_the_years_that_two_octets_hold),
        cmocka_unit_test(snapshots_are_counted_and_have_an_age),
        cmocka_unit_test(without_snapshots_there_is_a_count_only),
        cmocka_unit_test(what_is_not_known_is_missing),
        cmocka_unit_test(a_snapshot_of_the_future_has_the_age_0),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
