/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A domain's name or title can hold any bytes but NUL. These functions bring such bytes to SNMP, to a
 * terminal or log, and to JSON without harm. All are pure. */
#ifndef GUESTLIST_BASE_TEXT_H
#define GUESTLIST_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/* The longest string that SnmpAdminString (SIZE (0..255)) holds. */
enum { TEXT_SNMP_MAX = 255 };

/* Reads one UTF-8 character (RFC 3629: no surrogates, no overlong forms, at most U+10FFFF) at `text`.
 * Returns its length in bytes and its code point, or 0 if the bytes are not UTF-8. */
size_t text_character(const char *text, unsigned *code_point);

/* Copies `text` as valid UTF-8 of at most `max` bytes (`out` holds max + 1), cut at a character's
 * boundary; each byte that is not UTF-8 becomes U+FFFD. Returns the length without the NUL. */
size_t text_snmp(const char *text, char *out, size_t max);

/* Copies `text` so that it can do nothing to a terminal or a log: control characters, line and
 * direction marks and bytes that are not UTF-8 become \xHH per byte, a backslash becomes two. At most
 * `size` - 1 bytes, never half an escape or character. Returns the length. */
size_t text_printable(const char *text, char *out, size_t size);

/* The same, and on one line: lines that end within the text are joined by "; ", empty ones left out. */
size_t text_line(const char *text, char *out, size_t size);

/* How many columns the UTF-8 `text` takes on a terminal, one per character. */
size_t text_columns(const char *text);

/* Appends `text` as a JSON string with its quotes (RFC 8259); bytes that are not UTF-8 become U+FFFD.
 * `put` gets the pieces. */
void text_json(const char *text, void (*put)(void *data, const char *piece), void *data);

/* Parses a whole decimal number within [low, high], nothing before or after it. */
bool text_number(const char *text, long low, long high, long *number);

#endif
