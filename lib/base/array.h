/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Arrays that grow at their end. How much room an array has follows from how many items are in it, so that only
 * the pointer and the count have to be kept. Pure. */
#ifndef GUESTLIST_BASE_ARRAY_H
#define GUESTLIST_BASE_ARRAY_H

#include <stddef.h>

/* How many items a real array has; not for pointers. */
#define ARRAY_COUNT(array) (sizeof(array) / sizeof(*(array)))

/* Makes room for `more` items behind the `count` that are there. Returns the items, which may have moved, or NULL
 * if out of memory: the old ones are then as they were. `items` is NULL for no items, or was returned by this
 * function for at least as many items as there are now. To be freed by free().
 *
 *     struct change *items = array_grow(changes->items, changes->count, 1, sizeof(*items));
 *
 *     if (!items)
 *         return false;
 *     changes->items = items;
 *     items[changes->count++] = change;
 */
void *array_grow(void *items, size_t count, size_t more, size_t size);

#endif
