/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/fuzz/fuzz.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/array.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The fixtures use cmocka's assertions. With this variable, a failed one aborts, so that its place is printed. */
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    (void)setenv("CMOCKA_TEST_ABORT", "1", 1);
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_one(&(struct fuzz_input){ data, size });
    return 0;
}

void fuzz_fail(const char *file, int line, const char *condition, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    (void)fprintf(stderr, "%s:%d: not true: %s: ", file, line, condition);
    (void)vfprintf(stderr, format, arguments);
    (void)fputc('\n', stderr);
    va_end(arguments);
    abort();
}

static unsigned fuzz_byte(struct fuzz_input *input)
{
    if (input->size == 0)
        return 0;
    input->size--;
    return *input->data++;
}

unsigned fuzz_below(struct fuzz_input *input, unsigned below)
{
    unsigned number = fuzz_byte(input);

    if (below > 256)
        number = number << 8 | fuzz_byte(input);
    return number % below;
}

bool fuzz_bool(struct fuzz_input *input)
{
    return fuzz_below(input, 2) == 1;
}

uint64_t fuzz_number(struct fuzz_input *input)
{
    static const uint64_t ends[] = { 0,          1,         INT8_MAX,   UINT8_MAX,      INT16_MAX,     UINT16_MAX,
                                     INT32_MAX,  INT64_MAX, UINT32_MAX, UINT64_MAX,     1ull << 31,    1ull << 32,
                                     1ull << 53, 4095,      4096,       INT64_MAX - 1u, 9000000000000, 1000 };
    unsigned kind = fuzz_byte(input);
    uint64_t number = 0;

    if (kind < ARRAY_COUNT(ends))
        return ends[kind];
    if (kind < 128)
        return kind - ARRAY_COUNT(ends);
    for (unsigned bytes = kind % 8 + 1; bytes > 0; bytes--)
        number = number << 8 | fuzz_byte(input);
    return number;
}

static char *fuzz_take_text(struct fuzz_input *input, size_t length)
{
    char *text = malloc(length + 1);

    fuzz_require(text, "out of memory");
    if (length > 0)
        memcpy(text, input->data, length);
    text[length] = '\0';
    input->data += length;
    input->size -= length;
    return text;
}

char *fuzz_text(struct fuzz_input *input)
{
    const uint8_t *zero = input->size > 0 ? memchr(input->data, 0, input->size) : NULL;
    char *text = fuzz_take_text(input, zero ? (size_t)(zero - input->data) : input->size);

    if (zero)
        (void)fuzz_byte(input);
    return text;
}

char *fuzz_rest(struct fuzz_input *input)
{
    return fuzz_take_text(input, input->size);
}

const char *fuzz_path(const char *name)
{
    static char folder[64], path[128];

    if (!*folder) {
        const char *parent = getenv("TMPDIR");

        (void)snprintf(folder, sizeof(folder), "%.40s/fuzz.XXXXXX", parent ? parent : "/tmp");
        fuzz_require(mkdtemp(folder), "cannot make %s", folder);
    }
    (void)snprintf(path, sizeof(path), "%s/%s", folder, name);
    return path;
}

void fuzz_write_rest(struct fuzz_input *input, const char *path)
{
    AUTO_FCLOSE FILE *file = fopen(path, "w");

    fuzz_require(file, "cannot write %s", path);
    fuzz_require(fwrite(input->data, 1, input->size, file) == input->size, "cannot write %s", path);
    input->size = 0;
}

char *fuzz_read_file(const char *path)
{
    AUTO_FCLOSE FILE *file = fopen(path, "r");
    size_t length, room = 1 << 20;
    char *text = malloc(room);

    fuzz_require(file && text, "cannot read %s", path);
    length = fread(text, 1, room - 1, file);
    fuzz_require(length < room - 1, "%s is too large", path);
    text[length] = '\0';
    return text;
}

/* Written without lib/base/text, which is tested with it. */
static size_t fuzz_character(const unsigned char *text, unsigned *code_point)
{
    size_t length = text[0] < 0x80 ? 1 : text[0] >= 0xf0 ? 4 : text[0] >= 0xe0 ? 3 : 2;
    static const unsigned smallest[] = { 0, 0, 0x80, 0x800, 0x10000 };

    if ((text[0] >= 0x80 && text[0] < 0xc0) || text[0] >= 0xf8)
        return 0;
    *code_point = length == 1 ? text[0] : text[0] & (0xffu >> (length + 1));
    for (size_t i = 1; i < length; i++) {
        if (text[i] < 0x80 || text[i] > 0xbf)
            return 0;
        *code_point = *code_point * 64 + text[i] % 64;
    }
    if (*code_point < smallest[length] || *code_point > 0x10ffff || *code_point / 0x800 == 0x1b)
        return 0;
    return length;
}

bool fuzz_is_printable(const char *text)
{
    static const struct {
        unsigned first, last;
    } harmful[] = { { 0, 0x1f },        { 0x7f, 0x9f },     { 0x61c, 0x61c },
                    { 0x200e, 0x200f }, { 0x2028, 0x202e }, { 0x2066, 0x2069 } };

    for (const unsigned char *at = (const unsigned char *)text; *at;) {
        unsigned code_point;
        size_t length = fuzz_character(at, &code_point);

        if (length == 0)
            return false;
        for (size_t i = 0; i < ARRAY_COUNT(harmful); i++)
            if (code_point >= harmful[i].first && code_point <= harmful[i].last)
                return false;
        at += length;
    }
    return true;
}

void fuzz_require_sentence(const char *text)
{
    fuzz_require(*text, "an empty message");
    fuzz_require(fuzz_is_printable(text), "a message that is not printable: %s", text);
}
