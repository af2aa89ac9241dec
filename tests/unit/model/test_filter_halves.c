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

static void halves_share_nothing_and_together_list_the_same(void **state)
{
    (void)state;
    for (uint32_t filter = 0; filter < 1u << FILTER_WORDS; filter++) {
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

/* Halves the filter until each part has one word of each group, and counts the parts. */
static unsigned leaves(uint32_t filter, uint32_t whole)
{
    uint32_t halves[2];

    if (!filter_halve(filter, halves)) {
        if (__builtin_popcount(filter) != (int)ARRAY_COUNT(word_groups) || filter_group_mask(filter) != 0xffff)
            fail_msg("0x%04x of 0x%04x cannot be halved", filter, whole);
        return 1;
    }
    return leaves(halves[0], whole) + leaves(halves[1], whole);
}

static void halving_any_filter_ends_with_all_its_combinations(void **state)
{
    (void)state;
    for (uint32_t filter = 0; filter < 1u << FILTER_WORDS; filter++) {
        unsigned combinations = 1;

        for (size_t g = 0; g < ARRAY_COUNT(word_groups); g++) {
            uint32_t chosen = filter & word_groups[g].mask;

            combinations *= (unsigned)__builtin_popcount(chosen ? chosen : word_groups[g].mask);
        }
        assert_int_equal(leaves(filter, filter), combinations);
    }
}

static void a_domain_with_an_unknown_attribute_is_in_at_least_one_half(void **state)
{
    uint32_t halves[2];
    struct domain domain = { .id = 1, .state = DOMAIN_RUNNING };
    uint32_t filter = FILTER_ACTIVE | FILTER_STATE_RUNNING;

    (void)state;
    while (filter_halve(filter, halves)) {
        assert_true(filter_fits(halves[0], &domain) || filter_fits(halves[1], &domain));
        filter = filter_fits(halves[0], &domain) ? halves[0] : halves[1];
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(halves_share_nothing_and_together_list_the_same),
        cmocka_unit_test(halving_ends_with_one_word_a_group),
        cmocka_unit_test(halving_any_filter_ends_with_all_its_combinations),
        cmocka_unit_test(a_domain_with_an_unknown_attribute_is_in_at_least_one_half),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
