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

static void a_printed_text_cannot_control_a_terminal(void **state)
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

/* Decodes the output of text_printable(). False if it is not such an output. */
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

/* Decodes a JSON string. False if it is not one (RFC 8259, section 7). */
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_printed_text_cannot_control_a_terminal),
        cmocka_unit_test(a_small_buffer_holds_no_half_escape),
        cmocka_unit_test(a_text_of_several_lines_becomes_one),
        cmocka_unit_test(json_strings_are_json),
        cmocka_unit_test(controls_and_marks_of_lines_and_directions_are_never_printed),
        cmocka_unit_test(letters_of_all_scripts_are_printed),
        cmocka_unit_test(what_is_printed_can_be_read_back),
        cmocka_unit_test(each_byte_alone_and_any_bytes_together_are_json),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
