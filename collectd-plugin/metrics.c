/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "collectd-plugin/metrics.h"

#include <assert.h>
#include <math.h>

#include "lib/base/array.h"
#include "lib/model/filter.h"

/* An attribute that a domain may have. Each domain matches one of the filter's four words for states, so the
 * counts of these add up to the total. */
struct metrics_attribute {
    const char *type_instance;
    uint32_t word; /* of the filter: those that match it have the attribute; 0: see `get` */
    enum tristate (*get)(const struct domain *domain);
};

static enum tristate metrics_is_listed(const struct domain *domain)
{
    (void)domain;
    return TRISTATE_TRUE;
}

/* The metrics of a domain that have the type "bool". */
static const struct metrics_attribute metrics_attributes[] = {
    { "persistent", FILTER_PERSISTENT, NULL },      { "autostart", FILTER_AUTOSTART, NULL },
    { "starts_at_boot", 0, domain_starts_at_boot }, { "managed_save", FILTER_WITH_MANAGED_SAVE, NULL },
    { "snapshot", FILTER_WITH_SNAPSHOT, NULL },
};

/* The metrics of a hypervisor that have the type "count": how many domains have the attribute. */
static const struct metrics_attribute metrics_counts[] = {
    { "running", FILTER_STATE_RUNNING, NULL },
    { "paused", FILTER_STATE_PAUSED, NULL },
    { "shutoff", FILTER_STATE_SHUTOFF, NULL },
    { "other", FILTER_STATE_OTHER, NULL },
    { "persistent", FILTER_PERSISTENT, NULL },
    { "transient", FILTER_TRANSIENT, NULL },
    { "autostart", FILTER_AUTOSTART, NULL },
    { "autostart_inactive", 0, domain_autostart_inactive },
    { "active_no_autostart", 0, domain_active_no_autostart },
    { "not_answering", 0, domain_not_answering },
    { "total", 0, metrics_is_listed },
};

/* The functions below append 2 and 3 metrics that are not in the tables. */
static_assert(ARRAY_COUNT(metrics_attributes) + 2 <= METRICS_MAX, "room for each");
static_assert(ARRAY_COUNT(metrics_counts) + 3 <= METRICS_MAX, "room for each");

/* `words` are those of filter_words_of(). */
static enum tristate metrics_has(const struct domain *domain, uint32_t words,
                                 const struct metrics_attribute *attribute)
{
    if (attribute->get)
        return attribute->get(domain);
    return words & filter_group_mask(attribute->word) ? tristate_of(words & attribute->word) : TRISTATE_UNKNOWN;
}

static double metrics_tristate(enum tristate value)
{
    return value == TRISTATE_UNKNOWN ? (double)NAN : value == TRISTATE_TRUE;
}

static double metrics_seconds(int64_t milliseconds)
{
    return milliseconds > 0 ? (double)milliseconds / 1000 : 0;
}

/* An inactive domain has the uptime 0. A gap in a graph would look as if the domain was not monitored. */
static double metrics_uptime(const struct domain *domain, int64_t now_boot_ms)
{
    return domain_active(domain) ? metrics_seconds(now_boot_ms - domain->started_boot_ms) : 0;
}

static struct metric metrics_gauge(const char *type, const char *type_instance, double value)
{
    return (struct metric){ type, type_instance, 1, false, { { .gauge = value } } };
}

static void metrics_forget(struct metric *metrics, size_t count)
{
    for (size_t i = 0; i < count; i++)
        for (size_t source = 0; source < metrics[i].count; source++)
            metrics[i].values[source].gauge = (double)NAN;
}

size_t metrics_of_domain(const struct domain *domain, bool stale, int64_t now_boot_ms,
                         struct metric metrics[METRICS_MAX])
{
    bool is_read = domain->state != DOMAIN_STATE_UNREAD;
    double state = is_read ? domain->state : (double)NAN, reason = is_read ? domain->reason : (double)NAN;
    uint32_t words = filter_words_of(domain);
    struct metric *next = metrics;

    *next++ = metrics_gauge("domain_state", "", state);
    next[-1].values[next[-1].count++].gauge = reason;
    for (size_t i = 0; i < ARRAY_COUNT(metrics_attributes); i++)
        *next++ = metrics_gauge("bool", metrics_attributes[i].type_instance,
                                metrics_tristate(metrics_has(domain, words, &metrics_attributes[i])));
    *next++ = metrics_gauge("uptime", "", metrics_uptime(domain, now_boot_ms));
    if (stale)
        metrics_forget(metrics, (size_t)(next - metrics));
    return (size_t)(next - metrics);
}

/* If an attribute of one domain is unknown, its count becomes NaN, which is unknown as well. */
static void metrics_count(const struct domain *domain, struct metric *metrics)
{
    uint32_t words = filter_words_of(domain);

    for (size_t i = 0; i < ARRAY_COUNT(metrics_counts); i++)
        metrics[i].values[0].gauge += metrics_tristate(metrics_has(domain, words, &metrics_counts[i]));
}

size_t metrics_of_hypervisor(const struct snapshot *snapshot, const struct collector_status *status,
                             int64_t now_boot_ms, bool (*wants)(const void *data, const struct domain *domain),
                             const void *data, struct metric metrics[METRICS_MAX])
{
    double age_s = metrics_seconds(now_boot_ms - status->listed_boot_ms), duration_s = status->duration_us / 1e6;
    bool is_listed = status->listed_boot_ms > 0;
    struct metric *next = metrics;

    for (size_t i = 0; i < ARRAY_COUNT(metrics_counts); i++)
        *next++ = metrics_gauge("count", metrics_counts[i].type_instance, 0);
    for (size_t i = 0; snapshot && i < snapshot->count; i++)
        if (wants(data, &snapshot->domains[i]))
            metrics_count(&snapshot->domains[i], metrics);
    if (!snapshot || status->stale)
        metrics_forget(metrics, ARRAY_COUNT(metrics_counts));
    *next++ = metrics_gauge("bool", "connected", status->state == HYPERVISOR_CONNECTED);
    *next++ = metrics_gauge("duration", "listing_age", is_listed ? age_s : (double)NAN);
    *next++ = metrics_gauge("duration", "listing", is_listed ? duration_s : (double)NAN);
    return (size_t)(next - metrics);
}
