/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base/array.h"
#include "lib/base/selection.h"

static char why[256];

static struct selection select_these(bool ignore, const char *const *texts)
{
    struct selection selection = { .ignore = ignore };

    for (; *texts; texts++)
        if (!selection_add(&selection, *texts, why, sizeof(why)))
            fail_msg("%s is refused: %s", *texts, why);
    return selection;
}

static void assert_wants(const struct selection *selection, const char *name, bool wanted)
{
    if (selection_wants(selection, name) != wanted)
        fail_msg("\"%s\" is %s", name, wanted ? "left out" : "reported");
}

static void an_empty_list_selects_everything(void **state)
{
    struct selection selection = { .ignore = false }, ignoring = { .ignore = true };

    (void)state;
    assert_wants(&selection, "web01", true);
    assert_wants(&ignoring, "web01", true);
}

static void a_name_matches_only_itself(void **state)
{
    struct selection selection = select_these(false, (const char *const[]){ "web01", "a.c", NULL });

    (void)state;
    assert_wants(&selection, "web01", true);
    assert_wants(&selection, "Web01", false);
    assert_wants(&selection, "web011", false);
    assert_wants(&selection, "a.c", true);
    assert_wants(&selection, "abc", false);
    assert_wants(&selection, "", false);
    selection_clear(&selection);
}

static void a_regular_expression_matches_any_part(void **state)
{
    struct selection selection = select_these(false, (const char *const[]){ "/^db[0-9]+$/", "/foo|bar/", NULL });

    (void)state;
    assert_wants(&selection, "db1", true);
    assert_wants(&selection, "db", false);
    assert_wants(&selection, "xdb1", false);
    assert_wants(&selection, "afooz", true);
    assert_wants(&selection, "rebar", true);
    assert_wants(&selection, "FOO", false);
    selection_clear(&selection);
}

static void ignore_reverses_the_selection(void **state)
{
    struct selection selection = select_these(true, (const char *const[]){ "/^test-/", "template", NULL });

    (void)state;
    assert_wants(&selection, "test-1", false);
    assert_wants(&selection, "template", false);
    assert_wants(&selection, "web01", true);
    selection_clear(&selection);
}

/* As in collectd, two slashes without a text between them are a name. */
static void slashes_alone_are_names(void **state)
{
    struct selection selection = select_these(false, (const char *const[]){ "//", "/", "/x", "x/", NULL });

    (void)state;
    assert_wants(&selection, "//", true);
    assert_wants(&selection, "/", true);
    assert_wants(&selection, "/x", true);
    assert_wants(&selection, "x/", true);
    assert_wants(&selection, "x", false);
    selection_clear(&selection);
}

static void a_wrong_entry_is_refused_and_changes_nothing(void **state)
{
    struct selection selection = select_these(false, (const char *const[]){ "web01", NULL });

    (void)state;
    assert_false(selection_add(&selection, "/(/", why, sizeof(why)));
    assert_non_null(strstr(why, "\"/(/\" is not a regular expression: "));
    assert_false(selection_add(&selection, "", why, sizeof(why)));
    assert_non_null(strstr(why, "expected a name"));
    assert_int_equal(selection.count, 1);
    assert_wants(&selection, "web01", true);
    assert_wants(&selection, "web02", false);
    selection_clear(&selection);
    assert_int_equal(selection.count, 0);
}

/* Expressions like these take gigabytes, or minutes, in the C library. */
static void an_expression_that_costs_too_much_is_refused(void **state)
{
    static const char *const costly[] = {
        "/((a{99}){99}){99}/",
        "/a{257}/",
        "/a{,257}/",
        "/a{256,}/",
        "/([ab][cd]){129}/",
        "/(a|b){129}/",
        "/[]a-z]{257}/",
        "/[[:alpha:]]{257}/",
        "/(.*)\\1/",
        "/a{4294967297}/",
        "/a{18446744073709551616}/",
        "/(((((((((a+)+)+)+)+)+)+)+)+)+/",
        "/((){255}){255}/", /* crashes the C library */
    };
    struct selection selection = { 0 };
    char longest[300];

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(costly); i++) {
        if (selection_add(&selection, costly[i], why, sizeof(why)))
            fail_msg("%s is taken", costly[i]);
        assert_non_null(strstr(why, "costs too much memory or time: "));
        assert_non_null(strstr(why, costly[i]));
    }
    memset(longest, 'x', sizeof(longest));
    longest[0] = longest[257] = '/';
    longest[258] = '\0';
    assert_false(selection_add(&selection, longest, why, sizeof(why)));
    assert_non_null(strstr(why, "longer than 255 characters"));
    assert_int_equal(selection.count, 0);
    selection_clear(&selection);
}

static void ordinary_expressions_are_small_enough(void **state)
{
    static const char *const ordinary[] = {
        "/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/",
        "/^([0-9]{1,3}\\.){3}[0-9]{1,3}$/",
        "/^[^]]{1,64}$/",
        "/^(web|db|mail)[0-9]+\\.example\\.(com|org)$/",
        "/a{256}/",
        "/a{255,}/",
        "/\\{1000}/",
        "/[[:digit:]]{1,255}/",
        "/(a*)*b?/",
    };
    struct selection selection = { 0 };

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(ordinary); i++)
        if (!selection_add(&selection, ordinary[i], why, sizeof(why)))
            fail_msg("%s", why);
    selection_clear(&selection);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_list_selects_everything),
        cmocka_unit_test(a_name_matches_only_itself),
        cmocka_unit_test(a_regular_expression_matches_any_part),
        cmocka_unit_test(ignore_reverses_the_selection),
        cmocka_unit_test(slashes_alone_are_names),
        cmocka_unit_test(a_wrong_entry_is_refused_and_changes_nothing),
        cmocka_unit_test(an_expression_that_costs_too_much_is_refused),
        cmocka_unit_test(ordinary_expressions_are_small_enough),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
