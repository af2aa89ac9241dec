/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/notify/changes.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/array.h"

static bool changes_append(struct changes *changes, const struct change *change)
{
    struct change *items = NULL;

    if (changes->count < CHANGES_MAX)
        items = array_grow(changes->items, changes->count, 1, sizeof(*items));
    if (!items)
        return false;
    changes->items = items;
    items[changes->count++] = *change;
    return true;
}

void changes_add(struct changes *changes, const struct change *change, const char *name)
{
    struct change copy = *change;

    copy.name = name ? strdup(name) : NULL;
    copy.io_error = change->io_error ? strdup(change->io_error) : NULL;
    if (copy.name && changes_append(changes, &copy))
        return;
    free(copy.name);
    free(copy.io_error);
    changes->lost++;
}

static int changes_compare(const void *one, const void *other)
{
    const struct change *a = one, *b = other;

    if (a->boot_ms != b->boot_ms)
        return a->boot_ms < b->boot_ms ? -1 : 1;
    return (int)a->index - (int)b->index;
}

/* qsort() is not stable, so `index` holds the place of each change while they are sorted. */
void changes_sort(struct changes *changes)
{
    for (size_t i = 0; i < changes->count; i++)
        changes->items[i].index = (uint32_t)i;
    if (changes->count > 0)
        qsort(changes->items, changes->count, sizeof(*changes->items), changes_compare);
    for (size_t i = 0; i < changes->count; i++)
        changes->items[i].index = 0;
}

void changes_clear(struct changes *changes)
{
    for (size_t i = 0; i < changes->count; i++) {
        free(changes->items[i].name);
        free(changes->items[i].io_error);
    }
    free(changes->items);
    *changes = (struct changes){ 0 };
}
