/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Texts of any bytes. Whatever comes out is valid and safe, and what was not cut can be turned back. */
#include <stdlib.h>
#include <string.h>

#include "lib/base/text.h"
#include "tests/fuzz/fuzz.h"

/* Turns back one escape of text_printable(), or takes one octet. Returns how many octets of `text` it used. */
static size_t read_piece(const char *text, char *octet)
{
    const char digits[] = { text[1] == 'x' ? text[2] : '0', text[1] == 'x' ? text[3] : '0', '\0' };

    *octet = *text;
    if (*text != '\\' || text[1] == '\\')
        return *text == '\\' ? 2 : 1;
    *octet = (char)strtol(digits, NULL, 16);
    return 4;
}

static void read_escapes(const char *text, char *out)
{
    while (*text)
        text += read_piece(text, out++);
    *out = '\0';
}

/* A short copy is the beginning of a longer one. */
static void check_cut(const char *whole, const char *cut, size_t length, size_t size)
{
    fuzz_require(length == strlen(cut) && length < size, "%zu, %zu octets in %zu", length, strlen(cut), size);
    fuzz_require(strncmp(whole, cut, length) == 0, "%s, %s", whole, cut);
}

static void check_printable(const char *text, size_t cut_size)
{
    size_t size = 4 * strlen(text) + 1, length;
    AUTO_FREE char *whole = malloc(size), *cut = malloc(cut_size), *back = malloc(size);

    (void)text_printable(text, whole, size);
    fuzz_require(fuzz_is_printable(whole), "%s", whole);
    read_escapes(whole, back);
    fuzz_require(strcmp(text, back) == 0, "%s became %s", text, whole);
    length = text_printable(text, cut, cut_size);
    check_cut(whole, cut, length, cut_size);
    fuzz_require(fuzz_is_printable(cut), "%s", cut);
    fuzz_require(text_columns(whole) <= strlen(whole), "%s", whole);
}

static void check_line(const char *text, size_t cut_size)
{
    size_t size = 4 * strlen(text) + 1;
    AUTO_FREE char *whole = malloc(size), *cut = malloc(cut_size), *back = malloc(size);
    size_t length;

    (void)text_line(text, whole, size);
    fuzz_require(fuzz_is_printable(whole), "%s", whole);
    read_escapes(whole, back);
    fuzz_require(!strpbrk(back, "\r\n"), "%s has a line break", whole);
    length = text_line(text, cut, cut_size);
    check_cut(whole, cut, length, cut_size);
}

/* Whether the beginning of `text` is one character that SNMP may carry. */
static size_t valid_length(const char *text)
{
    for (size_t length = 1; length <= 4 && length <= strlen(text); length++) {
        char one[5] = { 0 };
        unsigned code_point;

        memcpy(one, text, length);
        if (text_character(one, &code_point) == length)
            return length;
    }
    return 0;
}

static void check_snmp(const char *text, size_t max)
{
    AUTO_FREE char *once = malloc(max + 1), *twice = malloc(max + 1);
    size_t length = text_snmp(text, once, max);

    fuzz_require(length == strlen(once) && length <= max, "%zu of %zu", length, max);
    for (const char *at = once; *at; at += valid_length(at))
        fuzz_require(valid_length(at) > 0, "not UTF-8: %s", once);
    (void)text_snmp(once, twice, max);
    fuzz_require(strcmp(once, twice) == 0, "%s, %s", once, twice);
    fuzz_require(length + 4 > max || text_columns(once) <= strlen(text), "%s", once);
}

struct json {
    char *text;
    size_t length;
};

static void append(void *data, const char *piece)
{
    struct json *json = data;

    json->text = realloc(json->text, json->length + strlen(piece) + 1);
    fuzz_require(json->text, "out of memory");
    memcpy(json->text + json->length, piece, strlen(piece) + 1);
    json->length += strlen(piece);
}

/* The length of the next piece of a JSON string, or 0 if RFC 8259 does not allow it. */
static size_t json_piece(const char *at)
{
    if (*at != '\\')
        return *at == '"' || (unsigned char)*at < 0x20 ? 0 : valid_length(at);
    if (at[1] == '"' || at[1] == '\\')
        return 2;
    return at[1] == 'u' && strspn(at + 2, "0123456789abcdef") >= 4 ? 6 : 0;
}

static void check_json(const char *text)
{
    struct json json = { NULL, 0 };
    const char *at;

    text_json(text, append, &json);
    fuzz_require(json.length >= 2 && json.text[0] == '"', "%s", json.text);
    for (at = json.text + 1; json_piece(at) > 0; at += json_piece(at))
        continue;
    fuzz_require(at[0] == '"' && at[1] == '\0', "%s at %s", json.text, at);
    free(json.text);
}

static void check_number(const char *text, long low, long high)
{
    long number = 0;

    if (!text_number(text, low, high, &number))
        return;
    fuzz_require(number >= low && number <= high, "%ld", number);
    fuzz_require(strspn(text, "0123456789") == strlen(text) && strtol(text, NULL, 10) == number, "%s", text);
}

void fuzz_one(struct fuzz_input *input)
{
    size_t size = fuzz_below(input, 300) + 1;
    long low = (long)fuzz_number(input), high = (long)fuzz_number(input);
    AUTO_FREE char *text = fuzz_rest(input);

    check_printable(text, size);
    check_line(text, size);
    check_snmp(text, size);
    check_json(text);
    check_number(text, low, high);
}
