/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The last statistics of all domains. One thread builds the table. Then it does not change: any thread that holds
 * a reference may read it. Its rows are merged into snapshots by UUID and id, however old they are. Pure. */
#ifndef GUESTLIST_MODEL_STATS_TABLE_H
#define GUESTLIST_MODEL_STATS_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/refcount.h"
#include "lib/model/domain.h"
#include "lib/model/snapshot.h"

struct stats_row {
    unsigned char uuid[UUID_BYTES]; /* first, for uuid_compare() */
    int id;                         /* of the run; DOMAIN_ID_INACTIVE: the statistics are the configuration */
    bool is_complete;               /* the domain's process answered */
    int64_t read_boot_ms;           /* when the last complete answer was requested; 0: never */
    enum domain_control control;    /* DOMAIN_CONTROL_UNKNOWN for complete rows */
    int64_t control_since_boot_ms;  /* see struct domain */
    struct domain_stats stats;
    struct device_stats *device_stats; /* NULL: none */
};

struct stats_table {
    int64_t asked_boot_ms; /* when the newest call that brought rows began */
    uint32_t duration_us;  /* of the newest call about active domains */
    int64_t fresh_ms;      /* a domain with older statistics did not answer; 0: none are expected */
    size_t count;
    struct stats_row *rows;   /* sorted by UUID, each UUID once */
    struct refcount refcount; /* for stats_table_ref() and stats_table_unref() alone */
};

/* An empty table with room for `room` rows. The caller owns the only reference and fills the table in. NULL if out
 * of memory. */
struct stats_table *stats_table_new(size_t room);

/* The last unref frees the table; it accepts NULL. */
const struct stats_table *stats_table_ref(const struct stats_table *table);
void stats_table_unref(const struct stats_table *table);

/* Sorts the rows. Keeps one row for each UUID. */
void stats_table_sort(struct stats_table *table);

/* Makes a new table from the rows of `old` (may be NULL) and of `fresh`, the result of one call about active
 * domains (`is_of_active`) or about inactive ones. Rows of that kind that are missing in `fresh` are dropped. But
 * if the call of `fresh` began before that of `old`, it is late: then it updates older rows and changes nothing
 * else. If a row of `fresh` is incomplete, the statistics that only the domain's process knows are taken from
 * `old`, if they are of the same run. NULL if out of memory. */
struct stats_table *stats_table_combine(const struct stats_table *old, const struct stats_table *fresh,
                                        bool is_of_active);

/* Copies the statistics into the rows of the same domains and runs. If they show that the XML of a domain is
 * outdated, changes its xml_changed_boot_ms. The snapshot must not be published yet. `table` may be NULL. */
void stats_table_fill(const struct stats_table *table, struct snapshot *snapshot);

#endif
