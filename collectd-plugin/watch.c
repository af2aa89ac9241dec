/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "collectd-plugin/watch.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "lib/base/clock.h"
#include "lib/collect/collector.h"

enum { STOP_PATIENCE_MS = 3000, STALE_MIN_MS = 30000, STALE_INTERVALS = 3, LEAD_MS = 200 };

/* So long after its boot a host has started what starts at boot, or it will not. */
enum { SETTLED_BOOT_MS = 3 * 60 * 1000 };

struct watch {
    struct options *options;
    const struct log_sink *host_log;
    struct log_sink log;
    struct collector *collector; /* NULL: not started */
    struct watch *next, *last;   /* a ring with its siblings */
    int64_t stop_until_boot_ms;  /* asked to stop; 0: not yet */

    /* The reader's own. */
    const struct snapshot *reported;
    bool complained;
    bool settled; /* autostart is looked at */

    /* Shared with the collector's thread. */
    atomic_bool abandoned;
    pthread_mutex_t lock;
    const struct snapshot *newest;
};

static void write_log(void *data, enum log_level level, const char *line)
{
    struct watch *watch = data;

    if (!atomic_load(&watch->abandoned))
        log_say(watch->host_log, level, "hypervisor \"%s\": %s", watch->options->name, line);
}

static void publish(void *data, const struct snapshot *snapshot)
{
    struct watch *watch = data;
    const struct snapshot *before;

    (void)pthread_mutex_lock(&watch->lock);
    before = watch->newest;
    watch->newest = snapshot_ref(snapshot);
    (void)pthread_mutex_unlock(&watch->lock);
    snapshot_unref(before);
}

static const struct snapshot *newest_of(struct watch *watch)
{
    const struct snapshot *snapshot;

    (void)pthread_mutex_lock(&watch->lock);
    snapshot = watch->newest ? snapshot_ref(watch->newest) : NULL;
    (void)pthread_mutex_unlock(&watch->lock);
    return snapshot;
}

struct watch *watch_new(struct options *options, const struct log_sink *log, struct watch *sibling)
{
    struct watch *watch = calloc(1, sizeof(*watch));

    if (!watch)
        return NULL;
    (void)pthread_mutex_init(&watch->lock, NULL); /* cannot fail for a default mutex */
    atomic_init(&watch->abandoned, false);
    watch->options = options;
    watch->host_log = log;
    watch->log = (struct log_sink){ write_log, watch };
    watch->next = sibling ? sibling->next : watch;
    watch->last = sibling ? sibling : watch;
    watch->next->last = watch->last->next = watch;
    return watch;
}

static struct collector_settings settings_for(const struct watch *watch, int64_t interval_ms)
{
    int64_t stale = STALE_INTERVALS * interval_ms;

    return (struct collector_settings){ .filter = watch->options->filter,
                                        .interval_ms = interval_ms,
                                        .stale_after_ms = stale > STALE_MIN_MS ? stale : STALE_MIN_MS };
}

static bool start(struct watch *watch, int64_t interval_ms)
{
    struct collector_settings settings = settings_for(watch, interval_ms);
    struct collector_host host = { .publish = publish,
                                   .data = watch,
                                   .log = &watch->log,
                                   .states_only = true,
                                   .metadata = watch->options->metadata };

    watch->collector = collector_start(watch->options->connection, &settings, &host);
    if (!watch->collector && !watch->complained)
        write_log(watch, LOG_LEVEL_ERROR, "no memory or no thread to watch it with; trying again");
    watch->complained = !watch->collector;
    return watch->collector != NULL;
}

/* A name out of the metadata is waited for: under another one the values would be another domain's. */
static bool wants(const void *data, const struct domain *domain)
{
    const struct options *options = data;

    return selection_wants(&options->selection, domain->name) && (!options->metadata || domain->xml_facts);
}

static void write_names(const struct watch *watch, const struct domain *domain, const char *hostname,
                        char host[WATCH_NAME_MAX], char instance[WATCH_NAME_MAX])
{
    naming_write(&watch->options->host, domain, hostname, host, WATCH_NAME_MAX);
    naming_write(&watch->options->instance, domain, hostname, instance, WATCH_NAME_MAX);
}

static void report_domains(struct watch *watch, const struct snapshot *snapshot, bool stale,
                           const struct watch_host *host)
{
    struct metric metrics[METRICS_MAX];
    char name[WATCH_NAME_MAX], instance[WATCH_NAME_MAX];
    int64_t now = clock_boot_ms();

    for (size_t i = 0; i < snapshot->count; i++) {
        const struct domain *domain = &snapshot->domains[i];
        size_t count;

        if (!wants(watch->options, domain))
            continue;
        write_names(watch, domain, host->hostname, name, instance);
        count = metrics_of_domain(domain, stale, now, metrics);
        for (size_t m = 0; m < count; m++)
            host->value(host->data, name, instance, &metrics[m]);
    }
}

static void report_totals(struct watch *watch, const struct snapshot *snapshot,
                          const struct collector_status *status, const struct watch_host *host)
{
    struct metric metrics[METRICS_MAX];
    size_t count = metrics_of_hypervisor(snapshot, status, clock_boot_ms(), wants, watch->options, metrics);

    for (size_t m = 0; m < count; m++)
        host->value(host->data, host->hostname, watch->options->name, &metrics[m]);
}

struct telling {
    const struct watch *watch;
    const struct watch_host *host;
};

static void tell(void *data, const struct alarm *alarm)
{
    const struct telling *telling = data;
    char name[WATCH_NAME_MAX], instance[WATCH_NAME_MAX];

    /* One whose metadata was not read yet is told by its name rather than not at all. */
    if (!selection_wants(&telling->watch->options->selection, alarm->domain->name))
        return;
    write_names(telling->watch, alarm->domain, telling->host->hostname, name, instance);
    telling->host->alarm(telling->host->data, name, instance, alarm);
}

/* What does not run though it should is told at the first look as well, so that a guest that did not come back
 * after a boot is not passed over; but not while the boot goes on. */
static void tell_alarms(struct watch *watch, const struct snapshot *snapshot, const struct watch_host *host)
{
    struct telling telling = { watch, host };
    bool was_settled = watch->settled;

    watch->settled = was_settled || clock_boot_ms() >= SETTLED_BOOT_MS;
    if (watch->options->notifications && watch->reported && watch->reported != snapshot)
        alarms_between(watch->reported, snapshot, was_settled, tell, &telling);
    if (watch->options->notifications && watch->settled && !was_settled)
        alarms_standing(snapshot, tell, &telling);
    snapshot_unref(watch->reported);
    watch->reported = snapshot_ref(snapshot);
}

/* What a read finds is as fresh as one listing is long, and a bit. */
static void ask_for_next(struct watch *watch, const struct collector_status *status, int64_t interval_ms)
{
    int64_t lead = LEAD_MS + 2 * (int64_t)status->duration_us / 1000;

    if (lead > interval_ms / 2)
        lead = interval_ms / 2;
    collector_list_at(watch->collector, clock_boot_ms() + interval_ms - lead);
}

bool watch_read(struct watch *watch, const struct watch_host *host)
{
    struct collector_status status;
    const struct snapshot *snapshot;

    /* Nothing is known yet, and "not connected" would be an alarm at each start. */
    if (!watch->collector)
        return start(watch, host->interval_ms);
    collector_status(watch->collector, &status);
    snapshot = newest_of(watch);
    if (watch->options->report_totals)
        report_totals(watch, snapshot, &status, host);
    if (snapshot && watch->options->report_domains)
        report_domains(watch, snapshot, status.stale, host);
    if (snapshot)
        tell_alarms(watch, snapshot, host);
    ask_for_next(watch, &status, host->interval_ms);
    snapshot_unref(snapshot);
    return true;
}

/* All of a ring are asked before the first is waited for, so that their patience runs at the same time. */
static void ask_all_to_stop(struct watch *watch)
{
    int64_t until = clock_boot_ms() + STOP_PATIENCE_MS;

    for (struct watch *one = watch; one->stop_until_boot_ms == 0; one = one->next) {
        one->stop_until_boot_ms = until;
        if (one->collector)
            collector_ask_to_stop(one->collector);
    }
}

void watch_free(struct watch *watch)
{
    bool stopped;

    if (!watch)
        return;
    if (watch->collector)
        ask_all_to_stop(watch);
    watch->next->last = watch->last;
    watch->last->next = watch->next;
    snapshot_unref(watch->reported);
    stopped = collector_stop(watch->collector, watch->stop_until_boot_ms - clock_boot_ms());
    if (!stopped) {
        write_log(watch, LOG_LEVEL_WARNING, "a libvirt call does not return; its thread is left behind");
        atomic_store(&watch->abandoned, true);
        return;
    }
    snapshot_unref(watch->newest);
    (void)pthread_mutex_destroy(&watch->lock);
    options_free(watch->options);
    free(watch);
}
