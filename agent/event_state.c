/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/event_state.h"

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

enum { ANY = -1, AT_ONCE_MS = 100 };

/* libvirt's details, as far as rules name them (virDomainEvent...DetailType). */
enum {
    DEFINED_ADDED = 0,
    UNDEFINED_REMOVED = 0,
    STARTED_MIGRATED = 1,
    STARTED_RESTORED = 2,
    SUSPENDED_PAUSED = 0,
    STOPPED_SAVED = 4,
};

enum { SHUTOFF_SAVED = 5 }; /* VIR_DOMAIN_SHUTOFF_SAVED */

/* The first row that fits counts; an event in no row leads to no state. */
static const struct {
    int event, detail;
    enum vm_oper_state oper;
    int libvirt_state;
} rules[] = {
    { LIFECYCLE_STARTED, STARTED_MIGRATED, VM_OPER_MIGRATING, DOMAIN_PAUSED }, /* incoming */
    { LIFECYCLE_STARTED, STARTED_RESTORED, VM_OPER_RESUMING, DOMAIN_PAUSED },
    { LIFECYCLE_STARTED, ANY, VM_OPER_RUNNING, DOMAIN_RUNNING },
    { LIFECYCLE_SUSPENDED, 1, VM_OPER_MIGRATING, DOMAIN_PAUSED }, /* outgoing, its last phase */
    { LIFECYCLE_SUSPENDED, 7, VM_OPER_MIGRATING, DOMAIN_PAUSED }, /* post-copy */
    { LIFECYCLE_SUSPENDED, 8, VM_OPER_MIGRATING, DOMAIN_PAUSED }, /* post-copy failed */
    { LIFECYCLE_SUSPENDED, ANY, VM_OPER_PAUSED, DOMAIN_PAUSED },
    { LIFECYCLE_RESUMED, 3, VM_OPER_MIGRATING, DOMAIN_RUNNING }, /* post-copy */
    { LIFECYCLE_RESUMED, 4, VM_OPER_MIGRATING, DOMAIN_RUNNING }, /* post-copy failed */
    { LIFECYCLE_RESUMED, ANY, VM_OPER_RUNNING, DOMAIN_RUNNING },
    { LIFECYCLE_STOPPED, 2, VM_OPER_CRASHED, DOMAIN_SHUTOFF }, /* crashed */
    { LIFECYCLE_STOPPED, STOPPED_SAVED, VM_OPER_SHUTDOWN, DOMAIN_SHUTOFF },
    { LIFECYCLE_STOPPED, 5, VM_OPER_CRASHED, DOMAIN_SHUTOFF }, /* failed: its process died */
    { LIFECYCLE_STOPPED, ANY, VM_OPER_SHUTDOWN, DOMAIN_SHUTOFF },
    { LIFECYCLE_SHUTDOWN, ANY, VM_OPER_SHUTTINGDOWN, DOMAIN_SHUTDOWN },
    { LIFECYCLE_PMSUSPENDED, ANY, VM_OPER_PAUSED, DOMAIN_PMSUSPENDED },
    { LIFECYCLE_CRASHED, 0, VM_OPER_CRASHED, DOMAIN_CRASHED }, /* panicked */
};

static bool is(const struct lifecycle *event, int kind, int detail)
{
    return event->event == kind && (detail == ANY || event->detail == detail);
}

/* The next event that tells of a run of the domain, not of its definition; NULL: none. */
static const struct lifecycle *next_of_run(const struct lifecycle *const *events, size_t count, size_t at)
{
    for (size_t i = at + 1; i < count; i++)
        if (!is(events[i], LIFECYCLE_DEFINED, ANY) && !is(events[i], LIFECYCLE_UNDEFINED, ANY))
            return events[i];
    return NULL;
}

/* A start as paused, which is followed by its pause at once: what is paused later has run. Of the last event the
 * row says what it goes on to. */
static bool is_paused_start(const struct lifecycle *event, const struct lifecycle *next, const struct domain *now,
                            int64_t taken_boot_ms)
{
    if (!is(event, LIFECYCLE_STARTED, ANY) || is(event, LIFECYCLE_STARTED, STARTED_MIGRATED) ||
        is(event, LIFECYCLE_STARTED, STARTED_RESTORED))
        return false;
    if (next)
        return is(next, LIFECYCLE_SUSPENDED, ANY) && next->boot_ms - event->boot_ms < AT_ONCE_MS;
    return now && now->last_state == DOMAIN_PAUSED && taken_boot_ms - event->boot_ms < AT_ONCE_MS;
}

/* A pause that only is the first step of a save is no state of its own. */
static bool is_begin_of_save(const struct lifecycle *event, const struct lifecycle *next, const struct domain *now)
{
    if (!is(event, LIFECYCLE_SUSPENDED, SUSPENDED_PAUSED))
        return false;
    return next ? is(next, LIFECYCLE_STOPPED, STOPPED_SAVED)
                : now && now->last_state == DOMAIN_SHUTOFF && now->last_reason == SHUTOFF_SAVED;
}

/* What the last event led to the row knows better where it shows just that: only it tells a managed save from
 * another, a crash from a start that failed, and a save under way from a pause. */
static bool is_shown(const struct lifecycle *event, const struct domain *now)
{
    return (is(event, LIFECYCLE_STOPPED, ANY) && !domain_active(now)) ||
           (is(event, LIFECYCLE_SUSPENDED, SUSPENDED_PAUSED) && now->last_state == DOMAIN_PAUSED);
}

enum vm_oper_state event_state(const struct lifecycle *const *events, size_t count, size_t at,
                               const struct domain *now, int64_t taken_boot_ms, int *libvirt_state)
{
    const struct lifecycle *event = events[at], *next = next_of_run(events, count, at);

    if (is_paused_start(event, next, now, taken_boot_ms) || is_begin_of_save(event, next, now))
        return 0;
    if (!next && now && is_shown(event, now)) {
        *libvirt_state = now->last_state;
        return vm_last_oper_state(now);
    }
    /* A save that was gone before anybody looked is known from what came behind it. */
    if (is(event, LIFECYCLE_STOPPED, STOPPED_SAVED) && next && is(next, LIFECYCLE_STARTED, STARTED_RESTORED)) {
        *libvirt_state = DOMAIN_SHUTOFF;
        return VM_OPER_SUSPENDED;
    }
    for (size_t i = 0; i < COUNT(rules); i++)
        if (is(event, rules[i].event, rules[i].detail)) {
            *libvirt_state = rules[i].libvirt_state;
            return rules[i].oper;
        }
    return 0;
}

bool event_gives_up(const struct lifecycle *const *events, size_t at, const struct domain *old)
{
    if (!is(events[at], LIFECYCLE_STOPPED, ANY))
        return false;
    for (size_t i = at; i-- > 0;) {
        if (is(events[i], LIFECYCLE_STARTED, ANY))
            return is(events[i], LIFECYCLE_STARTED, STARTED_MIGRATED);
        if (is(events[i], LIFECYCLE_RESUMED, ANY))
            return false;
    }
    return old && old->job == DOMAIN_JOB_MIGRATION_IN;
}

static bool is_off(enum vm_oper_state state)
{
    return state == VM_OPER_SHUTDOWN || state == VM_OPER_SUSPENDED || state == VM_OPER_CRASHED;
}

bool event_ends_in(const struct lifecycle *event, enum vm_oper_state state)
{
    return (is(event, LIFECYCLE_STOPPED, ANY) && is_off(state)) ||
           (is(event, LIFECYCLE_SUSPENDED, SUSPENDED_PAUSED) && state == VM_OPER_SUSPENDING);
}

bool event_begins(const struct lifecycle *event)
{
    return is(event, LIFECYCLE_DEFINED, DEFINED_ADDED) || is(event, LIFECYCLE_STARTED, ANY) ||
           is(event, LIFECYCLE_RESUMED, ANY); /* comes before the start that it belongs to */
}

/* Undefining a domain that runs makes it transient; and what follows a definition or a start is a domain again. */
bool event_deletes(const struct lifecycle *const *events, size_t count, size_t at, const struct domain *now,
                   enum vm_oper_state state, enum truth persistent)
{
    bool is_end = is(events[at], LIFECYCLE_UNDEFINED, UNDEFINED_REMOVED) ||
                  (is(events[at], LIFECYCLE_STOPPED, ANY) && persistent == TRUTH_FALSE);

    if (!is_end || !is_off(state))
        return false;
    if (now)
        return true;
    for (size_t i = at + 1; i < count; i++)
        if (is(events[i], LIFECYCLE_DEFINED, DEFINED_ADDED) || is(events[i], LIFECYCLE_STARTED, ANY))
            return true;
    return false;
}

enum truth event_persistence(const struct lifecycle *event, enum vm_oper_state state, enum truth before)
{
    if (is(event, LIFECYCLE_DEFINED, ANY))
        return TRUTH_TRUE;
    /* One that is off is gone with it, and was persistent. */
    return is(event, LIFECYCLE_UNDEFINED, UNDEFINED_REMOVED) && !is_off(state) ? TRUTH_FALSE : before;
}
