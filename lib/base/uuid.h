/* SPDX-License-Identifier: GPL-2.0-or-later */
/* UUIDs as libvirt gives them: 16 bytes in the order of RFC 4122. Arrays of structs that begin with one are sorted
 * and searched with the functions below. Pure. */
#ifndef GUESTLIST_BASE_UUID_H
#define GUESTLIST_BASE_UUID_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

enum { UUID_BYTES = 16, UUID_TEXT = 37 /* with the NUL */ };

/* Compares as memcmp() does. Each argument is a UUID, or a struct whose first member is one: for qsort(),
 * bsearch() and merging. */
static inline int uuid_compare(const void *one, const void *other)
{
    return memcmp(one, other, UUID_BYTES);
}

static inline bool uuid_is_same(const unsigned char one[UUID_BYTES], const unsigned char other[UUID_BYTES])
{
    return uuid_compare(one, other) == 0;
}

/* The items begin with their UUIDs and are sorted by them. Returns the index of the first item whose UUID is not
 * less than `uuid`, or `count` if there is none. */
size_t uuid_lower_bound(const void *items, size_t count, size_t size, const unsigned char uuid[UUID_BYTES]);

/* The item with that UUID, or NULL. The items are sorted as above. */
void *uuid_find(const void *items, size_t count, size_t size, const unsigned char uuid[UUID_BYTES]);

/* "0a1b2c3d-...": lower case, as virsh prints it. */
void uuid_format(const unsigned char uuid[UUID_BYTES], char text[UUID_TEXT]);

/* Reads a UUID in the form that virsh prints, in lower or upper case. False if the text is anything else: then
 * `uuid` is undefined. */
bool uuid_parse(const char *text, unsigned char uuid[UUID_BYTES]);

#endif
