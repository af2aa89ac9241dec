/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/notify/transitions.h"

#include <stdlib.h>
#include <string.h>

#include "agent/notify/record.h"
#include "lib/base/uuid.h"

struct transitions {
    const struct snapshot *before;
    size_t count;
    struct record *records; /* sorted by UUID */
    size_t waiting_count;
    struct domain_event *waiting; /* events that wait for the next event of their domain */
    bool lost_events;             /* events were lost for lack of memory: the next rows correct at once */
    int64_t due_boot_ms;
};

/* The work on one snapshot. */
struct transitions_run {
    struct record_input input;          /* what is the same for all domains */
    struct domain_event *events;        /* those that were waiting, then those of the snapshot */
    const struct domain_event **sorted; /* the same, by domain */
    size_t event_count;
    struct transitions next; /* replaces the transitions when all is done */
    struct changes changes;
};

static void transitions_want_listing(struct transitions_run *run, int64_t since_boot_ms)
{
    int64_t due = since_boot_ms + EVENT_WAIT_MS;

    if (since_boot_ms > 0 && (run->next.due_boot_ms == 0 || due < run->next.due_boot_ms))
        run->next.due_boot_ms = due;
}

/* One domain, which has a record, a row, or both. */
static void transitions_follow_one(struct transitions_run *run, const struct record *old,
                                   struct record_input input)
{
    struct record *record = &run->next.records[run->next.count];
    const struct event_sequence *sequence = &input.sequence;
    size_t waiting;

    if (old)
        *record = *old;
    else
        record_init(record, &input);
    if (!record_follow(record, &input, &waiting)) {
        free(record->name);
    } else {
        run->next.count++;
        /* Nothing is reported about a domain that left the filter, so no listing is needed for it. */
        if (sequence->row || !record->left_filter)
            transitions_want_listing(run, record->differs_since_boot_ms);
    }
    for (; waiting < sequence->count; waiting++) {
        run->next.waiting[run->next.waiting_count++] = *sequence->events[waiting];
        transitions_want_listing(run, sequence->events[waiting]->boot_ms);
    }
}

/* The events of that domain. The search begins at place `*at`, which becomes the place after them. Events of
 * domains that never had a row are skipped. */
static struct event_sequence transitions_take_events(const struct transitions_run *run, size_t *at,
                                                     const unsigned char *uuid)
{
    struct event_sequence sequence = { .taken_boot_ms = run->input.now->taken_boot_ms,
                                       .is_complete = run->input.corrects_at_once };

    while (*at < run->event_count && uuid_compare(run->sorted[*at], uuid) < 0)
        (*at)++;
    sequence.events = run->sorted + *at;
    for (; *at < run->event_count && uuid_compare(run->sorted[*at], uuid) == 0; (*at)++)
        sequence.count++;
    return sequence;
}

/* Records, rows and events are sorted by UUID: one pass over them together. */
static void transitions_follow_all(struct transitions_run *run, const struct transitions *transitions)
{
    const struct snapshot *now = run->input.now;
    size_t r = 0, n = 0, events = 0;

    while (r < transitions->count || n < now->count) {
        const struct record *old = r < transitions->count ? &transitions->records[r] : NULL;
        const struct domain *row = n < now->count ? &now->domains[n] : NULL;
        int order = !old ? 1 : !row ? -1 : uuid_compare(old, row);
        struct record_input input = run->input;

        old = order <= 0 ? old : NULL;
        row = order >= 0 ? row : NULL;
        r += old != NULL;
        n += row != NULL;
        input.sequence = transitions_take_events(run, &events, old ? old->uuid : row->uuid);
        input.sequence.row = row;
        transitions_follow_one(run, old, input);
    }
}

/* By domain. Events of one domain keep their order, which is that of their addresses. */
static int transitions_compare_events(const void *one, const void *other)
{
    const struct domain_event *a = *(const struct domain_event *const *)one,
                              *b = *(const struct domain_event *const *)other;
    int order = uuid_compare(a, b);

    return order ? order : (a > b) - (a < b);
}

static void transitions_sort_events(struct transitions_run *run, const struct transitions *transitions)
{
    const struct snapshot *now = run->input.now;
    size_t waiting = transitions->waiting_count;

    run->event_count = waiting + now->event_count;
    for (size_t i = 0; i < run->event_count; i++) {
        run->events[i] = i < waiting ? transitions->waiting[i] : now->events[i - waiting];
        run->sorted[i] = &run->events[i];
    }
    qsort(run->sorted, run->event_count, sizeof(*run->sorted), transitions_compare_events);
}

static bool transitions_allocate(struct transitions_run *run, size_t events, size_t records)
{
    run->events = calloc(events + 1, sizeof(*run->events));
    run->sorted = calloc(events + 1, sizeof(*run->sorted));
    run->next.waiting = calloc(events + 1, sizeof(*run->next.waiting));
    run->next.records = calloc(records + 1, sizeof(*run->next.records));
    return run->events && run->sorted && run->next.waiting && run->next.records;
}

struct changes transitions_follow(struct transitions *transitions, const struct snapshot *now)
{
    const struct snapshot *before = transitions->before;
    struct transitions_run run = { .input = { .before = before,
                                              .now = now,
                                              .filter_changed = before && before->filter != now->filter,
                                              .corrects_at_once = now->without_events || now->events_missed ||
                                                                  now->events_lost > 0 ||
                                                                  transitions->lost_events },
                                   .changes.lost = before ? now->events_lost : 0 };

    run.input.changes = &run.changes;
    if (transitions_allocate(&run, transitions->waiting_count + now->event_count,
                             transitions->count + now->count)) {
        transitions_sort_events(&run, transitions);
        transitions_follow_all(&run, transitions);
        changes_sort(&run.changes);
        run.next.before = snapshot_ref(now);
        free(transitions->records);
        free(transitions->waiting);
        snapshot_unref(before);
        *transitions = run.next;
    } else {
        transitions->lost_events = true;
        run.changes.lost += (unsigned)now->event_count;
        free(run.next.waiting);
        free(run.next.records);
    }
    free(run.events);
    free(run.sorted);
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
    free(transitions->waiting);
    snapshot_unref(transitions->before);
    free(transitions);
}

int64_t transitions_due(const struct transitions *transitions)
{
    return transitions->due_boot_ms;
}
