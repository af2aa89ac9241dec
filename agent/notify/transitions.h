/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What changed, from one record per domain. The record holds what was reported last: the state, whether the domain
 * is persistent, whether it exists. Events move the record, in their order, and each move is one change. A row
 * corrects the record only after both have differed for EVENT_WAIT_MS without an event of that domain; so nothing
 * is reported twice, and nothing before its events have come. A row corrects at once
 * - where no event tells: a migration that begins live, a managed-save image that is removed;
 * - after a reconnect, or when events were lost;
 * - where the driver sends no events.
 * Persistence and autostart are reported as rows show them: not every driver has events for them.
 *
 * One thread at a time. */
#ifndef GUESTLIST_AGENT_NOTIFY_TRANSITIONS_H
#define GUESTLIST_AGENT_NOTIFY_TRANSITIONS_H

#include <stdint.h>

#include "agent/notify/changes.h"
#include "lib/model/snapshot.h"

struct transitions;

/* NULL if out of memory. */
struct transitions *transitions_new(void);
void transitions_free(struct transitions *transitions);

/* Follows the domains to that snapshot, which must be given once, in the order of publishing, and which is kept.
 * Returns the changes in the order of their time; the caller releases them with changes_clear(). The first
 * snapshot changes nothing. A domain that only left the filter is not deleted; one that came only because the
 * filter was changed has not changed. Out of memory, changes are counted as lost. */
struct changes transitions_follow(struct transitions *transitions, const struct snapshot *now);

/* When a listing is wanted though no event asks for one, on the boot clock: a row and a record will have differed
 * long enough, or an event will have waited long enough. Only a listing that begins then or later can tell. 0:
 * none is wanted. */
int64_t transitions_due(const struct transitions *transitions);

#endif
