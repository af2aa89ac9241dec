/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How many own an object that several threads share. A member of that object; its functions may be called from any
 * thread. An object that is const for its owners still has a count that changes: objects that are counted come
 * from the heap, so the cast in refcount_take() and refcount_drop() is sound. */
#ifndef GUESTLIST_BASE_REFCOUNT_H
#define GUESTLIST_BASE_REFCOUNT_H

#include <stdatomic.h>
#include <stdbool.h>

struct refcount {
    atomic_uint owners;
};

/* One owner: the one that makes the object. */
static inline void refcount_init(struct refcount *refcount)
{
    atomic_init(&refcount->owners, 1);
}

/* One owner more. The caller is an owner, or acts for one. */
static inline void refcount_take(const struct refcount *refcount)
{
    atomic_fetch_add((atomic_uint *)&refcount->owners, 1);
}

/* One owner less. True: that was the last one, who frees the object. */
static inline bool refcount_drop(const struct refcount *refcount)
{
    return atomic_fetch_sub((atomic_uint *)&refcount->owners, 1) == 1;
}

#endif
