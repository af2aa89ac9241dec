/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/notify/record.h"

#include <stdlib.h>
#include <string.h>

/* libvirt's reasons (virDomainRunningReason, virDomainPausedReason). */
enum { RUNNING_BOOTED = 1, PAUSED_MIGRATION = 2 };

static void record_report(const struct record *record, const struct record_input *input, int64_t boot_ms,
                          enum change_kind kind, enum vm_oper_state after, int libvirt_state)
{
    const struct domain *row = input->sequence.row;
    struct change change = { .kind = kind,
                             .before = record->state ? record->state : after,
                             .after = after,
                             .state_before = record->libvirt_state,
                             .state = libvirt_state,
                             .persistent = record->persistent,
                             .autostart = row ? row->autostart : record->autostart,
                             .boot_ms = boot_ms };

    if (kind == CHANGE_FACTS)
        change.persistent = row->persistent;
    memcpy(change.uuid, record->uuid, UUID_BYTES);
    changes_add(input->changes, &change, row ? row->name : record->name);
}

static void record_move(struct record *record, const struct record_input *input, int64_t boot_ms,
                        enum vm_oper_state state, int libvirt_state)
{
    if (state == record->state)
        return;
    if (record->state) /* to learn it is no change */
        record_report(record, input, boot_ms, CHANGE_STATE, state, libvirt_state);
    record->state = state;
    record->libvirt_state = libvirt_state;
}

static void record_end(struct record *record, const struct record_input *input, int64_t boot_ms)
{
    record_report(record, input, boot_ms, CHANGE_DELETED, record->state, record->libvirt_state);
    record->exists = false;
    record->is_new = true;
    record->state = VM_OPER_SHUTDOWN; /* as a new one begins */
    record->libvirt_state = DOMAIN_SHUTOFF;
    record->persistent = TRISTATE_FALSE; /* until it is defined */
    record->differs_since_boot_ms = 0;
}

static void record_apply(struct record *record, const struct record_input *input, const struct domain_event *event,
                         struct event_meaning meaning)
{
    record->exists |= event_rules_begins(event);
    record->persistent = event_rules_persistence(event, record->state, record->persistent);
    /* A migration that is given up on its way in is no crash: the guest runs where it was. */
    if (record->migrates_in && event->event == DOMAIN_EVENT_SHUTDOWN)
        meaning.state = 0;
    if (record->migrates_in && event->event == DOMAIN_EVENT_STOPPED)
        meaning.state = VM_OPER_SHUTDOWN;
    record->migrates_in = event_rules_migrates_in(event, record->migrates_in);
    if (meaning.state)
        record_move(record, input, event->boot_ms, meaning.state, meaning.libvirt_state);
    if (record->exists && event_rules_ends(event, record->state, record->persistent))
        record_end(record, input, event->boot_ms);
}

/* Returns the place of the first event that waits. */
static size_t record_apply_events(struct record *record, const struct record_input *input)
{
    const struct event_sequence *sequence = &input->sequence;
    size_t at;

    for (at = 0; at < sequence->count; at++) {
        struct event_meaning meaning = event_rules_meaning(sequence, at);

        if (meaning.waits)
            break;
        record_apply(record, input, sequence->events[at], meaning);
    }
    return at;
}

/* What a domain was that came in through the filter is told by its first event. */
static void record_guess(struct record *record, const struct record_input *input)
{
    const struct event_sequence *sequence = &input->sequence;
    const struct domain *row = sequence->row;
    bool starts = row && row->last_state == DOMAIN_RUNNING && row->last_reason == RUNNING_BOOTED;
    int first = -1;

    for (size_t i = sequence->count; i-- > 0;) {
        starts |= sequence->events[i]->event == DOMAIN_EVENT_STARTED;
        first = event_rules_is_run(sequence->events[i]) ? sequence->events[i]->event : first;
    }
    if (first < 0)
        return;
    record->state = VM_OPER_RUNNING;
    record->libvirt_state = DOMAIN_RUNNING;
    if (first == DOMAIN_EVENT_RESUMED && !starts) {
        record->state = VM_OPER_PAUSED;
        record->libvirt_state = DOMAIN_PAUSED;
    } else if (first == DOMAIN_EVENT_STARTED || first == DOMAIN_EVENT_RESUMED) {
        record->state = VM_OPER_SHUTDOWN;
        record->libvirt_state = DOMAIN_SHUTOFF;
    }
}

/* Only from one known truth to the other: to learn one is no change. */
static bool record_turn(enum tristate *shown, enum tristate now)
{
    bool has_turned = *shown != now && *shown != TRISTATE_UNKNOWN && now != TRISTATE_UNKNOWN;

    if (now != TRISTATE_UNKNOWN)
        *shown = now;
    return has_turned;
}

static void record_report_facts(struct record *record, const struct record_input *input, int64_t boot_ms)
{
    const struct domain *row = input->sequence.row;
    bool has_turned = record_turn(&record->shown_persistent, row->persistent);

    has_turned |= record_turn(&record->autostart, row->autostart);
    if (record->exists && (record->is_new || has_turned))
        record_report(record, input, boot_ms, CHANGE_FACTS,
                      record->state ? record->state : vm_state_last_oper(row), row->last_state);
    record->is_new &= !record->exists;
}

/* Counts how long row and record have differed, and says whether that was long enough. */
static bool record_is_over(struct record *record, const struct record_input *input)
{
    const struct snapshot *now = input->now;

    if (record->differs_since_boot_ms == 0 || input->sequence.count > 0)
        record->differs_since_boot_ms = now->taken_boot_ms + now->duration_us / 1000;
    return record->differs_since_boot_ms + EVENT_WAIT_MS <= now->taken_boot_ms;
}

/* A row is paused for as long as a domain is restored or migrates. Where its job is not known, or not yet, the row
 * cannot tell that from a pause. Events can. */
static bool record_is_migrating_or_restoring(const struct domain *row)
{
    return row->last_state == DOMAIN_PAUSED && row->last_reason == PAUSED_MIGRATION &&
           vm_state_last_oper(row) == VM_OPER_PAUSED;
}

static bool record_differs(const struct record *record, const struct domain *row)
{
    enum vm_oper_state shown = vm_state_last_oper(row);

    /* It may still have its image: whether it has one could not be read. */
    if (record->state == VM_OPER_SUSPENDED && shown == VM_OPER_SHUTDOWN && row->managed_save == TRISTATE_UNKNOWN)
        return false;
    return !record->exists || record->state != shown ||
           (row->persistent != TRISTATE_UNKNOWN && row->persistent != record->persistent);
}

/* No event tells that a live migration begins, nor that a managed-save image is removed. */
static bool record_has_no_event(const struct record *record, const struct domain *row)
{
    if (vm_state_last_oper(row) == VM_OPER_MIGRATING)
        return record->exists && row->last_state == DOMAIN_RUNNING;
    return record->state == VM_OPER_SUSPENDED && !domain_active(row);
}

static bool record_is_corrected(struct record *record, const struct record_input *input, bool waits)
{
    const struct domain *row = input->sequence.row;
    bool is_over = record_is_over(record, input);

    if (waits)
        return false;
    if (is_over)
        return true;
    return !record_is_migrating_or_restoring(row) && (input->corrects_at_once || record_has_no_event(record, row));
}

static void record_compare(struct record *record, const struct record_input *input, int64_t boot_ms, bool waits)
{
    const struct domain *row = input->sequence.row;
    bool differs = record_differs(record, row);
    bool is_corrected = differs && record_is_corrected(record, input, waits);

    record->exists |= is_corrected;
    record_report_facts(record, input, boot_ms);
    if (differs && !is_corrected)
        return;
    if (row->persistent != TRISTATE_UNKNOWN)
        record->persistent = row->persistent;
    if (is_corrected)
        record_move(record, input, boot_ms, vm_state_last_oper(row), row->last_state);
    record->libvirt_state = row->last_state;
    record->migrates_in = record->state == VM_OPER_MIGRATING && row->job == DOMAIN_JOB_MIGRATION_IN;
    record->differs_since_boot_ms = 0;
}

/* The end of a domain waits for the events that tell how it came. */
static bool record_follow_gone(struct record *record, const struct record_input *input, int64_t boot_ms,
                               bool waits)
{
    bool is_over = record_is_over(record, input) || input->corrects_at_once;

    if (!record->exists || (record->has_left && input->filter_changed))
        return false;
    if (waits || !is_over)
        return true;
    if (!record->has_left)
        record_end(record, input, boot_ms);
    return false;
}

static int record_compare_uuid(const void *one, const void *other)
{
    return memcmp(one, other, UUID_BYTES);
}

static void record_lose_row(struct record *record, const struct record_input *input)
{
    const struct domain *old = snapshot_find(input->before, record->uuid);
    const struct snapshot *now = input->now;

    record->has_left =
        now->left_filter_count > 0 && bsearch(record->uuid, now->left_filter, now->left_filter_count,
                                              sizeof(*now->left_filter), record_compare_uuid);
    record->differs_since_boot_ms = 0;
    if (!old)
        return;
    record->name = strdup(old->name);
    if (record->state == 0)
        record->state = vm_state_last_oper(old);
}

static void record_find_row(struct record *record, const struct record_input *input)
{
    record->is_new |= record->has_left && !input->filter_changed;
    record->differs_since_boot_ms = 0;
    free(record->name);
    record->name = NULL;
}

void record_begin(struct record *record, struct record_input *input)
{
    struct event_sequence *sequence = &input->sequence;
    const struct domain *row = sequence->row;

    *record = (struct record){ .exists = true,
                               .has_row = true,
                               .persistent = row->persistent,
                               .shown_persistent = row->persistent,
                               .autostart = row->autostart };
    memcpy(record->uuid, row->uuid, UUID_BYTES);
    record->is_new = input->before && !input->filter_changed;
    if (!record->is_new) {
        record->state = vm_state_last_oper(row);
        sequence->count = 0;
    } else if (input->now->filter == 0) { /* else it may have been there all the time */
        record->state = VM_OPER_SHUTDOWN;
        record->libvirt_state = DOMAIN_SHUTOFF;
        for (; sequence->count > 0 && !event_rules_begins(*sequence->events); sequence->count--)
            sequence->events++;
    }
}

bool record_follow(struct record *record, const struct record_input *input, size_t *held)
{
    const struct event_sequence *sequence = &input->sequence;
    int64_t boot_ms = sequence->taken_boot_ms;
    bool waits, has_row = sequence->row != NULL;

    if (record->has_row && !has_row)
        record_lose_row(record, input);
    else if (!record->has_row && has_row)
        record_find_row(record, input);
    record->has_row = has_row;
    if (record->state == 0)
        record_guess(record, input);
    *held = record_apply_events(record, input);
    waits = *held < sequence->count;
    if (*held > 0 && sequence->events[*held - 1]->boot_ms > boot_ms)
        boot_ms = sequence->events[*held - 1]->boot_ms;
    if (!has_row)
        return record_follow_gone(record, input, boot_ms, waits);
    record_compare(record, input, boot_ms, waits);
    return true;
}
