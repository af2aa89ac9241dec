/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/changes.h"

#include <stdlib.h>
#include <string.h>

#include "agent/event_state.h"
#include "core/cleanup.h"

/* An event comes this long after a listing saw what it tells, at most. */
enum { OWED_MS = 2000 };

/* One domain, with what is known of it from before, from now, and from events in between. */
struct story {
    const struct domain *old, *now; /* either may be NULL, not both */
    const struct lifecycle *const *events;
    size_t event_count;
    enum vm_oper_state state; /* as told so far */
    bool exists;
    int64_t boot_ms;
};

struct search {
    const struct snapshot *before, *now;
    const struct lifecycle **events; /* by domain, then in their order */
    size_t event_count;
    const struct changes_owed *owed; /* from the time before */
    struct changes_owed owing;       /* to the next time */
    struct changes found;
};

static bool keep(struct changes *changes, const struct change *change)
{
    struct change *items = changes->items;

    /* It doubles whenever the count is a power of two. */
    if (changes->count < CHANGES_MAX && (changes->count & (changes->count - 1)) == 0)
        items = realloc(items, (changes->count ? 2 * changes->count : 1) * sizeof(*items));
    if (!items || changes->count >= CHANGES_MAX)
        return false;
    changes->items = items;
    items[changes->count++] = *change;
    return true;
}

static void tell(struct search *search, const struct story *story, bool is_deleted, enum vm_oper_state after,
                 int state)
{
    const struct domain *domain = story->now ? story->now : story->old;
    struct change change = { .is_deleted = is_deleted,
                             .before = story->state,
                             .after = after,
                             .state = state,
                             .persistent = domain->persistent,
                             .boot_ms = story->boot_ms,
                             .name = strdup(domain->name) };

    memcpy(change.uuid, domain->uuid, DOMAIN_UUID_BYTES);
    if (change.name && keep(&search->found, &change))
        return;
    free(change.name);
    search->found.lost++;
}

static void move_to(struct search *search, struct story *story, enum vm_oper_state state, int libvirt_state)
{
    if (state == story->state)
        return;
    tell(search, story, false, state, libvirt_state);
    story->state = state;
}

static void tell_event(struct search *search, struct story *story, size_t at)
{
    int libvirt_state;
    enum vm_oper_state state = event_state(story->events, story->event_count, at, story->now, &libvirt_state);

    story->boot_ms = story->events[at]->boot_ms;
    story->exists |= story->events[at]->event != LIFECYCLE_UNDEFINED;
    if (state)
        move_to(search, story, state, libvirt_state);
    if (story->exists && event_deletes(story->events, story->event_count, at, story->state)) {
        tell(search, story, true, story->state, DOMAIN_SHUTOFF);
        story->exists = false;
        story->state = VM_OPER_SHUTDOWN; /* as a new one begins */
    }
}

static int compare_uuid(const void *one, const void *other)
{
    return memcmp(one, other, DOMAIN_UUID_BYTES);
}

/* How many of the events tell what the row has shown already. */
static size_t skip_owed(const struct search *search, const struct story *story)
{
    const struct changes_owed_domain *owed;

    if (search->owed->count == 0 || !story->old || story->event_count == 0)
        return 0;
    owed = bsearch(story->old->uuid, search->owed->domains, search->owed->count, sizeof(*owed), compare_uuid);
    if (!owed || story->events[0]->boot_ms > owed->until_boot_ms)
        return 0;
    for (size_t i = 0; i < story->event_count; i++) {
        int libvirt_state;

        if (event_state(story->events, story->event_count, i, story->now, &libvirt_state) == story->state)
            return i + 1;
    }
    return 0;
}

/* The row has a state that no event told, or not yet. Out of memory, it may be told twice. */
static void owe(struct search *search, const struct domain *domain)
{
    struct changes_owed *owing = &search->owing;
    struct changes_owed_domain *domains = owing->domains;

    if ((owing->count & (owing->count - 1)) == 0)
        domains = realloc(domains, (owing->count ? 2 * owing->count : 1) * sizeof(*domains));
    if (!domains)
        return;
    owing->domains = domains;
    memcpy(domains[owing->count].uuid, domain->uuid, DOMAIN_UUID_BYTES);
    domains[owing->count++].until_boot_ms =
        search->now->taken_boot_ms + (int64_t)search->now->duration_us / 1000 + OWED_MS;
}

static bool has_event(const struct story *story, int event)
{
    for (size_t i = 0; i < story->event_count; i++)
        if (story->events[i]->event == event)
            return true;
    return false;
}

/* The state that a domain had before the listing that first has it. A new one begins as shutdown; one that came
 * in through the filter was whatever its events started from, and without any is not known to have
 * changed at all. */
static enum vm_oper_state first_state(const struct search *search, const struct story *story)
{
    if (search->now->filter == 0 || has_event(story, LIFECYCLE_STARTED) || has_event(story, LIFECYCLE_DEFINED))
        return VM_OPER_SHUTDOWN;
    if (has_event(story, LIFECYCLE_RESUMED))
        return VM_OPER_PAUSED;
    return vm_last_oper_state(story->now);
}

static bool has_stayed(const struct snapshot *now, const struct domain *old)
{
    return now->stayed_count > 0 &&
           bsearch(old->uuid, now->stayed, now->stayed_count, sizeof(*now->stayed), compare_uuid) != NULL;
}

static void tell_story(struct search *search, struct story *story)
{
    size_t at;

    if (!story->old && search->before->filter != search->now->filter)
        return;
    story->exists = story->old != NULL;
    story->boot_ms = search->now->taken_boot_ms;
    story->state = story->old ? vm_last_oper_state(story->old) : first_state(search, story);
    for (at = skip_owed(search, story); at < story->event_count; at++)
        tell_event(search, story, at);
    if (story->boot_ms < search->now->taken_boot_ms)
        story->boot_ms = search->now->taken_boot_ms;
    if (!story->now) {
        if (!has_stayed(search->now, story->old))
            tell(search, story, true, story->state, DOMAIN_SHUTOFF);
    } else if (vm_last_oper_state(story->now) != story->state) {
        move_to(search, story, vm_last_oper_state(story->now), story->now->last_state);
        owe(search, story->now);
    }
}

/* By domain, then as they came: they stand in one array in that order. */
static int by_domain(const void *one, const void *other)
{
    const struct lifecycle *a = *(const struct lifecycle *const *)one,
                           *b = *(const struct lifecycle *const *)other;
    int order = memcmp(a->uuid, b->uuid, DOMAIN_UUID_BYTES);

    return order ? order : (a > b) - (a < b);
}

static void sort_events(struct search *search)
{
    const struct snapshot *now = search->now;

    search->events = calloc(now->lifecycle_count + 1, sizeof(*search->events));
    if (!search->events)
        return; /* then only what the rows say */
    for (size_t i = 0; i < now->lifecycle_count; i++)
        search->events[i] = &now->lifecycles[i];
    search->event_count = now->lifecycle_count;
    qsort(search->events, search->event_count, sizeof(*search->events), by_domain);
}

/* The events of that domain, from `*from` on, which is left behind them. */
static void take_events(const struct search *search, size_t *from, const unsigned char *uuid, struct story *story)
{
    while (*from < search->event_count && memcmp(search->events[*from]->uuid, uuid, DOMAIN_UUID_BYTES) < 0)
        (*from)++; /* of a domain that neither listing has: it came and went, without ever having a row */
    story->events = search->events + *from;
    while (*from < search->event_count && memcmp(search->events[*from]->uuid, uuid, DOMAIN_UUID_BYTES) == 0) {
        story->event_count++;
        (*from)++;
    }
}

/* All are sorted by UUID: one pass over the three together. */
static void search_all(struct search *search)
{
    const struct snapshot *before = search->before, *now = search->now;
    size_t b = 0, n = 0, events = 0;

    while (b < before->count || n < now->count) {
        struct story story = { .state = VM_OPER_UNKNOWN };
        int order = b == before->count ? 1
                    : n == now->count  ? -1
                                       : domain_compare_uuid(&before->domains[b], &now->domains[n]);

        if (order <= 0)
            story.old = &before->domains[b++];
        if (order >= 0)
            story.now = &now->domains[n++];
        take_events(search, &events, (story.old ? story.old : story.now)->uuid, &story);
        tell_story(search, &story);
    }
}

static int by_time(const void *one, const void *other)
{
    const struct change *a = one, *b = other;

    if (a->boot_ms != b->boot_ms)
        return a->boot_ms < b->boot_ms ? -1 : 1;
    return (int)a->index - (int)b->index; /* their place while they are sorted */
}

static void sort_changes(struct changes *changes)
{
    for (size_t i = 0; i < changes->count; i++)
        changes->items[i].index = (uint32_t)i;
    if (changes->count > 0)
        qsort(changes->items, changes->count, sizeof(*changes->items), by_time);
    for (size_t i = 0; i < changes->count; i++)
        changes->items[i].index = 0;
}

struct changes changes_find(struct changes_owed *owed, const struct snapshot *before, const struct snapshot *now)
{
    struct search search = { .before = before, .now = now, .owed = owed };

    if (!before)
        return search.found;
    sort_events(&search);
    search_all(&search);
    free(search.events);
    sort_changes(&search.found);
    search.found.lost += now->lifecycles_lost;
    changes_owed_clear(owed);
    *owed = search.owing;
    return search.found;
}

void changes_clear(struct changes *changes)
{
    for (size_t i = 0; i < changes->count; i++)
        free(changes->items[i].name);
    free(changes->items);
    *changes = (struct changes){ 0 };
}

void changes_owed_clear(struct changes_owed *owed)
{
    free(owed->domains);
    *owed = (struct changes_owed){ 0 };
}
