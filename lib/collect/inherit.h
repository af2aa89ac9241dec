/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The facts that a new listing takes over from the listing before: when each run and each state began, XML facts,
 * statistics, pending questions, and the last state that could be read. Pure. */
#ifndef GUESTLIST_COLLECT_INHERIT_H
#define GUESTLIST_COLLECT_INHERIT_H

#include <stdbool.h>

#include "lib/libvirt/mailbox.h"
#include "lib/libvirt/proc_start.h"
#include "lib/model/snapshot.h"

/* Completes `snapshot` before it is published. `before` is the listing published last, or NULL. `mail` has the
 * events since then. `has_events`: the driver sends events, so the XML of active domains need not be read again by
 * age. */
void inherit_all(struct snapshot *snapshot, const struct snapshot *before, const struct mail *mail,
                 bool has_events);

/* Replaces guessed start times by those of the domains' processes, before `snapshot` is published. */
void inherit_fill_starts(struct snapshot *snapshot, const struct proc_starts *starts);

#endif
