/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <stdlib.h>
#include <stdbool.h>
#include <libvirt/libvirt.h>

#include "lib/base/array.h"
#include "lib/model/filter.h"
#include "tests/unit/model/filter_stage.h"

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

/* True if libvirt can have such a domain. It does not use the table in filter.c. */
static bool can_be(const struct domain *domain)
{
    bool active = domain_active(domain), transient = domain->persistent == TRISTATE_FALSE;

    return !(transient && !active) && !(transient && domain->autostart == TRISTATE_TRUE) &&
           !(transient && domain->managed_save == TRISTATE_TRUE) && !(active && domain->state == DOMAIN_SHUTOFF) &&
           !(!active && (domain->state == DOMAIN_RUNNING || domain->state == DOMAIN_PAUSED));
}

static void each_word_is_libvirts_flag_and_reads_back(void **state)
{
    (void)state;
    assert_int_equal(ARRAY_COUNT(words), FILTER_WORDS);
    for (unsigned i = 0; i < ARRAY_COUNT(words); i++) {
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

static void an_unknown_word_is_refused_with_a_list_of_all_words(void **state)
{
    uint32_t filter = 77;
    char why[512];

    (void)state;
    assert_false(filter_parse("active runing", &filter, why, sizeof(why)));
    assert_int_equal(filter, 77);
    assert_non_null(strstr(why, "\"runing\""));
    for (size_t i = 0; i < ARRAY_COUNT(words); i++)
        assert_non_null(strstr(why, words[i].word));
    assert_false(filter_parse("ACTIVE", &filter, why, sizeof(why)));
    assert_false(filter_parse("activ", &filter, why, sizeof(why)));
    assert_false(filter_parse("actives", &filter, why, sizeof(why)));
}

static void an_unknown_word_is_shown_harmlessly(void **state)
{
    uint32_t filter;
    char why[512];

    (void)state;
    assert_false(filter_parse("\x1b[2J\x07\xff", &filter, why, sizeof(why)));
    assert_non_null(strstr(why, "\"\\x1b[2J\\x07\\xff\";"));
}

static void the_text_of_all_words_fits_the_buffer(void **state)
{
    char text[FILTER_TEXT_MAX];

    (void)state;
    filter_format(0xffff, text, sizeof(text));
    assert_true(strlen(text) < sizeof(text) - 1);
    assert_non_null(strstr(text, "without-checkpoint"));
    filter_format(0xffff, text, 10);
    assert_int_equal(strlen(text), 9);
}

static void a_filter_is_impossible_exactly_if_no_possible_domain_matches(void **state)
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

static void an_unknown_attribute_matches_both_words_of_its_group(void **state)
{
    struct domain domain = { .id = 1, .state = DOMAIN_RUNNING };

    (void)state;
    assert_true(filter_fits(FILTER_AUTOSTART, &domain));
    assert_true(filter_fits(FILTER_NO_AUTOSTART, &domain));
    assert_true(filter_fits(FILTER_WITH_CHECKPOINT, &domain));
    assert_false(filter_fits(FILTER_INACTIVE, &domain));
}

/* The words that a domain matches, one of each group. It does not use the code that is tested. */
static uint32_t words_of(const struct domain *domain)
{
    uint32_t state = domain->state == DOMAIN_RUNNING   ? FILTER_STATE_RUNNING
                     : domain->state == DOMAIN_PAUSED  ? FILTER_STATE_PAUSED
                     : domain->state == DOMAIN_SHUTOFF ? FILTER_STATE_SHUTOFF
                                                       : FILTER_STATE_OTHER;

    return state | (domain->id >= 0 ? FILTER_ACTIVE : FILTER_INACTIVE) |
           (domain->persistent == TRISTATE_TRUE ? FILTER_PERSISTENT : FILTER_TRANSIENT) |
           (domain->managed_save == TRISTATE_TRUE ? FILTER_WITH_MANAGED_SAVE : FILTER_WITHOUT_MANAGED_SAVE) |
           (domain->autostart == TRISTATE_TRUE ? FILTER_AUTOSTART : FILTER_NO_AUTOSTART) |
           (domain->snapshot == TRISTATE_TRUE ? FILTER_WITH_SNAPSHOT : FILTER_WITHOUT_SNAPSHOT) |
           (domain->checkpoint == TRISTATE_TRUE ? FILTER_WITH_CHECKPOINT : FILTER_WITHOUT_CHECKPOINT);
}

static void each_word_is_in_one_group_with_its_alternatives(void **state)
{
    (void)state;
    assert_int_equal(filter_group_mask(0), 0);
    assert_int_equal(filter_group_mask(0xffff), 0xffff);
    for (size_t g = 0; g < ARRAY_COUNT(word_groups); g++)
        for (unsigned word = 0; word < FILTER_WORDS; word++)
            if (word_groups[g].mask & 1u << word) {
                assert_string_equal(filter_group(word), word_groups[g].name);
                assert_int_equal(filter_group_mask(1u << word), word_groups[g].mask);
            }
    assert_int_equal(filter_group_mask(FILTER_STATE_OTHER | FILTER_AUTOSTART),
                     word_groups[2].mask | word_groups[4].mask);
}

static void a_domain_must_match_one_word_of_each_group(void **state)
{
    (void)state;
    for (unsigned shape = 0; shape < SHAPES; shape++) {
        struct domain domain = make(shape);
        uint32_t has = words_of(&domain);

        for (uint32_t filter = 0; filter < 1u << FILTER_WORDS; filter++) {
            bool fits = true;

            for (size_t g = 0; g < ARRAY_COUNT(word_groups); g++)
                fits = fits && (!(filter & word_groups[g].mask) || (filter & word_groups[g].mask & has));
            if (fits != filter_fits(filter, &domain))
                fail_msg("filter 0x%04x, domain with 0x%04x: fits %d", filter, has, !fits);
        }
    }
}

static void states_other_than_running_paused_and_shut_off_match_state_other(void **state)
{
    static const int others[] = {
        DOMAIN_NOSTATE,     DOMAIN_BLOCKED, DOMAIN_SHUTDOWN, DOMAIN_CRASHED, DOMAIN_STATES, DOMAIN_PMSUSPENDED, 99,
        DOMAIN_STATE_UNREAD
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(others); i++) {
        struct domain domain = { .id = 1, .state = others[i] };

        assert_true(filter_fits(FILTER_STATE_OTHER, &domain));
        assert_true(filter_fits(FILTER_STATE_OTHER | FILTER_STATE_PAUSED, &domain));
        assert_false(filter_fits(FILTER_STATE_RUNNING | FILTER_STATE_PAUSED | FILTER_STATE_SHUTOFF, &domain));
    }
}

static void each_filter_reads_back_or_is_refused_with_a_sentence(void **state)
{
    (void)state;
    for (uint32_t filter = 0; filter < 1u << FILTER_WORDS; filter++) {
        char text[FILTER_TEXT_MAX], why[512] = "";
        const char *sentence = filter_impossible(filter);
        uint32_t read = 0xabcdef;

        filter_format(filter, text, sizeof(text));
        if (filter_parse(text, &read, why, sizeof(why)) != !sentence)
            fail_msg("filter 0x%04x: %s", filter, why);
        assert_int_equal(read, sentence ? 0xabcdef : filter);
        assert_string_equal(why, sentence ? sentence : "");
    }
}

static void a_refusal_quotes_words_of_both_sides(void **state)
{
    static const char *const refused[][2] = {
        { "inactive", "transient" },          { "inactive", "state-running" },  { "inactive", "state-paused" },
        { "active", "state-shutoff" },        { "transient", "state-shutoff" }, { "transient", "autostart" },
        { "transient", "with-managed-save" },
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(refused); i++) {
        uint32_t filter = 0;
        char text[128], why[512] = "";

        (void)snprintf(text, sizeof(text), "%s,%s", refused[i][1], refused[i][0]);
        assert_false(filter_parse(text, &filter, why, sizeof(why)));
        assert_non_null(strstr(why, refused[i][0]));
        assert_non_null(strstr(why, refused[i][1]));
    }
}

/* The buffer has the exact size, so that the sanitizers find a byte too many. */
static void texts_are_cut_to_any_buffer(void **state)
{
    char whole[FILTER_TEXT_MAX], long_word[5000];

    (void)state;
    filter_format(0xffff, whole, sizeof(whole));
    memset(long_word, 'x', sizeof(long_word) - 1);
    long_word[sizeof(long_word) - 1] = '\0';
    for (size_t size = 1; size < 300; size++) {
        char *text = malloc(size);
        uint32_t filter = 1;

        assert_non_null(text);
        filter_format(0xffff, text, size);
        assert_true(strlen(text) < size);
        assert_memory_equal(text, whole, strlen(text));
        assert_false(filter_parse(long_word, &filter, text, size));
        assert_true(strlen(text) < size);
        assert_false(filter_parse("inactive transient", &filter, text, size));
        assert_true(strlen(text) < size);
        assert_int_equal(filter, 1);
        free(text);
    }
    filter_format(0xffff, NULL, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_word_is_libvirts_flag_and_reads_back),
        cmocka_unit_test(blanks_and_commas_separate_words_and_order_does_not_matter),
        cmocka_unit_test(an_unknown_word_is_refused_with_a_list_of_all_words),
        cmocka_unit_test(an_unknown_word_is_shown_harmlessly),
        cmocka_unit_test(the_text_of_all_words_fits_the_buffer),
        cmocka_unit_test(a_filter_is_impossible_exactly_if_no_possible_domain_matches),
        cmocka_unit_test(an_impossible_combination_is_refused_with_the_reason),
        cmocka_unit_test(an_unknown_attribute_matches_both_words_of_its_group),
        cmocka_unit_test(each_word_is_in_one_group_with_its_alternatives),
        cmocka_unit_test(a_domain_must_match_one_word_of_each_group),
        cmocka_unit_test(states_other_than_running_paused_and_shut_off_match_state_other),
        cmocka_unit_test(each_filter_reads_back_or_is_refused_with_a_sentence),
        cmocka_unit_test(a_refusal_quotes_words_of_both_sides),
        cmocka_unit_test(texts_are_cut_to_any_buffer),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
