/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The frame of all harnesses in this folder. libFuzzer makes inputs: bytes that reach as much code as possible.
 * A harness defines fuzz_one(), which turns the bytes of one input into calls of the tested code, and checks the
 * results with fuzz_require(). The sanitizers check the memory. */
#ifndef GUESTLIST_TESTS_FUZZ_FUZZ_H
#define GUESTLIST_TESTS_FUZZ_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/cleanup.h"

/* The bytes that are left. The functions below take bytes from the front; at the end they take zeros. */
struct fuzz_input {
    const uint8_t *data;
    size_t size;
};

/* Tests one input. It is called many times in one process, so it must free all that it allocates. */
void fuzz_one(struct fuzz_input *input);

/* A number below `below`, which is 1 or more. */
unsigned fuzz_below(struct fuzz_input *input, unsigned below);

bool fuzz_bool(struct fuzz_input *input);

/* Any number; often one at which a type ends, such as 2^31 - 1. */
uint64_t fuzz_number(struct fuzz_input *input);

/* A text: the bytes up to the next zero byte. The caller frees it. It has no spare bytes behind its NUL, so that
 * the sanitizer finds each read behind it. */
char *fuzz_text(struct fuzz_input *input);

/* The same for all bytes that are left, up to the first zero byte. */
char *fuzz_rest(struct fuzz_input *input);

/* The path of a file of that name in a private directory below $TMPDIR. The next call replaces the text. */
const char *fuzz_path(const char *name);

/* Writes all bytes that are left to that file. */
void fuzz_write_rest(struct fuzz_input *input, const char *path);

/* A copy of the file, to be freed, with a NUL behind its bytes. */
char *fuzz_read_file(const char *path);

/* True if `text` is valid UTF-8 without control characters and direction marks: then it is safe in a log and on a
 * terminal. */
bool fuzz_is_printable(const char *text);

/* Ends the process with a message if the condition is false. libFuzzer then saves the input. */
#define fuzz_require(condition, ...)                                                                              \
    do {                                                                                                          \
        if (!(condition))                                                                                         \
            fuzz_fail(__FILE__, __LINE__, #condition, __VA_ARGS__);                                               \
    } while (0)

/* For fuzz_require() alone. */
_Noreturn void fuzz_fail(const char *file, int line, const char *condition, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* For text from a message: it must be one printable line, and not empty. */
void fuzz_require_sentence(const char *text);

#endif
