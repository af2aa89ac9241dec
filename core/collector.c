/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/collector.h"

#include <malloc.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "core/clock.h"
#include "core/complaint.h"
#include "core/detailing.h"
#include "core/filter.h"
#include "core/history.h"
#include "core/hypervisor.h"
#include "core/jobs.h"
#include "core/listing.h"
#include "core/mailbox.h"
#include "core/schedule.h"
#include "core/thread.h"

/* XML is read in slices between listings, so that 10,000 new domains delay no listing. */
enum { DESCRIBE_SLICE_MS = 100, DESCRIBE_PUBLISH_MS = 1000, TRIM_DOMAINS = 1000 };

/* What a listing waits for the answers of domains that migrate. */
enum { JOBS_PATIENCE_MS = 500 };

struct collector {
    /* The thread's own. */
    pthread_t thread;
    struct hypervisor *hypervisor;
    struct describer *describer;
    struct detailing *detailing;
    struct jobs *jobs;
    struct mailbox *mailbox;
    struct collector_host host;
    struct schedule schedule;
    struct complaint complaint;
    bool missed_mail; /* events went by unseen: what XML said may be old */
    const struct snapshot *published;
    struct snapshot *enriched; /* the published listing with more of its XML read; not public yet */
    size_t described;          /* rows of it that were looked at */
    int64_t enriched_boot_ms;  /* when it was begun */
    unsigned attempts;
    int64_t retry_boot_ms;
    bool was_connected;

    /* Shared, under the lock, which is never held across a libvirt call. */
    pthread_mutex_t lock;
    struct collector_settings settings;
    int64_t list_at_boot_ms; /* when the next listing is wanted; 0: an interval after the last one */
    int64_t connected_boot_ms;
    struct collector_status status;
};

static void lock(struct collector *collector)
{
    (void)pthread_mutex_lock(&collector->lock);
}

static void unlock(struct collector *collector)
{
    (void)pthread_mutex_unlock(&collector->lock);
}

static void publish(struct collector *collector, struct snapshot *snapshot)
{
    struct collector_status *status = &collector->status;

    lock(collector);
    snapshot->serial = ++status->serial;
    unlock(collector);
    collector->host.publish(collector->host.data, snapshot);
    snapshot_unref(collector->published);
    collector->published = snapshot;

    lock(collector);
    status->listed_boot_ms = snapshot->taken_boot_ms;
    status->listed_real_ms = snapshot->taken_real_ms;
    status->duration_us = snapshot->duration_us;
    status->calls = snapshot->calls;
    status->domains = (uint32_t)snapshot->count;
    filter_format(snapshot->filter, status->filter, sizeof(status->filter));
    unlock(collector);
}

static void fail(struct collector *collector, const char *why)
{
    lock(collector);
    collector->status.failures++;
    (void)snprintf(collector->status.last_error, sizeof(collector->status.last_error), "%s", why);
    unlock(collector);
    complaint_say(&collector->complaint, collector->host.log, clock_boot_ms(), "%s: %s",
                  hypervisor_uri(collector->hypervisor), why);
}

static void plan_retry(struct collector *collector)
{
    uint32_t random = 0;

    if (getrandom(&random, sizeof(random), GRND_NONBLOCK) < 0)
        random = (uint32_t)clock_boot_us(); /* jitter needs no better */
    collector->retry_boot_ms = clock_boot_ms() + schedule_retry(++collector->attempts, random);
}

static void disconnect(struct collector *collector, const char *why)
{
    lock(collector);
    collector->status.state = collector->was_connected ? HYPERVISOR_DISCONNECTED : HYPERVISOR_CONNECTING;
    unlock(collector);
    fail(collector, why);
    hypervisor_disconnect(collector->hypervisor);
    plan_retry(collector);
}

static void connected(struct collector *collector)
{
    complaint_over(&collector->complaint, collector->host.log, "%s: connected%s",
                   hypervisor_uri(collector->hypervisor), collector->was_connected ? " again" : "");
    collector->attempts = 0;
    if (collector->detailing)
        detailing_begin(collector->detailing);
    collector->missed_mail = true;
    lock(collector);
    collector->status.state = HYPERVISOR_CONNECTED;
    collector->status.reconnects += collector->was_connected;
    collector->status.last_error[0] = '\0';
    collector->connected_boot_ms = clock_boot_ms();
    (void)snprintf(collector->status.uri, sizeof(collector->status.uri), "%s",
                   hypervisor_uri(collector->hypervisor));
    unlock(collector);
    collector->was_connected = true;
    collector->schedule.started_boot_ms = 0; /* list at once */
}

static void try_connect(struct collector *collector)
{
    char why[300];

    if (hypervisor_connect(collector->hypervisor)) {
        connected(collector);
        return;
    }
    (void)snprintf(why, sizeof(why), "cannot connect: %s", hypervisor_error(collector->hypervisor));
    disconnect(collector, why);
}

static void forget_enriched(struct collector *collector)
{
    snapshot_unref(collector->enriched);
    collector->enriched = NULL;
    collector->described = 0;
}

/* What the listing left behind in the allocator is given back where it was much: replies are a hundred
 * times the size of what is kept of them. */
static void trim(const struct snapshot *snapshot)
{
    if (snapshot->count >= TRIM_DOMAINS)
        (void)malloc_trim(0);
}

static void say_parts(struct collector *collector, const struct snapshot *snapshot)
{
    if (snapshot->parts > 1 && (!collector->published || collector->published->parts != snapshot->parts))
        log_say(collector->host.log, LOG_LEVEL_NOTICE,
                "%s: %zu domains are more than one libvirt call lists; listed in %u parts, one after the other",
                hypervisor_uri(collector->hypervisor), snapshot->count, snapshot->parts);
}

/* What the listing alone cannot tell: the events since the one before, and who only left the filter. */
static void tell(struct collector *collector, struct snapshot *snapshot, struct mail *mail)
{
    snapshot->lifecycles = mail->lifecycles;
    snapshot->lifecycle_count = mail->lifecycle_count;
    snapshot->lifecycles_lost = mail->lifecycles_lost;
    mail->lifecycles = NULL;
    mail->lifecycle_count = mail->lifecycles_lost = 0;
    if (collector->published)
        listing_find_stayed(collector->hypervisor, collector->published, snapshot);
}

static struct collector_settings begin_listing(struct collector *collector)
{
    struct collector_settings settings;

    collector->schedule.started_boot_ms = clock_boot_ms();
    lock(collector);
    settings = collector->settings;
    if (collector->list_at_boot_ms <= collector->schedule.started_boot_ms)
        collector->list_at_boot_ms = 0;
    unlock(collector);
    collector->schedule.interval_ms = settings.interval_ms;
    return settings;
}

static void take_listing(struct collector *collector)
{
    struct collector_settings settings = begin_listing(collector);
    struct mail mail = mailbox_take(collector->mailbox);
    bool has_bulk_stats = hypervisor_has_bulk_stats(collector->hypervisor);
    struct asked asked = { 0 };
    struct snapshot *snapshot;
    char why[512];

    if (collector->detailing)
        asked = detailing_ask(collector->detailing, has_bulk_stats, settings.filter);
    snapshot = listing_take(collector->hypervisor, settings.filter, collector->mailbox, why, sizeof(why));
    if (snapshot) {
        if (collector->jobs)
            jobs_find(collector->jobs, snapshot, collector->published, &mail, JOBS_PATIENCE_MS);
        if (collector->detailing)
            detailing_add(collector->detailing, snapshot, &asked);
        tell(collector, snapshot, &mail);
        mail.overflowed |= collector->missed_mail;
        collector->missed_mail = false;
        /* What was read of XML since the last listing counts, though it is not published yet. */
        history_inherit(snapshot, collector->enriched ? collector->enriched : collector->published, &mail,
                        hypervisor_has_events(collector->hypervisor));
        say_parts(collector, snapshot);
        publish(collector, snapshot);
        forget_enriched(collector);
        trim(snapshot);
        complaint_over(&collector->complaint, collector->host.log, "%s: listing works again",
                       hypervisor_uri(collector->hypervisor));
    } else if (hypervisor_alive(collector->hypervisor)) {
        collector->missed_mail = true;
        fail(collector, why);
    } else {
        disconnect(collector, why);
    }
    if (!snapshot)
        mailbox_return(collector->mailbox, &mail);
    mail_clear(&mail);
    collector->schedule.ended_boot_ms = clock_boot_ms();
}

static bool needs_description(const struct domain *domain)
{
    return !domain->description || domain->describe_again;
}

/* Leaves `described` at the next row that needs its XML read; false if there is none. */
static bool find_undescribed(struct collector *collector)
{
    const struct snapshot *snapshot = collector->enriched ? collector->enriched : collector->published;

    if (!snapshot || (collector->host.states_only && !collector->host.metadata) ||
        !hypervisor_alive(collector->hypervisor))
        return false;
    while (collector->described < snapshot->count && !needs_description(&snapshot->domains[collector->described]))
        collector->described++;
    return collector->described < snapshot->count;
}

static void describe_one(struct collector *collector, struct domain *domain)
{
    struct description *description = listing_describe(collector->hypervisor, collector->describer, domain->uuid);

    collector->described++;
    if (!description)
        return; /* gone, or to be tried again with the next listing */
    description_unref(domain->description);
    domain->description = description;
    domain->describe_again = false;
}

static void publish_enriched(struct collector *collector)
{
    struct snapshot *snapshot = collector->enriched;

    collector->enriched = NULL;
    publish(collector, snapshot);
}

/* Reads some XML; publishes when it was the last of it, or when it has been a while. */
static void describe_some(struct collector *collector)
{
    int64_t until = clock_boot_ms() + DESCRIBE_SLICE_MS;

    if (!collector->enriched) {
        collector->enriched = snapshot_copy(collector->published);
        collector->enriched_boot_ms = clock_boot_ms();
    }
    if (!collector->enriched) {
        collector->described = collector->published->count; /* out of memory: the next listing tries again */
        return;
    }
    do
        describe_one(collector, &collector->enriched->domains[collector->described]);
    while (find_undescribed(collector) && clock_boot_ms() < until);
    if (!find_undescribed(collector) || clock_boot_ms() - collector->enriched_boot_ms > DESCRIBE_PUBLISH_MS)
        publish_enriched(collector);
}

static bool is_connected(struct collector *collector)
{
    return hypervisor_is_open(collector->hypervisor);
}

static int64_t next_listing(struct collector *collector)
{
    lock(collector);
    collector->schedule.wanted_boot_ms = collector->list_at_boot_ms;
    unlock(collector);
    return schedule_next(&collector->schedule, mailbox_first_event(collector->mailbox));
}

/* One step of what is due; returns the boot clock until which nothing else is. */
static int64_t step(struct collector *collector)
{
    int64_t now = clock_boot_ms(), due;

    if (is_connected(collector) && !hypervisor_alive(collector->hypervisor))
        disconnect(collector, "connection lost");
    if (!is_connected(collector)) {
        if (now < collector->retry_boot_ms)
            return collector->retry_boot_ms;
        try_connect(collector);
        return is_connected(collector) ? now : collector->retry_boot_ms;
    }
    due = next_listing(collector);
    if (due <= now) {
        take_listing(collector);
        return now;
    }
    if (!find_undescribed(collector))
        return due;
    describe_some(collector);
    return now;
}

static void *run(void *data)
{
    struct collector *collector = data;

    while (!mailbox_stopping(collector->mailbox))
        (void)mailbox_wait(collector->mailbox, step(collector));
    hypervisor_disconnect(collector->hypervisor);
    return NULL;
}

static void collector_free(struct collector *collector)
{
    if (!collector)
        return;
    (void)detailing_free(collector->detailing, 0); /* whatever still hangs frees itself later */
    (void)jobs_stop(collector->jobs, 0);
    forget_enriched(collector);
    snapshot_unref(collector->published);
    hypervisor_free(collector->hypervisor);
    describer_free(collector->describer);
    mailbox_unref(collector->mailbox);
    (void)pthread_mutex_destroy(&collector->lock);
    free(collector);
}

struct collector *collector_start(const char *uri, const struct collector_settings *settings,
                                  const struct collector_host *host)
{
    struct collector *collector = calloc(1, sizeof(*collector));

    if (!collector)
        return NULL;
    (void)pthread_mutex_init(&collector->lock, NULL); /* cannot fail for a default mutex */
    collector->host = *host;
    collector->settings = *settings;
    collector->mailbox = mailbox_new();
    collector->describer = describer_new(host->metadata);
    if (!host->states_only) {
        collector->detailing = detailing_new(uri, host->with_events);
        collector->jobs = jobs_new(uri, host->with_events);
    }
    if (collector->mailbox && collector->describer &&
        (host->states_only || (collector->detailing && collector->jobs)))
        collector->hypervisor =
            hypervisor_new(uri, host->with_events ? HYPERVISOR_WATCH_EVENTS : HYPERVISOR_WATCH_NOTHING,
                           collector->mailbox, host->log);
    if (!collector->hypervisor) {
        collector_free(collector);
        return NULL;
    }
    collector->status.state = HYPERVISOR_CONNECTING;
    (void)snprintf(collector->status.uri, sizeof(collector->status.uri), "%s",
                   hypervisor_uri(collector->hypervisor));
    filter_format(settings->filter, collector->status.filter, sizeof(collector->status.filter));
    if (!thread_start(&collector->thread, run, collector)) {
        collector_free(collector);
        return NULL;
    }
    return collector;
}

void collector_ask_to_stop(struct collector *collector)
{
    mailbox_put_stop(collector->mailbox);
}

bool collector_stop(struct collector *collector, int64_t patience_ms)
{
    int64_t until = clock_boot_ms() + patience_ms;
    bool all;

    if (!collector)
        return true;
    mailbox_put_stop(collector->mailbox);
    if (!thread_join_until(collector->thread, until))
        return false;
    all = detailing_free(collector->detailing, until - clock_boot_ms());
    collector->detailing = NULL;
    all &= jobs_stop(collector->jobs, until - clock_boot_ms());
    collector->jobs = NULL;
    collector_free(collector);
    return all;
}

void collector_change(struct collector *collector, const struct collector_settings *settings)
{
    lock(collector);
    collector->settings = *settings;
    unlock(collector);
    collector_list_at(collector, clock_boot_ms());
}

void collector_list_at(struct collector *collector, int64_t boot_ms)
{
    lock(collector);
    collector->list_at_boot_ms = boot_ms;
    unlock(collector);
    mailbox_put_wake(collector->mailbox);
}

bool collector_is_stale(struct collector *collector, int64_t now_boot_ms)
{
    int64_t since, stale_after;

    lock(collector);
    since = collector->status.listed_boot_ms > 0 ? collector->status.listed_boot_ms : collector->connected_boot_ms;
    stale_after = collector->settings.stale_after_ms;
    unlock(collector);
    return since > 0 && now_boot_ms - since > stale_after;
}

void collector_status(struct collector *collector, struct collector_status *status)
{
    lock(collector);
    *status = collector->status;
    unlock(collector);
    status->events = mailbox_events(collector->mailbox);
    status->stale = collector_is_stale(collector, clock_boot_ms());
    if (status->state == HYPERVISOR_CONNECTED && status->stale)
        status->state = HYPERVISOR_STALE;
}
