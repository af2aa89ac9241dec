/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/model/snapshot.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "lib/model/xml_facts.h"
#include "lib/model/filter.h"
#include "lib/model/device_stats.h"

enum { CHUNK_BYTES = 16 * 1024 };

/* Names live in chunks, so that 10,000 of them are a few dozen allocations and not 10,000. */
struct chunk {
    struct chunk *next;
    size_t used, size;
    char bytes[];
};

/* The names of one listing, which all snapshots of it share. */
struct names {
    atomic_uint references;
    struct chunk *chunks;
};

struct owned_snapshot {
    struct snapshot public; /* first, so that one pointer serves both */
    atomic_uint references;
    struct names *names;
};

static struct owned_snapshot *owned(const struct snapshot *snapshot)
{
    return (struct owned_snapshot *)(uintptr_t)snapshot;
}

static void names_unref(struct names *names)
{
    if (!names || atomic_fetch_sub(&names->references, 1) != 1)
        return;
    for (struct chunk *next, *chunk = names->chunks; chunk; chunk = next) {
        next = chunk->next;
        free(chunk);
    }
    free(names);
}

/* `names` NULL: none yet. */
static struct snapshot *make(size_t room, struct names *names)
{
    struct owned_snapshot *snapshot = calloc(1, sizeof(*snapshot));

    if (!snapshot)
        return NULL;
    atomic_init(&snapshot->references, 1);
    snapshot->public.parts = 1;
    snapshot->public.domains = calloc(room + 1, sizeof(*snapshot->public.domains));
    snapshot->names = names ? names : calloc(1, sizeof(*names));
    if (!snapshot->public.domains || !snapshot->names) {
        free(snapshot->public.domains);
        free(names ? NULL : snapshot->names);
        free(snapshot);
        return NULL;
    }
    atomic_fetch_add(&snapshot->names->references, 1);
    return &snapshot->public;
}

struct snapshot *snapshot_new(size_t room)
{
    return make(room, NULL);
}

static struct chunk *chunk_with_room(struct names *names, size_t bytes)
{
    struct chunk *chunk = names->chunks;
    size_t size = bytes > CHUNK_BYTES ? bytes : CHUNK_BYTES;

    if (chunk && chunk->size - chunk->used >= bytes)
        return chunk;
    chunk = malloc(sizeof(*chunk) + size);
    if (!chunk)
        return NULL;
    *chunk = (struct chunk){ .next = names->chunks, .size = size };
    return names->chunks = chunk;
}

const char *snapshot_keep(struct snapshot *snapshot, const char *text)
{
    size_t bytes = strlen(text) + 1;
    struct chunk *chunk = chunk_with_room(owned(snapshot)->names, bytes);
    char *copy;

    if (!chunk)
        return NULL;
    copy = memcpy(chunk->bytes + chunk->used, text, bytes);
    chunk->used += bytes;
    return copy;
}

struct snapshot *snapshot_copy(const struct snapshot *other)
{
    struct snapshot *copy = make(other->count, owned(other)->names);
    struct domain *domains;

    if (!copy)
        return NULL;
    domains = copy->domains;
    *copy = *other;
    copy->domains = domains;
    copy->events = NULL; /* they are reported with the other one */
    copy->events_missed = false;
    copy->left_filter = NULL;
    copy->event_count = copy->left_filter_count = copy->events_lost = 0;
    for (size_t i = 0; i < other->count; i++) {
        domains[i] = other->domains[i];
        if (domains[i].xml_facts)
            (void)xml_facts_ref(domains[i].xml_facts);
        if (domains[i].device_stats)
            (void)device_stats_ref(domains[i].device_stats);
    }
    return copy;
}

bool snapshot_is_same_listing(const struct snapshot *one, const struct snapshot *other)
{
    return owned(one)->names == owned(other)->names;
}

const struct snapshot *snapshot_ref(const struct snapshot *snapshot)
{
    atomic_fetch_add(&owned(snapshot)->references, 1);
    return snapshot;
}

void snapshot_unref(const struct snapshot *snapshot)
{
    struct owned_snapshot *mine = owned(snapshot);

    if (!snapshot || atomic_fetch_sub(&mine->references, 1) != 1)
        return;
    for (size_t i = 0; i < snapshot->count; i++) {
        xml_facts_unref(snapshot->domains[i].xml_facts);
        device_stats_unref(snapshot->domains[i].device_stats);
    }
    free(mine->public.events);
    free(mine->public.left_filter);
    names_unref(mine->names);
    free(mine->public.domains);
    free(mine);
}

const struct domain *snapshot_find(const struct snapshot *snapshot, const unsigned char uuid[UUID_BYTES])
{
    struct domain key = { .id = 0 };

    memcpy(key.uuid, uuid, UUID_BYTES);
    return bsearch(&key, snapshot->domains, snapshot->count, sizeof(key), uuid_compare);
}

const struct domain *snapshot_follow(const struct snapshot *before, size_t *at, const struct domain *domain)
{
    int order = -1;

    while (before && *at < before->count && (order = uuid_compare(&before->domains[*at], domain)) < 0)
        (*at)++;
    return order == 0 ? &before->domains[*at] : NULL;
}

bool snapshot_stats_are_partial(const struct snapshot *snapshot, const struct domain *domain, int64_t now_boot_ms)
{
    return domain_active(domain) && snapshot->stats_fresh_ms > 0 &&
           now_boot_ms - domain->stats_boot_ms > snapshot->stats_fresh_ms;
}

size_t snapshot_count(const struct snapshot *snapshot, uint32_t filter)
{
    size_t count = 0;

    for (size_t i = 0; i < snapshot->count; i++)
        count += filter_fits(filter, &snapshot->domains[i]);
    return count;
}
