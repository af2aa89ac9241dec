/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Counts the owners of an object that several threads share. The count is a member of that object. Any thread may
 * call these functions. They also change the count of an object that is const for its owners. Counted objects come
 * from the heap, so the cast in refcount_take() and refcount_drop() is allowed. */
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

/* Adds an owner. The caller must already be an owner, so that no other thread can free the object meanwhile. */
static inline void refcount_take(const struct refcount *refcount)
{
    atomic_fetch_add((atomic_uint *)(uintptr_t)&refcount->owners, 1);
}

/* Removes an owner. True if it was the last one: then the caller must free the object. */
static inline bool refcount_drop(const struct refcount *refcount)
{
    return atomic_fetch_sub((atomic_uint *)(uintptr_t)&refcount->owners, 1) == 1;
}

#endif
