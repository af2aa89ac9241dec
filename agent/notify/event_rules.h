/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What libvirt's lifecycle events say of a domain, in VM-MIB's operational states. Pure. Events and details are
 * libvirt's numbers, so that one binary understands libvirts that are newer than its headers. */
#ifndef GUESTLIST_AGENT_NOTIFY_EVENT_RULES_H
#define GUESTLIST_AGENT_NOTIFY_EVENT_RULES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "agent/mib/vm_state.h"
#include "lib/model/domain_event.h"

/* How long an event waits for the event that says what it meant, and a row for the events that led to it. */
enum { EVENT_WAIT_MS = 2000 };

/* The events of one domain in their order, and its row from the listing that came after them. */
struct event_sequence {
    const struct domain_event *const *events;
    size_t count;
    const struct domain *row; /* NULL: the listing does not have it */
    int64_t taken_boot_ms;    /* when that listing began */
    bool is_complete;         /* no event may wait for the next one */
};

struct event_meaning {
    enum vm_oper_state state; /* that the event led to; 0: to none */
    int libvirt_state;        /* the same in libvirt's numbers, if there is one */
    bool waits;               /* only the next event can tell, and it has not come yet */
};

/* What event `at` means. That depends on the events after it, and for the last one on the row. */
struct event_meaning event_rules_meaning(const struct event_sequence *sequence, size_t at);

/* True if the event is about a run of the domain and not about its definition. */
bool event_rules_is_run(const struct domain_event *event);

/* True if a domain that did not exist may have come with that event. */
bool event_rules_begins(const struct domain_event *event);

/* True if a domain ceased to exist with that event, which led it to `state`: it lost its definition while it was
 * off, or stopped and had none. */
bool event_rules_ends(const struct domain_event *event, enum vm_oper_state state, enum tristate persistent);

/* Whether a domain in `state` has a definition after that event; `before`: whether it had one. */
enum tristate event_rules_persistence(const struct domain_event *event, enum vm_oper_state state,
                                      enum tristate before);

/* Whether a migration to this host is under way after that event; `before`: whether one was. */
bool event_rules_migrates_in(const struct domain_event *event, bool before);

/* True if a domain in that state does not run and is not on its way to run. */
bool event_rules_is_off(enum vm_oper_state state);

#endif
