/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/base/array.h"

#include <stdlib.h>

enum { ARRAY_FIRST = 4 };

/* The least power of two that holds `count`, so that appending one by one copies each item about once. 0 if there
 * is none. */
static size_t array_room(size_t count)
{
    size_t room = ARRAY_FIRST;

    while (room != 0 && room < count)
        room *= 2;
    return room;
}

void *array_grow(void *items, size_t count, size_t more, size_t size)
{
    size_t wanted, bytes;

    if (__builtin_add_overflow(count, more, &wanted))
        return NULL;
    if (items && array_room(wanted) == array_room(count))
        return items;
    wanted = array_room(wanted);
    /* reallocarray() would check this as well, but AddressSanitizer's ends the process. */
    if (wanted == 0 || __builtin_mul_overflow(wanted, size, &bytes))
        return NULL;
    return realloc(items, bytes);
}
