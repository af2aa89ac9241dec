/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/text.h"

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

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
    for (size_t i = 0; i < COUNT(characters); i++) {
        unsigned code_point = 0;

        assert_int_equal(text_character(characters[i].text, &code_point), characters[i].length);
        assert_int_equal(code_point, characters[i].code_point);
    }
}

static void what_is_not_utf8_is_refused(void **state)
{
    static const char *const bad[] = {
        "\x80",
        "\xbf",
        "\xc0\x80",
        "\xc1\xbf",
        "\xc3",
        "\xc3x",
        "\xe0\x80\x80",
        "\xe4\xb8",
        "\xed\xa0\x80",
        "\xed\xbf\xbf",
        "\xf0\x80\x80\x80",
        "\xf4\x90\x80\x80",
        "\xf8\x88\x80\x80\x80",
        "\xfe",
        "\xff",
        "\xf0\x9f\x98",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++) {
        unsigned code_point;

        if (text_character(bad[i], &code_point) != 0)
            fail_msg("bad[%zu] was read", i);
    }
}

static void a_long_text_is_cut_between_characters(void **state)
{
    static const char *const characters[] = { "x", "\xc3\xa9", "\xe4\xb8\xad", "\xf0\x9f\x98\x80" };

    (void)state;
    for (size_t c = 0; c < COUNT(characters); c++)
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

static void bytes_that_are_no_text_become_the_replacement_character(void **state)
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

static void nothing_printed_can_move_a_terminal(void **state)
{
    static const struct {
        const char *text, *printed;
    } texts[] = {
        { "plain \xc3\xa9\xe4\xb8\xad", "plain \xc3\xa9\xe4\xb8\xad" },
        { "\x1b[2J", "\\x1b[2J" },
        { "a\nb\tc\x7f", "a\\x0ab\\x09c\\x7f" },
        { "\xc2\x9b", "\\xc2\\x9b" },          /* a C1 control */
        { "\xe2\x80\xae", "\\xe2\\x80\\xae" }, /* right-to-left override */
        { "\xe2\x81\xa6", "\\xe2\\x81\\xa6" }, /* isolate */
        { "\xe2\x80\xa8", "\\xe2\\x80\\xa8" }, /* line separator */
        { "\\x1b", "\\\\x1b" },
        { "\xff", "\\xff" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++) {
        char out[64];

        assert_int_equal(text_printable(texts[i].text, out, sizeof(out)), strlen(texts[i].printed));
        assert_string_equal(out, texts[i].printed);
    }
}

static void a_small_buffer_holds_no_half_escape(void **state)
{
    (void)state;
    for (size_t size = 1; size < 12; size++) {
        char out[16];
        size_t length = text_printable("\x1b\xc3\xa9\x01", out, size);

        assert_true(length < size);
        assert_int_equal(strlen(out), length);
        assert_true(length == 0 || length == 4 || length == 6 || length == 10);
    }
}

static void columns_count_characters(void **state)
{
    (void)state;
    assert_int_equal(text_columns(""), 0);
    assert_int_equal(text_columns("a\xc3\xa9\xe4\xb8\xad"), 3);
}

static void append(void *data, const char *piece)
{
    (void)strcat(data, piece);
}

static void json_strings_are_json(void **state)
{
    static const struct {
        const char *text, *json;
    } texts[] = {
        { "", "\"\"" },
        { "a\"b\\c/", "\"a\\\"b\\\\c/\"" },
        { "\x01\n\x1f\x7f", "\"\\u0001\\u000a\\u001f\\u007f\"" },
        { "\xc3\xa9\xff", "\"\xc3\xa9\xef\xbf\xbd\"" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++) {
        char out[128] = "";

        text_json(texts[i].text, append, out);
        assert_string_equal(out, texts[i].json);
    }
}

static void numbers_are_whole_decimal_and_within_bounds(void **state)
{
    static const char *const bad[] = { "",   " 5",  "5 ", "+5", "-5",
                                       "5x", "0x5", "4",  "11", "99999999999999999999",
                                       "5.0" };
    long number = 77;

    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++)
        if (text_number(bad[i], 5, 10, &number))
            fail_msg("\"%s\" was read as %ld", bad[i], number);
    assert_false(text_number(NULL, 5, 10, &number));
    assert_int_equal(number, 77);
    assert_true(text_number("5", 5, 10, &number) && number == 5);
    assert_true(text_number("010", 5, 10, &number) && number == 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(characters_of_one_to_four_bytes_are_read),
        cmocka_unit_test(what_is_not_utf8_is_refused),
        cmocka_unit_test(a_long_text_is_cut_between_characters),
        cmocka_unit_test(bytes_that_are_no_text_become_the_replacement_character),
        cmocka_unit_test(nothing_printed_can_move_a_terminal),
        cmocka_unit_test(a_small_buffer_holds_no_half_escape),
        cmocka_unit_test(columns_count_characters),
        cmocka_unit_test(json_strings_are_json),
        cmocka_unit_test(numbers_are_whole_decimal_and_within_bounds),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
