/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "collectd-plugin/series.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/array.h"
#include "lib/base/hash.h"
#include "lib/base/refcount.h"

struct series_block {
    const void *owner;
    char text[SERIES_BLOCK_MAX];
    struct series_names names; /* sorted by hash, then by UUID */
};

struct series {
    struct refcount refcount;
    pthread_mutex_t lock; /* for the members below */
    size_t block_count, reported_count;
    struct series_block *blocks;
    uint64_t *reported; /* hashes of the names that were reported */
};

static uint64_t series_hash(uint64_t hash, const char *text)
{
    return hash_add(hash, text, strlen(text));
}

bool series_names_add(struct series_names *names, const char *host, const char *plugin_instance,
                      const unsigned char uuid[UUID_BYTES], uint32_t row)
{
    struct series_name *items = array_grow(names->items, names->count, 1, sizeof(*items));
    struct series_name name = { .row = row };

    if (!items)
        return false;
    /* The slash keeps "a" and "bc" apart from "ab" and "c". */
    name.hash = series_hash(series_hash(series_hash(HASH_BEGIN, host), "/"), plugin_instance);
    memcpy(name.uuid, uuid, sizeof(name.uuid));
    names->items = items;
    items[names->count++] = name;
    return true;
}

static void series_names_clear(struct series_names *names)
{
    free(names->items);
    *names = (struct series_names){ 0 };
}

struct series *series_new(void)
{
    struct series *series = calloc(1, sizeof(*series));

    if (!series)
        return NULL;
    refcount_init(&series->refcount);
    (void)pthread_mutex_init(&series->lock, NULL); /* cannot fail for a default mutex */
    return series;
}

struct series *series_ref(struct series *series)
{
    refcount_take(&series->refcount);
    return series;
}

void series_unref(struct series *series)
{
    if (!refcount_drop(&series->refcount))
        return;
    for (size_t i = 0; i < series->block_count; i++)
        series_names_clear(&series->blocks[i].names);
    free(series->blocks);
    free(series->reported);
    (void)pthread_mutex_destroy(&series->lock);
    free(series);
}

static int series_compare(const void *one, const void *other)
{
    const struct series_name *a = one, *b = other;

    if (a->hash != b->hash)
        return a->hash < b->hash ? -1 : 1;
    return memcmp(a->uuid, b->uuid, sizeof(a->uuid));
}

static bool series_are_same(const struct series_names *one, const struct series_names *other)
{
    if (one->count != other->count)
        return false;
    for (size_t i = 0; i < one->count; i++)
        if (series_compare(&one->items[i], &other->items[i]) != 0)
            return false;
    return true;
}

/* The block of that owner, which is added if there is none. NULL if out of memory. */
static struct series_block *series_block(struct series *series, const void *owner, const char *text)
{
    struct series_block *blocks;

    for (size_t i = 0; i < series->block_count; i++)
        if (series->blocks[i].owner == owner)
            return &series->blocks[i];
    blocks = array_grow(series->blocks, series->block_count, 1, sizeof(*blocks));
    if (!blocks)
        return NULL;
    series->blocks = blocks;
    blocks[series->block_count] = (struct series_block){ .owner = owner };
    (void)snprintf(blocks[series->block_count].text, SERIES_BLOCK_MAX, "%s", text);
    return &blocks[series->block_count++];
}

/* False if the name was reported before. */
static bool series_is_new(struct series *series, uint64_t hash)
{
    uint64_t *reported;

    for (size_t i = 0; i < series->reported_count; i++)
        if (series->reported[i] == hash)
            return false;
    if (series->reported_count >= SERIES_REPORTED_MAX)
        return false;
    reported = array_grow(series->reported, series->reported_count, 1, sizeof(*reported));
    if (!reported)
        return false;
    series->reported = reported;
    reported[series->reported_count++] = hash;
    return true;
}

/* Two domains have one name. Counts it in `found` if it is new, and describes the first ones. */
static void series_report(struct series *series, const struct series_name *name, const struct series_name *other,
                          const char *other_block, struct series_clash *clashes, size_t *found)
{
    struct series_clash *clash = &clashes[*found < SERIES_CLASHES_MAX ? *found : 0];

    if (!series_is_new(series, name->hash) || (*found)++ >= SERIES_CLASHES_MAX)
        return;
    clash->row = name->row;
    memcpy(clash->other_uuid, other->uuid, sizeof(clash->other_uuid));
    (void)snprintf(clash->other_block, sizeof(clash->other_block), "%s", other_block);
}

/* Names that a block has twice. */
static void series_find_twice(struct series *series, const struct series_block *block,
                              struct series_clash *clashes, size_t *found)
{
    const struct series_name *items = block->names.items;

    for (size_t i = 1; i < block->names.count; i++)
        if (items[i].hash == items[i - 1].hash)
            series_report(series, &items[i], &items[i - 1], block->text, clashes, found);
}

/* Names that two blocks have. */
static void series_find_shared(struct series *series, const struct series_block *block,
                               const struct series_block *other, struct series_clash *clashes, size_t *found)
{
    const struct series_name *items = block->names.items, *others = other->names.items;
    size_t i = 0, o = 0;

    while (i < block->names.count && o < other->names.count) {
        if (items[i].hash == others[o].hash)
            series_report(series, &items[i++], &others[o], other->text, clashes, found);
        else if (items[i].hash < others[o].hash)
            i++;
        else
            o++;
    }
}

static size_t series_replace(struct series *series, struct series_block *block, struct series_names *names,
                             struct series_clash *clashes)
{
    size_t found = 0;

    if (series_are_same(&block->names, names))
        return 0;
    series_names_clear(&block->names);
    block->names = *names;
    *names = (struct series_names){ 0 }; /* moved */
    series_find_twice(series, block, clashes, &found);
    for (size_t i = 0; i < series->block_count; i++)
        if (&series->blocks[i] != block)
            series_find_shared(series, block, &series->blocks[i], clashes, &found);
    return found;
}

size_t series_update(struct series *series, const void *owner, const char *block, struct series_names *names,
                     struct series_clash clashes[SERIES_CLASHES_MAX])
{
    struct series_block *place;
    size_t found = 0;

    if (names->count > 0)
        qsort(names->items, names->count, sizeof(*names->items), series_compare);
    (void)pthread_mutex_lock(&series->lock);
    place = series_block(series, owner, block);
    if (place)
        found = series_replace(series, place, names, clashes);
    (void)pthread_mutex_unlock(&series->lock);
    series_names_clear(names);
    return found;
}

void series_leave(struct series *series, const void *owner)
{
    (void)pthread_mutex_lock(&series->lock);
    for (size_t i = 0; i < series->block_count; i++)
        if (series->blocks[i].owner == owner) {
            series_names_clear(&series->blocks[i].names);
            series->blocks[i] = series->blocks[--series->block_count];
            break;
        }
    (void)pthread_mutex_unlock(&series->lock);
}
