/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/snapshot.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "core/describe.h"
#include "core/filter.h"
#include "core/usage.h"

enum { CHUNK_BYTES = 16 * 1024 };

/* Names live in chunks, so that 10,000 of them are a few dozen allocations and not 10,000. */
struct chunk {
    struct chunk *next;
    size_t used, size;
    char bytes[];
};

struct owned_snapshot {
    struct snapshot public; /* first, so that one pointer serves both */
    atomic_uint references;
    struct chunk *chunks;
};

static struct owned_snapshot *owned(const struct snapshot *snapshot)
{
    return (struct owned_snapshot *)(uintptr_t)snapshot;
}

struct snapshot *snapshot_new(size_t room)
{
    struct owned_snapshot *snapshot = calloc(1, sizeof(*snapshot));

    if (!snapshot)
        return NULL;
    atomic_init(&snapshot->references, 1);
    snapshot->public.parts = 1;
    snapshot->public.domains = calloc(room + 1, sizeof(*snapshot->public.domains));
    if (!snapshot->public.domains) {
        free(snapshot);
        return NULL;
    }
    return &snapshot->public;
}

static struct chunk *chunk_with_room(struct owned_snapshot *snapshot, size_t bytes)
{
    struct chunk *chunk = snapshot->chunks;
    size_t size = bytes > CHUNK_BYTES ? bytes : CHUNK_BYTES;

    if (chunk && chunk->size - chunk->used >= bytes)
        return chunk;
    chunk = malloc(sizeof(*chunk) + size);
    if (!chunk)
        return NULL;
    *chunk = (struct chunk){ .next = snapshot->chunks, .size = size };
    return snapshot->chunks = chunk;
}

const char *snapshot_keep(struct snapshot *snapshot, const char *text)
{
    size_t bytes = strlen(text) + 1;
    struct chunk *chunk = chunk_with_room(owned(snapshot), bytes);
    char *copy;

    if (!chunk)
        return NULL;
    copy = memcpy(chunk->bytes + chunk->used, text, bytes);
    chunk->used += bytes;
    return copy;
}

struct snapshot *snapshot_copy(const struct snapshot *other)
{
    struct snapshot *copy = snapshot_new(other->count);
    struct domain *domains;

    if (!copy)
        return NULL;
    domains = copy->domains;
    *copy = *other;
    copy->domains = domains;
    copy->lifecycles = NULL; /* told with the other one */
    copy->stayed = NULL;
    copy->lifecycle_count = copy->stayed_count = copy->lifecycles_lost = 0;
    for (copy->count = 0; copy->count < other->count; copy->count++) {
        struct domain *domain = &domains[copy->count];

        *domain = other->domains[copy->count];
        domain->name = snapshot_keep(copy, domain->name);
        if (!domain->name) {
            snapshot_unref(copy);
            return NULL;
        }
        if (domain->description)
            (void)description_ref(domain->description);
        if (domain->usage)
            (void)usage_ref(domain->usage);
    }
    return copy;
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
        description_unref(snapshot->domains[i].description);
        usage_unref(snapshot->domains[i].usage);
    }
    free(mine->public.lifecycles);
    free(mine->public.stayed);
    for (struct chunk *next, *chunk = mine->chunks; chunk; chunk = next) {
        next = chunk->next;
        free(chunk);
    }
    free(mine->public.domains);
    free(mine);
}

const struct domain *snapshot_find(const struct snapshot *snapshot, const unsigned char uuid[DOMAIN_UUID_BYTES])
{
    struct domain key = { .id = 0 };

    memcpy(key.uuid, uuid, DOMAIN_UUID_BYTES);
    return bsearch(&key, snapshot->domains, snapshot->count, sizeof(key), domain_compare_uuid);
}

const struct domain *snapshot_follow(const struct snapshot *before, size_t *at, const struct domain *domain)
{
    int order = -1;

    while (before && *at < before->count && (order = domain_compare_uuid(&before->domains[*at], domain)) < 0)
        (*at)++;
    return order == 0 ? &before->domains[*at] : NULL;
}

size_t snapshot_count(const struct snapshot *snapshot, uint32_t filter)
{
    size_t count = 0;

    for (size_t i = 0; i < snapshot->count; i++)
        count += filter_fits(filter, &snapshot->domains[i]);
    return count;
}
