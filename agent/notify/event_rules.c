/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/notify/event_rules.h"

#include "lib/base/array.h"

enum { ANY = -1, AT_ONCE_MS = 100 };

/* libvirt's details, as far as rules name them (virDomainEvent...DetailType). */
enum {
    DEFINED_ADDED = 0,
    UNDEFINED_REMOVED = 0,
    STARTED_MIGRATED = 1,
    STARTED_RESTORED = 2,
    SUSPENDED_PAUSED = 0,
    STOPPED_CRASHED = 2,
    STOPPED_MIGRATED = 3,
    STOPPED_SAVED = 4,
    STOPPED_RECREATED = 7, /* libvirt 11.6: stopped to be started anew */
    SHUTDOWN_HOST = 2,
};

/* The first row that fits counts; an event in no row leads to no state. */
/* clang-format off: a row a line. */
static const struct {
    int event, detail;
    enum vm_oper_state oper;
    int libvirt_state;
} rules[] = {
    { DOMAIN_EVENT_STARTED, STARTED_MIGRATED, VM_OPER_MIGRATING, DOMAIN_PAUSED }, /* incoming */
    { DOMAIN_EVENT_STARTED, STARTED_RESTORED, VM_OPER_RESUMING, DOMAIN_PAUSED },
    { DOMAIN_EVENT_STARTED, ANY, VM_OPER_RUNNING, DOMAIN_RUNNING },
    { DOMAIN_EVENT_SUSPENDED, 1, VM_OPER_MIGRATING, DOMAIN_PAUSED },    /* outgoing, its last phase */
    { DOMAIN_EVENT_SUSPENDED, 7, VM_OPER_MIGRATING, DOMAIN_PAUSED },    /* post-copy */
    { DOMAIN_EVENT_SUSPENDED, 8, VM_OPER_MIGRATING, DOMAIN_PAUSED },    /* post-copy failed */
    { DOMAIN_EVENT_SUSPENDED, 9, VM_OPER_SHUTTINGDOWN, DOMAIN_PAUSED }, /* libvirt 11.10: the guest shut down */
    { DOMAIN_EVENT_SUSPENDED, ANY, VM_OPER_PAUSED, DOMAIN_PAUSED },
    { DOMAIN_EVENT_RESUMED, 3, VM_OPER_MIGRATING, DOMAIN_RUNNING }, /* post-copy */
    { DOMAIN_EVENT_RESUMED, 4, VM_OPER_MIGRATING, DOMAIN_RUNNING }, /* post-copy failed */
    { DOMAIN_EVENT_RESUMED, ANY, VM_OPER_RUNNING, DOMAIN_RUNNING },
    { DOMAIN_EVENT_STOPPED, STOPPED_CRASHED, VM_OPER_CRASHED, DOMAIN_SHUTOFF },
    { DOMAIN_EVENT_STOPPED, 5, VM_OPER_CRASHED, DOMAIN_SHUTOFF }, /* failed: its process died */
    { DOMAIN_EVENT_STOPPED, ANY, VM_OPER_SHUTDOWN, DOMAIN_SHUTOFF },
    { DOMAIN_EVENT_SHUTDOWN, ANY, VM_OPER_SHUTTINGDOWN, DOMAIN_SHUTDOWN },
    { DOMAIN_EVENT_PMSUSPENDED, ANY, VM_OPER_PAUSED, DOMAIN_PMSUSPENDED },
    { DOMAIN_EVENT_CRASHED, 0, VM_OPER_CRASHED, DOMAIN_CRASHED }, /* panicked */
};
/* clang-format on */

static bool event_rules_is(const struct domain_event *event, int kind, int detail)
{
    return event && event->event == kind && (detail == ANY || event->detail == detail);
}

bool event_rules_is_run(const struct domain_event *event)
{
    return event->event != DOMAIN_EVENT_DEFINED && event->event != DOMAIN_EVENT_UNDEFINED;
}

/* The next event of a run; NULL: none has come yet. `is_step`: pass over the shutdown that since libvirt 11 comes
 * before each stop that the host asked for. */
static const struct domain_event *event_rules_next(const struct event_sequence *sequence, size_t at, bool is_step)
{
    for (size_t i = at + 1; i < sequence->count; i++)
        if (event_rules_is_run(sequence->events[i]) &&
            !(is_step && event_rules_is(sequence->events[i], DOMAIN_EVENT_SHUTDOWN, SHUTDOWN_HOST)))
            return sequence->events[i];
    return NULL;
}

static bool event_rules_is_boot(const struct domain_event *event)
{
    return event->event == DOMAIN_EVENT_STARTED && event->detail != STARTED_MIGRATED &&
           event->detail != STARTED_RESTORED;
}

/* The last event of a sequence cannot be told where the next one may make something else of it. The row decides
 * where it shows just what the event led to. */
static bool event_rules_waits(const struct event_sequence *sequence, const struct domain_event *event)
{
    const struct domain *row = sequence->row;

    if (sequence->is_complete || sequence->taken_boot_ms - event->boot_ms >= EVENT_WAIT_MS)
        return false;
    if (event_rules_is(event, DOMAIN_EVENT_SUSPENDED, SUSPENDED_PAUSED)) /* or the first step of a save */
        return !row || row->last_state != DOMAIN_PAUSED;
    if (event_rules_is(event, DOMAIN_EVENT_STOPPED, STOPPED_SAVED)) /* into a file, or managed */
        return row && domain_active(row);
    if (event_rules_is_boot(event)) /* or a start as paused */
        return row && !domain_active(row);
    return event_rules_is(event, DOMAIN_EVENT_SHUTDOWN, SHUTDOWN_HOST);
}

/* A pause that follows a start at once is part of the start; a guest that is paused later has run. */
static bool event_rules_is_paused_start(const struct event_sequence *sequence, const struct domain_event *event,
                                        const struct domain_event *next)
{
    const struct domain *row = sequence->row;

    if (!event_rules_is_boot(event))
        return false;
    if (next)
        return next->event == DOMAIN_EVENT_SUSPENDED && next->boot_ms - event->boot_ms < AT_ONCE_MS;
    return row && row->last_state == DOMAIN_PAUSED && sequence->taken_boot_ms - event->boot_ms < AT_ONCE_MS;
}

/* True if the event is only a step on the way to what the next one tells. */
static bool event_rules_is_step(const struct event_sequence *sequence, size_t at, const struct domain_event *next)
{
    const struct domain_event *event = sequence->events[at];

    if (event_rules_is(event, DOMAIN_EVENT_SUSPENDED, SUSPENDED_PAUSED))
        return event_rules_is(event_rules_next(sequence, at, true), DOMAIN_EVENT_STOPPED, STOPPED_SAVED);
    if (event_rules_is(event, DOMAIN_EVENT_SHUTDOWN, SHUTDOWN_HOST))
        return event_rules_is(next, DOMAIN_EVENT_STOPPED, STOPPED_SAVED) ||
               event_rules_is(next, DOMAIN_EVENT_STOPPED, STOPPED_MIGRATED) ||
               event_rules_is(next, DOMAIN_EVENT_STOPPED, STOPPED_CRASHED);
    return event_rules_is_paused_start(sequence, event, next);
}

/* The row knows more of what the last event led to where it shows just that: only the row tells a managed save
 * from another, a crash from a start that failed, and a save under way from a pause. */
static bool event_rules_row_knows(const struct domain_event *event, const struct domain *row)
{
    return (event->event == DOMAIN_EVENT_STOPPED && !domain_active(row)) ||
           (event_rules_is(event, DOMAIN_EVENT_SUSPENDED, SUSPENDED_PAUSED) && row->last_state == DOMAIN_PAUSED);
}

static struct event_meaning event_rules_alone(const struct domain_event *event)
{
    for (size_t i = 0; i < ARRAY_COUNT(rules); i++)
        if (event_rules_is(event, rules[i].event, rules[i].detail))
            return (struct event_meaning){ rules[i].oper, rules[i].libvirt_state, false };
    return (struct event_meaning){ 0 };
}

struct event_meaning event_rules_meaning(const struct event_sequence *sequence, size_t at)
{
    const struct domain_event *event = sequence->events[at], *next = event_rules_next(sequence, at, false);
    const struct domain *row = sequence->row;
    bool is_last = !event_rules_next(sequence, at, true);

    if (event_rules_is_step(sequence, at, next))
        return (struct event_meaning){ 0 };
    if (is_last && event_rules_waits(sequence, event))
        return (struct event_meaning){ .waits = true };
    if (is_last && row && event_rules_row_knows(event, row))
        return (struct event_meaning){ vm_state_last_oper(row), row->last_state, false };
    /* A managed save whose image is gone already is known from the start that used the image. */
    if (event_rules_is(event, DOMAIN_EVENT_STOPPED, STOPPED_SAVED) &&
        event_rules_is(next, DOMAIN_EVENT_STARTED, STARTED_RESTORED))
        return (struct event_meaning){ VM_OPER_SUSPENDED, DOMAIN_SHUTOFF, false };
    return event_rules_alone(event);
}

bool event_rules_begins(const struct domain_event *event)
{
    return event_rules_is(event, DOMAIN_EVENT_DEFINED, DEFINED_ADDED) || event->event == DOMAIN_EVENT_STARTED ||
           event->event == DOMAIN_EVENT_RESUMED; /* QEMU's comes before the start that it belongs to */
}

bool event_rules_is_off(enum vm_oper_state state)
{
    return state == VM_OPER_SHUTDOWN || state == VM_OPER_SUSPENDED || state == VM_OPER_CRASHED;
}

bool event_rules_ends(const struct domain_event *event, enum vm_oper_state state, enum tristate persistent)
{
    if (event_rules_is(event, DOMAIN_EVENT_UNDEFINED, UNDEFINED_REMOVED))
        return event_rules_is_off(state); /* one that runs becomes transient */
    return event->event == DOMAIN_EVENT_STOPPED && event->detail != STOPPED_RECREATED &&
           persistent == TRISTATE_FALSE;
}

enum tristate event_rules_persistence(const struct domain_event *event, enum vm_oper_state state,
                                      enum tristate before)
{
    if (event->event == DOMAIN_EVENT_DEFINED)
        return TRISTATE_TRUE;
    /* One that is off ceases to exist with it, and was persistent. */
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
