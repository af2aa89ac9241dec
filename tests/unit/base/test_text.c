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
    for (size_t i = 0; i < ARRAY_COUNT(texts); i++) {
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

static void a_text_of_several_lines_becomes_one(void **state)
{
    static const struct {
        const char *text, *line;
    } texts[] = {
        { "", "" },
        { "\r\n \n", "" },
        { "one line", "one line" },
        { "one\ntwo", "one; two" },
        { "\none\r\n\r\n\t two \n", "one; two " },
        { "tab\there\n\x1b[2J", "tab\\x09here; \\x1b[2J" },
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(texts); i++) {
        char out[64];

        assert_int_equal(text_line(texts[i].text, out, sizeof(out)), strlen(texts[i].line));
        assert_string_equal(out, texts[i].line);
        for (size_t size = 1; size < sizeof(out); size++) {
            size_t length = text_line(texts[i].text, out, size);

            assert_true(length < size && strlen(out) == length);
            assert_memory_equal(out, texts[i].line, length);
        }
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
        { "\x01\n\x1f\x7f\xc2\x9b\xc2\xa0", "\"\\u0001\\u000a\\u001f\\u007f\\u009b\xc2\xa0\"" },
        { "\xc3\xa9\xff", "\"\xc3\xa9\xef\xbf\xbd\"" },
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(texts); i++) {
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
    for (size_t i = 0; i < ARRAY_COUNT(bad); i++)
        if (text_number(bad[i], 5, 10, &number))
            fail_msg("\"%s\" was read as %ld", bad[i], number);
    assert_false(text_number(NULL, 5, 10, &number));
    assert_int_equal(number, 77);
    assert_true(text_number("5", 5, 10, &number) && number == 5);
    assert_true(text_number("010", 5, 10, &number) && number == 10);
}

/* A decoder of another make: RFC 3629's table of well-formed byte sequences, row by row. */
static size_t well_formed(const unsigned char *text)
{
    static const struct {
        unsigned char low, high, second_low, second_high;
        size_t length;
    } rows[] = {
        { 0x01, 0x7f, 0x00, 0x00, 1 }, { 0xc2, 0xdf, 0x80, 0xbf, 2 }, { 0xe0, 0xe0, 0xa0, 0xbf, 3 },
        { 0xe1, 0xec, 0x80, 0xbf, 3 }, { 0xed, 0xed, 0x80, 0x9f, 3 }, { 0xee, 0xef, 0x80, 0xbf, 3 },
        { 0xf0, 0xf0, 0x90, 0xbf, 4 }, { 0xf1, 0xf3, 0x80, 0xbf, 4 }, { 0xf4, 0xf4, 0x80, 0x8f, 4 },
    };

    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        bool fits = text[0] >= rows[i].low && text[0] <= rows[i].high;

        if (!fits || rows[i].length == 1) {
            if (fits)
                return 1;
            continue;
        }
        if (text[1] < rows[i].second_low || text[1] > rows[i].second_high)
            return 0;
        for (size_t at = 2; at < rows[i].length; at++)
            if (text[at] < 0x80 || text[at] > 0xbf)
                return 0;
        return rows[i].length;
    }
    return 0;
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

static size_t encode(unsigned code_point, char *text)
{
    static const unsigned char leads[] = { 0, 0x00, 0xc0, 0xe0, 0xf0 };
    size_t length = code_point < 0x80 ? 1 : code_point < 0x800 ? 2 : code_point < 0x10000 ? 3 : 4;

    text[length] = '\0';
    for (size_t i = length - 1; i > 0; i--, code_point >>= 6)
        text[i] = (char)(0x80 | (code_point & 0x3f));
    text[0] = (char)(leads[length] | code_point);
    return length;
}

static void each_code_point_is_read_but_no_surrogate(void **state)
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

/* Bytes in which text, ends of text and nonsense are about as frequent. */
static void random_text(uint64_t *random, char *text, size_t length)
{
    static const char *const pieces[] = {
        "a",    "\\",   "\"",   "\n",       "\xc3\xa9", "\xe4\xb8\xad", "\xf0\x9f\x98\x80",
        "\x80", "\xf0", "\xe2", "\xed\xa0", "\x1b[",    "\xe2\x80\xae", "\xc2\x9b"
    };
    size_t end = 0;

    text[0] = '\0';
    while (end + 5 < length) {
        *random = *random * 6364136223846793005ull + 1442695040888963407ull;
        end += strlen(strcpy(text + end, pieces[(*random >> 33) % ARRAY_COUNT(pieces)]));
    }
}

static void what_snmp_gets_is_utf8_cut_no_sooner_than_it_must_be(void **state)
{
    uint64_t random = 2512;

    (void)state;
    for (int turn = 0; turn < 200; turn++) {
        char text[130], whole[4 * sizeof(text)];
        size_t all, before = 0;

        random_text(&random, text, sizeof(text));
        all = text_snmp(text, whole, sizeof(whole) - 1);
        for (size_t max = 0; max <= all + 1; max++) {
            char *out = malloc(max + 1); /* exactly: the sanitizers see a byte too many */
            size_t length;

            assert_non_null(out);
            length = text_snmp(text, out, max);
            assert_true(length <= max);
            assert_int_equal(strlen(out), length);
            assert_memory_equal(out, whole, length);
            /* As long as before, or longer by the one character that there is now room for. */
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

static bool is_shown_as_it_is(unsigned code_point)
{
    char text[5], out[32];

    (void)encode(code_point, text);
    (void)text_printable(text, out, sizeof(out));
    return strcmp(text, out) == 0;
}

static void controls_and_marks_of_lines_and_directions_are_never_printed(void **state)
{
    static const struct {
        unsigned low, high;
    } hidden[] = {
        { 0x01, 0x1f },     { 0x5c, 0x5c },     { 0x7f, 0x9f },     { 0x061c, 0x061c },
        { 0x200e, 0x200f }, { 0x2028, 0x202e }, { 0x2066, 0x2069 },
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(hidden); i++)
        for (unsigned code_point = hidden[i].low; code_point <= hidden[i].high; code_point++)
            if (is_shown_as_it_is(code_point))
                fail_msg("U+%04X was printed", code_point);
}

static void letters_of_all_scripts_are_printed(void **state)
{
    static const unsigned shown[] = { ' ',    '!',    '[',    ']',    '^',    '~',    0xa0,    0xe9,    0x3b1,
                                      0x416,  0x5d0,  0x627,  0x61b,  0x61d,  0x905,  0x200a,  0x2010,  0x2027,
                                      0x2030, 0x2065, 0x206a, 0x4e2d, 0xfffd, 0xac00, 0x1f600, 0x10ffff };

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(shown); i++)
        if (!is_shown_as_it_is(shown[i]))
            fail_msg("U+%04X was not printed", shown[i]);
}

/* Reads back what text_printable() wrote; false if it is none of that. */
static bool unprint(const char *printed, char *text)
{
    for (; *printed; text++) {
        unsigned byte;

        if ((unsigned char)*printed < 0x20 || *printed == 0x7f)
            return false;
        if (*printed != '\\')
            *text = *printed++;
        else if (printed[1] == '\\') {
            *text = '\\';
            printed += 2;
        } else if (sscanf(printed, "\\x%2x", &byte) == 1) {
            *text = (char)byte;
            printed += 4;
        } else
            return false;
    }
    *text = '\0';
    return true;
}

static void what_is_printed_can_be_read_back(void **state)
{
    uint64_t random = 236;

    (void)state;
    for (int turn = 0; turn < 500; turn++) {
        char text[100], printed[4 * sizeof(text)], back[sizeof(text)];

        random_text(&random, text, sizeof(text));
        (void)text_printable(text, printed, sizeof(printed));
        assert_true(unprint(printed, back));
        assert_string_equal(back, text);
        for (size_t size = 0; size < 30; size++) {
            char cut[32] = "?";
            size_t length = text_printable(text, cut, size);

            assert_true(size == 0 ? length == 0 && cut[0] == '?' : length < size && strlen(cut) == length);
            assert_true(unprint(size ? cut : "", back));
            assert_memory_equal(back, text, strlen(back));
        }
    }
}

/* Reads a JSON string back; false if it is none (RFC 8259, section 7). */
static bool unjson(const char *json, char *text)
{
    if (*json++ != '"')
        return false;
    while (*json != '"') {
        unsigned code_point;
        size_t length = well_formed((const unsigned char *)json);

        if (length == 0 || (unsigned char)*json < 0x20)
            return false;
        if (*json != '\\') {
            text = mempcpy(text, json, length);
            json += length;
        } else if (json[1] == '"' || json[1] == '\\') {
            *text++ = json[1];
            json += 2;
        } else if (strspn(json + 2, "0123456789abcdefABCDEF") >= 4 && sscanf(json, "\\u%4x", &code_point) == 1) {
            text += encode(code_point, text);
            json += 6;
        } else
            return false;
    }
    *text = '\0';
    return json[1] == '\0';
}

static void each_byte_alone_and_any_bytes_together_are_json(void **state)
{
    uint64_t random = 8259;

    (void)state;
    for (int byte = 1; byte < 256; byte++) {
        const char text[] = { 'a', (char)byte, 'z', '\0' };
        char json[64] = "", back[64];

        text_json(text, append, json);
        assert_true(unjson(json, back));
        assert_string_equal(back, byte < 0x80 ? text : "a\xef\xbf\xbdz");
    }
    for (int turn = 0; turn < 500; turn++) {
        char text[100], json[8 * sizeof(text)] = "", back[8 * sizeof(text)], clean[4 * sizeof(text)];

        random_text(&random, text, sizeof(text));
        text_json(text, append, json);
        assert_true(unjson(json, back));
        (void)text_snmp(text, clean, sizeof(clean) - 1);
        assert_string_equal(back, clean);
    }
}

static void the_bounds_of_a_number_are_within_it(void **state)
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
        cmocka_unit_test(bytes_that_are_no_text_become_the_replacement_character),
        cmocka_unit_test(nothing_printed_can_move_a_terminal),
        cmocka_unit_test(a_small_buffer_holds_no_half_escape),
        cmocka_unit_test(a_text_of_several_lines_becomes_one),
        cmocka_unit_test(columns_count_characters),
        cmocka_unit_test(json_strings_are_json),
        cmocka_unit_test(numbers_are_whole_decimal_and_within_bounds),
        cmocka_unit_test(sequences_are_read_exactly_if_they_are_well_formed),
        cmocka_unit_test(each_code_point_is_read_but_no_surrogate),
        cmocka_unit_test(what_snmp_gets_is_utf8_cut_no_sooner_than_it_must_be),
        cmocka_unit_test(controls_and_marks_of_lines_and_directions_are_never_printed),
        cmocka_unit_test(letters_of_all_scripts_are_printed),
        cmocka_unit_test(what_is_printed_can_be_read_back),
        cmocka_unit_test(each_byte_alone_and_any_bytes_together_are_json),
        cmocka_unit_test(the_bounds_of_a_number_are_within_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
