/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The statistics of all domains, as they were read last. Built by one thread, then const. It is reference-counted
 * and readable on any thread. Rows are merged into snapshots by UUID and id, whatever their age. Pure. */
#ifndef GUESTLIST_MODEL_STATS_TABLE_H
#define GUESTLIST_MODEL_STATS_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/model/domain.h"
#include "lib/model/snapshot.h"

struct stats_row {
    unsigned char uuid[UUID_BYTES]; /* first, for sorting */
    int id;                         /* of the run that the numbers are of; DOMAIN_ID_INACTIVE: configured */
    bool is_complete;               /* the domain's process answered */
    int64_t read_boot_ms;           /* when it was asked and answered completely; 0: never */
    struct domain_stats stats;
    struct device_stats *device_stats; /* NULL: nothing known */
};

struct stats_table {
    int64_t asked_boot_ms; /* when the newest of the calls that brought rows began */
    uint32_t duration_us;  /* how long the newest call about active domains took */
    int64_t fresh_ms;      /* a domain whose numbers are older did not answer; 0: none are expected */
    size_t count;
    struct stats_row *rows; /* sorted by UUID, each UUID once */
};

/* An empty table with room for `room` rows. The reference is the caller's, who fills it before anybody else sees
 * it. NULL if out of memory. */
struct stats_table *stats_table_new(size_t room);
const struct stats_table *stats_table_ref(const struct stats_table *table);
void stats_table_unref(const struct stats_table *table);

/* Sorts the rows. Keeps one row for each UUID. */
void stats_table_sort(struct stats_table *table);

/* The rows of `old` (NULL: none) with those of `fresh`, which one call brought. `is_of_active` says that the call
 * asked for active domains, and otherwise for inactive ones. Rows of that kind which `fresh` does not have are
 * dropped, unless `fresh` was asked for before `old`: a late result updates older rows and changes nothing else. A
 * row that is not complete keeps what only the domain could have said, from the same run. Rows stay as they are
 * in `old` and `fresh`. NULL if out of memory. */
struct stats_table *stats_table_combine(const struct stats_table *old, const struct stats_table *fresh,
                                        bool is_of_active);

/* Puts the numbers into the rows of the same domain and run. The snapshot is not published yet. `table` NULL does
 * nothing. */
void stats_table_fill(const struct stats_table *table, struct snapshot *snapshot);

#endif
