/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/notify/transitions.h"

#include <stdlib.h>
#include <string.h>

#include "agent/notify/record.h"

struct transitions {
    const struct snapshot *before;
    size_t count;
    struct record *records; /* sorted by UUID */
    size_t held_count;
    struct domain_event *held; /* events that wait for the next one */
    bool missed_events;        /* out of memory */
    int64_t due_boot_ms;
};

/* One snapshot that is followed. */
struct run {
    struct record_input input;         /* what is the same for all domains */
    struct domain_event *events;       /* those that were held, then the snapshot's */
    const struct domain_event **order; /* by domain, then in their order */
    size_t event_count;
    struct transitions next; /* what the next run begins with */
    struct changes changes;
};

static void transitions_want_listing(struct run *run, int64_t since_boot_ms)
{
    int64_t due = since_boot_ms + EVENT_WAIT_MS;

    if (since_boot_ms > 0 && (run->next.due_boot_ms == 0 || due < run->next.due_boot_ms))
        run->next.due_boot_ms = due;
}

/* One domain: with a record, a row, or both. */
static void transitions_follow_one(struct run *run, const struct record *old, const struct domain *row,
                                   struct record_input input)
{
    struct record *record = &run->next.records[run->next.count];
    const struct event_sequence *sequence = &input.sequence;
    size_t held;

    if (old)
        *record = *old;
    else
        record_begin(record, &input);
    if (!record_follow(record, &input, &held)) {
        free(record->name);
    } else {
        run->next.count++;
        transitions_want_listing(run, record->has_left && !row ? 0 : record->differs_since_boot_ms);
    }
    for (; held < sequence->count; held++) {
        run->next.held[run->next.held_count++] = *sequence->events[held];
        transitions_want_listing(run, sequence->events[held]->boot_ms);
    }
}

/* The events of that domain, from `*from` on, which is left behind them. */
static struct event_sequence transitions_take_events(const struct run *run, size_t *from,
                                                     const unsigned char *uuid)
{
    struct event_sequence sequence = { .taken_boot_ms = run->input.now->taken_boot_ms,
                                       .is_complete = run->input.corrects_at_once };

    while (*from < run->event_count && memcmp(run->order[*from]->uuid, uuid, UUID_BYTES) < 0)
        (*from)++; /* of a domain that came and went, without ever having a row */
    sequence.events = run->order + *from;
    while (*from < run->event_count && memcmp(run->order[*from]->uuid, uuid, UUID_BYTES) == 0) {
        sequence.count++;
        (*from)++;
    }
    return sequence;
}

/* Records, rows and events are sorted by UUID: one pass over them together. */
static void transitions_follow_all(struct run *run, const struct transitions *transitions)
{
    const struct snapshot *now = run->input.now;
    size_t r = 0, n = 0, events = 0;

    while (r < transitions->count || n < now->count) {
        const struct record *old = r < transitions->count ? &transitions->records[r] : NULL;
        const struct domain *row = n < now->count ? &now->domains[n] : NULL;
        int order = !old ? 1 : !row ? -1 : memcmp(old->uuid, row->uuid, UUID_BYTES);
        struct record_input input = run->input;

        old = order <= 0 ? old : NULL;
        row = order >= 0 ? row : NULL;
        r += old != NULL;
        n += row != NULL;
        input.sequence = transitions_take_events(run, &events, old ? old->uuid : row->uuid);
        input.sequence.row = row;
        transitions_follow_one(run, old, row, input);
    }
}

/* By domain, then as they came: they stand in one array in that order. */
static int transitions_compare_events(const void *one, const void *other)
{
    const struct domain_event *a = *(const struct domain_event *const *)one,
                              *b = *(const struct domain_event *const *)other;
    int order = memcmp(a->uuid, b->uuid, UUID_BYTES);

    return order ? order : (a > b) - (a < b);
}

static void transitions_sort_events(struct run *run, const struct transitions *transitions)
{
    const struct snapshot *now = run->input.now;
    size_t held = transitions->held_count;

    run->event_count = held + now->event_count;
    for (size_t i = 0; i < run->event_count; i++) {
        run->events[i] = i < held ? transitions->held[i] : now->events[i - held];
        run->order[i] = &run->events[i];
    }
    qsort(run->order, run->event_count, sizeof(*run->order), transitions_compare_events);
}

static bool transitions_allocate(struct run *run, size_t events, size_t records)
{
    run->events = calloc(events + 1, sizeof(*run->events));
    run->order = calloc(events + 1, sizeof(*run->order));
    run->next.held = calloc(events + 1, sizeof(*run->next.held));
    run->next.records = calloc(records + 1, sizeof(*run->next.records));
    return run->events && run->order && run->next.held && run->next.records;
}

struct changes transitions_follow(struct transitions *transitions, const struct snapshot *now)
{
    const struct snapshot *before = transitions->before;
    struct run run = { .input = { .before = before,
                                  .now = now,
                                  .filter_changed = before && before->filter != now->filter,
                                  .corrects_at_once = now->without_events || now->events_missed ||
                                                      now->events_lost > 0 || transitions->missed_events },
                       .changes.lost = before ? now->events_lost : 0 };

    run.input.changes = &run.changes;
    if (transitions_allocate(&run, transitions->held_count + now->event_count, transitions->count + now->count)) {
        transitions_sort_events(&run, transitions);
        transitions_follow_all(&run, transitions);
        changes_sort(&run.changes);
        run.next.before = snapshot_ref(now);
        free(transitions->records);
        free(transitions->held);
        snapshot_unref(before);
        *transitions = run.next;
    } else {
        transitions->missed_events = true; /* the next rows say how things stand */
        run.changes.lost += (unsigned)now->event_count;
        free(run.next.held);
        free(run.next.records);
    }
    free(run.events);
    free(run.order);
    return run.changes;
}

struct transitions *transitions_new(void)
{
    return calloc(1, sizeof(struct transitions));
}

void transitions_free(struct transitions *transitions)
{
    if (!transitions)
        return;
    for (size_t i = 0; i < transitions->count; i++)
        free(transitions->records[i].name);
    free(transitions->records);
    free(transitions->held);
    snapshot_unref(transitions->before);
    free(transitions);
}

int64_t transitions_due(const struct transitions *transitions)
{
    return transitions->due_boot_ms;
}
