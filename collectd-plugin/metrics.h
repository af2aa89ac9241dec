/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The metrics of a domain and of a hypervisor, in the types of collectd's types.db. Pure, and without collectd. */
#ifndef GUESTLIST_COLLECTD_METRICS_H
#define GUESTLIST_COLLECTD_METRICS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/collect/collector.h"
#include "lib/model/snapshot.h"

enum { METRIC_SOURCES_MAX = 2, METRICS_MAX = 16 };

union metric_value {
    double gauge;   /* an unknown value is NaN */
    int64_t derive; /* a counter */
};

/* One value list. Texts are valid as long as the function that returns it says, or else are constants. */
struct metric {
    const char *type, *type_instance; /* as in types.db; type_instance may be empty */
    size_t count;                     /* how many data sources the type has */
    bool is_derive;                   /* which member of `values` is in use, as types.db says */
    union metric_value values[METRIC_SOURCES_MAX];
};

/* Writes the metrics of a domain, and returns their number. If `stale`, all values are unknown. */
size_t metrics_of_domain(const struct domain *domain, bool stale, int64_t now_boot_ms,
                         struct metric metrics[METRICS_MAX]);

/* Writes the metrics of a hypervisor, and returns their number. It counts the domains for which `wants` returns
 * true; `wants` gets `data`. `snapshot` is NULL before the first listing. */
size_t metrics_of_hypervisor(const struct snapshot *snapshot, const struct collector_status *status,
                             int64_t now_boot_ms, bool (*wants)(const void *data, const struct domain *domain),
                             const void *data, struct metric metrics[METRICS_MAX]);

#endif
