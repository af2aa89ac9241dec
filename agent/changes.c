/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/changes.h"

#include <stdlib.h>
#include <string.h>

#include "agent/event_state.h"

/* An event comes this long after a listing saw what it tells, at most. */
enum { OWED_MS = 2000 };

/* libvirt's reasons (virDomainRunningReason, virDomainPausedReason). */
enum { RUNNING_BOOTED = 1, PAUSED_MIGRATION = 2 };

/* One domain, with what is known of it from before, from now, and from events in between. */
struct story {
    const struct domain *old, *now; /* either may be NULL, not both */
    const struct snapshot *old_in;
    const struct owed_item *owed; /* NULL: nothing is */
    const struct lifecycle *const *events;
    size_t event_count;
    enum vm_oper_state state; /* as told so far */
    int libvirt_state;        /* the same in libvirt's numbers */
    enum truth persistent;
    bool exists;
    bool still_owed;
    bool is_new;                    /* it is another one than the old row's, of the same UUID */
    int64_t taken_boot_ms, boot_ms; /* of the listing; of what is being told */
};

struct search {
    const struct snapshot *before, *now;
    const struct lifecycle **events; /* by domain, then in their order */
    size_t event_count;
    const struct owed *owed; /* from the time before */
    struct owed owing;       /* to the next time */
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

static void tell(struct search *search, const struct story *story, enum change_kind kind, enum vm_oper_state after,
                 int libvirt_state)
{
    const struct domain *domain = story->now ? story->now : story->old;
    struct change change = { .kind = kind,
                             .before = story->state,
                             .after = after,
                             .state_before = story->libvirt_state,
                             .state = libvirt_state,
                             .persistent = story->persistent,
                             .autostart = domain->autostart,
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
    tell(search, story, CHANGE_STATE, state, libvirt_state);
    story->state = state;
    story->libvirt_state = libvirt_state;
}

static void tell_end(struct search *search, const struct story *story)
{
    tell(search, story, CHANGE_DELETED, story->state, story->libvirt_state);
}

static void tell_event(struct search *search, struct story *story, size_t at)
{
    int libvirt_state;
    enum vm_oper_state state =
        event_state(story->events, story->event_count, at, story->now, story->taken_boot_ms, &libvirt_state);

    if (!story->now && event_gives_up(story->events, at, story->old))
        state = VM_OPER_SHUTDOWN;
    story->boot_ms = story->events[at]->boot_ms;
    story->exists |= event_begins(story->events[at]);
    story->persistent = event_persistence(story->events[at], story->state, story->persistent);
    if (state)
        move_to(search, story, state, libvirt_state);
    if (story->exists &&
        event_deletes(story->events, story->event_count, at, story->now, story->state, story->persistent)) {
        tell_end(search, story);
        story->exists = false;
        story->is_new = true;
        story->state = VM_OPER_SHUTDOWN; /* as a new one begins */
        story->libvirt_state = DOMAIN_SHUTOFF;
        story->persistent = TRUTH_FALSE; /* until it is defined */
    }
}

static int compare_uuid(const void *one, const void *other)
{
    return memcmp(one, other, DOMAIN_UUID_BYTES);
}

/* The row is paused for as long as a domain is restored or migrates, and where its job is not known it cannot tell
 * that; events can. */
static bool is_on_its_way(const struct domain *now)
{
    return now->last_state == DOMAIN_PAUSED && now->last_reason == PAUSED_MIGRATION &&
           vm_last_oper_state(now) == VM_OPER_PAUSED;
}

/* How many of the events are of another domain of that UUID, which was gone before this one came. */
static size_t skip_former(const struct search *search, const struct story *story)
{
    size_t count = 0;

    if (story->old || search->now->filter != 0)
        return 0;
    while (count < story->event_count && !event_begins(story->events[count]))
        count++;
    return count;
}

/* How many of the events tell what the row has shown already: all up to the one that led there. Where none did and
 * they do not lead on to what the row shows now either, they are steps on the way there, and it is yet to come. */
static size_t skip_owed(struct story *story)
{
    enum vm_oper_state last = 0;

    if (!story->owed || !story->owed->row_ahead || story->event_count == 0 ||
        story->events[0]->boot_ms > story->owed->until_boot_ms)
        return 0;
    for (size_t i = 0; i < story->event_count; i++) {
        int libvirt_state;
        enum vm_oper_state state =
            event_state(story->events, story->event_count, i, story->now, story->taken_boot_ms, &libvirt_state);

        if (state == story->state || event_ends_in(story->events[i], story->state))
            return i + 1;
        last = state ? state : last;
    }
    if (story->now ? last == vm_last_oper_state(story->now) && !is_on_its_way(story->now)
                   : domain_active(story->old))
        return 0;
    story->still_owed = true;
    return story->event_count;
}

/* Until when: as it was, or from now on. */
static int64_t owed_until(const struct search *search, const struct owed_item *owed)
{
    return owed ? owed->until_boot_ms
                : search->now->taken_boot_ms + (int64_t)search->now->duration_us / 1000 + OWED_MS;
}

static bool is_over(const struct search *search, const struct owed_item *owed)
{
    return owed && owed->until_boot_ms <= search->now->taken_boot_ms;
}

/* To the next time; a domain that is gone with its last row. */
static void owe(struct search *search, const struct story *story, int64_t until_boot_ms, bool row_ahead,
                bool stayed)
{
    struct owed_item item = { .until_boot_ms = until_boot_ms,
                              .state = story->state,
                              .libvirt_state = story->libvirt_state,
                              .in = story->now ? NULL : story->old_in,
                              .gone = story->now ? NULL : story->old,
                              .row_ahead = row_ahead,
                              .stayed = stayed };

    memcpy(item.uuid, (story->now ? story->now : story->old)->uuid, DOMAIN_UUID_BYTES);
    owed_add(&search->owing, &item);
}

/* That a row was ahead and the events that tell it have still not come. */
static bool is_still_ahead(const struct story *story)
{
    return story->owed && story->owed->row_ahead && (story->event_count == 0 || story->still_owed);
}

static bool has_event(const struct story *story, int event)
{
    for (size_t i = 0; i < story->event_count; i++)
        if (story->events[i]->event == event)
            return true;
    return false;
}

/* Puts into `story` the state that a domain had before the listing that first has it. A new one begins as
 * shutdown; one that came in through the filter was whatever its events started from, and without any is not known
 * to have changed at all. */
static void begin_new(const struct search *search, struct story *story)
{
    bool is_start = has_event(story, LIFECYCLE_STARTED) || has_event(story, LIFECYCLE_DEFINED) ||
                    (story->now->last_state == DOMAIN_RUNNING && story->now->last_reason == RUNNING_BOOTED);

    story->state = vm_last_oper_state(story->now);
    story->libvirt_state = story->now->last_state;
    if (search->now->filter == 0 || (is_start && story->event_count > 0)) {
        story->state = VM_OPER_SHUTDOWN;
        story->libvirt_state = DOMAIN_SHUTOFF;
    } else if (has_event(story, LIFECYCLE_RESUMED)) {
        story->state = VM_OPER_PAUSED;
        story->libvirt_state = DOMAIN_PAUSED;
    }
}

static bool has_stayed(const struct snapshot *now, const struct domain *old)
{
    return now->stayed_count > 0 &&
           bsearch(old->uuid, now->stayed, now->stayed_count, sizeof(*now->stayed), compare_uuid) != NULL;
}

/* Only from one known truth to the other: learning one is no change of it. */
static bool has_turned(enum truth before, enum truth now)
{
    return before != now && before != TRUTH_UNKNOWN && now != TRUTH_UNKNOWN;
}

static bool has_new_facts(const struct story *story)
{
    if (!story->now)
        return false;
    return !story->old || story->is_new || has_turned(story->old->persistent, story->now->persistent) ||
           has_turned(story->old->autostart, story->now->autostart);
}

static void begin(const struct search *search, struct story *story)
{
    story->exists = story->old != NULL;
    story->taken_boot_ms = story->boot_ms = search->now->taken_boot_ms;
    story->persistent = (story->old ? story->old : story->now)->persistent;
    if (story->owed) {
        story->state = story->owed->state;
        story->libvirt_state = story->owed->libvirt_state;
    } else if (story->old) {
        story->state = vm_last_oper_state(story->old);
        story->libvirt_state = story->old->last_state;
    } else {
        begin_new(search, story);
    }
}

/* What the row shows now and nothing before has told. */
static void tell_row(struct search *search, struct story *story)
{
    const struct owed_item *owed = story->event_count == 0 || story->still_owed ? story->owed : NULL;

    if (is_on_its_way(story->now) && story->state != VM_OPER_PAUSED && !is_over(search, owed)) {
        owe(search, story, owed_until(search, owed), is_still_ahead(story), false);
    } else if (vm_last_oper_state(story->now) != story->state) {
        move_to(search, story, vm_last_oper_state(story->now), story->now->last_state);
        owe(search, story, owed_until(search, NULL), true, false);
    } else if ((is_still_ahead(story) && !is_over(search, owed)) || (!story->old && story->event_count == 0)) {
        owe(search, story, owed_until(search, owed), true, false);
    }
}

/* One that ran and is gone without having stopped: the events that tell how have not come yet, so its end waits
 * for them. Not for ever: without a connection none come. */
static void tell_gone(struct search *search, struct story *story)
{
    const struct owed_item *owed = story->owed && story->owed->gone ? story->owed : NULL;
    bool stayed = owed ? owed->stayed : has_stayed(search->now, story->old);

    if (stayed && search->before->filter != search->now->filter)
        return; /* not because something happened to it */
    if (domain_active(story->old) && !has_event(story, LIFECYCLE_STOPPED) && !is_over(search, owed)) {
        owe(search, story, owed_until(search, owed), is_still_ahead(story), stayed);
        return;
    }
    if (stayed)
        return;
    /* One with a definition would be off now, not gone. */
    if (has_event(story, LIFECYCLE_STOPPED) && !has_event(story, LIFECYCLE_UNDEFINED))
        story->persistent = TRUTH_FALSE;
    tell_end(search, story);
}

static void tell_story(struct search *search, struct story *story)
{
    if (!story->old && search->before->filter != search->now->filter)
        return;
    story->owed = story->old ? owed_find(search->owed, story->old->uuid) : NULL;
    begin(search, story);
    for (size_t at = skip_former(search, story) + skip_owed(story); at < story->event_count; at++)
        tell_event(search, story, at);
    if (story->boot_ms < search->now->taken_boot_ms)
        story->boot_ms = search->now->taken_boot_ms;
    if (story->now)
        story->persistent = story->now->persistent;
    if (has_new_facts(story))
        tell(search, story, CHANGE_FACTS, story->state, story->now->last_state);
    if (story->now)
        tell_row(search, story);
    else
        tell_gone(search, story);
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

/* The next domain that is gone already and whose end is still to be told. */
static const struct owed_item *next_gone(const struct owed *owed, size_t *at)
{
    while (*at < owed->count && !owed->items[*at].gone)
        (*at)++;
    return *at < owed->count ? &owed->items[*at] : NULL;
}

/* The old row that comes first, of the listing before or of a domain that was gone in it; false if there is none.
 */
static bool next_old(const struct search *search, size_t b, size_t *g, struct story *story)
{
    const struct snapshot *before = search->before;
    const struct owed_item *gone = next_gone(search->owed, g);

    story->old_in = before;
    story->old = b < before->count ? &before->domains[b] : NULL;
    if (gone && (!story->old || domain_compare_uuid(gone->gone, story->old) < 0)) {
        story->old = gone->gone;
        story->old_in = gone->in;
    }
    return story->old != NULL;
}

/* All are sorted by UUID: one pass over them together. */
static void search_all(struct search *search)
{
    const struct snapshot *now = search->now;
    size_t b = 0, g = 0, n = 0, events = 0;

    for (;;) {
        struct story story = { .state = VM_OPER_UNKNOWN };
        bool has_old = next_old(search, b, &g, &story);
        int order = !has_old ? 1 : n == now->count ? -1 : domain_compare_uuid(story.old, &now->domains[n]);

        if (!has_old && n == now->count)
            return;
        if (order >= 0)
            story.now = &now->domains[n++];
        if (order > 0)
            story.old = NULL;
        else if (story.old_in == search->before)
            b++;
        else
            g++;
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

struct changes changes_find(struct owed *owed, const struct snapshot *before, const struct snapshot *now)
{
    struct search search = { .before = before, .now = now, .owed = owed };

    if (!before)
        return search.found;
    sort_events(&search);
    search_all(&search);
    free(search.events);
    sort_changes(&search.found);
    search.found.lost += now->lifecycles_lost;
    owed_clear(owed);
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
