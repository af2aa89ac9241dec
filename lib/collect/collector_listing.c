/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <malloc.h>
#include <stdio.h>

#include "lib/base/clock.h"
#include "lib/base/text.h"
#include "lib/collect/answering.h"
#include "lib/collect/collector_state.h"
#include "lib/collect/inherit.h"
#include "lib/libvirt/listing.h"

enum { COLLECTOR_TRIM_DOMAINS = 1000, COLLECTOR_RENEW_RETRY_MS = 1000 };

/* For a listing, libvirtd uses at most this many times the CPU time that this process uses. */
enum { COLLECTOR_DAEMON_FACTOR = 3 };

/* libvirt's replies are a hundred times as large as the snapshot, and so is XML while it is read. After a large
 * listing, and after statistics or XML were merged, gives this memory back to the system. */
static void collector_trim(const struct snapshot *snapshot)
{
    if (snapshot->count >= COLLECTOR_TRIM_DOMAINS)
        (void)malloc_trim(0);
}

static void collector_publish(struct collector *collector, struct snapshot *snapshot)
{
    const struct snapshot *before = collector->published;

    answering_follow(snapshot, before, clock_boot_ms());
    collector->host.publish(collector->host.data, snapshot);
    collector_lock(collector);
    collector->published = snapshot;
    collector_unlock(collector);
    snapshot_unref(before);
    collector_trim(snapshot);
}

static void collector_log_parts(const struct collector *collector, const struct snapshot *snapshot)
{
    const char *why = snapshot->count > LISTING_WIRE_DOMAINS_MAX ? "are more than one libvirt call lists"
                                                                 : "were not listed by one libvirt call";

    if (snapshot->parts > 1 && (!collector->published || collector->published->parts != snapshot->parts))
        log_say(collector->host.log, LOG_LEVEL_NOTICE,
                "%s: %zu domains %s; listed in %u parts, one after the other",
                connection_uri(collector->connection), snapshot->count, why, snapshot->parts);
}

/* Adds the events since the listing before, and the domains that only left the filter. */
static void collector_add_events(struct collector *collector, struct snapshot *snapshot, struct mail *mail)
{
    snapshot->events_missed = collector->is_new_connection;
    snapshot->without_events = !connection_has_events(collector->connection);
    snapshot->events = mail->events;
    snapshot->event_count = mail->event_count;
    snapshot->events_lost = mail->events_lost;
    mail->events = NULL;
    mail->event_count = mail->events_lost = 0;
    if (collector->published)
        left_filter_find(collector->connection, collector->published, snapshot);
}

static void collector_publish_listing(struct collector *collector, struct snapshot *snapshot, struct mail *mail)
{
    snapshot->serial = collector->published ? collector->published->serial + 1 : 1;
    collector_add_events(collector, snapshot, mail);
    mail->overflowed |= collector->missed_events;
    inherit_all(snapshot, collector->published, mail, connection_has_events(collector->connection));
    facts_complete(collector->facts, snapshot, collector->published, mail);
    collector_log_parts(collector, snapshot);
    collector_publish(collector, snapshot);
}

static struct collector_settings collector_begin_listing(struct collector *collector)
{
    struct collector_settings settings;

    collector->schedule.started_boot_ms = clock_boot_ms();
    collector_lock(collector);
    settings = collector->settings;
    if (collector->list_at_boot_ms <= collector->schedule.started_boot_ms)
        collector->list_at_boot_ms = 0;
    collector_unlock(collector);
    collector->schedule.interval_ms = settings.interval_ms;
    return settings;
}

/* libvirtd may make a listing wait, for instance while it starts a domain. Waiting is not work, so it does not
 * make the pause before the next listing longer. */
static void collector_end_listing(struct collector *collector, int64_t used_us)
{
    struct schedule *schedule = &collector->schedule;
    int64_t took_ms, work_ms = used_us * (1 + COLLECTOR_DAEMON_FACTOR) / 1000 + 1;

    schedule->ended_boot_ms = clock_boot_ms();
    took_ms = schedule->ended_boot_ms - schedule->started_boot_ms;
    schedule->waited_ms = took_ms > work_ms ? took_ms - work_ms : 0;
}

/* The hypervisor answered. The first good listing of a connection also ends the last error. Both change in one
 * step, so that no reader sees one without the other. */
static void collector_note_answer(struct collector *collector, bool is_good)
{
    collector_lock(collector);
    collector->state = HYPERVISOR_CONNECTED;
    if (is_good && collector->is_new_connection)
        collector->last_error[0] = '\0';
    collector_unlock(collector);
    collector->was_connected = true;
}

/* Only a good listing ends the trouble of a connection: a hypervisor that accepts connections and then fails each
 * listing does not work. */
static void collector_note_recovery(struct collector *collector, bool is_first)
{
    const char *message = is_first ? "connected" : "connected again";

    log_throttle_end(&collector->throttle, collector->host.log, clock_boot_ms(), "%s: %s",
                     connection_uri(collector->connection),
                     collector->is_new_connection ? message : "listing works again");
    collector->attempts = 0;
    collector->missed_events = false;
}

/* Reading of statistics, XML and the like begins after the first rows are published, so that it cannot delay them.
 */
static void collector_begin_facts(struct collector *collector, const struct collector_settings *settings)
{
    bool is_changed =
        collector->followed.filter != settings->filter || collector->followed.interval_ms != settings->interval_ms;

    if (collector->is_new_connection)
        facts_connected(collector->facts);
    if (collector->is_new_connection || is_changed)
        facts_poll(collector->facts, settings->filter, settings->interval_ms);
    collector->followed = *settings;
    collector->is_new_connection = false;
}

/* The listing works, but the connections for statistics and XML may not. Attempts before this connection was made
 * do not count. */
static void collector_follow_trouble(struct collector *collector)
{
    char text[TROUBLE_TEXT_MAX];
    bool is_lacking = facts_lack_connection(collector->facts, collector->connected_boot_ms, text, sizeof(text));

    if (!trouble_follow(&collector->trouble, is_lacking ? text : NULL, connection_uri(collector->connection),
                        collector->host.log, clock_boot_ms()))
        return;
    collector_lock(collector);
    (void)text_snmp(collector->trouble.text, collector->last_error, sizeof(collector->last_error) - 1);
    collector_unlock(collector);
}

static void collector_take_good(struct collector *collector, struct snapshot *snapshot, struct mail *mail,
                                const struct collector_settings *settings)
{
    bool is_first = !collector->published;

    collector_publish_listing(collector, snapshot, mail);
    collector_note_recovery(collector, is_first);
    collector_begin_facts(collector, settings);
    collector_follow_trouble(collector);
}

static void collector_take_failure(struct collector *collector, struct mail *mail, const char *why)
{
    if (connection_is_alive(collector->connection)) {
        collector->missed_events = true;
        collector_fail(collector, why);
    } else {
        collector_disconnect(collector, why);
    }
    mailbox_return(collector->mailbox, mail); /* the next listing reports these events */
}

void collector_list(struct collector *collector)
{
    int64_t began_us = clock_thread_us();
    struct collector_settings settings = collector_begin_listing(collector);
    struct mail mail = mailbox_take(collector->mailbox);
    bool has_new_rules = facts_follow_rules(collector->facts, &settings.metadata);
    char why[COLLECTOR_WHY_MAX];
    struct snapshot *snapshot =
        listing_take(collector->connection, settings.filter, collector->mailbox, why, sizeof(why));

    collector->missed_events |= has_new_rules;
    facts_follow_snapshots(collector->facts, settings.with_snapshots);
    if (connection_is_alive(collector->connection))
        collector_note_answer(collector, snapshot != NULL);
    if (snapshot)
        collector_take_good(collector, snapshot, &mail, &settings);
    else
        collector_take_failure(collector, &mail, why);
    mail_clear(&mail);
    collector_end_listing(collector, clock_thread_us() - began_us);
}

void collector_renew(struct collector *collector)
{
    struct snapshot *snapshot = facts_renew(collector->facts, collector->published);

    if (snapshot)
        collector_publish(collector, snapshot);
    else
        collector->renew_boot_ms = clock_boot_ms() + COLLECTOR_RENEW_RETRY_MS; /* out of memory */
}
