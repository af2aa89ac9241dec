/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/collect/collector.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>

#include "lib/base/clock.h"
#include "lib/base/thread.h"
#include "lib/collect/collector_state.h"
#include "lib/model/filter.h"

void collector_lock(struct collector *collector)
{
    (void)pthread_mutex_lock(&collector->lock);
}

void collector_unlock(struct collector *collector)
{
    (void)pthread_mutex_unlock(&collector->lock);
}

void collector_fail(struct collector *collector, const char *why)
{
    collector_lock(collector);
    collector->failures++;
    (void)snprintf(collector->last_error, sizeof(collector->last_error), "%s", why);
    collector_unlock(collector);
    log_throttle_say(&collector->throttle, collector->host.log, clock_boot_ms(), "%s: %s",
                     connection_uri(collector->connection), why);
}

static void collector_plan_retry(struct collector *collector)
{
    uint32_t random = 0;

    if (getrandom(&random, sizeof(random), GRND_NONBLOCK) < 0)
        random = (uint32_t)clock_boot_us(); /* good enough for jitter */
    collector->retry_boot_ms = clock_boot_ms() + schedule_retry(++collector->attempts, random);
}

void collector_disconnect(struct collector *collector, const char *why)
{
    collector_lock(collector);
    collector->state = collector->was_connected ? HYPERVISOR_DISCONNECTED : HYPERVISOR_CONNECTING;
    collector_unlock(collector);
    collector_fail(collector, why);
    collector->trouble = (struct trouble){ 0 }; /* the same cause, which has just been logged */
    connection_close(collector->connection);
    collector_plan_retry(collector);
}

static void collector_connected(struct collector *collector)
{
    collector->missed_events = collector->is_new_connection = true;
    collector_lock(collector);
    collector->reconnects += collector->was_connected;
    collector->connected_boot_ms = clock_boot_ms();
    (void)snprintf(collector->uri, sizeof(collector->uri), "%s", connection_uri(collector->connection));
    collector_unlock(collector);
    collector->schedule.started_boot_ms = 0; /* list at once */
}

static int64_t collector_begin_attempt(struct collector *collector)
{
    if (clock_boot_ms() < collector->retry_boot_ms)
        return collector->retry_boot_ms;
    if (connector_begin(collector->connector))
        return connector_until(collector->connector);
    collector_plan_retry(collector); /* too many attempts hang, or no thread can be started */
    return collector->retry_boot_ms;
}

/* Follows the attempt to connect, or begins one. Returns the boot clock until which there is nothing else to do.
 */
static int64_t collector_connect(struct collector *collector)
{
    char words[CONNECTOR_WHY_MAX], why[COLLECTOR_WHY_MAX];
    enum connector_state state = connector_poll(collector->connector, collector->connection, words);

    switch (state) {
    case CONNECTOR_WAITING:
        return connector_until(collector->connector);
    case CONNECTOR_OPENED:
        collector_connected(collector);
        return clock_boot_ms();
    case CONNECTOR_IDLE:
        return collector_begin_attempt(collector);
    case CONNECTOR_FAILED:
    case CONNECTOR_HANGS:
        (void)snprintf(why, sizeof(why), "cannot connect: %s%s", words,
                       state == CONNECTOR_HANGS ? "; trying again while that attempt goes on" : "");
        collector_disconnect(collector, why);
    }
    return collector->retry_boot_ms;
}

static int64_t collector_next_renewal(struct collector *collector)
{
    int64_t due = collector->published ? facts_due(collector->facts) : INT64_MAX;

    return clock_later(due, collector->renew_boot_ms);
}

static int64_t collector_next_listing(struct collector *collector)
{
    collector_lock(collector);
    collector->schedule.wanted_boot_ms = collector->list_at_boot_ms;
    collector_unlock(collector);
    return schedule_next(&collector->schedule, mailbox_first_event(collector->mailbox));
}

/* Does one thing that is due. Returns the boot clock until which there is nothing else to do. */
static int64_t collector_step(struct collector *collector)
{
    int64_t now = clock_boot_ms(), listing, renewal;
    bool is_open = connection_is_open(collector->connection);

    if (is_open && !connection_is_alive(collector->connection)) {
        collector_disconnect(collector, "connection lost");
        is_open = false;
    }
    if (!is_open)
        return collector_connect(collector);
    listing = collector_next_listing(collector);
    if (listing <= now) {
        collector_list(collector);
        return now;
    }
    renewal = collector_next_renewal(collector);
    if (renewal <= now) {
        collector_renew(collector);
        return now;
    }
    return listing < renewal ? listing : renewal;
}

static void *collector_run(void *data)
{
    struct collector *collector = data;
    int64_t until_boot_ms = 0;

    while (!mailbox_wait(collector->mailbox, until_boot_ms))
        until_boot_ms = collector_step(collector);
    connection_close(collector->connection);
    return NULL;
}

static void collector_free(struct collector *collector)
{
    (void)facts_stop(collector->facts, 0); /* threads that hang free their memory when they end */
    (void)connector_free(collector->connector, 0);
    snapshot_unref(collector->published);
    connection_free(collector->connection);
    mailbox_unref(collector->mailbox);
    (void)pthread_mutex_destroy(&collector->lock);
    free(collector);
}

static bool collector_make_parts(struct collector *collector, const char *uri)
{
    const struct collector_host *host = &collector->host;
    enum connection_watch watch = host->facts.with_events ? CONNECTION_WATCH_EVENTS : CONNECTION_WATCH_NOTHING;

    collector->mailbox = mailbox_new();
    if (!collector->mailbox)
        return false;
    collector->connection = connection_new(uri, watch, collector->mailbox, host->log);
    if (!collector->connection)
        return false;
    collector->facts = facts_new(uri, &host->facts, connection_driver(collector->connection), collector->mailbox);
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
    collector->state = HYPERVISOR_CONNECTING;
    if (collector_make_parts(collector, uri)) {
        (void)snprintf(collector->uri, sizeof(collector->uri), "%s", connection_uri(collector->connection));
        if (thread_start(&collector->thread, collector_run, collector))
            return collector;
    }
    collector_free(collector);
    return NULL;
}

void collector_ask_to_stop(struct collector *collector)
{
    mailbox_put_stop(collector->mailbox);
}

bool collector_wait(struct collector *collector, int64_t patience_ms)
{
    if (collector && !collector->is_joined)
        collector->is_joined = thread_join_until(collector->thread, clock_boot_ms() + patience_ms);
    return !collector || collector->is_joined;
}

bool collector_stop(struct collector *collector, int64_t patience_ms)
{
    int64_t until = clock_boot_ms() + patience_ms;
    bool all_ended;

    if (!collector)
        return true;
    collector_ask_to_stop(collector);
    if (!collector_wait(collector, patience_ms))
        return false;
    all_ended = facts_stop(collector->facts, until - clock_boot_ms());
    collector->facts = NULL;
    all_ended &= connector_free(collector->connector, until - clock_boot_ms());
    collector->connector = NULL;
    collector_free(collector);
    return all_ended;
}

void collector_change(struct collector *collector, const struct collector_settings *settings)
{
    collector_lock(collector);
    collector->settings = *settings;
    collector_unlock(collector);
    collector_list_at(collector, clock_boot_ms());
}

void collector_list_at(struct collector *collector, int64_t boot_ms)
{
    collector_lock(collector);
    collector->list_at_boot_ms = boot_ms;
    collector_unlock(collector);
    mailbox_put_wake(collector->mailbox);
}

void collector_poll_at(struct collector *collector, int64_t boot_ms)
{
    facts_poll_at(collector->facts, boot_ms);
}

/* With the lock held. */
static bool collector_is_stale_at(const struct collector *collector, int64_t now_boot_ms)
{
    const struct snapshot *published = collector->published;
    int64_t since = published ? published->taken_boot_ms : collector->connected_boot_ms;

    return since > 0 && now_boot_ms - since > collector->settings.stale_after_ms;
}

bool collector_is_stale(struct collector *collector, int64_t now_boot_ms)
{
    bool is_stale;

    collector_lock(collector);
    is_stale = collector_is_stale_at(collector, now_boot_ms);
    collector_unlock(collector);
    return is_stale;
}

static void collector_listing_status(const struct snapshot *published, struct collector_status *status)
{
    status->serial = published->serial;
    status->listed_boot_ms = published->taken_boot_ms;
    status->duration_us = published->duration_us;
    status->calls = published->calls;
    status->domains = (uint32_t)published->count;
}

void collector_status(struct collector *collector, struct collector_status *status)
{
    const struct snapshot *published;
    uint32_t filter;

    *status = (struct collector_status){ .events = mailbox_event_count(collector->mailbox) };
    collector_lock(collector);
    published = collector->published;
    filter = published ? published->filter : collector->settings.filter;
    if (published)
        collector_listing_status(published, status);
    (void)snprintf(status->uri, sizeof(status->uri), "%s", collector->uri);
    (void)snprintf(status->last_error, sizeof(status->last_error), "%s", collector->last_error);
    status->state = collector->state;
    status->failures = collector->failures;
    status->reconnects = collector->reconnects;
    status->stale = collector_is_stale_at(collector, clock_boot_ms());
    collector_unlock(collector);
    filter_format(filter, status->filter, sizeof(status->filter));
    if (status->state == HYPERVISOR_CONNECTED && status->stale)
        status->state = HYPERVISOR_STALE;
}
