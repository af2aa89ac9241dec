/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/notify/record.h"

#include <stdlib.h>
#include <string.h>

#include "lib/model/io_error.h"

/* libvirt's reasons (virDomainRunningReason, virDomainPausedReason). */
enum { RUNNING_BOOTED = 1, PAUSED_MIGRATION = 2 };

static const struct {
    size_t offset; /* in struct domain */
    enum change_kind kind;
} attributes[RECORD_ATTRIBUTES] = {
    [RECORD_PERSISTENT] = { offsetof(struct domain, persistent), CHANGE_FACTS },
    [RECORD_AUTOSTART] = { offsetof(struct domain, autostart), CHANGE_FACTS },
    [RECORD_ANSWERS] = { offsetof(struct domain, answers_reliably), CHANGE_ANSWERS },
};

static enum tristate record_row_attribute(const struct domain *row, enum record_attribute attribute)
{
    return *(const enum tristate *)(const void *)((const char *)row + attributes[attribute].offset);
}

/* Whether the process answers, for CHANGE_ANSWERS. */
static void record_put_answers(const struct domain *row, struct change *change)
{
    change->answers = row->answers_reliably;
    change->control = row->answers == TRISTATE_FALSE ? row->control : DOMAIN_CONTROL_OK;
    change->control_seconds = domain_control_seconds(row, change->control, change->boot_ms);
}

/* Which error paused the domain, if this change is the pause. */
static void record_put_error(const struct domain *row, struct change *change)
{
    if (change->kind != CHANGE_STATE || change->after != VM_OPER_PAUSED || !domain_is_paused_by_error(row))
        return;
    change->error_reason = domain_reason_word(row->last_state, row->last_reason);
    if (domain_is_paused_by_io_error(row) && row->io_error)
        change->io_error = row->io_error->text;
}

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
                             .autostart = row ? row->autostart : record->reported[RECORD_AUTOSTART],
                             .boot_ms = boot_ms };

    if (kind == CHANGE_FACTS)
        change.persistent = row->persistent;
    if (row) {
        record_put_answers(row, &change);
        record_put_error(row, &change);
    }
    memcpy(change.uuid, record->uuid, UUID_BYTES);
    changes_add(input->changes, &change, row ? row->name : record->name);
}

/* Reports the new state, unless the old one was not known: learning a state is no change. */
static void record_set_state(struct record *record, const struct record_input *input, int64_t boot_ms,
                             enum vm_oper_state state, int libvirt_state)
{
    if (state == record->state)
        return;
    if (record->state)
        record_report(record, input, boot_ms, CHANGE_STATE, state, libvirt_state);
    record->state = state;
    record->libvirt_state = libvirt_state;
}

/* Reports that the domain is deleted, and prepares the record for a new domain of the same UUID, which is shut
 * down at first, and transient until it is defined. */
static void record_delete(struct record *record, const struct record_input *input, int64_t boot_ms)
{
    record_report(record, input, boot_ms, CHANGE_DELETED, record->state, record->libvirt_state);
    record->exists = false;
    record->is_new = true;
    record->state = VM_OPER_SHUTDOWN;
    record->libvirt_state = DOMAIN_SHUTOFF;
    record->persistent = TRISTATE_FALSE;
    record->differs_since_boot_ms = 0;
}

static void record_apply(struct record *record, const struct record_input *input, const struct domain_event *event,
                         struct event_meaning meaning)
{
    record->exists |= event_rules_creates(event);
    if (!record->exists)
        return; /* late: the domain is deleted, and this event does not begin a new one */
    record->persistent = event_rules_persistence(event, record->state, record->persistent);
    /* STARTED migrated, [SHUTDOWN host,] STOPPED failed: the migration to this host was canceled. The guest did
     * not crash, it still runs on the other host. */
    if (record->migrates_in && event->event == DOMAIN_EVENT_SHUTDOWN)
        meaning.state = 0;
    if (record->migrates_in && event->event == DOMAIN_EVENT_STOPPED)
        meaning.state = VM_OPER_SHUTDOWN;
    record->migrates_in = event_rules_migrates_in(event, record->migrates_in);
    if (meaning.state)
        record_set_state(record, input, event->boot_ms, meaning.state, meaning.libvirt_state);
    if (record->exists && event_rules_deletes(event, record->state, record->persistent))
        record_delete(record, input, event->boot_ms);
}

/* Returns the place of the first event that has to wait, or the number of events. */
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

/* Through a filter, a domain can get its first row at any time of its life, for example with the filter
 * "state-paused" when it is paused. Its first runtime event says in which state it was before:
 * - STARTED: it was shut down;
 * - RESUMED: it was paused, or it was shut down if this is the RESUMED that QEMU's driver sends before STARTED. A
 *   STARTED in the sequence, or a row with the reason "booted", shows which of them;
 * - every other event: it was running.
 * Without a runtime event, the state stays unknown until the row is taken. */
static void record_infer_state(struct record *record, const struct record_input *input)
{
    const struct event_sequence *sequence = &input->sequence;
    const struct domain *row = sequence->row;
    bool is_start = row && row->last_state == DOMAIN_RUNNING && row->last_reason == RUNNING_BOOTED;
    int first = -1;

    for (size_t i = sequence->count; i-- > 0;) {
        is_start |= sequence->events[i]->event == DOMAIN_EVENT_STARTED;
        first = event_rules_is_runtime(sequence->events[i]) ? sequence->events[i]->event : first;
    }
    if (first < 0)
        return;
    record->state = VM_OPER_RUNNING;
    record->libvirt_state = DOMAIN_RUNNING;
    if (first == DOMAIN_EVENT_RESUMED && !is_start) {
        record->state = VM_OPER_PAUSED;
        record->libvirt_state = DOMAIN_PAUSED;
    } else if (first == DOMAIN_EVENT_STARTED || first == DOMAIN_EVENT_RESUMED) {
        record->state = VM_OPER_SHUTDOWN;
        record->libvirt_state = DOMAIN_SHUTOFF;
    }
}

/* True if it changed from true to false or back. From or to unknown is no change. */
static bool record_update_tristate(enum tristate *reported, enum tristate now)
{
    bool has_changed = *reported != now && *reported != TRISTATE_UNKNOWN && now != TRISTATE_UNKNOWN;

    if (now != TRISTATE_UNKNOWN)
        *reported = now;
    return has_changed;
}

/* Updates the reported attributes. Returns the kinds of changes that must be reported, one bit for each. */
static unsigned record_update_attributes(struct record *record, const struct domain *row)
{
    unsigned kinds = 0;

    for (enum record_attribute i = 0; i < RECORD_ATTRIBUTES; i++)
        if (record_update_tristate(&record->reported[i], record_row_attribute(row, i)))
            kinds |= 1U << attributes[i].kind;
    return kinds;
}

/* Reports a new row, and changed attributes. */
static void record_report_facts(struct record *record, const struct record_input *input, int64_t boot_ms)
{
    const struct domain *row = input->sequence.row;
    enum vm_oper_state state = record->state ? record->state : vm_state_last_oper(row);
    unsigned kinds = record_update_attributes(record, row);

    if (record->is_new)
        kinds |= 1U << CHANGE_FACTS;
    for (enum change_kind kind = 0; record->exists && kind < CHANGE_KINDS; kind++)
        if (kinds & (1U << kind))
            record_report(record, input, boot_ms, kind, state, row->last_state);
    record->is_new &= !record->exists;
}

/* Notes since when row and record have differed. An event of the domain starts this time again. True if they have
 * differed for EVENT_WAIT_MS. The time counts from the end of one listing to the beginning of another, because
 * events that belong to a row can arrive until its listing has ended. */
static bool record_has_differed_long(struct record *record, const struct record_input *input)
{
    const struct snapshot *now = input->now;

    if (record->differs_since_boot_ms == 0 || input->sequence.count > 0)
        record->differs_since_boot_ms = now->taken_boot_ms + now->duration_us / 1000;
    return record->differs_since_boot_ms + EVENT_WAIT_MS <= now->taken_boot_ms;
}

/* True for a row that looks paused, but may show a restore or a migration: both have the state "paused
 * (migration)". Only the job of the domain shows which it is, and it is read after the listing. */
static bool record_is_migrating_or_restoring(const struct domain *row)
{
    return row->last_state == DOMAIN_PAUSED && row->last_reason == PAUSED_MIGRATION &&
           vm_state_last_oper(row) == VM_OPER_PAUSED;
}

static bool record_differs(const struct record *record, const struct domain *row)
{
    enum vm_oper_state shown = vm_state_last_oper(row);

    /* A suspended domain whose managed-save flag could not be read looks shut down. It may still have its image.
     */
    if (record->state == VM_OPER_SUSPENDED && shown == VM_OPER_SHUTDOWN && row->managed_save == TRISTATE_UNKNOWN)
        return false;
    return !record->exists || record->state != shown ||
           (row->persistent != TRISTATE_UNKNOWN && row->persistent != record->persistent);
}

/* True if the row shows a change for which libvirt sends no event: a live migration has begun ("virsh migrate
 * --live" sends its first event at the end), or a managed-save image was removed ("virsh managedsave-remove"). */
static bool record_changed_without_event(const struct record *record, const struct domain *row)
{
    if (vm_state_last_oper(row) == VM_OPER_MIGRATING)
        return record->exists && row->last_state == DOMAIN_RUNNING;
    return record->state == VM_OPER_SUSPENDED && !domain_active(row);
}

/* Whether the row, which differs, corrects the record now. */
static bool record_is_corrected(struct record *record, const struct record_input *input, bool waits)
{
    const struct domain *row = input->sequence.row;
    bool has_differed_long = record_has_differed_long(record, input);

    if (waits)
        return false;
    if (has_differed_long)
        return true;
    return !record_is_migrating_or_restoring(row) &&
           (input->corrects_at_once || record_changed_without_event(record, row));
}

/* `waits`: an event waits for the next one. */
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
        record_set_state(record, input, boot_ms, vm_state_last_oper(row), row->last_state);
    record->libvirt_state = row->last_state;
    record->migrates_in = record->state == VM_OPER_MIGRATING && row->job == DOMAIN_JOB_MIGRATION_IN;
    record->differs_since_boot_ms = 0;
}

/* A domain without a row is deleted, unless it only left the filter. The deletion is reported after EVENT_WAIT_MS,
 * so that the events before it (SHUTDOWN, STOPPED, UNDEFINED) can be reported first. False if there is nothing
 * left to follow. */
static bool record_follow_without_row(struct record *record, const struct record_input *input, int64_t boot_ms,
                                      bool waits)
{
    bool is_certain = record_has_differed_long(record, input) || input->corrects_at_once;

    if (!record->exists || (record->left_filter && input->filter_changed))
        return false;
    if (waits || !is_certain)
        return true;
    if (!record->left_filter)
        record_delete(record, input, boot_ms);
    return false;
}

static void record_lose_row(struct record *record, const struct record_input *input)
{
    const struct domain *old = snapshot_find(input->before, record->uuid);
    const struct snapshot *now = input->now;

    record->left_filter =
        uuid_find(now->left_filter, now->left_filter_count, sizeof(*now->left_filter), record->uuid) != NULL;
    record->differs_since_boot_ms = 0;
    if (!old)
        return;
    record->name = strdup(old->name);
    if (record->state == 0) {
        record->state = vm_state_last_oper(old);
        record->libvirt_state = old->last_state;
    }
}

static void record_get_row(struct record *record, const struct record_input *input)
{
    record->is_new |= record->left_filter && !input->filter_changed;
    record->differs_since_boot_ms = 0;
    free(record->name);
    record->name = NULL;
}

void record_init(struct record *record, struct record_input *input)
{
    struct event_sequence *sequence = &input->sequence;
    const struct domain *row = sequence->row;

    *record = (struct record){ .exists = true, .has_row = true, .persistent = row->persistent };
    (void)record_update_attributes(record, row);
    memcpy(record->uuid, row->uuid, UUID_BYTES);
    /* In the first listing, and after a change of the filter, a row without a record is no new domain. */
    record->is_new = input->before && !input->filter_changed;
    if (!record->is_new) {
        record->state = vm_state_last_oper(row);
        sequence->count = 0;
        return;
    }
    /* With a filter, the domain may be old and match only now: see record_infer_state(). */
    if (input->now->filter != 0)
        return;
    record->state = VM_OPER_SHUTDOWN;
    record->libvirt_state = DOMAIN_SHUTOFF;
    for (; sequence->count > 0 && !event_rules_creates(*sequence->events); sequence->count--)
        sequence->events++;
}

bool record_follow(struct record *record, const struct record_input *input, size_t *waiting)
{
    const struct event_sequence *sequence = &input->sequence;
    int64_t boot_ms = sequence->taken_boot_ms;
    bool waits, has_row = sequence->row != NULL;

    if (record->has_row && !has_row)
        record_lose_row(record, input);
    else if (!record->has_row && has_row)
        record_get_row(record, input);
    record->has_row = has_row;
    if (record->state == 0)
        record_infer_state(record, input);
    *waiting = record_apply_events(record, input);
    waits = *waiting < sequence->count;
    /* A change that the row shows comes after all events, even if they arrived after the listing began. */
    if (*waiting > 0 && sequence->events[*waiting - 1]->boot_ms > boot_ms)
        boot_ms = sequence->events[*waiting - 1]->boot_ms;
    if (!has_row)
        return record_follow_without_row(record, input, boot_ms, waits);
    record_compare(record, input, boot_ms, waits);
    return true;
}
