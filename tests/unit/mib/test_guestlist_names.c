/* SPDX-License-Identifier: GPL-2.0-or-later */
/* GUESTLIST-MIB: glFilterTable and glNameTable. */
#include "tests/unit/mib/guestlist_stage.h"

static void each_word_counts_the_domains_that_are_known_to_fit(void **state)
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

            /* An unknown attribute fits all words of its group. A known one fits only one of them. */
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

static void an_unknown_attribute_counts_for_neither_word(void **state)
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

static void each_name_that_can_be_an_index_leads_to_its_row(void **state)
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
    for (unsigned i = 0; i < COUNT; i++) { /* in reverse order */
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

static void a_name_that_is_too_long_or_not_unique_has_no_row(void **state)
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
        cmocka_unit_test(each_word_counts_the_domains_that_are_known_to_fit),
        cmocka_unit_test(an_unknown_attribute_counts_for_neither_word),
        cmocka_unit_test(words_are_there_before_the_first_listing),
        cmocka_unit_test(each_name_that_can_be_an_index_leads_to_its_row),
        cmocka_unit_test(names_are_walked_in_the_order_of_their_octets),
        cmocka_unit_test(a_name_that_is_too_long_or_not_unique_has_no_row),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
