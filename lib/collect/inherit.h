/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a new listing inherits from the one before it: since when a domain runs and is in its state, what
 * its XML said, what workers were asked, and its last readable state. Pure. */
#ifndef GUESTLIST_COLLECT_INHERIT_H
#define GUESTLIST_COLLECT_INHERIT_H

#include <stdbool.h>

#include "lib/libvirt/mailbox.h"
#include "lib/libvirt/proc_start.h"
#include "lib/model/snapshot.h"

/* Completes `snapshot` before it is published. `before` is the listing published last, NULL at the first;
 * `mail` what events said since; XML of domains that are off, and with `has_events` false of all, is read again by
 * age. */
void inherit_all(struct snapshot *snapshot, const struct snapshot *before, const struct mail *mail,
                 bool has_events);

/* Replaces the guessed starts of runs by those of their processes, before `snapshot` is published. */
void inherit_fill_starts(struct snapshot *snapshot, const struct proc_starts *starts);

#endif
