/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Four writers that never stop changing a hundred domains, and what must hold for each listing all the
 * same. */
#ifndef GUESTLIST_TESTS_CHURN_H
#define GUESTLIST_TESTS_CHURN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/model/snapshot.h"

enum {
    WRITERS = 4,
    DOMAINS_PER_WRITER = 25,
    KEPT_PER_WRITER = 5, /* of these: defined all the time, but started, stopped and marked autostart */
    DOMAINS = WRITERS * DOMAINS_PER_WRITER,
};

/* The UUID of a domain, and whether it exists from writers_start() to writers_stop(). */
void churn_uuid(unsigned number, unsigned char uuid[UUID_BYTES]);
bool churn_is_kept(unsigned number);

struct writers;

/* Defines the kept domains over `uri` and starts the writers. NULL with a message on stderr if that fails. */
struct writers *writers_start(const char *uri);

/* Ends them; returns how many changes they made. Their last domains stay. */
uint64_t writers_stop(struct writers *writers);

/* What was found wrong, by kind. */
struct violations {
    uint64_t listings, rows, unknown; /* looked at, of them with a truth that was left unknown */
    uint64_t impossible, doubled, lost;
};

/* Checks one listing and counts. Every violation is also printed, up to a few. */
void violations_check(struct violations *violations, const struct snapshot *snapshot, const char *way);

/* The way of asking that this project is there to replace: the running ones, then the defined ones, then
 * three questions to each. A snapshot to check, or NULL. */
struct snapshot *old_way_take(void *connection);

#endif
