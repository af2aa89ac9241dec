/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/notify/event_rules.h"

#include "lib/base/array.h"

enum { ANY = -1 };

/* A SUSPENDED that follows STARTED within this time belongs to "virsh start --paused". */
enum { PAUSED_START_MS = 100 };

/* libvirt's details of its events (virDomainEvent...DetailType), as far as the rules need them. */
enum { DEFINED_ADDED = 0, UNDEFINED_REMOVED = 0, CRASHED_PANICKED = 0, SHUTDOWN_HOST = 2 };
enum { STARTED_MIGRATED = 1, STARTED_RESTORED = 2 };
enum {
    SUSPENDED_PAUSED = 0,
    SUSPENDED_MIGRATED = 1,
    SUSPENDED_IO_ERROR = 2,
    SUSPENDED_POSTCOPY = 7,
    SUSPENDED_POSTCOPY_FAILED = 8,
    SUSPENDED_GUEST_SHUTDOWN = 9, /* since libvirt 11.10 */
};
enum { RESUMED_POSTCOPY = 3, RESUMED_POSTCOPY_FAILED = 4 };
enum {
    STOPPED_CRASHED = 2,
    STOPPED_MIGRATED = 3,
    STOPPED_SAVED = 4,
    STOPPED_FAILED = 5,    /* its process ended unexpectedly */
    STOPPED_RECREATED = 7, /* since libvirt 11.6: the process is replaced, a start follows */
};

/* The state after an event, if no other event changes its meaning. The first row that fits counts. An event
 * without a row does not change the state. */
/* clang-format off: a row a line. */
static const struct {
    int event, detail;
    enum vm_oper_state oper;
    int libvirt_state;
} rules[] = {
    { DOMAIN_EVENT_STARTED, STARTED_MIGRATED, VM_OPER_MIGRATING, DOMAIN_PAUSED },
    { DOMAIN_EVENT_STARTED, STARTED_RESTORED, VM_OPER_RESUMING, DOMAIN_PAUSED },
    { DOMAIN_EVENT_STARTED, ANY, VM_OPER_RUNNING, DOMAIN_RUNNING },
    { DOMAIN_EVENT_SUSPENDED, SUSPENDED_MIGRATED, VM_OPER_MIGRATING, DOMAIN_PAUSED },
    { DOMAIN_EVENT_SUSPENDED, SUSPENDED_POSTCOPY, VM_OPER_MIGRATING, DOMAIN_PAUSED },
    { DOMAIN_EVENT_SUSPENDED, SUSPENDED_POSTCOPY_FAILED, VM_OPER_MIGRATING, DOMAIN_PAUSED },
    { DOMAIN_EVENT_SUSPENDED, SUSPENDED_GUEST_SHUTDOWN, VM_OPER_SHUTTINGDOWN, DOMAIN_PAUSED },
    { DOMAIN_EVENT_SUSPENDED, ANY, VM_OPER_PAUSED, DOMAIN_PAUSED },
    { DOMAIN_EVENT_RESUMED, RESUMED_POSTCOPY, VM_OPER_MIGRATING, DOMAIN_RUNNING },
    { DOMAIN_EVENT_RESUMED, RESUMED_POSTCOPY_FAILED, VM_OPER_MIGRATING, DOMAIN_RUNNING },
    { DOMAIN_EVENT_RESUMED, ANY, VM_OPER_RUNNING, DOMAIN_RUNNING },
    { DOMAIN_EVENT_STOPPED, STOPPED_CRASHED, VM_OPER_CRASHED, DOMAIN_SHUTOFF },
    { DOMAIN_EVENT_STOPPED, STOPPED_FAILED, VM_OPER_CRASHED, DOMAIN_SHUTOFF },
    { DOMAIN_EVENT_STOPPED, ANY, VM_OPER_SHUTDOWN, DOMAIN_SHUTOFF },
    { DOMAIN_EVENT_SHUTDOWN, ANY, VM_OPER_SHUTTINGDOWN, DOMAIN_SHUTDOWN },
    { DOMAIN_EVENT_PMSUSPENDED, ANY, VM_OPER_PAUSED, DOMAIN_PMSUSPENDED },
    { DOMAIN_EVENT_CRASHED, CRASHED_PANICKED, VM_OPER_CRASHED, DOMAIN_CRASHED },
};
/* clang-format on */

/* False for NULL, which is no event. */
static bool event_rules_is(const struct domain_event *event, int kind, int detail)
{
    return event && event->event == kind && (detail == ANY || event->detail == detail);
}

static bool event_rules_is_pause(const struct domain_event *event)
{
    return event_rules_is(event, DOMAIN_EVENT_SUSPENDED, SUSPENDED_PAUSED);
}

static bool event_rules_is_host_shutdown(const struct domain_event *event)
{
    return event_rules_is(event, DOMAIN_EVENT_SHUTDOWN, SHUTDOWN_HOST);
}

static bool event_rules_is_saved_stop(const struct domain_event *event)
{
    return event_rules_is(event, DOMAIN_EVENT_STOPPED, STOPPED_SAVED);
}

/* A start from nothing: neither a migration nor a restore. */
static bool event_rules_is_boot(const struct domain_event *event)
{
    return event->event == DOMAIN_EVENT_STARTED && event->detail != STARTED_MIGRATED &&
           event->detail != STARTED_RESTORED;
}

bool event_rules_is_runtime(const struct domain_event *event)
{
    return event->event != DOMAIN_EVENT_DEFINED && event->event != DOMAIN_EVENT_UNDEFINED;
}

/* The next runtime event, or NULL if it has not arrived yet. */
static const struct domain_event *event_rules_next(const struct event_sequence *sequence, size_t at)
{
    for (size_t i = at + 1; i < sequence->count; i++)
        if (event_rules_is_runtime(sequence->events[i]))
            return sequence->events[i];
    return NULL;
}

/* The same, but skips SHUTDOWN host. libvirt 11 sends SHUTDOWN host before each stop that the host requested, so
 * it does not change the meaning of the event before it. A save is SUSPENDED, SHUTDOWN host, STOPPED saved with
 * libvirt 11, and SUSPENDED, STOPPED saved with libvirt 9. */
static const struct domain_event *event_rules_next_decisive(const struct event_sequence *sequence, size_t at)
{
    for (size_t i = at + 1; i < sequence->count; i++)
        if (event_rules_is_runtime(sequence->events[i]) && !event_rules_is_host_shutdown(sequence->events[i]))
            return sequence->events[i];
    return NULL;
}

/* "virsh start --paused" sends STARTED booted, SUSPENDED paused. The guest did not run, so the start is not
 * reported as running. A pause that comes later is a pause of its own. If only STARTED has arrived, but the row is
 * paused already, this is such a start as well. */
static bool event_rules_is_paused_start(const struct event_sequence *sequence, const struct domain_event *event,
                                        const struct domain_event *next)
{
    const struct domain *row = sequence->row;

    if (!event_rules_is_boot(event))
        return false;
    if (next)
        return next->event == DOMAIN_EVENT_SUSPENDED && next->boot_ms - event->boot_ms < PAUSED_START_MS;
    return row && row->last_state == DOMAIN_PAUSED && sequence->taken_boot_ms - event->boot_ms < PAUSED_START_MS;
}

/* True if the event is only a step of an action that a later event of the sequence reports. */
static bool event_rules_is_step(const struct event_sequence *sequence, size_t at)
{
    const struct domain_event *event = sequence->events[at], *next = event_rules_next(sequence, at);

    /* SUSPENDED paused, STOPPED saved is a save, which pauses the guest first. */
    if (event_rules_is_pause(event))
        return event_rules_is_saved_stop(event_rules_next_decisive(sequence, at));
    /* libvirt 11 sends SHUTDOWN host also before it saves, migrates or dumps with --crash. In these cases the
     * guest does not shut down. libvirt 9 sends only the stop. */
    if (event_rules_is_host_shutdown(event))
        return event_rules_is_saved_stop(next) || event_rules_is(next, DOMAIN_EVENT_STOPPED, STOPPED_MIGRATED) ||
               event_rules_is(next, DOMAIN_EVENT_STOPPED, STOPPED_CRASHED);
    return event_rules_is_paused_start(sequence, event, next);
}

/* True if the last event of a sequence has to wait, because the next one can change its meaning. It need not wait
 * if the row shows the result already. */
static bool event_rules_must_wait(const struct event_sequence *sequence, const struct domain_event *event)
{
    const struct domain *row = sequence->row;

    if (sequence->is_complete || sequence->taken_boot_ms - event->boot_ms >= EVENT_WAIT_MS)
        return false;
    /* A pause, or the first step of a save. A paused row says which of them (its reason is "saving" for a save).
     */
    if (event_rules_is_pause(event))
        return !row || row->last_state != DOMAIN_PAUSED;
    /* The text of the error is being read. */
    if (event_rules_is(event, DOMAIN_EVENT_SUSPENDED, SUSPENDED_IO_ERROR))
        return row && row->pending & DOMAIN_QUESTION_IO_ERROR;
    /* A managed save, or a save to a file. Only a row of the stopped guest shows whether there is an image. A row
     * that still runs is older than the event. */
    if (event_rules_is_saved_stop(event))
        return row && domain_active(row);
    /* A start, or a start as paused. A row that does not run yet is older than the event. */
    if (event_rules_is_boot(event))
        return row && !domain_active(row);
    /* A shutdown, or the announcement of another stop: see event_rules_is_step(). */
    return event_rules_is_host_shutdown(event);
}

/* True if the row shows the result of the last event, and with more detail. Only a row distinguishes a managed
 * save from a save to a file, a crash from a failed start (both are STOPPED failed), and a save that has begun
 * from a pause. */
static bool event_rules_row_has_detail(const struct domain_event *event, const struct domain *row)
{
    if (event->event == DOMAIN_EVENT_STOPPED)
        return !domain_active(row);
    return event_rules_is_pause(event) && row->last_state == DOMAIN_PAUSED;
}

static struct event_meaning event_rules_look_up(const struct domain_event *event)
{
    for (size_t i = 0; i < ARRAY_COUNT(rules); i++)
        if (event_rules_is(event, rules[i].event, rules[i].detail))
            return (struct event_meaning){ rules[i].oper, rules[i].libvirt_state, false };
    return (struct event_meaning){ 0 };
}

struct event_meaning event_rules_meaning(const struct event_sequence *sequence, size_t at)
{
    const struct domain_event *event = sequence->events[at];
    const struct domain *row = sequence->row;
    bool is_last = !event_rules_next_decisive(sequence, at);

    if (event_rules_is_step(sequence, at))
        return (struct event_meaning){ 0 };
    if (is_last && event_rules_must_wait(sequence, event))
        return (struct event_meaning){ .waits = true };
    if (is_last && row && event_rules_row_has_detail(event, row))
        return (struct event_meaning){ vm_state_last_oper(row), row->last_state, false };
    /* STOPPED saved, STARTED restored: the start used the image, so the stop was a managed save. The row is newer
     * and does not show the save. */
    if (event_rules_is_saved_stop(event) &&
        event_rules_is(event_rules_next(sequence, at), DOMAIN_EVENT_STARTED, STARTED_RESTORED))
        return (struct event_meaning){ VM_OPER_SUSPENDED, DOMAIN_SHUTOFF, false };
    return event_rules_look_up(event);
}

/* RESUMED counts, because QEMU's driver sends it before the STARTED of the same start. */
bool event_rules_creates(const struct domain_event *event)
{
    return event_rules_is(event, DOMAIN_EVENT_DEFINED, DEFINED_ADDED) || event->event == DOMAIN_EVENT_STARTED ||
           event->event == DOMAIN_EVENT_RESUMED;
}

/* True if a domain in that state does not run and is not about to run. */
static bool event_rules_is_off(enum vm_oper_state state)
{
    return state == VM_OPER_SHUTDOWN || state == VM_OPER_SUSPENDED || state == VM_OPER_CRASHED;
}

/* A domain that is off ceases to exist when it is undefined; one that runs becomes transient. A transient domain
 * ceases to exist when it stops, unless libvirt only replaces its process. */
bool event_rules_deletes(const struct domain_event *event, enum vm_oper_state state, enum tristate persistent)
{
    if (event_rules_is(event, DOMAIN_EVENT_UNDEFINED, UNDEFINED_REMOVED))
        return event_rules_is_off(state);
    return event->event == DOMAIN_EVENT_STOPPED && event->detail != STOPPED_RECREATED &&
           persistent == TRISTATE_FALSE;
}

/* A domain that is undefined while it is off was persistent until its end, and is reported so. */
enum tristate event_rules_persistence(const struct domain_event *event, enum vm_oper_state state,
                                      enum tristate before)
{
    if (event->event == DOMAIN_EVENT_DEFINED)
        return TRISTATE_TRUE;
    if (event_rules_is(event, DOMAIN_EVENT_UNDEFINED, UNDEFINED_REMOVED) && !event_rules_is_off(state))
        return TRISTATE_FALSE;
    return before;
}

bool event_rules_migrates_in(const struct domain_event *event, bool before)
{
    if (event->event == DOMAIN_EVENT_STARTED)
        return event->detail == STARTED_MIGRATED;
    return before && event->event != DOMAIN_EVENT_RESUMED && event->event != DOMAIN_EVENT_STOPPED;
}
