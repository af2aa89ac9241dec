/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Texts for test_text*.c. */
#ifndef GUESTLIST_TESTS_UNIT_BASE_TEXT_STAGE_H
#define GUESTLIST_TESTS_UNIT_BASE_TEXT_STAGE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <stdlib.h>
#include <stdbool.h>
#include <limits.h>

#include <cmocka.h>

#include "lib/base/array.h"
#include "lib/base/text.h"

static inline size_t encode(unsigned code_point, char *text)
{
    static const unsigned char leads[] = { 0, 0x00, 0xc0, 0xe0, 0xf0 };
    size_t length = code_point < 0x80 ? 1 : code_point < 0x800 ? 2 : code_point < 0x10000 ? 3 : 4;

    text[length] = '\0';
    for (size_t i = length - 1; i > 0; i--, code_point >>= 6)
        text[i] = (char)(0x80 | (code_point & 0x3f));
    text[0] = (char)(leads[length] | code_point);
    return length;
}

/* Random pieces: whole characters, parts of characters, and sequences that could harm a terminal. */
static inline void random_text(uint64_t *random, char *text, size_t length)
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

/* A second decoder, to compare with: it uses RFC 3629's table of well-formed byte sequences. */
static inline size_t well_formed(const unsigned char *text)
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

#endif
