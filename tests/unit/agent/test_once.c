/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The forms in which --once prints a listing: tables for people and JSON for programs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "agent/once.h"
#include "lib/base/array.h"
#include "tests/unit/fixtures.h"

static void plain_table(const struct snapshot *snapshot, const char *uri, FILE *out)
{
    once_table(snapshot, uri, false, out);
}

static void coloured_table(const struct snapshot *snapshot, const char *uri, FILE *out)
{
    once_table(snapshot, uri, true, out);
}

typedef void once_printer(const struct snapshot *snapshot, const char *uri, FILE *out);

enum { PRINTED_MAX = 4096 };

/* Prints a listing with only that guest. */
static void print_guest(once_printer *print, enum fixture_guest guest, char text[PRINTED_MAX])
{
    struct snapshot *snapshot = fixture_snapshot(&fixture_guests[guest], 1);
    FILE *out = fmemopen(text, PRINTED_MAX, "w");

    assert_non_null(out);
    print(snapshot, "test:///default", out);
    assert_int_equal(fclose(out), 0);
    snapshot_unref(snapshot);
}

/* Checks the word below that title. */
static void assert_cell(enum fixture_guest guest, const char *title, const char *wanted)
{
    char text[PRINTED_MAX], word[64], *at, *row;

    print_guest(plain_table, guest, text);
    at = strstr(text, title);
    row = strchr(text, '\n');
    assert_non_null(at);
    assert_non_null(row);
    assert_int_equal(sscanf(row + 1 + (at - text), "%63s", word), 1);
    if (strcmp(word, wanted) != 0)
        fail_msg("%s of %s is %s, not %s", title, fixture_guests[guest].name, word, wanted);
}

static void the_table_shows_autostart_and_autostart_once(void **state)
{
    (void)state;
    assert_cell(GUEST_BOOTS, "AUTOSTART", "yes");
    assert_cell(GUEST_BOOTS_ONCE, "AUTOSTART", "once");
    assert_cell(GUEST_SHUTOFF, "AUTOSTART", "no");
    assert_cell(GUEST_UNTOLD, "AUTOSTART", "unknown");
}

static void the_table_shows_what_the_next_boot_does(void **state)
{
    (void)state;
    assert_cell(GUEST_RUNNING, "NEXT-BOOT", "returns");
    assert_cell(GUEST_TRANSIENT, "NEXT-BOOT", "ends");
    assert_cell(GUEST_PAUSED, "NEXT-BOOT", "ends");
    assert_cell(GUEST_BOOTS, "NEXT-BOOT", "starts");
    assert_cell(GUEST_BOOTS_ONCE, "NEXT-BOOT", "starts");
    assert_cell(GUEST_SHUTOFF, "NEXT-BOOT", "off");
    assert_cell(GUEST_UNTOLD, "NEXT-BOOT", "unknown");
    assert_cell(GUEST_ONCE_UNTOLD, "NEXT-BOOT", "unknown");
}

static void put_unwell(const struct snapshot *snapshot, const char *uri, FILE *out)
{
    (void)once_unwell(snapshot, uri, out);
}

static void unwell_prints_the_guests_that_need_a_look_and_no_others(void **state)
{
    const struct domain domains[] = { fixture_guests[GUEST_RUNNING], fixture_guests[GUEST_SHUTOFF],
                                      fixture_guests[GUEST_CRASHED_OFF], fixture_guests[GUEST_BOOTS] };
    struct snapshot *snapshot = fixture_snapshot(domains, ARRAY_COUNT(domains));
    char text[PRINTED_MAX];
    FILE *out = fmemopen(text, PRINTED_MAX, "w");

    (void)state;
    assert_non_null(out);
    assert_int_equal(once_unwell(snapshot, "test:///default", out), 2);
    assert_int_equal(fclose(out), 0);
    assert_string_equal(text, "NAME         STATE    REASON   WHY\n"
                              "crashed-off  crashed  unknown  it crashed\n"
                              "boots        shutoff  unknown  it starts at boot, but is off\n"
                              "2 of 4 domains of test:///default need a look\n");
    snapshot_unref(snapshot);
}

static void unwell_prints_nothing_if_no_guest_needs_a_look(void **state)
{
    char text[PRINTED_MAX] = "";

    (void)state;
    print_guest(put_unwell, GUEST_SHUTOFF, text);
    assert_string_equal(text, "");
    print_guest(put_unwell, GUEST_CRASHED_OFF, text);
    assert_non_null(strstr(text, "\n1 of 1 domain of test:///default needs a look\n"));
}

static void json_has_all_flags_in_order(void **state)
{
    static const struct {
        enum fixture_guest guest;
        const char *truths;
    } rows[] = {
        { GUEST_RUNNING, "\"active\": true, \"persistent\": true, \"autostart\": true, \"autostart_once\": false, "
                         "\"starts_at_boot\": true, \"managed_save\": false, \"snapshot\": false, "
                         "\"checkpoint\": false }" },
        { GUEST_BOOTS_ONCE, "\"autostart\": false, \"autostart_once\": true, \"starts_at_boot\": true, " },
        { GUEST_ONCE_UNTOLD, "\"autostart\": false, \"autostart_once\": null, \"starts_at_boot\": null, " },
        { GUEST_UNTOLD, "\"active\": true, \"persistent\": null, \"autostart\": null, \"autostart_once\": null, "
                        "\"starts_at_boot\": null, \"managed_save\": null, \"snapshot\": null, "
                        "\"checkpoint\": null }" },
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        char text[PRINTED_MAX];

        print_guest(once_json, rows[i].guest, text);
        if (!strstr(text, rows[i].truths))
            fail_msg("%s is not in %s", rows[i].truths, text);
    }
}

/* Scripts rely on the names of these keys. */
static void json_says_which_hypervisor_was_listed(void **state)
{
    char text[PRINTED_MAX];

    (void)state;
    print_guest(once_json, GUEST_RUNNING, text);
    assert_int_equal(strncmp(text, "{\n  \"hypervisor\": \"test:///default\",\n  \"filter\": \"\",\n", 53), 0);
}

/* The names in the order of the rows, each with a blank after it. */
static void put_names(const struct snapshot *snapshot, char *out, size_t size)
{
    size_t used = 0;

    for (size_t i = 0; i < snapshot->count; i++)
        used += (size_t)snprintf(out + used, size - used, "%s ", snapshot->domains[i].name);
}

static void rows_are_sorted_as_virsh_sorts_them(void **state)
{
    static const int inactive = DOMAIN_ID_INACTIVE;
    const struct domain domains[] = {
        { .uuid = { 1 }, .id = inactive, .name = "zebra" }, { .uuid = { 2 }, .id = 10, .name = "early" },
        { .uuid = { 3 }, .id = inactive, .name = "Bear" },  { .uuid = { 4 }, .id = 2, .name = "late" },
        { .uuid = { 5 }, .id = inactive, .name = "ant" },   { .uuid = { 6 }, .id = inactive, .name = "bear" },
    };
    struct snapshot *snapshot = fixture_snapshot(domains, ARRAY_COUNT(domains));
    char names[128];

    (void)state;
    once_sort(snapshot);
    put_names(snapshot, names, sizeof(names));
    assert_string_equal(names, "late early ant Bear bear zebra ");
    snapshot_unref(snapshot);
}

static void colours_mark_what_should_run_and_what_ends_at_the_next_boot(void **state)
{
    static const struct {
        enum fixture_guest guest;
        const char *wanted; /* NULL: no colour at all */
    } rows[] = {
        { GUEST_BOOTS, "\033[1;31mboots\033[0m  \033[1;31mshutoff\033[0m  " },
        { GUEST_BOOTS_ONCE, "\033[1;31mboots-once\033[0m  " },
        { GUEST_BOOTS_ONCE, "  \033[1;31mstarts\033[0m     " },
        { GUEST_TRANSIENT, "  \033[33mno\033[0m          \033[33mno\033[0m         \033[33mends\033[0m       " },
        { GUEST_PAUSED, "  yes         \033[33mno\033[0m         \033[33mends\033[0m       " },
        { GUEST_RUNNING, NULL },
        { GUEST_SHUTOFF, NULL },
        { GUEST_UNTOLD, NULL },
        { GUEST_ONCE_UNTOLD, NULL },
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        char text[PRINTED_MAX], plain[PRINTED_MAX];

        print_guest(coloured_table, rows[i].guest, text);
        print_guest(plain_table, rows[i].guest, plain);
        if (rows[i].wanted ? !strstr(text, rows[i].wanted) : strcmp(text, plain) != 0)
            fail_msg("%s", text);
        assert_null(strchr(plain, '\033'));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_table_shows_autostart_and_autostart_once),
        cmocka_unit_test(the_table_shows_what_the_next_boot_does),
        cmocka_unit_test(unwell_prints_the_guests_that_need_a_look_and_no_others),
        cmocka_unit_test(unwell_prints_nothing_if_no_guest_needs_a_look),
        cmocka_unit_test(json_has_all_flags_in_order),
        cmocka_unit_test(json_says_which_hypervisor_was_listed),
        cmocka_unit_test(rows_are_sorted_as_virsh_sorts_them),
        cmocka_unit_test(colours_mark_what_should_run_and_what_ends_at_the_next_boot),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
