/* SPDX-License-Identifier: GPL-2.0-or-later */
/* GUESTLIST-MIB: glDomainTable, and the scalars that count domains or say how old the statistics are. */
#include "lib/base/array.h"
#include "lib/model/io_error.h"
#include "tests/unit/mib/guestlist_stage.h"

static void truths_have_three_values(void **state)
{
    struct snapshot *snapshot = fixture_all_guests();
    struct answer answer = answer_of(snapshot);

    (void)state;
    snapshot->stats_fresh_ms = 5000;
    for (size_t i = 0; i < snapshot->count; i++)
        snapshot->domains[i].stats_boot_ms =
            i == GUEST_HUNG ? answer.now_boot_ms - 5001 : answer.now_boot_ms - 5000;
    for (mib_subid column = 6; column <= 10; column++)
        assert_int_equal(number(&answer, DOMAINS, column, index_of(GUEST_UNTOLD)), 3);
    assert_int_equal(number(&answer, DOMAINS, 5, index_of(GUEST_RUNNING)), 1);
    assert_int_equal(number(&answer, DOMAINS, 5, index_of(GUEST_SHUTOFF)), 2);
    assert_int_equal(number(&answer, DOMAINS, 6, index_of(GUEST_TRANSIENT)), 2);
    assert_int_equal(number(&answer, DOMAINS, 7, index_of(GUEST_BOOTS)), 1);
    assert_int_equal(number(&answer, DOMAINS, 8, index_of(GUEST_SAVED)), 1);
    assert_int_equal(number(&answer, DOMAINS, 9, index_of(GUEST_SNAPSHOT)), 1);
    assert_int_equal(number(&answer, DOMAINS, 10, index_of(GUEST_SNAPSHOT)), 1);
    assert_int_equal(number(&answer, DOMAINS, 14, index_of(GUEST_UNTOLD)), 3);
    assert_int_equal(number(&answer, DOMAINS, 15, index_of(GUEST_UNTOLD)), 3);
    assert_int_equal(number(&answer, DOMAINS, 13, index_of(GUEST_HUNG)), 2);
    assert_int_equal(number(&answer, DOMAINS, 13, index_of(GUEST_RUNNING)), 1);
    assert_int_equal(number(&answer, DOMAINS, 1, index_of(GUEST_SHUTOFF)), 0);
    drop(&answer);
    snapshot_unref(snapshot);
}

static void a_domain_that_starts_at_each_boot_or_the_next_is_marked(void **state)
{
    static const struct {
        enum fixture_guest guest;
        int autostart, autostart_once, starts_at_boot;
    } rows[] = {
        { GUEST_BOOTS, 1, 2, 1 },
        { GUEST_BOOTS_ONCE, 2, 1, 1 },
        { GUEST_ONCE_UNTOLD, 2, 3, 3 },
        { GUEST_SHUTOFF, 2, 2, 2 },
    };
    struct snapshot *snapshot = fixture_all_guests();
    struct answer answer = answer_of(snapshot);

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        mib_subid index = index_of(rows[i].guest);

        assert_int_equal(number(&answer, DOMAINS, 7, index), rows[i].autostart);
        assert_int_equal(number(&answer, DOMAINS, 14, index), rows[i].autostart_once);
        assert_int_equal(number(&answer, DOMAINS, 15, index), rows[i].starts_at_boot);
    }
    drop(&answer);
    snapshot_unref(snapshot);
}

static void only_a_domain_that_an_io_error_paused_has_a_text(void **state)
{
    struct snapshot *snapshot = fixture_all_guests();
    struct answer answer = answer_of(snapshot);
    mib_subid paused = index_of(GUEST_PAUSED);
    struct mib_value value;

    (void)state;
    snapshot->domains[GUEST_PAUSED].io_error = io_error_new("full");
    assert_text(&answer, DOMAINS, 16, paused, ""); /* a user paused it */
    snapshot->domains[GUEST_PAUSED].last_reason = 5;
    assert_text(&answer, DOMAINS, 16, paused, "full");
    io_error_unref(snapshot->domains[GUEST_PAUSED].io_error);
    snapshot->domains[GUEST_PAUSED].io_error = NULL;
    assert_false(get(&answer, DOMAINS, 16, paused, &value)); /* not read yet */
    assert_text(&answer, DOMAINS, 16, index_of(GUEST_SHUTOFF), "");
    drop(&answer);
    snapshot_unref(snapshot);
}

/* Reads glDomainsAutostartInactive and glDomainsActiveNoAutostart of a listing of these domains. */
static void assert_boot_counts(const struct domain *domains, size_t count, int64_t inactive, int64_t active)
{
    struct snapshot *snapshot = fixture_snapshot(domains, count);
    struct answer answer = answer_of(snapshot);

    assert_int_equal(scalar(&answer, 16), inactive);
    assert_int_equal(scalar(&answer, 17), active);
    drop(&answer);
    snapshot_unref(snapshot);
}

static void domains_that_a_boot_would_start_or_not_are_counted(void **state)
{
    const struct domain domains[] = { fixture_guests[GUEST_RUNNING],   fixture_guests[GUEST_PAUSED],
                                      fixture_guests[GUEST_SHUTOFF],   fixture_guests[GUEST_TRANSIENT],
                                      fixture_guests[GUEST_SNAPSHOT],  fixture_guests[GUEST_BOOTS],
                                      fixture_guests[GUEST_BOOTS_ONCE] };

    (void)state;
    assert_boot_counts(domains, 7, 2, 3);
    assert_boot_counts(domains, 1, 0, 0);
    assert_boot_counts(domains, 0, 0, 0);
}

static void without_a_known_autostart_of_one_domain_there_is_no_count(void **state)
{
    const struct domain running[] = { fixture_guests[GUEST_PAUSED], fixture_guests[GUEST_UNTOLD] };
    const struct domain off[] = { fixture_guests[GUEST_ONCE_UNTOLD], fixture_guests[GUEST_PAUSED] };
    struct answer before_the_first = { .now_boot_ms = 1 };

    (void)state;
    assert_boot_counts(running, 2, 0, -1);
    assert_boot_counts(off, 2, -1, 1);
    for (mib_subid object = 14; object <= 18; object++)
        assert_int_equal(scalar(&before_the_first, object), -1);
}

static void control_of_a_domain_with_old_statistics_is_libvirts(void **state)
{
    static const struct {
        enum domain_control control;
        int value, seconds;
    } rows[] = {
        { DOMAIN_CONTROL_UNKNOWN, -1, -1 }, { DOMAIN_CONTROL_OK, 1, 0 },     { DOMAIN_CONTROL_JOB, 2, 12 },
        { DOMAIN_CONTROL_OCCUPIED, 3, 12 }, { DOMAIN_CONTROL_ERROR, 4, 12 },
    };
    struct snapshot *snapshot = fixture_all_guests();
    struct domain *hung = &snapshot->domains[GUEST_HUNG], *fresh = &snapshot->domains[GUEST_RUNNING];
    struct answer answer = answer_of(snapshot);

    (void)state;
    snapshot->stats_fresh_ms = 5000;
    hung->stats_boot_ms = answer.now_boot_ms - 5001;
    fresh->stats_boot_ms = answer.now_boot_ms - 5000;
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        hung->control = fresh->control = rows[i].control;
        hung->control_since_boot_ms = fresh->control_since_boot_ms = answer.now_boot_ms - 12999;
        assert_int_equal(number(&answer, DOMAINS, 17, index_of(GUEST_HUNG)), rows[i].value);
        assert_int_equal(number(&answer, DOMAINS, 18, index_of(GUEST_HUNG)), rows[i].seconds);
        assert_int_equal(number(&answer, DOMAINS, 17, index_of(GUEST_RUNNING)), 1);
        assert_int_equal(number(&answer, DOMAINS, 18, index_of(GUEST_RUNNING)), 0);
    }
    assert_int_equal(number(&answer, DOMAINS, 17, index_of(GUEST_SHUTOFF)), 1);
    assert_int_equal(number(&answer, DOMAINS, 18, index_of(GUEST_SHUTOFF)), 0);
    drop(&answer);
    snapshot_unref(snapshot);
}

/* Reads glDomainsNotAnswering of a listing with these two domains and one that is off. */
static int64_t count_not_answering(enum tristate one, enum tristate other)
{
    struct domain domains[] = { fixture_guests[GUEST_RUNNING], fixture_guests[GUEST_PAUSED],
                                fixture_guests[GUEST_SHUTOFF] };
    struct snapshot *snapshot;
    struct answer answer;
    int64_t count;

    domains[0].answers = one;
    domains[1].answers = other;
    snapshot = fixture_snapshot(domains, 3);
    answer = answer_of(snapshot);
    count = scalar(&answer, 18);
    drop(&answer);
    snapshot_unref(snapshot);
    return count;
}

static void domains_that_do_not_answer_are_counted(void **state)
{
    (void)state;
    assert_int_equal(count_not_answering(TRISTATE_TRUE, TRISTATE_TRUE), 0);
    assert_int_equal(count_not_answering(TRISTATE_FALSE, TRISTATE_TRUE), 1);
    assert_int_equal(count_not_answering(TRISTATE_FALSE, TRISTATE_FALSE), 2);
    assert_int_equal(count_not_answering(TRISTATE_FALSE, TRISTATE_UNKNOWN), -1);
}

static void statistics_have_an_age_of_their_own(void **state)
{
    struct snapshot *snapshot = fixture_snapshot(fixture_guests, 1);
    struct answer answer;

    (void)state;
    snapshot->taken_boot_ms = 90000;
    answer = answer_of(snapshot);
    answer.now_boot_ms = 100000;
    assert_int_equal(scalar(&answer, 14), -1); /* there are none yet */
    assert_int_equal(scalar(&answer, 15), -1);
    snapshot->stats_boot_ms = 70000;
    snapshot->stats_duration_us = 2500000;
    assert_int_equal(scalar(&answer, 7), 1000);
    assert_int_equal(scalar(&answer, 14), 3000);
    assert_int_equal(scalar(&answer, 15), 2500000);
    drop(&answer);
    snapshot_unref(snapshot);
}

static void assert_version(const struct answer *answer, mib_subid number, const char *wanted)
{
    const mib_subid oid[] = { GUESTLIST_ENTERPRISE_OID, 1, 1, number, 0 };
    struct mib_value value;

    assert_int_equal(mib_get(&guestlist_mib, answer, oid, ARRAY_COUNT(oid), &value), MIB_FOUND);
    assert_int_equal(value.length, strlen(wanted));
    assert_memory_equal(value.bytes, wanted, value.length);
}

static void the_versions_are_those_of_the_agent_and_of_the_listing(void **state)
{
    struct snapshot *snapshot = fixture_snapshot(fixture_guests, 1);
    struct answer before = { 0 }, answer;

    (void)state;
    (void)snprintf(snapshot->source.library, sizeof(snapshot->source.library), "9.0.0");
    answer = answer_of(snapshot);
    assert_version(&answer, 19, PACKAGE_VERSION);
    assert_version(&answer, 20, "9.0.0");
    assert_version(&before, 19, PACKAGE_VERSION);
    assert_version(&before, 20, "");
    drop(&answer);
    snapshot_unref(snapshot);
}

static void a_state_is_the_last_known_one_even_if_it_is_old(void **state)
{
    struct snapshot *snapshot = fixture_all_guests();
    struct answer answer;

    (void)state;
    snapshot->domains[GUEST_UNREAD].last_state = DOMAIN_RUNNING;
    snapshot->domains[GUEST_UNREAD].last_reason = 1;
    answer = answer_of(snapshot);
    answer.stale = true;
    for (int guest = GUEST_NOSTATE; guest <= GUEST_PMSUSPENDED; guest++)
        assert_int_equal(number(&answer, DOMAINS, 2, index_of((size_t)guest)), guest);
    assert_text(&answer, DOMAINS, 4, index_of(GUEST_UNREAD), domain_reason_word(DOMAIN_RUNNING, 1));
    assert_int_equal(number(&answer, DOMAINS, 2, index_of(GUEST_UNREAD)), DOMAIN_RUNNING);
    drop(&answer);
    snapshot_unref(snapshot);
}

static void a_state_without_a_name_is_missing(void **state)
{
    struct domain never = fixture_domain(1, 7), later = fixture_domain(2, 8);
    const struct domain domains[] = { never, later };
    struct snapshot *snapshot = fixture_snapshot(domains, 2);
    struct answer answer;

    (void)state;
    snapshot->domains[0].state = snapshot->domains[0].last_state = DOMAIN_STATE_UNREAD;
    snapshot->domains[1].state = snapshot->domains[1].last_state = DOMAIN_STATES;
    answer = answer_of(snapshot);
    for (mib_subid column = 2; column <= 4; column++)
        assert_int_equal(number(&answer, DOMAINS, column, index_of(0)), -1);
    assert_int_equal(number(&answer, DOMAINS, 11, index_of(0)), -1);
    assert_int_equal(number(&answer, DOMAINS, 2, index_of(1)), -1);
    assert_text(&answer, DOMAINS, 4, index_of(1), "other");
    drop(&answer);
    snapshot_unref(snapshot);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(truths_have_three_values),
        cmocka_unit_test(a_domain_that_starts_at_each_boot_or_the_next_is_marked),
        cmocka_unit_test(only_a_domain_that_an_io_error_paused_has_a_text),
        cmocka_unit_test(domains_that_a_boot_would_start_or_not_are_counted),
        cmocka_unit_test(without_a_known_autostart_of_one_domain_there_is_no_count),
        cmocka_unit_test(control_of_a_domain_with_old_statistics_is_libvirts),
        cmocka_unit_test(domains_that_do_not_answer_are_counted),
        cmocka_unit_test(statistics_have_an_age_of_their_own),
        cmocka_unit_test(the_versions_are_those_of_the_agent_and_of_the_listing),
        cmocka_unit_test(a_state_is_the_last_known_one_even_if_it_is_old),
        cmocka_unit_test(a_state_without_a_name_is_missing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
