/* SPDX-License-Identifier: GPL-2.0-or-later */
/* When a collector asks for details (details.h), of whom, and how long a listing waits for them. Used by the
 * collector's thread. */
#ifndef GUESTLIST_CORE_DETAILING_H
#define GUESTLIST_CORE_DETAILING_H

#include <stdbool.h>
#include <stdint.h>

#include "core/details.h"
#include "core/snapshot.h"

/* What was asked when a listing began; ticket 0: nothing. */
struct asked {
    uint64_t ticket;
    int64_t boot_ms;
    enum details_scope scope;
};

struct detailing;

/* `uri` and `with_events` as for hypervisor_new(). NULL if out of memory. */
struct detailing *detailing_new(const char *uri, bool with_events);

/* Ends the threads; false if one still hangs after `patience_ms`, which then frees what it uses. */
bool detailing_free(struct detailing *detailing, int64_t patience_ms);

/* A new connection: what the driver can do is not known any more. */
void detailing_begin(struct detailing *detailing);

/* Asks for what the listing that begins now wants; does not wait. */
struct asked detailing_ask(struct detailing *detailing, bool has_bulk_stats, uint32_t filter);

/* Waits for it, at most a few times as long as it usually takes, and puts what came into the snapshot's
 * rows. */
void detailing_add(struct detailing *detailing, struct snapshot *snapshot, const struct asked *asked);

#endif
