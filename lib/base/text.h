/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A domain's name or title can have any bytes. These functions make such texts safe for SNMP, terminals, logs and
 * JSON. All are pure. */
#ifndef GUESTLIST_BASE_TEXT_H
#define GUESTLIST_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/* The maximum length of SnmpAdminString: SIZE (0..255). */
enum { TEXT_SNMP_MAX = 255 };

/* Reads one UTF-8 character (RFC 3629: no surrogates, no overlong forms, at most U+10FFFF). Returns its length in
 * bytes, or 0 if the bytes at `text` are not UTF-8. */
size_t text_character(const char *text, unsigned *code_point);

/* Copies `text` as valid UTF-8 of at most `max` bytes. It cuts only between characters. Each byte that is not
 * UTF-8 becomes U+FFFD. `out` has room for max + 1 bytes. Returns the length without the NUL. */
size_t text_snmp(const char *text, char *out, size_t max);

/* Copies `text` so that it cannot change a terminal or a log. Each byte of a control character, of a line or
 * direction mark, and each byte that is not UTF-8 becomes \xHH. A backslash becomes two. It cuts to `size` - 1
 * bytes, never within a character or an escape. Returns the length. */
size_t text_printable(const char *text, char *out, size_t size);

/* The same, on one line: it joins lines by "; " and drops empty ones. */
size_t text_line(const char *text, char *out, size_t size);

/* The width of the UTF-8 `text` on a terminal: two columns for a wide character, none for a combining mark. */
size_t text_columns(const char *text);

/* Writes `text` as a JSON string with its quotes (RFC 8259), piece by piece, by calling `put`. Each byte that is
 * not UTF-8 becomes U+FFFD. */
void text_json(const char *text, void (*put)(void *data, const char *piece), void *data);

/* The value of a hexadecimal digit, in lower or upper case. -1 if it is none. */
int text_hex_digit(char digit);

/* Reads a decimal number from `low` to `high`. False if `text` is NULL or has anything else in it. */
bool text_number(const char *text, long low, long high, long *number);

#endif
