/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "collectd-plugin/metrics.h"

#include <assert.h>
#include <math.h>

#include "lib/base/array.h"

static double number_of(enum tristate tristate)
{
    return tristate == TRISTATE_UNKNOWN ? (double)NAN : tristate == TRISTATE_TRUE;
}

static double seconds(int64_t milliseconds)
{
    return milliseconds > 0 ? (double)milliseconds / 1000 : 0;
}

/* A domain's. */

static double get_state(const struct domain *domain, int64_t now_boot_ms)
{
    (void)now_boot_ms;
    return domain->state == DOMAIN_STATE_UNREAD ? (double)NAN : domain->state;
}

static double get_reason(const struct domain *domain, int64_t now_boot_ms)
{
    (void)now_boot_ms;
    return domain->state == DOMAIN_STATE_UNREAD ? (double)NAN : domain->reason;
}

static double get_persistent(const struct domain *domain, int64_t now_boot_ms)
{
    (void)now_boot_ms;
    return number_of(domain->persistent);
}

static double get_autostart(const struct domain *domain, int64_t now_boot_ms)
{
    (void)now_boot_ms;
    return number_of(domain->autostart);
}

static double get_starts_at_boot(const struct domain *domain, int64_t now_boot_ms)
{
    (void)now_boot_ms;
    return number_of(domain_starts_at_boot(domain));
}

static double get_managed_save(const struct domain *domain, int64_t now_boot_ms)
{
    (void)now_boot_ms;
    return number_of(domain->managed_save);
}

static double get_snapshot(const struct domain *domain, int64_t now_boot_ms)
{
    (void)now_boot_ms;
    return number_of(domain->snapshot);
}

/* 0 while it is off: that is known, and a gap would read as "not watched". */
static double get_uptime(const struct domain *domain, int64_t now_boot_ms)
{
    return domain_active(domain) ? seconds(now_boot_ms - domain->started_boot_ms) : 0;
}

static const struct {
    const char *type, *type_instance;
    double (*get[METRIC_SOURCES_MAX])(const struct domain *domain, int64_t now_boot_ms);
} of_domain[] = {
    { "domain_state", "", { get_state, get_reason } },
    { "bool", "persistent", { get_persistent } },
    { "bool", "autostart", { get_autostart } },
    { "bool", "starts_at_boot", { get_starts_at_boot } },
    { "bool", "managed_save", { get_managed_save } },
    { "bool", "snapshot", { get_snapshot } },
    { "uptime", "", { get_uptime } },
};

static_assert(ARRAY_COUNT(of_domain) <= METRICS_MAX, "room for each");

size_t metrics_of_domain(const struct domain *domain, bool stale, int64_t now_boot_ms,
                         struct metric metrics[METRICS_MAX])
{
    for (size_t i = 0; i < ARRAY_COUNT(of_domain); i++) {
        struct metric *metric = &metrics[i];

        *metric = (struct metric){ of_domain[i].type, of_domain[i].type_instance, 0, { 0 } };
        for (; metric->count < METRIC_SOURCES_MAX && of_domain[i].get[metric->count]; metric->count++)
            metric->values[metric->count] =
                stale ? (double)NAN : of_domain[i].get[metric->count](domain, now_boot_ms);
    }
    return ARRAY_COUNT(of_domain);
}

/* A hypervisor's: of how many domains does something hold? */

static enum tristate is(bool holds)
{
    return holds ? TRISTATE_TRUE : TRISTATE_FALSE;
}

static enum tristate is_running(const struct domain *domain)
{
    return is(domain->state == DOMAIN_RUNNING);
}

static enum tristate is_paused(const struct domain *domain)
{
    return is(domain->state == DOMAIN_PAUSED);
}

static enum tristate is_shutoff(const struct domain *domain)
{
    return is(domain->state == DOMAIN_SHUTOFF);
}

/* As the filter word state-other has it, so that the four add up to the total. */
static enum tristate is_other(const struct domain *domain)
{
    return is(domain->state != DOMAIN_RUNNING && domain->state != DOMAIN_PAUSED &&
              domain->state != DOMAIN_SHUTOFF);
}

static enum tristate is_persistent(const struct domain *domain)
{
    return domain->persistent;
}

static enum tristate is_transient(const struct domain *domain)
{
    return domain->persistent == TRISTATE_UNKNOWN ? TRISTATE_UNKNOWN : is(domain->persistent == TRISTATE_FALSE);
}

static enum tristate is_autostart(const struct domain *domain)
{
    return domain->autostart;
}

static enum tristate is_listed(const struct domain *domain)
{
    (void)domain;
    return TRISTATE_TRUE;
}

static const struct {
    const char *type_instance;
    enum tristate (*holds)(const struct domain *domain);
} counts[] = {
    { "running", is_running },
    { "paused", is_paused },
    { "shutoff", is_shutoff },
    { "other", is_other },
    { "persistent", is_persistent },
    { "transient", is_transient },
    { "autostart", is_autostart },
    { "autostart_inactive", domain_autostart_inactive },
    { "active_no_autostart", domain_active_no_autostart },
    { "total", is_listed },
};

/* And how is the hypervisor itself? */

static double get_connected(const struct collector_status *status, int64_t now_boot_ms)
{
    (void)now_boot_ms;
    return status->state == HYPERVISOR_CONNECTED;
}

static double get_listing_age(const struct collector_status *status, int64_t now_boot_ms)
{
    return status->listed_boot_ms > 0 ? seconds(now_boot_ms - status->listed_boot_ms) : (double)NAN;
}

static double get_listing(const struct collector_status *status, int64_t now_boot_ms)
{
    (void)now_boot_ms;
    return status->listed_boot_ms > 0 ? status->duration_us / 1e6 : (double)NAN;
}

static const struct {
    const char *type, *type_instance;
    double (*get)(const struct collector_status *status, int64_t now_boot_ms);
} of_hypervisor[] = {
    { "bool", "connected", get_connected },
    { "duration", "listing_age", get_listing_age },
    { "duration", "listing", get_listing },
};

static_assert(ARRAY_COUNT(counts) + ARRAY_COUNT(of_hypervisor) <= METRICS_MAX, "room for each");

/* Counts nothing where it is not known of each domain. */
static void count(const struct domain *domain, struct metric *metrics)
{
    for (size_t i = 0; i < ARRAY_COUNT(counts); i++)
        metrics[i].values[0] += number_of(counts[i].holds(domain));
}

size_t metrics_of_hypervisor(const struct snapshot *snapshot, const struct collector_status *status,
                             int64_t now_boot_ms, bool (*wants)(const void *data, const struct domain *domain),
                             const void *data, struct metric metrics[METRICS_MAX])
{
    bool is_known = snapshot && !status->stale;

    for (size_t i = 0; i < ARRAY_COUNT(counts); i++)
        metrics[i] = (struct metric){ "count", counts[i].type_instance, 1, { is_known ? 0 : (double)NAN } };
    for (size_t i = 0; is_known && i < snapshot->count; i++)
        if (wants(data, &snapshot->domains[i]))
            count(&snapshot->domains[i], metrics);
    for (size_t i = 0; i < ARRAY_COUNT(of_hypervisor); i++)
        metrics[ARRAY_COUNT(counts) + i] = (struct metric){
            of_hypervisor[i].type, of_hypervisor[i].type_instance, 1, { of_hypervisor[i].get(status, now_boot_ms) }
        };
    return ARRAY_COUNT(counts) + ARRAY_COUNT(of_hypervisor);
}
