/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "lib/collect/trouble.h"

#define URI  "qemu:///system"
#define FULL "no further connection for statistics and XML: no answer within 15 s"

static unsigned line_count;
static char line[1024];

static void write_line(void *data, enum log_level level, const char *text)
{
    (void)data;
    (void)level;
    line_count++;
    (void)snprintf(line, sizeof(line), "%s", text);
}

static const struct log_sink log_sink = { .write = write_line };

static int begin(void **state)
{
    static struct trouble trouble;

    memset(&trouble, 0, sizeof(trouble));
    line_count = 0;
    *state = &trouble;
    return 0;
}

static bool follow(struct trouble *trouble, const char *text, int64_t now)
{
    return trouble_follow(trouble, text, URI, &log_sink, now);
}

static void without_trouble_nothing_is_logged(void **state)
{
    assert_false(follow(*state, NULL, 1000));
    assert_int_equal(line_count, 0);
}

static void trouble_is_logged_once_and_remembered(void **state)
{
    struct trouble *trouble = *state;

    assert_true(follow(trouble, FULL, 1000));
    assert_string_equal(line, URI ": " FULL);
    assert_false(follow(trouble, FULL, 11 * 1000));
    assert_false(follow(trouble, FULL, 21 * 1000));
    assert_int_equal(line_count, 1);
    assert_string_equal(trouble->text, FULL);
}

static void another_trouble_replaces_the_first(void **state)
{
    struct trouble *trouble = *state;

    (void)follow(trouble, FULL, 1000);
    assert_true(follow(trouble, "denied", 2000));
    assert_int_equal(line_count, 2);
    assert_string_equal(trouble->text, "denied");
}

/* Of several connections, one may open now and then, so one success does not end the trouble. */
static void trouble_is_over_when_it_has_not_occurred_for_a_while(void **state)
{
    struct trouble *trouble = *state;

    (void)follow(trouble, FULL, 1000);
    assert_false(follow(trouble, NULL, 1000 + TROUBLE_OVER_MS / 2));
    assert_false(follow(trouble, FULL, 1000 + TROUBLE_OVER_MS));
    assert_false(follow(trouble, NULL, 2 * TROUBLE_OVER_MS));
    assert_int_equal(line_count, 1);
    assert_true(follow(trouble, NULL, 1000 + 2 * TROUBLE_OVER_MS));
    assert_string_equal(trouble->text, "");
    assert_int_equal(line_count, 2);
    assert_string_equal(line, URI ": connections for statistics and XML are open again");
    assert_false(follow(trouble, NULL, 4 * TROUBLE_OVER_MS));
    assert_true(follow(trouble, FULL, 5 * TROUBLE_OVER_MS));
    assert_int_equal(line_count, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(without_trouble_nothing_is_logged, begin),
        cmocka_unit_test_setup(trouble_is_logged_once_and_remembered, begin),
        cmocka_unit_test_setup(another_trouble_replaces_the_first, begin),
        cmocka_unit_test_setup(trouble_is_over_when_it_has_not_occurred_for_a_while, begin),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
