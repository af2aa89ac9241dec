/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a listing says in collectd's types: one table of values a domain and one a hypervisor. Pure, and without
 * collectd: a metric is a row. */
#ifndef GUESTLIST_COLLECTD_METRICS_H
#define GUESTLIST_COLLECTD_METRICS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/collect/collector.h"
#include "lib/model/snapshot.h"

enum { METRIC_SOURCES_MAX = 2, METRICS_MAX = 16 };

/* One value list. A value that is not known is NaN. */
struct metric {
    const char *type, *type_instance; /* as in types.db; type_instance may be empty */
    size_t count;                     /* of the type's data sources */
    double values[METRIC_SOURCES_MAX];
};

/* The values of a domain; if `stale`, all of them are unknown. Returns how many. */
size_t metrics_of_domain(const struct domain *domain, bool stale, int64_t now_boot_ms,
                         struct metric metrics[METRICS_MAX]);

/* The values of a hypervisor, counted over those domains for which `wants` is true. `snapshot` may be NULL: not
 * listed yet. Returns how many. */
size_t metrics_of_hypervisor(const struct snapshot *snapshot, const struct collector_status *status,
                             int64_t now_boot_ms, bool (*wants)(const void *data, const struct domain *domain),
                             const void *data, struct metric metrics[METRICS_MAX]);

#endif
