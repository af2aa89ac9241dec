/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/notify/bulk.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/array.h"

/* Makes the list `length` octets long. False if out of memory. */
static bool bulk_list_grow(struct bulk_list *list, size_t length)
{
    size_t more = length - list->length;
    unsigned char *bytes = array_grow(list->bytes, list->length, more, 1);

    if (!bytes)
        return false;
    memset(bytes + list->length, 0, more);
    list->bytes = bytes;
    list->length = length;
    return true;
}

bool bulk_add(struct bulk *bulk, unsigned number, uint32_t index, int64_t now_boot_ms)
{
    struct bulk_list *list = &bulk->lists[number];
    size_t at = (index - 1) / 8;

    if (index == 0 || at >= BULK_BYTES_MAX)
        return false;
    if (at >= list->length && !bulk_list_grow(list, at + 1))
        return false;
    list->bytes[at] |= (unsigned char)(0x80 >> (index - 1) % 8);
    list->last = ++bulk->changes;
    if (bulk->first_boot_ms == 0)
        bulk->first_boot_ms = now_boot_ms;
    bulk->last_boot_ms = now_boot_ms;
    return true;
}

int64_t bulk_due(const struct bulk *bulk)
{
    int64_t quiet = bulk->last_boot_ms + BULK_QUIET_MS, latest = bulk->first_boot_ms + BULK_WINDOW_MS;

    if (bulk->first_boot_ms == 0)
        return 0;
    return quiet < latest ? quiet : latest;
}

unsigned bulk_first(const struct bulk *bulk)
{
    unsigned first = 0;

    for (unsigned i = 1; i <= BULK_NUMBERS; i++)
        if (bulk->lists[i].length > 0 && (first == 0 || bulk->lists[i].last < bulk->lists[first].last))
            first = i;
    return first;
}

static void bulk_list_free(struct bulk_list *list)
{
    free(list->bytes);
    *list = (struct bulk_list){ 0 };
}

void bulk_drop(struct bulk *bulk, unsigned number)
{
    bulk_list_free(&bulk->lists[number]);
    if (bulk_first(bulk) == 0)
        bulk->first_boot_ms = bulk->last_boot_ms = 0;
}

void bulk_clear(struct bulk *bulk)
{
    for (unsigned i = 1; i <= BULK_NUMBERS; i++)
        bulk_drop(bulk, i);
}
