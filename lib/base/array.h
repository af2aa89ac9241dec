/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Arrays that grow at their end. The number of items determines how much room an array has, so the caller keeps
 * only the pointer and the count. Pure. */
#ifndef GUESTLIST_BASE_ARRAY_H
#define GUESTLIST_BASE_ARRAY_H

#include <stddef.h>

/* How many items a real array has; not for pointers. */
#define ARRAY_COUNT(array) (sizeof(array) / sizeof(*(array)))

/* Makes room for `more` items after the `count` that are there. Returns the items, which may have moved, or NULL
 * if out of memory: then the old items did not change. `items` is NULL if there are none yet; otherwise this
 * function returned it, for at least as many items as there are now. Free it with free().
 *
 *     struct change *items = array_grow(changes->items, changes->count, 1, sizeof(*items));
 *
 *     if (!items)
 *         return false;
 *     changes->items = items;
 *     items[changes->count++] = change; */
void *array_grow(void *items, size_t count, size_t more, size_t size);

#endif
