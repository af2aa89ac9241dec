/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether the domains answer libvirt. A slow process may answer every now and then, but each time too late. So
 * that it is reported only once, it counts as answering again only after it has answered in time for as long as
 * its statistics may be old (snapshot->stats_fresh_ms). Pure. */
#ifndef GUESTLIST_COLLECT_ANSWERING_H
#define GUESTLIST_COLLECT_ANSWERING_H

#include <stdint.h>

#include "lib/model/snapshot.h"

/* Sets `answers`, `answers_reliably` and `answering_since_boot_ms` of each domain of a snapshot that is not
 * published yet. `before` is the snapshot that was published before it; NULL: none. */
void answering_follow(struct snapshot *snapshot, const struct snapshot *before, int64_t now_boot_ms);

#endif
