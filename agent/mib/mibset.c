/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/mib/mibset.h"

/* The writable column that `oid` lies in, or NULL. */
static const struct mib_writable *find_writable(const struct mib_writables *writables, const mib_subid *oid,
                                                size_t length)
{
    for (size_t i = 0; i < writables->count; i++) {
        const struct mib_writable *item = &writables->items[i];

        if (length > item->base_length && oid[item->base_length] == item->number &&
            mib_compare(oid, item->base_length, item->base, item->base_length) == 0)
            return item;
    }
    return NULL;
}

static bool find_row(const struct mib *mib, const struct mib_writable *writable, const void *answer,
                     const mib_subid *oid, size_t length, struct mib_row *row)
{
    size_t skip = writable->base_length + 1;

    for (size_t i = 0; i < mib->count; i++) {
        const struct mib_table *table = &mib->tables[i];

        if (mib_compare(table->base, table->base_length, writable->base, writable->base_length) == 0 &&
            table->rows->find(answer, oid + skip, length - skip, row))
            return true;
    }
    return false;
}

enum mib_set mib_set_test(const struct mib *mib, const struct mib_writables *writables, const void *answer,
                          const mib_subid *oid, size_t length, const int32_t *value)
{
    const struct mib_writable *writable = find_writable(writables, oid, length);
    struct mib_row row;

    if (!writable || !writable->is_allowed(answer))
        return MIB_SET_NOT_WRITABLE;
    if (!value)
        return MIB_SET_WRONG_TYPE;
    if (!writable->is_valid(*value))
        return MIB_SET_WRONG_VALUE;
    if (!find_row(mib, writable, answer, oid, length, &row))
        return MIB_SET_NO_CREATION;
    return !writable->is_available || writable->is_available(answer) ? MIB_SET_FINE : MIB_SET_UNAVAILABLE;
}

void mib_set_commit(const struct mib *mib, const struct mib_writables *writables, const void *answer, void *target,
                    const mib_subid *oid, size_t length, int32_t value)
{
    const struct mib_writable *writable = find_writable(writables, oid, length);
    struct mib_row row;

    if (writable && find_row(mib, writable, answer, oid, length, &row))
        writable->commit(target, row.data, value);
}
