/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <libvirt/libvirt.h>

#include "core/filter.h"

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

static const struct {
    const char *word;
    unsigned flag;
} words[] = {
    { "active", VIR_CONNECT_LIST_DOMAINS_ACTIVE },
    { "inactive", VIR_CONNECT_LIST_DOMAINS_INACTIVE },
    { "persistent", VIR_CONNECT_LIST_DOMAINS_PERSISTENT },
    { "transient", VIR_CONNECT_LIST_DOMAINS_TRANSIENT },
    { "state-running", VIR_CONNECT_LIST_DOMAINS_RUNNING },
    { "state-paused", VIR_CONNECT_LIST_DOMAINS_PAUSED },
    { "state-shutoff", VIR_CONNECT_LIST_DOMAINS_SHUTOFF },
    { "state-other", VIR_CONNECT_LIST_DOMAINS_OTHER },
    { "with-managed-save", VIR_CONNECT_LIST_DOMAINS_MANAGEDSAVE },
    { "without-managed-save", VIR_CONNECT_LIST_DOMAINS_NO_MANAGEDSAVE },
    { "autostart", VIR_CONNECT_LIST_DOMAINS_AUTOSTART },
    { "no-autostart", VIR_CONNECT_LIST_DOMAINS_NO_AUTOSTART },
    { "with-snapshot", VIR_CONNECT_LIST_DOMAINS_HAS_SNAPSHOT },
    { "without-snapshot", VIR_CONNECT_LIST_DOMAINS_NO_SNAPSHOT },
    { "with-checkpoint", VIR_CONNECT_LIST_DOMAINS_HAS_CHECKPOINT },
    { "without-checkpoint", VIR_CONNECT_LIST_DOMAINS_NO_CHECKPOINT },
};

/* Every domain that can be, in all that a filter looks at. */
static const int states[] = { DOMAIN_RUNNING, DOMAIN_PAUSED, DOMAIN_SHUTOFF, DOMAIN_CRASHED };
enum { SHAPES = 2 * 2 * 4 * 2 * 2 * 2 * 2 };

static enum truth bit(unsigned *shape)
{
    enum truth truth = *shape % 2 ? TRUTH_TRUE : TRUTH_FALSE;

    *shape /= 2;
    return truth;
}

static struct domain make(unsigned shape)
{
    struct domain domain = { .id = bit(&shape) == TRUTH_TRUE ? 5 : DOMAIN_ID_INACTIVE };

    domain.persistent = bit(&shape);
    domain.managed_save = bit(&shape);
    domain.autostart = bit(&shape);
    domain.snapshot = bit(&shape);
    domain.checkpoint = bit(&shape);
    domain.state = states[shape % 4];
    return domain;
}

/* By the rules of libvirt, not by the table in filter.c. */
static bool can_be(const struct domain *domain)
{
    bool active = domain_active(domain), transient = domain->persistent == TRUTH_FALSE;

    return !(transient && !active) && !(transient && domain->autostart == TRUTH_TRUE) &&
           !(transient && domain->managed_save == TRUTH_TRUE) && !(active && domain->state == DOMAIN_SHUTOFF) &&
           !(!active && (domain->state == DOMAIN_RUNNING || domain->state == DOMAIN_PAUSED));
}

static void each_word_is_libvirts_flag_and_reads_back(void **state)
{
    (void)state;
    assert_int_equal(COUNT(words), FILTER_WORDS);
    for (unsigned i = 0; i < COUNT(words); i++) {
        uint32_t filter = 0;
        char text[FILTER_TEXT_MAX], why[512];

        assert_true(filter_parse(words[i].word, &filter, why, sizeof(why)));
        assert_int_equal(filter, words[i].flag);
        assert_string_equal(filter_word(i), words[i].word);
        filter_format(filter, text, sizeof(text));
        assert_string_equal(text, words[i].word);
    }
}

static void blanks_and_commas_separate_words_and_order_does_not_matter(void **state)
{
    uint32_t one = 0, other = 0, none = 1;
    char why[512];

    (void)state;
    assert_true(filter_parse(" ,autostart,\tpersistent  ", &one, why, sizeof(why)));
    assert_true(filter_parse("persistent autostart autostart", &other, why, sizeof(why)));
    assert_int_equal(one, FILTER_PERSISTENT | FILTER_AUTOSTART);
    assert_int_equal(one, other);
    assert_true(filter_parse(" , ", &none, why, sizeof(why)));
    assert_int_equal(none, 0);
}

static void an_unknown_word_is_named_with_all_that_are_known(void **state)
{
    uint32_t filter = 77;
    char why[512];

    (void)state;
    assert_false(filter_parse("active runing", &filter, why, sizeof(why)));
    assert_int_equal(filter, 77);
    assert_non_null(strstr(why, "\"runing\""));
    for (size_t i = 0; i < COUNT(words); i++)
        assert_non_null(strstr(why, words[i].word));
    assert_false(filter_parse("ACTIVE", &filter, why, sizeof(why)));
    assert_false(filter_parse("activ", &filter, why, sizeof(why)));
    assert_false(filter_parse("actives", &filter, why, sizeof(why)));
}

static void all_words_fit_the_text(void **state)
{
    char text[FILTER_TEXT_MAX];

    (void)state;
    filter_format(0xffff, text, sizeof(text));
    assert_true(strlen(text) < sizeof(text) - 1);
    assert_non_null(strstr(text, "without-checkpoint"));
    filter_format(0xffff, text, 10);
    assert_int_equal(strlen(text), 9);
}

static void a_filter_is_impossible_exactly_if_no_domain_that_can_be_fits_it(void **state)
{
    (void)state;
    for (uint32_t filter = 0; filter < 1u << FILTER_WORDS; filter++) {
        bool fits = false;

        for (unsigned shape = 0; shape < SHAPES && !fits; shape++) {
            struct domain domain = make(shape);

            fits = can_be(&domain) && filter_fits(filter, &domain);
        }
        if (fits != (filter_impossible(filter) == NULL))
            fail_msg("filter 0x%04x: some domain fits: %d", filter, fits);
    }
}

static void an_impossible_combination_is_refused_with_the_reason(void **state)
{
    uint32_t filter = 0;
    char why[512];

    (void)state;
    assert_false(filter_parse("inactive transient", &filter, why, sizeof(why)));
    assert_non_null(strstr(why, "gone"));
    assert_true(filter_parse("inactive active transient", &filter, why, sizeof(why)));
}

static void halves_share_nothing_and_together_list_the_same(void **state)
{
    (void)state;
    for (uint32_t filter = 0; filter < 1u << FILTER_WORDS; filter += 37) {
        uint32_t halves[2];

        if (!filter_halve(filter, halves))
            continue;
        for (unsigned shape = 0; shape < SHAPES; shape++) {
            struct domain domain = make(shape);
            int parts = filter_fits(halves[0], &domain) + filter_fits(halves[1], &domain);

            assert_int_equal(parts, filter_fits(filter, &domain));
        }
    }
}

static unsigned halvings(uint32_t filter)
{
    uint32_t halves[2];

    return filter_halve(filter, halves) ? 1 + halvings(halves[0]) + halvings(halves[1]) : 0;
}

static void halving_ends_with_one_word_a_group(void **state)
{
    (void)state;
    assert_int_equal(halvings(0), SHAPES - 1);
    assert_int_equal(halvings(FILTER_ACTIVE | FILTER_STATE_RUNNING | FILTER_PERSISTENT | FILTER_AUTOSTART |
                              FILTER_WITH_MANAGED_SAVE | FILTER_WITH_SNAPSHOT | FILTER_WITH_CHECKPOINT),
                     0);
}

static void an_unknown_truth_fits_both_words_of_its_group(void **state)
{
    struct domain domain = { .id = 1, .state = DOMAIN_RUNNING };

    (void)state;
    assert_true(filter_fits(FILTER_AUTOSTART, &domain));
    assert_true(filter_fits(FILTER_NO_AUTOSTART, &domain));
    assert_true(filter_fits(FILTER_WITH_CHECKPOINT, &domain));
    assert_false(filter_fits(FILTER_INACTIVE, &domain));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_word_is_libvirts_flag_and_reads_back),
        cmocka_unit_test(blanks_and_commas_separate_words_and_order_does_not_matter),
        cmocka_unit_test(an_unknown_word_is_named_with_all_that_are_known),
        cmocka_unit_test(all_words_fit_the_text),
        cmocka_unit_test(a_filter_is_impossible_exactly_if_no_domain_that_can_be_fits_it),
        cmocka_unit_test(an_impossible_combination_is_refused_with_the_reason),
        cmocka_unit_test(halves_share_nothing_and_together_list_the_same),
        cmocka_unit_test(halving_ends_with_one_word_a_group),
        cmocka_unit_test(an_unknown_truth_fits_both_words_of_its_group),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
