/* SPDX-License-Identifier: GPL-2.0-or-later */
/* GUESTLIST-MIB's tables over all guests of the fixtures: what each column reads, and that walks and GETs agree.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "agent/mib/guestlist_mib.h"
#include "agent/mib/rows.h"
#include "config.h"
#include "tests/unit/between.h"
#include "tests/unit/fixtures.h"

enum { DOMAINS = 2, FILTERS = 3, NAMES = 4 };

/* Row n of the guests has vmIndex n + 1, but for the first two, which change places. */
static uint32_t index_of(size_t guest)
{
    return guest < 2 ? 2 - (uint32_t)guest : (uint32_t)guest + 1;
}

static struct answer answer_of(const struct snapshot *snapshot)
{
    uint32_t *indexes = calloc(snapshot->count + 1, sizeof(*indexes));
    uint32_t *devices = calloc(1, sizeof(*devices));
    struct answer answer = { .now_boot_ms = snapshot->taken_boot_ms };

    assert_non_null(indexes);
    for (size_t i = 0; i < snapshot->count; i++)
        indexes[i] = index_of(i);
    answer.rows = rows_new(snapshot, indexes, devices, 0);
    assert_non_null(answer.rows);
    free(indexes);
    return answer;
}

static void drop(struct answer *answer)
{
    rows_unref((struct rows *)(uintptr_t)answer->rows);
}

static size_t instance(mib_subid table, mib_subid column, const mib_subid *index, size_t length, mib_subid *oid)
{
    static const mib_subid root[] = { GUESTLIST_ENTERPRISE_OID };
    const mib_subid under[] = { 1, table, 1, column };
    size_t at = sizeof(root) / sizeof(*root);

    memcpy(oid, root, sizeof(root));
    memcpy(oid + at, under, sizeof(under));
    memcpy(oid + at + 4, index, length * sizeof(*index));
    return at + 4 + length;
}

static bool get(const struct answer *answer, mib_subid table, mib_subid column, mib_subid index,
                struct mib_value *value)
{
    mib_subid oid[MIB_OID_MAX];
    size_t length = instance(table, column, &index, 1, oid);

    return mib_get(&guestlist_mib, answer, oid, length, value) == MIB_FOUND;
}

/* The number there, or -1 for no instance. */
static int64_t number(const struct answer *answer, mib_subid table, mib_subid column, mib_subid index)
{
    struct mib_value value;

    if (!get(answer, table, column, index, &value))
        return -1;
    return value.type == MIB_GAUGE32 ? (int64_t)value.unsigned32 : value.integer;
}

/* The Gauge32 or TimeTicks of that number below glListing, or -1 for no instance. */
static int64_t scalar(const struct answer *answer, mib_subid number)
{
    const mib_subid oid[] = { GUESTLIST_ENTERPRISE_OID, 1, 1, number, 0 };
    struct mib_value value;

    if (mib_get(&guestlist_mib, answer, oid, sizeof(oid) / sizeof(*oid), &value) != MIB_FOUND)
        return -1;
    return value.unsigned32;
}

static void assert_text(const struct answer *answer, mib_subid table, mib_subid column, mib_subid index,
                        const char *wanted)
{
    struct mib_value value;

    assert_true(get(answer, table, column, index, &value));
    assert_int_equal(value.length, strlen(wanted));
    assert_memory_equal(value.bytes, wanted, value.length);
}

/* The vmIndex that a name leads to, or -1. */
static int64_t look_up(const struct answer *answer, const char *name)
{
    mib_subid index[MIB_OID_MAX], oid[MIB_OID_MAX];
    size_t length = strlen(name);
    struct mib_value value;

    assert_true(length <= ROWS_NAME_MAX);
    for (size_t i = 0; i < length; i++)
        index[i] = (unsigned char)name[i];
    length = instance(NAMES, 2, index, length, oid);
    return mib_get(&guestlist_mib, answer, oid, length, &value) == MIB_FOUND ? value.integer : -1;
}

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

static void what_starts_at_boot_is_marked_for_each_boot_or_the_next(void **state)
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

static void what_a_boot_would_change_is_counted(void **state)
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

static void what_is_not_known_of_one_domain_is_no_count(void **state)
{
    const struct domain running[] = { fixture_guests[GUEST_PAUSED], fixture_guests[GUEST_UNTOLD] };
    const struct domain off[] = { fixture_guests[GUEST_ONCE_UNTOLD], fixture_guests[GUEST_PAUSED] };
    struct answer before_the_first = { .now_boot_ms = 1 };

    (void)state;
    assert_boot_counts(running, 2, 0, -1);
    assert_boot_counts(off, 2, -1, 1);
    for (mib_subid object = 14; object <= 17; object++)
        assert_int_equal(scalar(&before_the_first, object), -1);
}

static void statistics_have_an_age_of_their_own(void **state)
{
    struct snapshot *snapshot = fixture_snapshot(fixture_guests, 1);
    struct answer answer;

    (void)state;
    snapshot->taken_boot_ms = 90000;
    answer = answer_of(snapshot);
    answer.now_boot_ms = 100000;
    assert_int_equal(scalar(&answer, 14), -1); /* none have come yet */
    assert_int_equal(scalar(&answer, 15), -1);
    snapshot->stats_boot_ms = 70000;
    snapshot->stats_duration_us = 2500000;
    assert_int_equal(scalar(&answer, 7), 1000);
    assert_int_equal(scalar(&answer, 14), 3000);
    assert_int_equal(scalar(&answer, 15), 2500000);
    drop(&answer);
    snapshot_unref(snapshot);
}

static void a_state_is_the_last_one_known_however_old(void **state)
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

static void each_word_counts_what_it_is_known_to_fit(void **state)
{
    struct snapshot *snapshot = fixture_all_guests();
    struct answer answer;

    (void)state;
    snapshot->unsupported = FILTER_WITH_CHECKPOINT | FILTER_WITHOUT_CHECKPOINT;
    snapshot->filter = FILTER_ACTIVE | FILTER_INACTIVE;
    answer = answer_of(snapshot);
    for (unsigned bit = 0; bit < FILTER_WORDS; bit++) {
        int64_t wanted = 0;

        for (size_t i = 0; i < snapshot->count; i++) {
            const struct domain *domain = &snapshot->domains[i];
            uint32_t others = filter_group_mask(1u << bit) & ~(1u << bit);

            /* An unknown truth fits all words of its group, a known one just one. */
            wanted += filter_fits(1u << bit, domain) && !filter_fits(others, domain);
        }
        assert_text(&answer, FILTERS, 2, bit + 1, filter_word(bit));
        assert_text(&answer, FILTERS, 3, bit + 1, filter_group(bit));
        assert_int_equal(number(&answer, FILTERS, 4, bit + 1), bit < 14 ? 1 : 2);
        assert_int_equal(number(&answer, FILTERS, 5, bit + 1), bit < 2 ? 1 : 2);
        assert_int_equal(number(&answer, FILTERS, 6, bit + 1), bit < 14 ? wanted : -1);
    }
    assert_int_equal(number(&answer, FILTERS, 2, 0), -1);
    assert_int_equal(number(&answer, FILTERS, 2, FILTER_WORDS + 1), -1);
    drop(&answer);
    snapshot_unref(snapshot);
}

static void what_is_unknown_counts_for_neither_word(void **state)
{
    struct snapshot *snapshot = fixture_snapshot(&fixture_guests[GUEST_UNTOLD], 1);
    struct answer answer = answer_of(snapshot);

    (void)state;
    for (unsigned bit = 0; bit < FILTER_WORDS; bit++)
        assert_int_equal(number(&answer, FILTERS, 6, bit + 1),
                         (1u << bit) & (FILTER_ACTIVE | FILTER_STATE_RUNNING) ? 1 : 0);
    drop(&answer);
    snapshot_unref(snapshot);
}

static void words_are_there_before_the_first_listing(void **state)
{
    struct answer answer = { .now_boot_ms = 1 };

    (void)state;
    assert_text(&answer, FILTERS, 2, 1, "active");
    for (mib_subid column = 4; column <= 6; column++)
        assert_int_equal(number(&answer, FILTERS, column, 1), -1);
    assert_int_equal(look_up(&answer, "one"), -1);
}

static void each_name_that_fits_leads_to_its_row(void **state)
{
    struct snapshot *snapshot = fixture_all_guests();
    struct answer answer = answer_of(snapshot);
    size_t found = 0;

    (void)state;
    for (size_t i = 0; i < snapshot->count; i++) {
        const char *name = snapshot->domains[i].name;

        if (strlen(name) < 1 || strlen(name) > ROWS_NAME_MAX)
            continue;
        assert_int_equal(look_up(&answer, name), index_of(i));
        found++;
    }
    assert_int_equal(found, answer.rows->name_count);
    assert_between(found, 20, snapshot->count - 1); /* one of them is too long */
    assert_int_equal(look_up(&answer, "no such domain"), -1);
    assert_int_equal(look_up(&answer, ""), -1);
    drop(&answer);
    snapshot_unref(snapshot);
}

static void names_are_walked_in_the_order_of_their_octets(void **state)
{
    static const char *const names[] = { "a", "a\x01", "a-b", "ab", "abc", "b", "\x7f", "\xc3\xa9", "\xff" };
    enum { COUNT = sizeof(names) / sizeof(*names) };
    struct domain domains[COUNT];
    struct snapshot *snapshot;
    struct answer answer;
    mib_subid oid[MIB_OID_MAX], found[MIB_OID_MAX];
    size_t length = instance(NAMES, 2, oid, 0, oid), base = length;

    (void)state;
    for (unsigned i = 0; i < COUNT; i++) { /* handed in backwards */
        domains[i] = fixture_domain(i, 5);
        domains[i].name = names[COUNT - 1 - i];
    }
    snapshot = fixture_snapshot(domains, COUNT);
    answer = answer_of(snapshot);
    for (size_t i = 0; i <= COUNT; i++) {
        struct mib_value value;
        bool more = mib_next(&guestlist_mib, &answer, NULL, oid, length, found, &length, &value);

        assert_int_equal(more, i < COUNT);
        for (size_t at = 0; more && at < strlen(names[i]); at++)
            assert_int_equal(found[base + at], (unsigned char)names[i][at]);
        if (more)
            assert_int_equal(length, base + strlen(names[i]));
        memcpy(oid, found, length * sizeof(*oid));
    }
    drop(&answer);
    snapshot_unref(snapshot);
}

static void a_name_that_is_too_long_or_not_the_only_one_has_no_row(void **state)
{
    char fits[ROWS_NAME_MAX + 1], longer[ROWS_NAME_MAX + 2];
    struct domain domains[] = { fixture_domain(1, 1), fixture_domain(2, 2), fixture_domain(3, 3),
                                fixture_domain(4, 4), fixture_domain(5, 5), fixture_domain(6, 6) };
    struct snapshot *snapshot;
    struct answer answer;

    (void)state;
    memset(fits, 'x', sizeof(fits) - 1);
    memset(longer, 'x', sizeof(longer) - 1);
    fits[sizeof(fits) - 1] = longer[sizeof(longer) - 1] = '\0';
    domains[0].name = domains[2].name = domains[3].name = "twin";
    domains[1].name = fits;
    domains[4].name = longer;
    domains[5].name = "twins";
    snapshot = fixture_snapshot(domains, 6);
    answer = answer_of(snapshot);
    assert_int_equal(look_up(&answer, "twin"), -1);
    assert_int_equal(look_up(&answer, "twins"), index_of(5));
    assert_int_equal(look_up(&answer, fits), index_of(1));
    assert_int_equal(answer.rows->name_count, 2);
    drop(&answer);
    snapshot_unref(snapshot);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(truths_have_three_values),
        cmocka_unit_test(what_starts_at_boot_is_marked_for_each_boot_or_the_next),
        cmocka_unit_test(what_a_boot_would_change_is_counted),
        cmocka_unit_test(what_is_not_known_of_one_domain_is_no_count),
        cmocka_unit_test(statistics_have_an_age_of_their_own),
        cmocka_unit_test(a_state_is_the_last_one_known_however_old),
        cmocka_unit_test(a_state_without_a_name_is_missing),
        cmocka_unit_test(each_word_counts_what_it_is_known_to_fit),
        cmocka_unit_test(what_is_unknown_counts_for_neither_word),
        cmocka_unit_test(words_are_there_before_the_first_listing),
        cmocka_unit_test(each_name_that_fits_leads_to_its_row),
        cmocka_unit_test(names_are_walked_in_the_order_of_their_octets),
        cmocka_unit_test(a_name_that_is_too_long_or_not_the_only_one_has_no_row),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
