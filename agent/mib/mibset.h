/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SET over column tables, in two steps: all of a request is tested, then all is done, which cannot fail. Every
 * object that can be written is an INTEGER. Pure. */
#ifndef GUESTLIST_AGENT_MIB_MIBSET_H
#define GUESTLIST_AGENT_MIB_MIBSET_H

#include "agent/mib/mib.h"

enum mib_set {
    MIB_SET_FINE,
    MIB_SET_NOT_WRITABLE,
    MIB_SET_WRONG_TYPE,
    MIB_SET_WRONG_VALUE,
    MIB_SET_NO_CREATION, /* there is no such row, and SET makes none */
    MIB_SET_UNAVAILABLE, /* it may be set, but what that takes cannot be had now */
};

/* A column that can be written. */
struct mib_writable {
    const mib_subid *base; /* of the entry */
    size_t base_length;
    mib_subid number;
    bool (*is_allowed)(const void *answer);   /* by the settings */
    bool (*is_available)(const void *answer); /* at this moment; NULL: always */
    bool (*is_valid)(int32_t value);
    /* Does it; `target` is what the caller of mib_set_commit() handed in, `row` the row's data. */
    void (*commit)(void *target, const void *row, int32_t value);
};

struct mib_writables {
    const struct mib_writable *items;
    size_t count;
};

/* Whether `oid` of `mib` may be set to `value`, which is NULL if it is no INTEGER. */
enum mib_set mib_set_test(const struct mib *mib, const struct mib_writables *writables, const void *answer,
                          const mib_subid *oid, size_t length, const int32_t *value);

/* Does what mib_set_test() found fine; nothing if the row has gone meanwhile. */
void mib_set_commit(const struct mib *mib, const struct mib_writables *writables, const void *answer, void *target,
                    const mib_subid *oid, size_t length, int32_t value);

#endif
