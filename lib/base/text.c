/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/base/text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/array.h"

static const char replacement[] = "\xef\xbf\xbd"; /* U+FFFD */

static bool text_is_continuation(unsigned char byte)
{
    return (byte & 0xc0) == 0x80;
}

/* The length in bytes of a character whose first byte is `lead`; 0 if no character begins with it. `*bits` gets
 * the bits of the code point that are in `lead`, `*smallest` the smallest code point of this length. */
static size_t text_lead(unsigned char lead, unsigned *bits, unsigned *smallest)
{
    static const struct {
        unsigned char mask, lead;
        unsigned smallest;
    } forms[] = {
        { 0x80, 0x00, 0 },
        { 0xe0, 0xc0, 0x80 },
        { 0xf0, 0xe0, 0x800 },
        { 0xf8, 0xf0, 0x10000 },
    };

    for (size_t i = 0; i < ARRAY_COUNT(forms); i++) {
        if ((lead & forms[i].mask) != forms[i].lead)
            continue;
        *bits = lead & (unsigned char)~forms[i].mask;
        *smallest = forms[i].smallest;
        return i + 1;
    }
    return 0;
}

size_t text_character(const char *text, unsigned *code_point)
{
    const unsigned char *bytes = (const unsigned char *)text;
    unsigned value, smallest;
    size_t length = text_lead(bytes[0], &value, &smallest);

    for (size_t i = 1; i < length; i++) {
        if (!text_is_continuation(bytes[i]))
            return 0;
        value = value << 6 | (bytes[i] & 0x3f);
    }
    if (length == 0 || value < smallest || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff))
        return 0;
    *code_point = value;
    return length;
}

size_t text_snmp(const char *text, char *out, size_t max)
{
    size_t length = 0;

    while (*text) {
        unsigned code_point;
        size_t taken = text_character(text, &code_point);
        const char *piece = taken ? text : replacement;
        size_t put = taken ? taken : sizeof(replacement) - 1;

        if (length + put > max)
            break;
        memcpy(out + length, piece, put);
        length += put;
        text += taken ? taken : 1;
    }
    out[length] = '\0';
    return length;
}

/* Control characters, and characters that break a line or change the writing direction: with these a name could
 * look like another one in a log. */
static bool text_is_harmful(unsigned code_point)
{
    return code_point < 0x20 || (code_point >= 0x7f && code_point < 0xa0) || code_point == 0x61c ||
           code_point == 0x200e || code_point == 0x200f || (code_point >= 0x2028 && code_point <= 0x202e) ||
           (code_point >= 0x2066 && code_point <= 0x2069);
}

/* Makes one character, or one byte that is not UTF-8, printable. Returns how many bytes of `text` it used. */
static size_t text_printable_piece(const char *text, char piece[20])
{
    unsigned code_point = 0;
    size_t taken = text_character(text, &code_point);

    if (taken && code_point == '\\') {
        memcpy(piece, "\\\\", 3);
    } else if (taken && !text_is_harmful(code_point)) {
        memcpy(piece, text, taken);
        piece[taken] = '\0';
    } else {
        size_t bytes = taken ? taken : 1;

        for (size_t i = 0; i < bytes; i++)
            (void)snprintf(piece + 4 * i, 5, "\\x%02x", (unsigned char)text[i]);
        return bytes;
    }
    return taken;
}

/* Replaces the end of a line and the blanks that indent the next one. At the start and at the end of the text it
 * drops them. */
static size_t text_line_break_piece(const char *text, bool is_first, char piece[20])
{
    size_t taken = strcspn(text, "\r\n") == 0 ? strspn(text, " \t\r\n") : 0;

    if (taken > 0)
        (void)strcpy(piece, is_first || !text[taken] ? "" : "; ");
    return taken;
}

static size_t text_make_printable(const char *text, bool joins_lines, char *out, size_t size)
{
    size_t length = 0;

    while (*text) {
        char piece[20];
        size_t taken = joins_lines ? text_line_break_piece(text, length == 0, piece) : 0;
        size_t put;

        if (taken == 0)
            taken = text_printable_piece(text, piece);
        put = strlen(piece);
        if (length + put >= size)
            break;
        memcpy(out + length, piece, put);
        length += put;
        text += taken;
    }
    if (size > 0)
        out[length] = '\0';
    return length;
}

size_t text_printable(const char *text, char *out, size_t size)
{
    return text_make_printable(text, false, out, size);
}

size_t text_line(const char *text, char *out, size_t size)
{
    return text_make_printable(text, true, out, size);
}

/* Characters of East Asian scripts and pictures, which are two columns wide, and marks that have no width of their
 * own. The locale is not asked: the agent has none. */
static const struct text_width {
    unsigned first, last;
    size_t columns;
} text_widths[] = {
    { 0x0300, 0x036f, 0 },   { 0x1100, 0x115f, 2 },   { 0x200b, 0x200f, 0 },   { 0x20d0, 0x20ff, 0 },
    { 0x2e80, 0x303e, 2 },   { 0x3041, 0x4dbf, 2 },   { 0x4e00, 0xa4cf, 2 },   { 0xa960, 0xa97f, 2 },
    { 0xac00, 0xd7a3, 2 },   { 0xf900, 0xfaff, 2 },   { 0xfe00, 0xfe0f, 0 },   { 0xfe20, 0xfe2f, 0 },
    { 0xfe30, 0xfe6f, 2 },   { 0xff01, 0xff60, 2 },   { 0xffe0, 0xffe6, 2 },   { 0x1f300, 0x1f64f, 2 },
    { 0x1f680, 0x1f6ff, 2 }, { 0x1f900, 0x1faff, 2 }, { 0x20000, 0x3fffd, 2 }, { 0xe0100, 0xe01ef, 0 },
};

static size_t text_width(unsigned code_point)
{
    for (size_t i = 0; i < ARRAY_COUNT(text_widths); i++)
        if (code_point >= text_widths[i].first && code_point <= text_widths[i].last)
            return text_widths[i].columns;
    return 1;
}

size_t text_columns(const char *text)
{
    size_t columns = 0;

    while (*text) {
        unsigned code_point = 0;
        size_t length = text_character(text, &code_point);

        columns += length > 0 ? text_width(code_point) : 1;
        text += length > 0 ? length : 1;
    }
    return columns;
}

static size_t text_json_piece(const char *text, char piece[8])
{
    unsigned code_point;
    size_t taken = text_character(text, &code_point);

    if (taken == 0) {
        memcpy(piece, replacement, sizeof(replacement));
        return 1;
    }
    if (code_point == '"' || code_point == '\\')
        (void)snprintf(piece, 8, "\\%c", (char)code_point);
    else if (code_point < 0x20 || (code_point >= 0x7f && code_point < 0xa0)) /* terminals obey these */
        (void)snprintf(piece, 8, "\\u%04x", code_point);
    else {
        memcpy(piece, text, taken);
        piece[taken] = '\0';
    }
    return taken;
}

void text_json(const char *text, void (*put)(void *data, const char *piece), void *data)
{
    put(data, "\"");
    while (*text) {
        char piece[8];

        text += text_json_piece(text, piece);
        put(data, piece);
    }
    put(data, "\"");
}

int text_hex_digit(char digit)
{
    static const char digits[] = "0123456789abcdef0123456789ABCDEF";
    const char *found = digit ? strchr(digits, digit) : NULL;

    return found ? (int)(found - digits) % 16 : -1;
}

bool text_number(const char *text, long low, long high, long *number)
{
    char *end;
    long value;

    if (!text || *text < '0' || *text > '9')
        return false;
    errno = 0;
    value = strtol(text, &end, 10);
    if (errno || *end || value < low || value > high)
        return false;
    *number = value;
    return true;
}
