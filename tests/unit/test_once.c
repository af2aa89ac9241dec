/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The two forms in which --once prints a listing: a table for people and JSON for programs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "agent/once.h"
#include "tests/unit/fixtures.h"

typedef void once_printer(const struct snapshot *snapshot, const char *uri, FILE *out);

/* What is printed of a listing of that guest alone; to be freed. */
static char *printed(once_printer *print, enum fixture_guest guest)
{
    struct snapshot *snapshot = fixture_snapshot(&fixture_guests[guest], 1);
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);

    assert_non_null(out);
    print(snapshot, "test:///default", out);
    assert_int_equal(fclose(out), 0);
    snapshot_unref(snapshot);
    return text;
}

/* The word in the table's second line that stands where the title stands in the first. */
static void assert_cell(enum fixture_guest guest, const char *title, const char *wanted)
{
    char *text = printed(once_table, guest), *at = strstr(text, title), *row = strchr(text, '\n');
    char word[64];

    assert_non_null(at);
    assert_non_null(row);
    assert_int_equal(sscanf(row + 1 + (at - text), "%63s", word), 1);
    if (strcmp(word, wanted) != 0)
        fail_msg("%s of %s is %s, not %s", title, fixture_guests[guest].name, word, wanted);
    free(text);
}

static void the_table_says_whether_autostart_is_on_or_on_once(void **state)
{
    (void)state;
    assert_cell(GUEST_BOOTS, "AUTOSTART", "yes");
    assert_cell(GUEST_BOOTS_ONCE, "AUTOSTART", "once");
    assert_cell(GUEST_SHUTOFF, "AUTOSTART", "no");
    assert_cell(GUEST_UNTOLD, "AUTOSTART", "unknown");
}

static void the_truths_stand_in_their_order(void **state)
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
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        char *text = printed(once_json, rows[i].guest);

        if (!strstr(text, rows[i].truths))
            fail_msg("%s is not in %s", rows[i].truths, text);
        free(text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_table_says_whether_autostart_is_on_or_on_once),
        cmocka_unit_test(the_truths_stand_in_their_order),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
