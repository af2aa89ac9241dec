/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "collectd-plugin/instance.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "collectd-plugin/series.h"
#include "lib/base/clock.h"
#include "lib/collect/collector.h"

enum { STOP_PATIENCE_MS = 3000, STALE_MIN_MS = 30000, STALE_INTERVALS = 3, LEAD_MS = 200, STATS_LEAD_MS = 400 };

/* A host needs this long after its boot to start all domains that start at boot. */
enum { BOOT_TIME_MS = 3 * 60 * 1000 };

struct instance {
    struct instance_options *options;
    const struct log_sink *host_log;
    struct log_sink log;
    struct collector *collector;      /* NULL: not started */
    struct instance *next, *previous; /* a ring of siblings */
    struct series *series;            /* the names of all siblings */
    int64_t stop_until_boot_ms;       /* the deadline for stopping; 0: not asked to stop yet */

    /* For the thread that reads. */
    const struct snapshot *reported;      /* the listing that alarms were last sent for; NULL: none yet */
    int64_t stats_boot_ms, taken_boot_ms; /* of the snapshot that was reported last; 0: none yet */
    bool is_start_failed;
    bool has_booted; /* the host has finished its boot: alarms about autostart are sent */

    /* Shared with the collector's thread. */
    atomic_bool is_abandoned;
    pthread_mutex_t lock;
    const struct snapshot *newest;
};

static void instance_log(void *data, enum log_level level, const char *line)
{
    struct instance *instance = data;

    if (!atomic_load(&instance->is_abandoned))
        log_say(instance->host_log, level, "hypervisor \"%s\": %s", instance->options->name, line);
}

static void instance_publish(void *data, const struct snapshot *snapshot)
{
    struct instance *instance = data;
    const struct snapshot *before;

    (void)pthread_mutex_lock(&instance->lock);
    before = instance->newest;
    instance->newest = snapshot_ref(snapshot);
    (void)pthread_mutex_unlock(&instance->lock);
    snapshot_unref(before);
}

static const struct snapshot *instance_newest(struct instance *instance)
{
    const struct snapshot *snapshot;

    (void)pthread_mutex_lock(&instance->lock);
    snapshot = instance->newest ? snapshot_ref(instance->newest) : NULL;
    (void)pthread_mutex_unlock(&instance->lock);
    return snapshot;
}

struct instance *instance_new(struct instance_options *options, const struct log_sink *log,
                              struct instance *sibling)
{
    struct instance *instance = calloc(1, sizeof(*instance));

    if (!instance)
        return NULL;
    instance->series = sibling ? series_ref(sibling->series) : series_new();
    if (!instance->series) {
        free(instance);
        return NULL;
    }
    (void)pthread_mutex_init(&instance->lock, NULL); /* cannot fail for a default mutex */
    atomic_init(&instance->is_abandoned, false);
    instance->options = options;
    instance->host_log = log;
    instance->log = (struct log_sink){ instance_log, instance };
    instance->next = sibling ? sibling->next : instance;
    instance->previous = sibling ? sibling : instance;
    instance->next->previous = instance->previous->next = instance;
    return instance;
}

static struct collector_settings instance_settings(const struct instance *instance, int64_t interval_ms)
{
    return (struct collector_settings){
        .filter = instance->options->filter,
        .interval_ms = interval_ms,
        .stale_after_ms = clock_later(STALE_INTERVALS * interval_ms, STALE_MIN_MS),
        .metadata = instance->options->metadata_values,
    };
}

static bool instance_start(struct instance *instance, int64_t interval_ms)
{
    const struct instance_options *options = instance->options;
    bool has_stats = options->stats.groups != 0 && options->report_domains;
    struct collector_settings settings = instance_settings(instance, interval_ms);
    struct collector_host host = { .publish = instance_publish,
                                   .data = instance,
                                   .log = &instance->log,
                                   .facts = { .states_only = true,
                                              .with_active_stats = has_stats,
                                              .with_xml = has_stats && stats_metrics_need_xml(&options->stats),
                                              .metadata = options->metadata } };

    instance->collector = collector_start(options->connection, &settings, &host);
    if (!instance->collector && !instance->is_start_failed)
        instance_log(instance, LOG_LEVEL_ERROR,
                     "cannot start a thread for this hypervisor: out of memory or threads; trying again");
    instance->is_start_failed = !instance->collector;
    return instance->collector != NULL;
}

/* If names come from the metadata, a domain without it is not reported yet: its values would get another name. */
static bool instance_wants(const void *data, const struct domain *domain)
{
    const struct instance_options *options = data;

    return selection_wants(&options->selection, domain->name) && (!options->metadata || domain->xml_facts);
}

static void instance_write_names(const struct instance *instance, const struct domain *domain,
                                 const char *hostname, char host[INSTANCE_NAME_MAX],
                                 char plugin_instance[INSTANCE_NAME_MAX])
{
    naming_write(&instance->options->host, domain, hostname, host, INSTANCE_NAME_MAX);
    naming_write(&instance->options->instance, domain, hostname, plugin_instance, INSTANCE_NAME_MAX);
}

/* A receiver of statistics. */
struct instance_stats_receiver {
    const struct instance_host *host;
    struct instance_target target;
};

static void instance_send_statistic(void *data, const struct metric *metric)
{
    const struct instance_stats_receiver *receiver = data;

    receiver->host->value(receiver->host->data, &receiver->target, metric);
}

/* When the domain's statistics were read. 0: there are none that are new. Each value is reported once, because a
 * counter that is reported again looks as if the domain did nothing. So a domain that does not answer has no new
 * values. A driver without bulk statistics has them in its listing. */
static int64_t instance_stats_boot_ms(const struct instance *instance, const struct snapshot *snapshot,
                                      const struct domain *domain)
{
    bool is_bulk = snapshot->stats_boot_ms > 0;
    int64_t read_ms = is_bulk ? domain->stats_boot_ms : snapshot->taken_boot_ms;
    bool is_new = is_bulk ? snapshot->stats_boot_ms > instance->stats_boot_ms && read_ms >= snapshot->stats_boot_ms
                          : read_ms > instance->taken_boot_ms;

    return domain_active(domain) && is_new ? read_ms : 0;
}

static void instance_report_stats(const struct instance *instance, const struct snapshot *snapshot,
                                  const struct instance_target *target, int64_t now_boot_ms,
                                  const struct instance_host *host)
{
    int64_t read_ms = instance_stats_boot_ms(instance, snapshot, target->domain);
    struct instance_stats_receiver receiver = { host, *target };

    receiver.target.age_ms = now_boot_ms - read_ms;
    if (read_ms > 0)
        stats_metrics_send(target->domain, &instance->options->stats, instance_send_statistic, &receiver);
}

/* The values of all domains in one read. */
struct instance_report {
    const struct instance *instance;
    const struct snapshot *snapshot;
    bool stale;
    int64_t now_boot_ms;
    const struct instance_host *host;
    struct series_names names;
};

static void instance_report_domain(struct instance_report *report, size_t row)
{
    const struct instance_host *host = report->host;
    const struct domain *domain = &report->snapshot->domains[row];
    char name[INSTANCE_NAME_MAX], plugin_instance[INSTANCE_NAME_MAX];
    const struct instance_target target = { name, plugin_instance, 0, domain };
    struct metric metrics[METRICS_MAX];
    size_t count = metrics_of_domain(domain, report->stale, report->now_boot_ms, metrics);

    instance_write_names(report->instance, domain, host->hostname, name, plugin_instance);
    for (size_t m = 0; m < count; m++)
        host->value(host->data, &target, &metrics[m]);
    instance_report_stats(report->instance, report->snapshot, &target, report->now_boot_ms, host);
    /* If out of memory, the name is not checked. */
    (void)series_names_add(&report->names, name, plugin_instance, domain->uuid, (uint32_t)row);
}

static void instance_log_clash(const struct instance *instance, const struct snapshot *snapshot,
                               const char *hostname, const struct series_clash *clash)
{
    const struct domain *domain = &snapshot->domains[clash->row];
    char host[INSTANCE_NAME_MAX], plugin_instance[INSTANCE_NAME_MAX], other[UUID_TEXT], uuid[UUID_TEXT];

    uuid_format(domain->uuid, uuid);
    uuid_format(clash->other_uuid, other);
    instance_write_names(instance, domain, hostname, host, plugin_instance);
    log_say(
        &instance->log, LOG_LEVEL_WARNING,
        "two domains have the same name in collectd, so their values mix: the host \"%s\" with the plugin "
        "instance \"%s\" is the domain with the UUID %s, and also the one with the UUID %s of hypervisor \"%s\"; "
        "PluginInstanceFormat \"uuid name\" tells them apart",
        host, plugin_instance, uuid, other, clash->other_block);
}

/* Each name is logged once. If there are many, the first ones are enough. */
static void instance_check_names(const struct instance *instance, const struct snapshot *snapshot,
                                 const char *hostname, struct series_names *names)
{
    struct series_clash clashes[SERIES_CLASHES_MAX];
    size_t found = series_update(instance->series, instance, instance->options->name, names, clashes);

    for (size_t i = 0; i < found && i < SERIES_CLASHES_MAX; i++)
        instance_log_clash(instance, snapshot, hostname, &clashes[i]);
    if (found > SERIES_CLASHES_MAX)
        log_say(&instance->log, LOG_LEVEL_WARNING, "two domains share each of %zu more names",
                found - SERIES_CLASHES_MAX);
}

static void instance_report_domains(struct instance *instance, const struct snapshot *snapshot, bool stale,
                                    const struct instance_host *host)
{
    struct instance_report report = { instance, snapshot, stale, clock_boot_ms(), host, { 0 } };

    for (size_t i = 0; i < snapshot->count; i++)
        if (instance_wants(instance->options, &snapshot->domains[i]))
            instance_report_domain(&report, i);
    instance_check_names(instance, snapshot, host->hostname, &report.names);
    instance->stats_boot_ms = snapshot->stats_boot_ms;
    instance->taken_boot_ms = snapshot->taken_boot_ms;
}

static void instance_report_totals(struct instance *instance, const struct snapshot *snapshot,
                                   const struct collector_status *status, const struct instance_host *host)
{
    const struct instance_target target = { host->hostname, instance->options->name, 0, NULL };
    struct metric metrics[METRICS_MAX];
    size_t count =
        metrics_of_hypervisor(snapshot, status, clock_boot_ms(), instance_wants, instance->options, metrics);

    for (size_t m = 0; m < count; m++)
        host->value(host->data, &target, &metrics[m]);
}

struct instance_receiver {
    const struct instance *instance;
    const struct instance_host *host;
};

static void instance_send_alarm(void *data, const struct alarm *alarm)
{
    const struct instance_receiver *receiver = data;
    char name[INSTANCE_NAME_MAX], plugin_instance[INSTANCE_NAME_MAX];

    /* A domain whose metadata was not read yet is reported under its own name. Otherwise its alarm would be lost.
     */
    if (!selection_wants(&receiver->instance->options->selection, alarm->domain->name))
        return;
    instance_write_names(receiver->instance, alarm->domain, receiver->host->hostname, name, plugin_instance);
    receiver->host->alarm(receiver->host->data, name, plugin_instance, alarm);
}

/* The first listing has no older one to be compared with. So when the host has finished its boot, all domains that
 * should run but do not are reported once. During the boot, the host still starts domains. */
static void instance_send_alarms(struct instance *instance, const struct snapshot *snapshot,
                                 const struct instance_host *host)
{
    struct instance_receiver receiver = { instance, host };
    bool had_booted = instance->has_booted;

    instance->has_booted = had_booted || clock_boot_ms() >= BOOT_TIME_MS;
    if (instance->reported)
        alarms_between(instance->reported, snapshot, had_booted, instance_send_alarm, &receiver);
    if (instance->has_booted && !had_booted)
        alarms_not_running(snapshot, instance_send_alarm, &receiver);
    snapshot_unref(instance->reported);
    instance->reported = snapshot_ref(snapshot);
}

/* When to begin something that took `duration_us` last time, so that it is complete before the next read even if
 * it takes twice as long and `lead_ms` more. */
static int64_t instance_begin_boot_ms(int64_t lead_ms, int64_t duration_us, int64_t interval_ms)
{
    int64_t lead = lead_ms + 2 * duration_us / 1000;

    if (lead > interval_ms / 2)
        lead = interval_ms / 2;
    return clock_boot_ms() + interval_ms - lead;
}

static void instance_request_facts(struct instance *instance, const struct snapshot *snapshot,
                                   const struct collector_status *status, int64_t interval_ms)
{
    int64_t stats_us = snapshot ? snapshot->stats_duration_us : 0;

    collector_list_at(instance->collector, instance_begin_boot_ms(LEAD_MS, status->duration_us, interval_ms));
    collector_poll_at(instance->collector, instance_begin_boot_ms(STATS_LEAD_MS, stats_us, interval_ms));
}

bool instance_read(struct instance *instance, const struct instance_host *host)
{
    struct collector_status status;
    const struct snapshot *snapshot;

    /* It reports nothing yet: "not connected" would cause an alarm at each start. */
    if (!instance->collector)
        return instance_start(instance, host->interval_ms);
    collector_status(instance->collector, &status);
    snapshot = instance_newest(instance);
    if (instance->options->report_totals)
        instance_report_totals(instance, snapshot, &status, host);
    if (snapshot && instance->options->report_domains)
        instance_report_domains(instance, snapshot, status.stale, host);
    if (snapshot && instance->options->notifications)
        instance_send_alarms(instance, snapshot, host);
    instance_request_facts(instance, snapshot, &status, host->interval_ms);
    snapshot_unref(snapshot);
    return true;
}

/* It asks all siblings to stop before the caller waits for the first, so that all stop at the same time. */
static void instance_ask_all_to_stop(struct instance *instance)
{
    int64_t until = clock_boot_ms() + STOP_PATIENCE_MS;

    for (struct instance *one = instance; one->stop_until_boot_ms == 0; one = one->next) {
        one->stop_until_boot_ms = until;
        if (one->collector)
            collector_ask_to_stop(one->collector);
    }
}

void instance_free(struct instance *instance)
{
    bool stopped;

    if (!instance)
        return;
    if (instance->collector)
        instance_ask_all_to_stop(instance);
    instance->next->previous = instance->previous;
    instance->previous->next = instance->next;
    snapshot_unref(instance->reported);
    series_leave(instance->series, instance);
    series_unref(instance->series);
    stopped = collector_stop(instance->collector, instance->stop_until_boot_ms - clock_boot_ms());
    if (!stopped) {
        instance_log(instance, LOG_LEVEL_WARNING, "a libvirt call does not return; its thread is abandoned");
        atomic_store(&instance->is_abandoned, true);
        return;
    }
    snapshot_unref(instance->newest);
    (void)pthread_mutex_destroy(&instance->lock);
    instance_options_free(instance->options);
    free(instance);
}
