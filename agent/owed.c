/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/owed.h"

#include <stdlib.h>
#include <string.h>

void owed_add(struct owed *owed, const struct owed_item *item)
{
    struct owed_item *items = owed->items;

    /* It doubles whenever the count is a power of two. */
    if ((owed->count & (owed->count - 1)) == 0)
        items = realloc(items, (owed->count ? 2 * owed->count : 1) * sizeof(*items));
    if (!items)
        return;
    owed->items = items;
    items[owed->count++] = *item;
    if (item->in)
        (void)snapshot_ref(item->in);
}

static int compare_uuid(const void *one, const void *other)
{
    return memcmp(one, other, DOMAIN_UUID_BYTES);
}

const struct owed_item *owed_find(const struct owed *owed, const unsigned char uuid[DOMAIN_UUID_BYTES])
{
    if (owed->count == 0)
        return NULL;
    return bsearch(uuid, owed->items, owed->count, sizeof(*owed->items), compare_uuid);
}

void owed_clear(struct owed *owed)
{
    for (size_t i = 0; i < owed->count; i++)
        snapshot_unref(owed->items[i].in);
    free(owed->items);
    *owed = (struct owed){ 0 };
}
