/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "collectd-plugin/metrics.h"

#include <assert.h>
#include <math.h>

#include "lib/base/array.h"

static double metrics_tristate(enum tristate tristate)
{
    return tristate == TRISTATE_UNKNOWN ? (double)NAN : tristate == TRISTATE_TRUE;
}

static double metrics_seconds(int64_t milliseconds)
{
    return milliseconds > 0 ? (double)milliseconds / 1000 : 0;
}

/* A domain's. */

static double metrics_get_state(const struct domain *domain, int64_t now_boot_ms)
{
    (void)now_boot_ms;
    return domain->state == DOMAIN_STATE_UNREAD ? (double)NAN : domain->state;
}

static double metrics_get_reason(const struct domain *domain, int64_t now_boot_ms)
{
    (void)now_boot_ms;
    return domain->state == DOMAIN_STATE_UNREAD ? (double)NAN : domain->reason;
}

static double metrics_get_persistent(const struct domain *domain, int64_t now_boot_ms)
{
    (void)now_boot_ms;
    return metrics_tristate(domain->persistent);
}

static double metrics_get_autostart(const struct domain *domain, int64_t now_boot_ms)
{
    (void)now_boot_ms;
    return metrics_tristate(domain->autostart);
}

static double metrics_get_starts_at_boot(const struct domain *domain, int64_t now_boot_ms)
{
    (void)now_boot_ms;
    return metrics_tristate(domain_starts_at_boot(domain));
}

static double metrics_get_managed_save(const struct domain *domain, int64_t now_boot_ms)
{
    (void)now_boot_ms;
    return metrics_tristate(domain->managed_save);
}

static double metrics_get_snapshot(const struct domain *domain, int64_t now_boot_ms)
{
    (void)now_boot_ms;
    return metrics_tristate(domain->snapshot);
}

/* 0 while it is off: that is known, and a gap would read as "not watched". */
static double metrics_get_uptime(const struct domain *domain, int64_t now_boot_ms)
{
    return domain_active(domain) ? metrics_seconds(now_boot_ms - domain->started_boot_ms) : 0;
}

static const struct {
    const char *type, *type_instance;
    double (*get[METRIC_SOURCES_MAX])(const struct domain *domain, int64_t now_boot_ms);
} metrics_domain[] = {
    { "domain_state", "", { metrics_get_state, metrics_get_reason } },
    { "bool", "persistent", { metrics_get_persistent } },
    { "bool", "autostart", { metrics_get_autostart } },
    { "bool", "starts_at_boot", { metrics_get_starts_at_boot } },
    { "bool", "managed_save", { metrics_get_managed_save } },
    { "bool", "snapshot", { metrics_get_snapshot } },
    { "uptime", "", { metrics_get_uptime } },
};

static_assert(ARRAY_COUNT(metrics_domain) <= METRICS_MAX, "room for each");

size_t metrics_of_domain(const struct domain *domain, bool stale, int64_t now_boot_ms,
                         struct metric metrics[METRICS_MAX])
{
    for (size_t i = 0; i < ARRAY_COUNT(metrics_domain); i++) {
        struct metric *metric = &metrics[i];

        *metric = (struct metric){ metrics_domain[i].type, metrics_domain[i].type_instance, 0, { 0 } };
        for (; metric->count < METRIC_SOURCES_MAX && metrics_domain[i].get[metric->count]; metric->count++)
            metric->values[metric->count] =
                stale ? (double)NAN : metrics_domain[i].get[metric->count](domain, now_boot_ms);
    }
    return ARRAY_COUNT(metrics_domain);
}

/* A hypervisor's: of how many domains does something hold? */

static enum tristate metrics_is(bool holds)
{
    return holds ? TRISTATE_TRUE : TRISTATE_FALSE;
}

static enum tristate metrics_is_running(const struct domain *domain)
{
    return metrics_is(domain->state == DOMAIN_RUNNING);
}

static enum tristate metrics_is_paused(const struct domain *domain)
{
    return metrics_is(domain->state == DOMAIN_PAUSED);
}

static enum tristate metrics_is_shutoff(const struct domain *domain)
{
    return metrics_is(domain->state == DOMAIN_SHUTOFF);
}

/* As the filter word state-other has it, so that the four add up to the total. */
static enum tristate metrics_is_other(const struct domain *domain)
{
    return metrics_is(domain->state != DOMAIN_RUNNING && domain->state != DOMAIN_PAUSED &&
                      domain->state != DOMAIN_SHUTOFF);
}

static enum tristate metrics_is_persistent(const struct domain *domain)
{
    return domain->persistent;
}

static enum tristate metrics_is_transient(const struct domain *domain)
{
    return domain->persistent == TRISTATE_UNKNOWN ? TRISTATE_UNKNOWN
                                                  : metrics_is(domain->persistent == TRISTATE_FALSE);
}

static enum tristate metrics_is_autostart(const struct domain *domain)
{
    return domain->autostart;
}

static enum tristate metrics_is_listed(const struct domain *domain)
{
    (void)domain;
    return TRISTATE_TRUE;
}

static const struct {
    const char *type_instance;
    enum tristate (*holds)(const struct domain *domain);
} metrics_counts[] = {
    { "running", metrics_is_running },
    { "paused", metrics_is_paused },
    { "shutoff", metrics_is_shutoff },
    { "other", metrics_is_other },
    { "persistent", metrics_is_persistent },
    { "transient", metrics_is_transient },
    { "autostart", metrics_is_autostart },
    { "autostart_inactive", domain_autostart_inactive },
    { "active_no_autostart", domain_active_no_autostart },
    { "total", metrics_is_listed },
};

/* And how is the hypervisor itself? */

static double metrics_get_connected(const struct collector_status *status, int64_t now_boot_ms)
{
    (void)now_boot_ms;
    return status->state == HYPERVISOR_CONNECTED;
}

static double metrics_get_listing_age(const struct collector_status *status, int64_t now_boot_ms)
{
    return status->listed_boot_ms > 0 ? metrics_seconds(now_boot_ms - status->listed_boot_ms) : (double)NAN;
}

static double metrics_get_listing(const struct collector_status *status, int64_t now_boot_ms)
{
    (void)now_boot_ms;
    return status->listed_boot_ms > 0 ? status->duration_us / 1e6 : (double)NAN;
}

static const struct {
    const char *type, *type_instance;
    double (*get)(const struct collector_status *status, int64_t now_boot_ms);
} metrics_hypervisor[] = {
    { "bool", "connected", metrics_get_connected },
    { "duration", "listing_age", metrics_get_listing_age },
    { "duration", "listing", metrics_get_listing },
};

static_assert(ARRAY_COUNT(metrics_counts) + ARRAY_COUNT(metrics_hypervisor) <= METRICS_MAX, "room for each");

/* Counts nothing where it is not known of each domain. */
static void metrics_count(const struct domain *domain, struct metric *metrics)
{
    for (size_t i = 0; i < ARRAY_COUNT(metrics_counts); i++)
        metrics[i].values[0] += metrics_tristate(metrics_counts[i].holds(domain));
}

size_t metrics_of_hypervisor(const struct snapshot *snapshot, const struct collector_status *status,
                             int64_t now_boot_ms, bool (*wants)(const void *data, const struct domain *domain),
                             const void *data, struct metric metrics[METRICS_MAX])
{
    bool is_known = snapshot && !status->stale;

    for (size_t i = 0; i < ARRAY_COUNT(metrics_counts); i++)
        metrics[i] =
            (struct metric){ "count", metrics_counts[i].type_instance, 1, { is_known ? 0 : (double)NAN } };
    for (size_t i = 0; is_known && i < snapshot->count; i++)
        if (wants(data, &snapshot->domains[i]))
            metrics_count(&snapshot->domains[i], metrics);
    for (size_t i = 0; i < ARRAY_COUNT(metrics_hypervisor); i++)
        metrics[ARRAY_COUNT(metrics_counts) + i] =
            (struct metric){ metrics_hypervisor[i].type,
                             metrics_hypervisor[i].type_instance,
                             1,
                             { metrics_hypervisor[i].get(status, now_boot_ms) } };
    return ARRAY_COUNT(metrics_counts) + ARRAY_COUNT(metrics_hypervisor);
}
