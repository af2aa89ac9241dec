/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/notify/affected.h"

#include <stdlib.h>
#include <string.h>

/* Room for `length` octets; false if out of memory. */
static bool make_room(struct affected_list *list, size_t length)
{
    size_t room = list->room ? list->room : 64;
    unsigned char *bytes;

    while (room < length)
        room *= 2;
    if (room == list->room)
        return true;
    bytes = realloc(list->bytes, room);
    if (!bytes)
        return false;
    memset(bytes + list->room, 0, room - list->room);
    list->bytes = bytes;
    list->room = room;
    return true;
}

bool affected_add(struct affected *affected, unsigned number, uint32_t index, int64_t now_boot_ms)
{
    struct affected_list *list = &affected->lists[number];
    size_t at = (index - 1) / 8;

    if (index == 0 || at >= AFFECTED_BYTES_MAX || !make_room(list, at + 1))
        return false;
    list->bytes[at] |= (unsigned char)(0x80 >> (index - 1) % 8);
    if (at >= list->length)
        list->length = at + 1;
    list->last = ++affected->changes;
    if (affected->first_boot_ms == 0)
        affected->first_boot_ms = now_boot_ms;
    affected->last_boot_ms = now_boot_ms;
    return true;
}

int64_t affected_due(const struct affected *affected)
{
    int64_t quiet = affected->last_boot_ms + AFFECTED_QUIET_MS,
            latest = affected->first_boot_ms + AFFECTED_WINDOW_MS;

    if (affected->first_boot_ms == 0)
        return 0;
    return quiet < latest ? quiet : latest;
}

unsigned affected_first(const struct affected *affected)
{
    unsigned first = 0;

    for (unsigned i = 1; i <= AFFECTED_NUMBERS; i++)
        if (affected->lists[i].length > 0 && (first == 0 || affected->lists[i].last < affected->lists[first].last))
            first = i;
    return first;
}

static void empty(struct affected_list *list)
{
    free(list->bytes);
    *list = (struct affected_list){ 0 };
}

void affected_drop(struct affected *affected, unsigned number)
{
    empty(&affected->lists[number]);
    if (affected_first(affected) == 0)
        affected->first_boot_ms = affected->last_boot_ms = 0;
}

void affected_clear(struct affected *affected)
{
    for (unsigned i = 1; i <= AFFECTED_NUMBERS; i++)
        affected_drop(affected, i);
}
