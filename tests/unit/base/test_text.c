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
#include <limits.h>

#include "lib/base/array.h"
#include "lib/base/text.h"
#include "tests/unit/base/text_stage.h"

static void characters_of_one_to_four_bytes_are_read(void **state)
{
    static const struct {
        const char *text;
        size_t length;
        unsigned code_point;
    } characters[] = {
        { "A", 1, 'A' },
        { "\x7f", 1, 0x7f },
        { "\xc2\x80", 2, 0x80 },
        { "\xc3\xa9", 2, 0xe9 },
        { "\xe4\xb8\xad", 3, 0x4e2d },
        { "\xf0\x9f\x98\x80", 4, 0x1f600 },
        { "\xef\xbf\xbf", 3, 0xffff },
        { "\xf4\x8f\xbf\xbf", 4, 0x10ffff },
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(characters); i++) {
        unsigned code_point = 0;

        assert_int_equal(text_character(characters[i].text, &code_point), characters[i].length);
        assert_int_equal(code_point, characters[i].code_point);
    }
}

static void a_long_text_is_cut_between_characters(void **state)
{
    static const char *const characters[] = { "x", "\xc3\xa9", "\xe4\xb8\xad", "\xf0\x9f\x98\x80" };

    (void)state;
    for (size_t c = 0; c < ARRAY_COUNT(characters); c++)
        for (size_t before = 250; before <= 256; before++) {
            char text[300], out[TEXT_SNMP_MAX + 1];
            size_t width = strlen(characters[c]), wanted = before + width <= 255 ? before + width : before;

            memset(text, 'a', before);
            (void)strcpy(text + before, characters[c]);
            if (wanted > 255)
                wanted = 255;
            assert_int_equal(text_snmp(text, out, TEXT_SNMP_MAX), wanted);
            assert_int_equal(strlen(out), wanted);
            assert_memory_equal(out, text, wanted);
        }
}

static void bytes_that_are_not_text_become_the_replacement_character(void **state)
{
    char out[TEXT_SNMP_MAX + 1];

    (void)state;
    assert_int_equal(text_snmp("a\xff"
                               "b\xc3",
                               out, TEXT_SNMP_MAX),
                     8);
    assert_string_equal(out, "a\xef\xbf\xbd"
                             "b\xef\xbf\xbd");
    assert_int_equal(text_snmp("ab\xff", out, 4), 2);
    assert_string_equal(out, "ab");
}

static void columns_are_as_wide_as_characters(void **state)
{
    (void)state;
    assert_int_equal(text_columns(""), 0);
    assert_int_equal(text_columns("a\xc3\xa9\xe4\xb8\xad"), 4);
    assert_int_equal(text_columns("e\xcc\x81"), 1);        /* with a combining accent */
    assert_int_equal(text_columns("\xf0\x9f\x98\x80"), 2); /* a picture */
    assert_int_equal(text_columns("\xed\x95\x9c|"), 3);    /* Hangul */
    assert_int_equal(text_columns("\xff\xff"), 2);         /* not UTF-8 */
}

static void numbers_are_whole_decimal_and_within_bounds(void **state)
{
    static const char *const bad[] = { "",   " 5",  "5 ", "+5", "-5",
                                       "5x", "0x5", "4",  "11", "99999999999999999999",
                                       "5.0" };
    long number = 77;

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(bad); i++)
        if (text_number(bad[i], 5, 10, &number))
            fail_msg("\"%s\" was read as %ld", bad[i], number);
    assert_false(text_number(NULL, 5, 10, &number));
    assert_int_equal(number, 77);
    assert_true(text_number("5", 5, 10, &number) && number == 5);
    assert_true(text_number("010", 5, 10, &number) && number == 10);
}

static void sequences_are_read_exactly_if_they_are_well_formed(void **state)
{
    static const unsigned char edges[] = { 0x00, 0x01, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xff };

    (void)state;
    for (unsigned lead = 1; lead < 256; lead++)
        for (unsigned second = 0; second < 256; second++)
            for (size_t third = 0; third < ARRAY_COUNT(edges); third++)
                for (size_t fourth = 0; fourth < ARRAY_COUNT(edges); fourth++) {
                    const unsigned char text[5] = { (unsigned char)lead, (unsigned char)second, edges[third],
                                                    edges[fourth] };
                    unsigned code_point;

                    if (text_character((const char *)text, &code_point) != well_formed(text))
                        fail_msg("%02x %02x %02x %02x", lead, second, text[2], text[3]);
                }
}

static void all_code_points_are_read_except_surrogates(void **state)
{
    (void)state;
    for (unsigned code_point = 1; code_point <= 0x110400; code_point++) {
        bool exists = code_point <= 0x10ffff && (code_point < 0xd800 || code_point > 0xdfff);
        unsigned read = 0;
        char text[5];
        size_t length = encode(code_point, text);

        if (text_character(text, &read) != (exists ? length : 0) || (exists && read != code_point))
            fail_msg("U+%04X was read as U+%04X", code_point, read);
    }
}

static void a_text_for_snmp_is_utf8_and_as_long_as_fits(void **state)
{
    uint64_t random = 2512;

    (void)state;
    for (int turn = 0; turn < 200; turn++) {
        char text[130], whole[4 * sizeof(text)];
        size_t all, before = 0;

        random_text(&random, text, sizeof(text));
        all = text_snmp(text, whole, sizeof(whole) - 1);
        for (size_t max = 0; max <= all + 1; max++) {
            char *out = malloc(max + 1); /* of the exact size, so that the sanitizers find a byte too many */
            size_t length;

            assert_non_null(out);
            length = text_snmp(text, out, max);
            assert_true(length <= max);
            assert_int_equal(strlen(out), length);
            assert_memory_equal(out, whole, length);
            /* The output is as long as before, or longer by one character. */
            if (length > before) {
                assert_int_equal(length, max);
                assert_int_equal(well_formed((const unsigned char *)whole + before), length - before);
            }
            before = length;
            free(out);
        }
        assert_int_equal(before, all);
    }
}

static void the_bounds_of_a_number_are_accepted(void **state)
{
    char text[32];
    long number = 0;

    (void)state;
    (void)snprintf(text, sizeof(text), "%ld", LONG_MAX);
    assert_true(text_number(text, 0, LONG_MAX, &number));
    assert_int_equal(number, LONG_MAX);
    assert_false(text_number(text, 0, LONG_MAX - 1, &number));
    (void)snprintf(text, sizeof(text), "%lu", (unsigned long)LONG_MAX + 1);
    assert_false(text_number(text, LONG_MIN, LONG_MAX, &number));
    (void)snprintf(text, sizeof(text), "%lu", ULONG_MAX);
    assert_false(text_number(text, LONG_MIN, LONG_MAX, &number));
    assert_int_equal(number, LONG_MAX);
    assert_true(text_number("0", 0, 0, &number));
    assert_int_equal(number, 0);
    assert_false(text_number("1", 0, 0, &number));
    assert_true(text_number("7", 7, 7, &number));
    assert_false(text_number("6", 7, 7, &number));
    assert_false(text_number("8", 7, 7, &number));
    assert_false(text_number("5\n", 0, 10, &number));
    assert_false(text_number("\xd9\xa5", 0, 10, &number)); /* an Arabic five */
    assert_false(text_number("1e1", 0, 10, &number));
    assert_int_equal(number, 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(characters_of_one_to_four_bytes_are_read),
        cmocka_unit_test(a_long_text_is_cut_between_characters),
        cmocka_unit_test(bytes_that_are_not_text_become_the_replacement_character),
        cmocka_unit_test(columns_are_as_wide_as_characters),
        cmocka_unit_test(numbers_are_whole_decimal_and_within_bounds),
        cmocka_unit_test(sequences_are_read_exactly_if_they_are_well_formed),
        cmocka_unit_test(all_code_points_are_read_except_surrogates),
        cmocka_unit_test(a_text_for_snmp_is_utf8_and_as_long_as_fits),
        cmocka_unit_test(the_bounds_of_a_number_are_accepted),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
