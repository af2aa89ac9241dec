/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/mib/walk_names.h"

#include <assert.h>

static_assert(WALK_NAMES_OWNERS * WALK_NAMES_ROOM < UINT16_MAX, "a name's number fits");

uint64_t walk_names_hash(const mib_subid *name, size_t length)
{
    uint64_t hash = length;

    for (size_t i = 0; i < length; i++) {
        hash = (hash ^ name[i]) * UINT64_C(0x9e3779b97f4a7c15);
        hash ^= hash >> 29;
    }
    return hash;
}

static uint16_t *walk_names_bucket(struct walk_names *names, uint64_t hash)
{
    return &names->buckets[hash % WALK_NAMES_BUCKETS];
}

static struct walk_name *walk_names_at(struct walk_names *names, uint16_t number)
{
    return number == 0 ? NULL : &names->all[number - 1];
}

static struct walk_name *walk_names_same(struct walk_names *names, struct walk_name *entry, uint64_t hash)
{
    while (entry && entry->hash != hash)
        entry = walk_names_at(names, entry->next);
    return entry;
}

struct walk_name *walk_names_first(struct walk_names *names, uint64_t hash)
{
    return walk_names_same(names, walk_names_at(names, *walk_names_bucket(names, hash)), hash);
}

struct walk_name *walk_names_next(struct walk_names *names, const struct walk_name *entry)
{
    return walk_names_same(names, walk_names_at(names, entry->next), entry->hash);
}

static size_t walk_names_number(const struct walk_names *names, const struct walk_name *entry)
{
    return (size_t)(entry - names->all);
}

size_t walk_names_owner(const struct walk_names *names, const struct walk_name *entry)
{
    return walk_names_number(names, entry) / WALK_NAMES_ROOM;
}

struct walk_name *walk_names_find(struct walk_names *names, size_t owner, uint64_t hash)
{
    struct walk_name *entry = walk_names_first(names, hash);

    while (entry && walk_names_owner(names, entry) != owner)
        entry = walk_names_next(names, entry);
    return entry;
}

static void walk_names_remove(struct walk_names *names, struct walk_name *entry)
{
    uint16_t number = (uint16_t)(walk_names_number(names, entry) + 1);
    uint16_t *link = walk_names_bucket(names, entry->hash);

    if (!entry->is_used)
        return;
    while (*link != number)
        link = &names->all[*link - 1].next;
    *link = entry->next;
    *entry = (struct walk_name){ 0 };
}

/* How many names the owner has put into its ring since this one. */
static uint32_t walk_names_age(const struct walk_names *names, size_t owner, const struct walk_name *entry)
{
    uint32_t place = (uint32_t)(entry - &names->all[owner * WALK_NAMES_ROOM]);

    return (names->written[owner] - 1 - place) % WALK_NAMES_ROOM;
}

static struct walk_name *walk_names_add(struct walk_names *names, size_t owner, uint64_t hash)
{
    size_t place = names->written[owner]++ % WALK_NAMES_ROOM;
    struct walk_name *entry = &names->all[owner * WALK_NAMES_ROOM + place];
    uint16_t *bucket = walk_names_bucket(names, hash);

    walk_names_remove(names, entry);
    entry->hash = hash;
    entry->is_used = true;
    entry->next = *bucket;
    *bucket = (uint16_t)(walk_names_number(names, entry) + 1);
    return entry;
}

/* A name that would soon be replaced moves to the front of the ring. Other names stay where they are, so that a
 * name that is returned again and again takes only one place. */
struct walk_name *walk_names_put(struct walk_names *names, size_t owner, uint64_t hash)
{
    struct walk_name *entry = walk_names_find(names, owner, hash), *moved, kept;

    if (!entry)
        return walk_names_add(names, owner, hash);
    if (walk_names_age(names, owner, entry) < WALK_NAMES_ROOM / 2)
        return entry;
    kept = *entry;
    walk_names_remove(names, entry);
    moved = walk_names_add(names, owner, hash);
    kept.next = moved->next;
    *moved = kept;
    return moved;
}

void walk_names_clear(struct walk_names *names, size_t owner)
{
    uint32_t count = names->written[owner] < WALK_NAMES_ROOM ? names->written[owner] : WALK_NAMES_ROOM;

    for (uint32_t i = 0; i < count; i++)
        walk_names_remove(names, &names->all[owner * WALK_NAMES_ROOM + i]);
    names->written[owner] = 0;
}
