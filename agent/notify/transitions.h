/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finds out what changed between two snapshots. There is one record for each domain, with what was reported last:
 * the state, whether the domain is persistent, and whether it exists.
 *
 * Events update the record, in their order, and each update is one change. So a guest that stopped and started
 * between two listings is reported as stopped and started. A row can be newer than the events that have arrived,
 * because libvirt sends events after it has changed the state. So a row corrects the record only after both have
 * differed for EVENT_WAIT_MS without an event of that domain. Otherwise the change would be reported twice: for
 * the row, and for its event. A row corrects the record at once if there is no event to wait for:
 * - libvirt sends none: a live migration begins, a managed-save image is removed;
 * - after a reconnect, or when events were lost;
 * - the driver of the hypervisor has no events.
 * Persistence and autostart are reported as the rows have them, because not every driver sends events for them.
 *
 * One thread at a time. Nothing blocks. */
#ifndef GUESTLIST_AGENT_NOTIFY_TRANSITIONS_H
#define GUESTLIST_AGENT_NOTIFY_TRANSITIONS_H

#include <stdint.h>

#include "agent/notify/changes.h"
#include "lib/model/snapshot.h"

struct transitions;

/* NULL if out of memory. */
struct transitions *transitions_new(void);
void transitions_free(struct transitions *transitions);

/* Compares with the next snapshot. Pass each published snapshot once, in order; a reference to it is kept. Returns
 * the changes in the order of their time, without vmIndex; the caller releases them with changes_clear(). The
 * first snapshot gives no changes. A domain that only stops matching the filter is not deleted, and a domain that
 * matches only because the filter was changed is not new. Changes for which there is no memory are counted as
 * lost. */
struct changes transitions_follow(struct transitions *transitions, const struct snapshot *now);

/* The time (boot clock) at which a listing must begin although no event asks for one: by then a row has differed
 * from its record for long enough, or an event has waited for long enough. 0: no listing is needed. */
int64_t transitions_due(const struct transitions *transitions);

#endif
