/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Churn: four writers change a hundred domains without a pause, and a checker finds wrong listings. */
#ifndef GUESTLIST_TESTS_CHURN_H
#define GUESTLIST_TESTS_CHURN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/model/snapshot.h"

enum {
    WRITERS = 4,
    DOMAINS_PER_WRITER = 25,
    KEPT_PER_WRITER = 5, /* of these: always defined, but started, stopped and marked for autostart */
    DOMAINS = WRITERS * DOMAINS_PER_WRITER,
};

/* churn_uuid() writes the UUID of a domain. churn_is_kept() is true if the domain exists from writers_start() to
 * writers_stop(). */
void churn_uuid(unsigned number, unsigned char uuid[UUID_BYTES]);
bool churn_is_kept(unsigned number);

struct writers;

/* Defines the kept domains over `uri` and starts the writers. Returns NULL and prints a message to stderr if this
 * fails. The caller ends the writers with writers_stop(). */
struct writers *writers_start(const char *uri);

/* Ends and frees the writers. Returns how many changes they made. Their last domains remain. */
uint64_t writers_stop(struct writers *writers);

/* The number of violations by kind. */
struct violations {
    uint64_t listings, rows, unknown; /* checked; of the rows, how many have an unknown attribute */
    uint64_t impossible, doubled, lost;
};

/* Checks one listing and counts its violations. Prints the first few of each kind. `way` names the way of listing.
 */
void violations_check(struct violations *violations, const struct snapshot *snapshot, const char *way);

/* Lists domains in the way that this project replaces: running domains, then defined domains, then three calls for
 * each. `connection` is a virConnectPtr. Returns a snapshot that the caller frees, or NULL. */
struct snapshot *old_way_take(void *connection);

#endif
