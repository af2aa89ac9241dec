/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "integrations/check_guestlist/range.h"

static void assert_alarms(const char *text, double value, bool wanted)
{
    struct range range;

    if (!range_parse(text, &range))
        fail_msg("\"%s\" is refused", text);
    if (range_alarms(&range, value) != wanted)
        fail_msg("\"%s\" and %g: %s", text, value, wanted ? "no alarm" : "an alarm");
}

/* The examples of the Monitoring Plugins guidelines, and a few more. */
static void a_range_alarms_outside(void **state)
{
    (void)state;
    assert_alarms("10", -1, true);
    assert_alarms("10", 0, false);
    assert_alarms("10", 10, false);
    assert_alarms("10", 10.5, true);
    assert_alarms("10:", 9.9, true);
    assert_alarms("10:", 10, false);
    assert_alarms("10:", 1e9, false);
    assert_alarms("~:10", -1e9, false);
    assert_alarms("~:10", 11, true);
    assert_alarms("10:20", 9, true);
    assert_alarms("10:20", 10, false);
    assert_alarms("10:20", 20, false);
    assert_alarms("10:20", 21, true);
    assert_alarms("4:4", 4, false);
    assert_alarms("4:4", 3, true);
    assert_alarms("-5:-1", -3, false);
    assert_alarms(":5", 3, false);
    assert_alarms(":5", -1, true);
    assert_alarms("0.5:1.5", 1.6, true);
}

static void an_at_sign_inverts_the_range(void **state)
{
    (void)state;
    assert_alarms("@10:20", 9, false);
    assert_alarms("@10:20", 10, true);
    assert_alarms("@10:20", 20, true);
    assert_alarms("@10:20", 21, false);
    assert_alarms("@10", 5, true);
    assert_alarms("@~:10", -5, true);
}

static void a_wrong_range_is_refused(void **state)
{
    static const char *const wrong[] = { "",      ":",        "@",   "@:",  "x",   "10:x",  "x:10",
                                         "20:10", "10:20:30", "1e3", "inf", "nan", "0x10",  "~",
                                         "10:~",  "10%",      " 10", "--5", "5-",  "1.2.3", "." };

    (void)state;
    for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
        struct range range;

        if (range_parse(wrong[i], &range))
            fail_msg("\"%s\" is taken", wrong[i]);
    }
}

static void a_range_that_is_not_given_never_alarms(void **state)
{
    const struct range none = { 0 };

    (void)state;
    assert_false(range_alarms(&none, 0));
    assert_false(range_alarms(&none, 1e9));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_range_alarms_outside),
        cmocka_unit_test(an_at_sign_inverts_the_range),
        cmocka_unit_test(a_wrong_range_is_refused),
        cmocka_unit_test(a_range_that_is_not_given_never_alarms),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
