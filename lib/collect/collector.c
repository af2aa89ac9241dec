/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/collect/collector.h"

#include <malloc.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "lib/base/clock.h"
#include "lib/base/log_throttle.h"
#include "lib/base/text.h"
#include "lib/base/thread.h"
#include "lib/collect/facts.h"
#include "lib/collect/inherit.h"
#include "lib/collect/schedule.h"
#include "lib/collect/trouble.h"
#include "lib/libvirt/connector.h"
#include "lib/libvirt/connection.h"
#include "lib/libvirt/listing.h"
#include "lib/libvirt/mailbox.h"
#include "lib/model/filter.h"

enum { TRIM_DOMAINS = 1000, RENEW_RETRY_MS = 1000 };

/* A listing costs libvirtd less than this times the CPU time that it costs us. */
enum { DAEMON_FACTOR = 3 };

struct collector {
    /* The thread's own. */
    pthread_t thread;
    struct connection *connection;
    struct connector *connector;
    struct facts *facts;
    struct mailbox *mailbox;
    struct collector_host host;
    struct schedule schedule;
    struct log_throttle throttle;
    struct trouble trouble;          /* of connections beside the one that lists */
    bool missed_mail;                /* events went by unseen: what XML said may be old */
    bool is_new_connection;          /* no listing was taken on it yet */
    struct collector_settings begun; /* what the facts are read by */
    const struct snapshot *published;
    int64_t renew_boot_ms; /* the published listing is not renewed before this */
    unsigned attempts;     /* to connect, since the last good listing */
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

    collector->host.publish(collector->host.data, snapshot);
    snapshot_unref(collector->published);
    collector->published = snapshot;

    lock(collector);
    status->serial = snapshot->serial;
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
    log_throttle_say(&collector->throttle, collector->host.log, clock_boot_ms(), "%s: %s",
                     connection_uri(collector->connection), why);
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
    collector->trouble = (struct trouble){ 0 }; /* one of the reason that was just told */
    connection_close(collector->connection);
    plan_retry(collector);
}

static void connected(struct collector *collector)
{
    collector->missed_mail = collector->is_new_connection = true;
    lock(collector);
    collector->status.reconnects += collector->was_connected;
    collector->connected_boot_ms = clock_boot_ms();
    (void)snprintf(collector->status.uri, sizeof(collector->status.uri), "%s",
                   connection_uri(collector->connection));
    unlock(collector);
    collector->schedule.started_boot_ms = 0; /* list at once */
}

/* Follows the attempt to connect that is under way, or begins one. Returns the boot clock until which there is
 * nothing more to do. */
static int64_t follow_connector(struct collector *collector)
{
    char words[CONNECTOR_WHY_MAX], why[CONNECTOR_WHY_MAX + 64];

    switch (connector_poll(collector->connector, collector->connection, words)) {
    case CONNECTOR_WAITING:
        return connector_until(collector->connector);
    case CONNECTOR_OPENED:
        connected(collector);
        return clock_boot_ms();
    case CONNECTOR_FAILED:
        (void)snprintf(why, sizeof(why), "cannot connect: %s", words);
        disconnect(collector, why);
        return collector->retry_boot_ms;
    case CONNECTOR_HANGS:
        (void)snprintf(why, sizeof(why), "cannot connect: %s; trying again beside that attempt", words);
        disconnect(collector, why);
        return collector->retry_boot_ms;
    case CONNECTOR_IDLE:
        break;
    }
    if (clock_boot_ms() < collector->retry_boot_ms)
        return collector->retry_boot_ms;
    if (connector_begin(collector->connector))
        return connector_until(collector->connector);
    plan_retry(collector); /* too many attempts hang, or there is no thread for one more */
    return collector->retry_boot_ms;
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
                connection_uri(collector->connection), snapshot->count, snapshot->parts);
}

/* Adds what the listing alone cannot say: the events since the one before, and which domains only left the
 * filter. */
static void add_events(struct collector *collector, struct snapshot *snapshot, struct mail *mail)
{
    snapshot->events = mail->events;
    snapshot->event_count = mail->event_count;
    snapshot->events_lost = mail->events_lost;
    mail->events = NULL;
    mail->event_count = mail->events_lost = 0;
    if (collector->published)
        left_filter_find(collector->connection, collector->published, snapshot);
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

/* The first good listing of a connection ends what was wrong before: a hypervisor that accepts connections and
 * dies at each listing is not well. */
static void end_trouble(struct collector *collector, bool is_first)
{
    log_throttle_end(&collector->throttle, collector->host.log, "%s: %s", connection_uri(collector->connection),
                     !collector->is_new_connection ? "listing works again"
                     : is_first                    ? "connected"
                                                   : "connected again");
    collector->attempts = 0;
    collector->missed_mail = false;
}

/* The hypervisor answered. The first good listing of a connection ends the last error with it, in one step: nobody
 * must see one without the other. */
static void note_answer(struct collector *collector, bool is_good)
{
    lock(collector);
    collector->status.state = HYPERVISOR_CONNECTED;
    if (is_good && collector->is_new_connection)
        collector->status.last_error[0] = '\0';
    unlock(collector);
    collector->was_connected = true;
}

/* Statistics and the like are read after the first rows are there: nothing may delay them. */
static void begin_facts(struct collector *collector, const struct collector_settings *settings)
{
    bool is_changed =
        collector->begun.filter != settings->filter || collector->begun.interval_ms != settings->interval_ms;

    if (collector->is_new_connection)
        facts_connected(collector->facts);
    if (collector->is_new_connection || is_changed)
        facts_poll(collector->facts, settings->filter, settings->interval_ms);
    collector->begun = *settings;
    collector->is_new_connection = false;
}

static void publish_listing(struct collector *collector, struct snapshot *snapshot, struct mail *mail)
{
    snapshot->serial = collector->status.serial + 1; /* only this thread writes it */
    snapshot->events_missed = collector->is_new_connection;
    snapshot->without_events = !connection_has_events(collector->connection);
    add_events(collector, snapshot, mail);
    mail->overflowed |= collector->missed_mail;
    inherit_all(snapshot, collector->published, mail, connection_has_events(collector->connection));
    facts_complete(collector->facts, snapshot, collector->published, mail);
    say_parts(collector, snapshot);
    publish(collector, snapshot);
    trim(snapshot);
}

/* A listing waits as long as libvirtd holds one of the domains, for instance while it starts it. That is no work,
 * and the next listing need not rest for it. */
static void end_listing(struct collector *collector, int64_t used_us)
{
    struct schedule *schedule = &collector->schedule;
    int64_t took_ms, work_ms = used_us * (1 + DAEMON_FACTOR) / 1000 + 1;

    schedule->ended_boot_ms = clock_boot_ms();
    took_ms = schedule->ended_boot_ms - schedule->started_boot_ms;
    schedule->waited_ms = took_ms > work_ms ? took_ms - work_ms : 0;
}

/* The listing is good, but what is read beside it may be missing. Only what was tried since this connection was
 * made counts; this thread alone writes when that was. */
static void collector_follow_trouble(struct collector *collector)
{
    struct collector_status *status = &collector->status;
    char text[TROUBLE_TEXT_MAX];
    bool is_lacking = facts_lack_connection(collector->facts, collector->connected_boot_ms, text, sizeof(text));

    if (!trouble_follow(&collector->trouble, is_lacking ? text : NULL, connection_uri(collector->connection),
                        collector->host.log, clock_boot_ms()))
        return;
    lock(collector);
    (void)text_snmp(collector->trouble.text, status->last_error, sizeof(status->last_error) - 1);
    unlock(collector);
}

static void take_listing(struct collector *collector)
{
    int64_t began_us = clock_thread_us();
    struct collector_settings settings = begin_listing(collector);
    struct mail mail = mailbox_take(collector->mailbox);
    bool is_first = !collector->published;
    struct snapshot *snapshot;
    char why[512];

    snapshot = listing_take(collector->connection, settings.filter, collector->mailbox, why, sizeof(why));
    if (connection_alive(collector->connection))
        note_answer(collector, snapshot != NULL);
    if (snapshot) {
        publish_listing(collector, snapshot, &mail);
        end_trouble(collector, is_first);
        begin_facts(collector, &settings);
        collector_follow_trouble(collector);
    } else if (connection_alive(collector->connection)) {
        collector->missed_mail = true;
        fail(collector, why);
    } else {
        disconnect(collector, why);
    }
    if (!snapshot)
        mailbox_return(collector->mailbox, &mail);
    mail_clear(&mail);
    end_listing(collector, clock_thread_us() - began_us);
}

/* Publishes the last listing again, with what has come since. */
static void renew(struct collector *collector)
{
    struct snapshot *snapshot = facts_renew(collector->facts, collector->published);

    if (snapshot)
        publish(collector, snapshot);
    else
        collector->renew_boot_ms = clock_boot_ms() + RENEW_RETRY_MS; /* out of memory */
}

static int64_t next_renewal(struct collector *collector)
{
    int64_t due = collector->published ? facts_due(collector->facts) : INT64_MAX;

    return due > collector->renew_boot_ms ? due : collector->renew_boot_ms;
}

static bool is_connected(struct collector *collector)
{
    return connection_is_open(collector->connection);
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
    int64_t now = clock_boot_ms(), listing, renewal;

    if (is_connected(collector) && !connection_alive(collector->connection))
        disconnect(collector, "connection lost");
    if (!is_connected(collector))
        return follow_connector(collector);
    listing = next_listing(collector);
    if (listing <= now) {
        take_listing(collector);
        return now;
    }
    renewal = next_renewal(collector);
    if (renewal <= now) {
        renew(collector);
        return now;
    }
    return listing < renewal ? listing : renewal;
}

static void *run(void *data)
{
    struct collector *collector = data;

    while (!mailbox_stopping(collector->mailbox))
        (void)mailbox_wait(collector->mailbox, step(collector));
    connection_close(collector->connection);
    return NULL;
}

static void collector_free(struct collector *collector)
{
    if (!collector)
        return;
    (void)facts_stop(collector->facts, 0); /* whatever still hangs frees itself later */
    (void)connector_free(collector->connector, 0);
    snapshot_unref(collector->published);
    connection_free(collector->connection);
    mailbox_unref(collector->mailbox);
    (void)pthread_mutex_destroy(&collector->lock);
    free(collector);
}

static bool make_parts(struct collector *collector, const char *uri)
{
    const struct collector_host *host = &collector->host;
    const struct facts_settings settings = { .with_events = host->with_events,
                                             .states_only = host->states_only,
                                             .metadata = host->metadata };
    enum connection_watch watch = host->with_events ? CONNECTION_WATCH_EVENTS : CONNECTION_WATCH_NOTHING;

    collector->connection = connection_new(uri, watch, collector->mailbox, host->log);
    if (collector->connection)
        collector->facts = facts_new(uri, &settings, connection_driver(collector->connection), collector->mailbox);
    collector->connector = connector_new(uri, false, collector->mailbox);
    return collector->facts && collector->connector;
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
    if (!collector->mailbox || !make_parts(collector, uri)) {
        collector_free(collector);
        return NULL;
    }
    collector->status.state = HYPERVISOR_CONNECTING;
    (void)snprintf(collector->status.uri, sizeof(collector->status.uri), "%s",
                   connection_uri(collector->connection));
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
    all = facts_stop(collector->facts, until - clock_boot_ms());
    collector->facts = NULL;
    all &= connector_free(collector->connector, until - clock_boot_ms());
    collector->connector = NULL;
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
