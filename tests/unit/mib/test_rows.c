/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rows of vmTable ("4.1") and of tables below it: their order, and GETNEXT from any index. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "agent/mib/rows.h"
#include "tests/unit/mib/answers.h"

enum { OFF = DOMAIN_ID_INACTIVE };

static void rows_are_in_the_order_of_vmindex(void **state)
{
    static const uint32_t indexes[] = { 40, 2, 3, 1, 2147483647, 7 };
    struct answers answers;

    (void)state;
    answers_init(&answers, 1);
    for (size_t i = 0; i < sizeof(indexes) / sizeof(*indexes); i++)
        (void)answers_add(&answers, indexes[i], OFF, NULL, NULL);
    answers_begin(&answers, NULL);
    assert_string_equal(answers_walk(&answers, "4.1.2"), "1 2 3 7 40 2147483647");
    for (size_t i = 0; i < sizeof(indexes) / sizeof(*indexes); i++) {
        char instance[32];

        (void)snprintf(instance, sizeof(instance), "4.1.2.%u", indexes[i]);
        assert_string_equal(answers_get(&answers, instance), "made up");
    }
    answers_free(&answers);
}

static void the_next_row_is_found_from_any_index(void **state)
{
    static const struct {
        const char *from, *next;
    } steps[] = {
        { "3.0", "4.1.2.2" },
        { "4", "4.1.2.2" },
        { "4.1.1.5", "4.1.2.2" }, /* vmIndex itself is not accessible */
        { "4.1.2.0", "4.1.2.2" },
        { "4.1.2.1.9.9", "4.1.2.2" },
        { "4.1.2.2", "4.1.2.5" },
        { "4.1.2.2.0", "4.1.2.5" },
        { "4.1.2.4", "4.1.2.5" },
        { "4.1.2.5", "4.1.3.2" },
        { "4.1.2.2147483648", "4.1.3.2" },
        { "4.1.2.4294967295", "4.1.3.2" },
        { "4.1.2.4294967295.1", "4.1.3.2" },
        { "4.1.18", "9.0" },
        { "4.2", "9.0" },
    };
    static const char *const absent[] = {
        "4.1.2.1", "4.1.2.3", "4.1.2.2.0", "4.1.2", "4.1.2.4294967295", "4.1.1.2"
    };
    struct answers answers;

    (void)state;
    answers_init(&answers, 1);
    (void)answers_add(&answers, 5, OFF, NULL, NULL);
    (void)answers_add(&answers, 2, OFF, NULL, NULL);
    answers_begin(&answers, NULL);
    for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++)
        assert_string_equal(answers_next(&answers, steps[i].from), steps[i].next);
    for (size_t i = 0; i < sizeof(absent) / sizeof(*absent); i++)
        assert_string_equal(answers_get(&answers, absent[i]), "none");
    answers_free(&answers);
}

/* A table two deep in which each domain has the rows (1, 2^32-1) and (2^32-1, 2^32-1). */
static bool seek_at_the_ends(struct rows_item *item, const mib_subid *least, mib_subid *found)
{
    found[0] = least[0] <= 1 ? 1 : UINT32_MAX;
    found[1] = UINT32_MAX;
    item->first = (uint32_t)found[0];
    return true;
}

static void a_row_follows_the_greatest_sub_identifier(void **state)
{
    static const mib_subid wanted[][3] = {
        { 3, 1, UINT32_MAX }, { 3, UINT32_MAX, UINT32_MAX }, { 4, 1, UINT32_MAX }, { 4, UINT32_MAX, UINT32_MAX }
    };
    struct mib_row row = { .length = 0 };
    struct answers answers;

    (void)state;
    answers_init(&answers, 1);
    (void)answers_add(&answers, 3, OFF, NULL, NULL);
    (void)answers_add(&answers, 4, OFF, NULL, NULL);
    answers_begin(&answers, NULL);
    for (size_t i = 0; i < 4; i++) {
        mib_subid after[4] = { 0 };
        size_t length = row.length > 0 ? row.length + 1 : 0;

        memcpy(after, row.index, row.length * sizeof(*after));
        assert_true(rows_seek_item(&answers.answer, 2, seek_at_the_ends, after, length, &row));
        assert_int_equal(mib_compare(row.index, row.length, wanted[i], 3), 0);
        assert_true(rows_seek_item(&answers.answer, 2, seek_at_the_ends, wanted[i], 3, &row));
        assert_int_equal(mib_compare(row.index, row.length, wanted[i], 3), 0);
    }
    assert_false(rows_seek_item(&answers.answer, 2, seek_at_the_ends,
                                (const mib_subid[]){ 4, UINT32_MAX, UINT32_MAX, 0 }, 4, &row));
    answers_free(&answers);
}

/* VirtualMachineAutoStart: unknown(1), enabled(2), disabled(3). */
static void autostart_says_whether_the_next_boot_starts_the_domain(void **state)
{
    static const struct {
        enum tristate persistent, autostart, autostart_once;
        const char *wanted;
    } rows[] = {
        { TRISTATE_TRUE, TRISTATE_TRUE, TRISTATE_FALSE, "2" },
        { TRISTATE_TRUE, TRISTATE_FALSE, TRISTATE_TRUE, "2" },
        { TRISTATE_TRUE, TRISTATE_FALSE, TRISTATE_FALSE, "3" },
        { TRISTATE_FALSE, TRISTATE_FALSE, TRISTATE_FALSE, "3" },
        { TRISTATE_TRUE, TRISTATE_FALSE, TRISTATE_UNKNOWN, "1" },
        { TRISTATE_UNKNOWN, TRISTATE_UNKNOWN, TRISTATE_UNKNOWN, "1" },
    };
    enum { ROWS = sizeof(rows) / sizeof(*rows) };
    struct answers answers;

    (void)state;
    answers_init(&answers, 1);
    for (uint32_t i = 0; i < ROWS; i++) {
        struct domain *domain = answers_add(&answers, i + 1, OFF, NULL, NULL);

        domain->persistent = rows[i].persistent;
        domain->autostart = rows[i].autostart;
        domain->autostart_once = rows[i].autostart_once;
    }
    answers_begin(&answers, NULL);
    for (uint32_t i = 0; i < ROWS; i++) {
        char instance[32];

        (void)snprintf(instance, sizeof(instance), "4.1.7.%u", i + 1);
        assert_string_equal(answers_get(&answers, instance), rows[i].wanted);
    }
    answers_free(&answers);
}

static void rows_live_until_their_last_reference_is_dropped(void **state)
{
    struct answers answers;

    (void)state;
    answers_init(&answers, 1);
    (void)answers_add(&answers, 1, OFF, "<domain><devices><disk><target dev='a'/></disk></devices></domain>",
                      NULL);
    answers_begin(&answers, NULL);
    rows_unref(rows_ref(answers.rows));
    assert_string_equal(answers_walk(&answers, "7.1.3"), "1.1");
    rows_unref(NULL);
    answers_free(&answers);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_are_in_the_order_of_vmindex),
        cmocka_unit_test(the_next_row_is_found_from_any_index),
        cmocka_unit_test(a_row_follows_the_greatest_sub_identifier),
        cmocka_unit_test(autostart_says_whether_the_next_boot_starts_the_domain),
        cmocka_unit_test(rows_live_until_their_last_reference_is_dropped),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
