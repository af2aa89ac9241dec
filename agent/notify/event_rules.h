/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Translates libvirt's lifecycle events into VM-MIB's operational states. Pure. Events and details are libvirt's
 * numbers, so that one binary also understands versions of libvirt that are newer than its headers.
 *
 * One event is often not enough, because one action sends several:
 *
 *     virsh suspend          SUSPENDED paused
 *     virsh managedsave      SUSPENDED paused, STOPPED saved
 *          with libvirt 11   SUSPENDED paused, SHUTDOWN host, STOPPED saved
 *     virsh start            RESUMED unpaused, STARTED booted
 *     virsh start --paused   STARTED booted, SUSPENDED paused
 *     a guest migrates away  SUSPENDED migrated, STOPPED migrated
 *     a guest migrates here  STARTED migrated, RESUMED migrated
 *
 * So the meaning of an event depends on the events after it, and the meaning of the last event depends on the row.
 */
#ifndef GUESTLIST_AGENT_NOTIFY_EVENT_RULES_H
#define GUESTLIST_AGENT_NOTIFY_EVENT_RULES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "agent/mib/vm_state.h"
#include "lib/model/domain_event.h"

/* How long an event waits for the event that decides its meaning, and how long a row waits for its events. */
enum { EVENT_WAIT_MS = 2000 };

/* The events of one domain, in order, and its row in the listing that was taken after them. */
struct event_sequence {
    const struct domain_event *const *events;
    size_t count;
    const struct domain *row; /* NULL: the domain is not in the listing */
    int64_t taken_boot_ms;    /* when the listing began */
    bool is_complete;         /* true: no event waits, because there may be none to wait for */
};

struct event_meaning {
    enum vm_oper_state state; /* of the domain after the event; 0: the event does not change it */
    int libvirt_state;        /* the same as libvirt's number; not set if `state` is 0 */
    bool waits;               /* the event that decides has not arrived yet: ask again with the next listing */
};

/* The meaning of event number `at` of the sequence. */
struct event_meaning event_rules_meaning(const struct event_sequence *sequence, size_t at);

/* False for events about the definition of a domain (DEFINED, UNDEFINED), true for all others. */
bool event_rules_is_runtime(const struct domain_event *event);

/* True if a domain that did not exist can begin to exist with that event. */
bool event_rules_creates(const struct domain_event *event);

/* True if the domain ceases to exist with that event. `state` is its state after the event. */
bool event_rules_deletes(const struct domain_event *event, enum vm_oper_state state, enum tristate persistent);

/* Whether a domain in `state` is persistent after that event. `before`: whether it was persistent. */
enum tristate event_rules_persistence(const struct domain_event *event, enum vm_oper_state state,
                                      enum tristate before);

/* Whether a migration to this host is in progress after that event. `before`: whether one was. */
bool event_rules_migrates_in(const struct domain_event *event, bool before);

#endif
