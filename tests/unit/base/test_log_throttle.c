/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base/log_throttle.h"

enum { MINUTE = 60 * 1000, HOUR = 60 * MINUTE };

/* The lines that were logged. */
struct logged {
    unsigned count;
    enum log_level level;
    char line[2048];
};

static void write_line(void *data, enum log_level level, const char *line)
{
    struct logged *logged = data;

    logged->count++;
    logged->level = level;
    assert_true(strlen(line) < sizeof(logged->line));
    memcpy(logged->line, line, strlen(line) + 1);
}

static struct log_sink sink_of(struct logged *logged)
{
    return (struct log_sink){ .write = write_line, .data = logged };
}

static void a_warning_is_logged_once(void **state)
{
    struct logged logged = { .count = 0 };
    struct log_sink log = sink_of(&logged);
    struct log_throttle throttle = { 0 };

    (void)state;
    log_throttle_say(&throttle, &log, 5, "%s is %d", "disk", 7);
    assert_int_equal(logged.count, 1);
    assert_int_equal(logged.level, LOG_LEVEL_WARNING);
    assert_string_equal(logged.line, "disk is 7");
    for (int64_t now = 6; now < 5 + MINUTE; now += 997)
        log_throttle_say(&throttle, &log, now, "%s is %d", "disk", 7);
    assert_int_equal(logged.count, 1);
}

static void after_the_pause_a_warning_is_logged_again_with_its_count(void **state)
{
    struct logged logged = { .count = 0 };
    struct log_sink log = sink_of(&logged);
    struct log_throttle throttle = { 0 };

    (void)state;
    for (int64_t now = 0; now < MINUTE; now += MINUTE / 3)
        log_throttle_say(&throttle, &log, now, "no answer");
    assert_int_equal(logged.count, 1);
    log_throttle_say(&throttle, &log, MINUTE, "no answer");
    assert_int_equal(logged.count, 2);
    assert_int_equal(logged.level, LOG_LEVEL_WARNING);
    assert_non_null(strstr(logged.line, "no answer"));
    assert_non_null(strstr(logged.line, "2 times"));
    log_throttle_say(&throttle, &log, MINUTE + 1, "no answer");
    assert_int_equal(logged.count, 2);
    log_throttle_say(&throttle, &log, 3 * MINUTE, "no answer");
    assert_int_equal(logged.count, 3);
    assert_non_null(strstr(logged.line, "1 times"));
}

static void the_pause_doubles_from_a_minute_to_an_hour(void **state)
{
    static const int64_t pauses[] = { MINUTE,      2 * MINUTE, 4 * MINUTE, 8 * MINUTE, 16 * MINUTE,
                                      32 * MINUTE, HOUR,       HOUR,       HOUR };
    struct logged logged = { .count = 0 };
    struct log_sink log = sink_of(&logged);
    struct log_throttle throttle = { 0 };
    int64_t now = 1234;

    (void)state;
    assert_int_equal(LOG_THROTTLE_PAUSE_FIRST_MS, MINUTE);
    assert_int_equal(LOG_THROTTLE_PAUSE_MAX_MS, HOUR);
    log_throttle_say(&throttle, &log, now, "no answer");
    for (unsigned i = 0; i < sizeof(pauses) / sizeof(*pauses); i++) {
        log_throttle_say(&throttle, &log, now + pauses[i] - 1, "no answer");
        assert_int_equal(logged.count, i + 1);
        now += pauses[i];
        log_throttle_say(&throttle, &log, now, "no answer");
        assert_int_equal(logged.count, i + 2);
    }
}

static void other_numbers_are_no_new_warning(void **state)
{
    struct logged logged = { .count = 0 };
    struct log_sink log = sink_of(&logged);
    struct log_throttle throttle = { 0 };

    (void)state;
    log_throttle_say(&throttle, &log, 1, "packet %d bytes, want %d", 123, 5);
    log_throttle_say(&throttle, &log, 2, "packet %d bytes, want %d", -99, 5);
    assert_int_equal(logged.count, 1);
    log_throttle_say(&throttle, &log, 1 + MINUTE, "packet %d bytes, want %d", 7, 5);
    assert_int_equal(logged.count, 2);
    assert_string_equal(logged.line, "still: packet 7 bytes, want 5 (1 times since last said)");
    log_throttle_say(&throttle, &log, 2 + MINUTE, "packet %d", 7);
    assert_int_equal(logged.count, 3);
}

static void another_text_is_a_new_warning(void **state)
{
    struct logged logged = { .count = 0 };
    struct log_sink log = sink_of(&logged);
    struct log_throttle throttle = { 0 };

    (void)state;
    log_throttle_say(&throttle, &log, 1, "no answer");
    log_throttle_say(&throttle, &log, 2, "no answer");
    log_throttle_say(&throttle, &log, 3, "refused");
    assert_int_equal(logged.count, 2);
    assert_string_equal(logged.line, "refused"); /* the suppressed line was of the other reason */
    /* A reason that came in between does not make the first one new. */
    log_throttle_say(&throttle, &log, 4, "no answer");
    log_throttle_say(&throttle, &log, 5, "refused");
    assert_int_equal(logged.count, 2);
    log_throttle_say(&throttle, &log, 1 + MINUTE, "no answer");
    assert_int_equal(logged.count, 3);
    assert_string_equal(logged.line, "still: no answer (2 times since last said)");
}

static void the_reason_with_the_oldest_log_line_is_replaced(void **state)
{
    struct logged logged = { .count = 0 };
    struct log_sink log = sink_of(&logged);
    struct log_throttle throttle = { 0 };

    (void)state;
    for (int i = 0; i <= LOG_THROTTLE_REASONS; i++)
        log_throttle_say(&throttle, &log, 10 + i, "reason %c", 'a' + i);
    assert_int_equal(logged.count, LOG_THROTTLE_REASONS + 1);
    log_throttle_say(&throttle, &log, 20, "reason %c", 'a' + LOG_THROTTLE_REASONS);
    log_throttle_say(&throttle, &log, 21, "reason b");
    assert_int_equal(logged.count, LOG_THROTTLE_REASONS + 1);
    log_throttle_say(&throttle, &log, 22, "reason a");
    assert_int_equal(logged.count, LOG_THROTTLE_REASONS + 2);
}

static void the_end_of_a_problem_is_logged_once(void **state)
{
    struct logged logged = { .count = 0 };
    struct log_sink log = sink_of(&logged);
    struct log_throttle throttle = { 0 };

    (void)state;
    log_throttle_end(&throttle, &log, 2, "%s is back", "disk");
    assert_int_equal(logged.count, 0);
    log_throttle_say(&throttle, &log, 1, "no answer");
    log_throttle_say(&throttle, &log, 2, "no answer");
    log_throttle_end(&throttle, &log, 2, "%s is back", "disk");
    assert_int_equal(logged.count, 2);
    assert_int_equal(logged.level, LOG_LEVEL_NOTICE);
    assert_string_equal(logged.line, "disk is back");
    log_throttle_end(&throttle, &log, 2, "%s is back", "disk");
    assert_int_equal(logged.count, 2);
    /* Afterwards the same message is new, and its earlier count is forgotten. */
    log_throttle_say(&throttle, &log, 3, "no answer");
    assert_int_equal(logged.count, 3);
    assert_string_equal(logged.line, "no answer");
}

/* A listing may fail and work in turns for days. */
static void a_problem_that_comes_and_goes_does_not_fill_the_log(void **state)
{
    struct logged logged = { .count = 0 };
    struct log_sink log = sink_of(&logged);
    struct log_throttle throttle = { 0 };
    int64_t now = HOUR;
    unsigned before;

    (void)state;
    for (; now < HOUR + MINUTE / 2; now += 1000) {
        log_throttle_say(&throttle, &log, now, "no answer");
        log_throttle_end(&throttle, &log, now + 500, "back");
    }
    assert_int_equal(logged.count, 2 * LOG_THROTTLE_RELAPSES + 2);
    for (; now < 9 * HOUR; now += 1000) {
        log_throttle_say(&throttle, &log, now, "no answer");
        log_throttle_end(&throttle, &log, now + 500, "back");
    }
    assert_in_range(logged.count, 20, 50); /* two lines each time, at last once an hour */
    assert_string_equal(logged.line, "back");
    before = logged.count;
    log_throttle_say(&throttle, &log, now + MINUTE, "no answer");
    assert_int_equal(logged.count, before + 1);
    assert_string_equal(logged.line, "no answer");
}

static void a_long_warning_is_cut_and_still_recognized(void **state)
{
    struct logged logged = { .count = 0 };
    struct log_sink log = sink_of(&logged);
    struct log_throttle throttle = { 0 };
    char text[3 * LOG_LINE_MAX];

    (void)state;
    memset(text, 'x', sizeof(text) - 1);
    text[sizeof(text) - 1] = '\0';
    log_throttle_say(&throttle, &log, 1, "%s", text);
    log_throttle_say(&throttle, &log, 2, "%s", text);
    assert_int_equal(logged.count, 1);
    assert_int_equal(strspn(logged.line, "x"), strlen(logged.line));
    assert_true(strlen(logged.line) > 200);
    log_throttle_end(&throttle, &log, 3, "%s", text);
    assert_int_equal(logged.count, 2);
    assert_true(strlen(logged.line) < LOG_LINE_MAX);
}

static void a_long_warning_is_not_cut_within_a_character(void **state)
{
    struct logged logged = { .count = 0 };
    struct log_sink log = sink_of(&logged);

    (void)state;
    for (size_t before = 0; before < 4; before++) {
        struct log_throttle throttle = { 0 };
        char text[500] = "abc";

        for (size_t at = before; at + 2 < sizeof(text); at += 2)
            memcpy(text + at, "\xc3\xa9", 2);
        log_throttle_say(&throttle, &log, 1, "%s", text);
        assert_memory_equal(logged.line, text, strlen(logged.line));
        assert_int_equal((strlen(logged.line) - before) % 2, 0);
        assert_true(strlen(logged.line) > 250);
    }
}

static void percent_signs_in_a_warning_are_text(void **state)
{
    struct logged logged = { .count = 0 };
    struct log_sink log = sink_of(&logged);
    struct log_throttle throttle = { 0 };

    (void)state;
    log_throttle_say(&throttle, &log, 1, "%s", "%s%n 100%");
    assert_string_equal(logged.line, "%s%n 100%");
    log_throttle_say(&throttle, &log, 2, "%s", "%s%n 100%");
    log_throttle_say(&throttle, &log, 1 + MINUTE, "%s", "%s%n 100%");
    assert_non_null(strstr(logged.line, "%s%n 100%"));
}

static void without_a_log_nothing_happens(void **state)
{
    struct log_throttle throttle = { 0 };
    struct log_sink without_write = { .write = NULL };

    (void)state;
    log_throttle_say(&throttle, NULL, 1, "no answer");
    log_throttle_say(&throttle, &without_write, 2, "no answer");
    log_throttle_end(&throttle, NULL, 3, "back");
    assert_string_equal(throttle.reasons[0].text, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_warning_is_logged_once),
        cmocka_unit_test(after_the_pause_a_warning_is_logged_again_with_its_count),
        cmocka_unit_test(the_pause_doubles_from_a_minute_to_an_hour),
        cmocka_unit_test(other_numbers_are_no_new_warning),
        cmocka_unit_test(another_text_is_a_new_warning),
        cmocka_unit_test(the_reason_with_the_oldest_log_line_is_replaced),
        cmocka_unit_test(the_end_of_a_problem_is_logged_once),
        cmocka_unit_test(a_problem_that_comes_and_goes_does_not_fill_the_log),
        cmocka_unit_test(a_long_warning_is_cut_and_still_recognized),
        cmocka_unit_test(a_long_warning_is_not_cut_within_a_character),
        cmocka_unit_test(percent_signs_in_a_warning_are_text),
        cmocka_unit_test(without_a_log_nothing_happens),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
