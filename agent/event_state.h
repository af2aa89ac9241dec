/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libvirt's lifecycle events -> VM-MIB's operational states. Pure. */
#ifndef GUESTLIST_AGENT_EVENT_STATE_H
#define GUESTLIST_AGENT_EVENT_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "agent/vm_state.h"
#include "core/lifecycle.h"

/* The state that the event at place `at` of one domain's `events` led to, or 0 if it led to none. What an event
 * means depends on the one behind it, and of the last on the row as it is `now` (NULL: there is none), listed at
 * `taken_boot_ms`. `*libvirt_state` becomes libvirt's state. */
enum vm_oper_state event_state(const struct lifecycle *const *events, size_t count, size_t at,
                               const struct domain *now, int64_t taken_boot_ms, int *libvirt_state);

/* True if that event ends a migration that came in, before it was done: the guest did not crash, it runs where it
 * was. `old` is the row from before the events, or NULL. */
bool event_gives_up(const struct lifecycle *const *events, size_t at, const struct domain *old);

/* True if that event stopped the domain, or is the first step of a save, and a row in that state may have shown it
 * already: what kind of stop it was looks different to who sees what came behind it. */
bool event_ends_in(const struct lifecycle *event, enum vm_oper_state state);

/* True if a domain that was not there may have come with that event. */
bool event_begins(const struct lifecycle *event);

/* True if with that event a domain in state `state` was deleted, though one of its UUID came again behind it, as
 * the events or the row as it is `now` say: one that is off lost its definition, or one that had none stopped. */
bool event_deletes(const struct lifecycle *const *events, size_t count, size_t at, const struct domain *now,
                   enum vm_oper_state state, enum truth persistent);

/* Whether a domain in state `state` has a definition after that event, if it had one as `before` says. */
enum truth event_persistence(const struct lifecycle *event, enum vm_oper_state state, enum truth before);

#endif
