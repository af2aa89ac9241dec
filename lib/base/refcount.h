/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How many own an object that several threads share. A member of that object; its functions may be called from any
 * thread. An object that is const for its owners still has a count that changes: objects that are counted come
 * from the heap, so the cast in refcount_take() and refcount_drop() is sound. */
#ifndef GUESTLIST_BASE_REFCOUNT_H
#define GUESTLIST_BASE_REFCOUNT_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct refcount {
    atomic_uint owners;
};

/* The thread that makes the object is its only owner. */
static inline void refcount_init(struct refcount *refcount)
{
    atomic_init(&refcount->owners, 1);
}

/* Adds an owner. The caller must be one, so that the object cannot go away meanwhile. */
static inline void refcount_take(const struct refcount *refcount)
{
    atomic_fetch_add((atomic_uint *)(uintptr_t)&refcount->owners, 1);
}

/* Removes an owner. True: it was the last one and must free the object. */
static inline bool refcount_drop(const struct refcount *refcount)
{
    return atomic_fetch_sub((atomic_uint *)(uintptr_t)&refcount->owners, 1) == 1;
}

#endif
