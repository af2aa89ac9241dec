/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/model/snapshot.h"

#include <stdlib.h>
#include <string.h>

#include "lib/model/device_stats.h"
#include "lib/model/domain_snapshots.h"
#include "lib/model/io_error.h"
#include "lib/model/job_stats.h"
#include "lib/model/xml_facts.h"

enum { SNAPSHOT_CHUNK_BYTES = 16 * 1024 };

/* Names are kept in chunks: 10,000 names take a few dozen allocations instead of 10,000. */
struct snapshot_chunk {
    struct snapshot_chunk *next;
    size_t used, size;
    char bytes[];
};

/* The names of one listing. All snapshots of this listing share them. */
struct snapshot_names {
    struct refcount refcount;
    struct snapshot_chunk *chunks;
};

static struct snapshot_names *snapshot_names_new(void)
{
    struct snapshot_names *names = calloc(1, sizeof(*names));

    if (names)
        refcount_init(&names->refcount);
    return names;
}

static void snapshot_names_unref(struct snapshot_names *names)
{
    if (!names || !refcount_drop(&names->refcount))
        return;
    for (struct snapshot_chunk *next, *chunk = names->chunks; chunk; chunk = next) {
        next = chunk->next;
        free(chunk);
    }
    free(names);
}

/* Takes the caller's reference to `names`, also when it fails. */
static struct snapshot *snapshot_make(size_t room, struct snapshot_names *names)
{
    struct snapshot *snapshot = calloc(1, sizeof(*snapshot));
    struct domain *domains = calloc(room + 1, sizeof(*domains));

    if (!snapshot || !domains || !names) {
        free(snapshot);
        free(domains);
        snapshot_names_unref(names);
        return NULL;
    }
    *snapshot = (struct snapshot){ .parts = 1, .domains = domains, .names = names };
    refcount_init(&snapshot->refcount);
    return snapshot;
}

struct snapshot *snapshot_new(size_t room)
{
    return snapshot_make(room, snapshot_names_new());
}

static struct snapshot_chunk *snapshot_chunk_with_room(struct snapshot_names *names, size_t bytes)
{
    struct snapshot_chunk *chunk = names->chunks;
    size_t size = bytes > SNAPSHOT_CHUNK_BYTES ? bytes : SNAPSHOT_CHUNK_BYTES;

    if (chunk && chunk->size - chunk->used >= bytes)
        return chunk;
    chunk = malloc(sizeof(*chunk) + size);
    if (!chunk)
        return NULL;
    *chunk = (struct snapshot_chunk){ .next = names->chunks, .size = size };
    return names->chunks = chunk;
}

const char *snapshot_keep(struct snapshot *snapshot, const char *text)
{
    size_t bytes = strlen(text) + 1;
    struct snapshot_chunk *chunk = snapshot_chunk_with_room(snapshot->names, bytes);
    char *copy;

    if (!chunk)
        return NULL;
    copy = memcpy(chunk->bytes + chunk->used, text, bytes);
    chunk->used += bytes;
    return copy;
}

struct snapshot *snapshot_copy(const struct snapshot *other)
{
    struct snapshot *copy;
    struct domain *domains;

    refcount_take(&other->names->refcount);
    copy = snapshot_make(other->count, other->names);
    if (!copy)
        return NULL;
    domains = copy->domains;
    *copy = *other;
    refcount_init(&copy->refcount);
    copy->domains = domains;
    copy->events = NULL; /* they are reported with `other` */
    copy->events_missed = false;
    copy->left_filter = NULL;
    copy->event_count = copy->left_filter_count = copy->events_lost = 0;
    for (size_t i = 0; i < other->count; i++) {
        domains[i] = other->domains[i];
        (void)xml_facts_ref(domains[i].xml_facts);
        (void)device_stats_ref(domains[i].device_stats);
        (void)job_stats_ref(domains[i].job_stats);
        (void)io_error_ref(domains[i].io_error);
        (void)domain_snapshots_ref(domains[i].domain_snapshots);
    }
    return copy;
}

bool snapshot_is_same_listing(const struct snapshot *one, const struct snapshot *other)
{
    return one->names == other->names;
}

const struct snapshot *snapshot_ref(const struct snapshot *snapshot)
{
    refcount_take(&snapshot->refcount);
    return snapshot;
}

void snapshot_unref(const struct snapshot *snapshot)
{
    if (!snapshot || !refcount_drop(&snapshot->refcount))
        return;
    for (size_t i = 0; i < snapshot->count; i++) {
        xml_facts_unref(snapshot->domains[i].xml_facts);
        device_stats_unref(snapshot->domains[i].device_stats);
        job_stats_unref(snapshot->domains[i].job_stats);
        io_error_unref(snapshot->domains[i].io_error);
        domain_snapshots_unref(snapshot->domains[i].domain_snapshots);
    }
    free(snapshot->events);
    free(snapshot->left_filter);
    snapshot_names_unref(snapshot->names);
    free(snapshot->domains);
    free((struct snapshot *)(uintptr_t)snapshot);
}

const struct domain *snapshot_find(const struct snapshot *snapshot, const unsigned char uuid[UUID_BYTES])
{
    return uuid_find(snapshot->domains, snapshot->count, sizeof(*snapshot->domains), uuid);
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

enum domain_control snapshot_control(const struct snapshot *snapshot, const struct domain *domain,
                                     int64_t now_boot_ms)
{
    return snapshot_stats_are_partial(snapshot, domain, now_boot_ms) ? domain->control : DOMAIN_CONTROL_OK;
}
