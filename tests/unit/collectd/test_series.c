/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "collectd-plugin/series.h"
#include "tests/unit/fixtures.h"

static struct series *series;
static struct series_clash clashes[SERIES_CLASHES_MAX];
static int block_a, block_b; /* their addresses identify the owners */

static int set_up(void **state)
{
    (void)state;
    series = series_new();
    return series ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    series_unref(series);
    return 0;
}

static void add(struct series_names *names, const char *host, const char *plugin_instance, unsigned number)
{
    unsigned char uuid[UUID_BYTES];

    fixture_uuid(number, uuid);
    assert_true(series_names_add(names, host, plugin_instance, uuid, (uint32_t)number));
}

/* Names of domains on one host; their numbers begin with `number`. */
static size_t update(const void *owner, const char *block, unsigned number, const char *const *plugin_instances)
{
    struct series_names names = { 0 };
    size_t found;

    while (*plugin_instances)
        add(&names, "hv1", *plugin_instances++, number++);
    found = series_update(series, owner, block, &names, clashes);
    assert_null(names.items);
    return found;
}

#define NAMES(...) ((const char *const[]){ __VA_ARGS__, NULL })

static void assert_other(unsigned number, const char *block)
{
    unsigned char uuid[UUID_BYTES];

    fixture_uuid(number, uuid);
    assert_memory_equal(clashes[0].other_uuid, uuid, sizeof(uuid));
    assert_string_equal(clashes[0].other_block, block);
}

static void different_names_do_not_clash(void **state)
{
    struct series_names names = { 0 };

    (void)state;
    assert_int_equal(update(&block_a, "a", 1, NAMES("web", "db", "mail")), 0);
    assert_int_equal(update(&block_b, "b", 1, NAMES("web2", "db2")), 0);
    add(&names, "hv2", "web", 9);
    add(&names, "hv", "1web", 10);
    assert_int_equal(series_update(series, &names, "c", &names, clashes), 0);
}

static void a_name_on_two_blocks_is_found_once(void **state)
{
    (void)state;
    assert_int_equal(update(&block_a, "a", 1, NAMES("web", "db", "mail")), 0);
    assert_int_equal(update(&block_b, "b", 11, NAMES("x", "db", "y")), 1);
    assert_int_equal(clashes[0].row, 12);
    assert_other(2, "a");
    assert_int_equal(update(&block_b, "b", 11, NAMES("x", "db", "y")), 0);
    assert_int_equal(update(&block_b, "b", 11, NAMES("x", "db", "y", "z")), 0);
    assert_int_equal(update(&block_a, "a", 1, NAMES("web", "db")), 0);
    assert_int_equal(update(&block_a, "a", 1, NAMES("web", "db", "y", "x")), 2);
    assert_other(11 + (clashes[0].row == 3 ? 2 : 0), "b");
    assert_int_equal(clashes[0].row + clashes[1].row, 3 + 4);
}

static void a_name_that_one_block_has_twice_is_found(void **state)
{
    (void)state;
    assert_int_equal(update(&block_a, "a", 1, NAMES("web", "db", "web", "web")), 1);
    assert_true(clashes[0].row == 3 || clashes[0].row == 4 || clashes[0].row == 1);
    assert_string_equal(clashes[0].other_block, "a");
}

static void the_same_domain_in_two_blocks_clashes(void **state)
{
    (void)state;
    assert_int_equal(update(&block_a, "a", 1, NAMES("web")), 0);
    assert_int_equal(update(&block_b, "b", 1, NAMES("web")), 1);
    assert_other(1, "a");
}

static void a_block_that_left_does_not_clash(void **state)
{
    (void)state;
    assert_int_equal(update(&block_a, "a", 1, NAMES("web")), 0);
    series_leave(series, &block_a);
    series_leave(series, &block_b);
    assert_int_equal(update(&block_b, "b", 1, NAMES("web")), 0);
}

static void many_clashes_are_bounded(void **state)
{
    enum { MANY = SERIES_REPORTED_MAX + 10 };
    struct series_names names = { 0 };
    char name[16];

    (void)state;
    for (unsigned i = 0; i < 2 * MANY; i++) {
        (void)snprintf(name, sizeof(name), "vm%u", i % MANY);
        add(&names, "hv1", name, i);
    }
    assert_int_equal(series_update(series, &block_a, "a", &names, clashes), SERIES_REPORTED_MAX);
    assert_int_equal(update(&block_b, "b", 1, NAMES("new", "new")), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(different_names_do_not_clash, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_name_on_two_blocks_is_found_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_name_that_one_block_has_twice_is_found, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_same_domain_in_two_blocks_clashes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_block_that_left_does_not_clash, set_up, tear_down),
        cmocka_unit_test_setup_teardown(many_clashes_are_bounded, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
