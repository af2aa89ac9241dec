/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/collect/facts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/clock.h"
#include "lib/collect/facts_autostart_once.h"
#include "lib/collect/facts_io_errors.h"
#include "lib/collect/facts_snapshots.h"
#include "lib/collect/inherit.h"
#include "lib/libvirt/job_reader.h"
#include "lib/libvirt/stats_poller.h"
#include "lib/libvirt/fact_reader.h"
#include "lib/model/filter.h"
#include "lib/model/stats_table.h"

enum {
    XML_BATCH_MS = 1000,      /* collect XML of many domains for this time, then publish */
    XML_RETRY_MS = 10 * 1000, /* after a failed attempt to read XML */
    VERSION_RETRY_MS = 60 * 1000,
    FACTS_WHY_MAX = 512,
};

struct facts {
    struct facts_settings settings;
    struct metadata_rules rules;
    bool with_snapshots, had_snapshots; /* in this listing, and in the one before */
    struct driver *driver;
    struct stats_poller *poller; /* NULL if no statistics are wanted */
    struct fact_reader *reader;
    const struct stats_table *table; /* the table that was merged last */
    struct facts_autostart_once autostart_once;
    int64_t version_due_boot_ms; /* when to ask again after a failure; INT64_MAX: never */
    char version[SNAPSHOT_WORD_MAX];
};

static bool facts_wants_stats(const struct facts_settings *settings)
{
    return settings->with_active_stats || !settings->states_only;
}

struct facts *facts_new(const char *uri, const struct facts_settings *settings, struct driver *driver,
                        struct mailbox *mailbox)
{
    struct facts *facts = calloc(1, sizeof(*facts));

    if (!facts)
        return NULL;
    facts->settings = *settings;
    facts->version_due_boot_ms = INT64_MAX;
    facts->driver = driver_ref(driver);
    facts->reader = fact_reader_new(uri, settings->with_events, settings->metadata, driver, mailbox);
    if (facts_wants_stats(settings))
        facts->poller = stats_poller_new(uri, settings->with_events, driver, mailbox);
    if (facts->reader && (facts->poller || !facts_wants_stats(settings)))
        return facts;
    (void)facts_stop(facts, 0); /* no thread runs yet */
    return NULL;
}

bool facts_stop(struct facts *facts, int64_t patience_ms)
{
    int64_t until = clock_boot_ms() + patience_ms;
    bool all_ended;

    if (!facts)
        return true;
    all_ended = stats_poller_stop(facts->poller, patience_ms);
    all_ended &= fact_reader_stop(facts->reader, until - clock_boot_ms());
    stats_table_unref(facts->table);
    facts_autostart_once_clear(&facts->autostart_once);
    driver_unref(facts->driver);
    free(facts);
    return all_ended;
}

bool facts_follow_rules(struct facts *facts, const struct metadata_rules *rules)
{
    if (metadata_rules_are_same(&facts->rules, rules) || !fact_reader_set_rules(facts->reader, rules))
        return false;
    facts->rules = *rules;
    return true;
}

void facts_follow_snapshots(struct facts *facts, bool with_snapshots)
{
    facts->with_snapshots = with_snapshots;
}

static void facts_ask_for_version(struct facts *facts)
{
    facts->version_due_boot_ms = INT64_MAX;
    if (!facts->settings.states_only)
        (void)fact_reader_ask(facts->reader, FACT_READER_VERSION, NULL);
}

void facts_connected(struct facts *facts)
{
    facts->autostart_once.is_outdated = true;
    facts_ask_for_version(facts);
}

/* A filter for inactive domains alone matches no domain that has statistics. */
static uint32_t facts_only_active(uint32_t filter)
{
    bool is_of_inactive = filter & FILTER_INACTIVE && !(filter & FILTER_ACTIVE);

    return is_of_inactive ? filter : (filter & ~(uint32_t)FILTER_INACTIVE) | FILTER_ACTIVE;
}

void facts_poll(struct facts *facts, uint32_t filter, int64_t interval_ms)
{
    uint32_t wanted = facts->settings.states_only ? facts_only_active(filter) : filter;

    if (facts->poller)
        stats_poller_start(facts->poller, wanted, interval_ms);
}

void facts_poll_at(struct facts *facts, int64_t boot_ms)
{
    if (facts->poller)
        stats_poller_poll_at(facts->poller, boot_ms);
}

/* The row of that UUID. It may be changed, because the snapshot is not published yet. */
static struct domain *facts_row(struct snapshot *snapshot, const unsigned char *uuid)
{
    const struct domain *found = snapshot_find(snapshot, uuid);

    return found ? &snapshot->domains[found - snapshot->domains] : NULL;
}

static void facts_take_xml(struct fact_reader_result *result, struct domain *domain)
{
    domain->pending &= ~(unsigned)DOMAIN_QUESTION_XML;
    domain->xml_retry_boot_ms = result->is_failed ? result->ended_boot_ms + XML_RETRY_MS : 0;
    if (result->is_failed ||
        (domain->xml_facts && domain->xml_facts->read_boot_ms > result->xml_facts->read_boot_ms))
        return;
    xml_facts_unref(domain->xml_facts);
    domain->xml_facts = result->xml_facts;
    result->xml_facts = NULL; /* moved */
}

/* Ignores an answer that is not awaited, or whose question was asked before this run began: it is about an earlier
 * run. */
static void facts_take_job(struct fact_reader_result *result, struct domain *domain)
{
    if (!(domain->pending & DOMAIN_QUESTION_JOB) || result->began_boot_ms < domain->started_boot_ms)
        return;
    domain->pending &= ~(unsigned)DOMAIN_QUESTION_JOB;
    domain->is_job_unread = result->is_failed;
    if (result->is_failed || !domain_active(domain))
        return;
    job_stats_unref(domain->job_stats);
    domain->job_stats = result->job_stats;
    domain->job = job_stats_domain_job(domain->job_stats);
    result->job_stats = NULL; /* moved */
}

static void facts_take_version(struct facts *facts, const struct fact_reader_result *result)
{
    if (result->is_failed)
        facts->version_due_boot_ms = result->ended_boot_ms + VERSION_RETRY_MS;
    else
        memcpy(facts->version, result->version, sizeof(facts->version));
}

static void facts_take_result(struct facts *facts, struct fact_reader_result *result, struct snapshot *snapshot)
{
    struct domain *domain = facts_row(snapshot, result->uuid);

    switch (result->task) {
    case FACT_READER_XML:
        if (domain)
            facts_take_xml(result, domain);
        break;
    case FACT_READER_JOB:
        if (domain)
            facts_take_job(result, domain);
        break;
    case FACT_READER_VERSION:
        facts_take_version(facts, result);
        break;
    case FACT_READER_AUTOSTART_ONCE:
        facts_autostart_once_take(&facts->autostart_once, result);
        break;
    case FACT_READER_PROCESS_STARTS:
        if (!result->is_failed)
            inherit_fill_starts(snapshot, result->starts);
        break;
    case FACT_READER_SNAPSHOTS:
        if (domain && facts->with_snapshots)
            facts_snapshots_take(result, domain);
        break;
    case FACT_READER_IO_ERROR:
        if (domain)
            facts_io_errors_take(result, domain);
        break;
    case FACT_READER_TASKS:
        break;
    }
}

/* Merges all facts that have arrived. The snapshot is not published yet. */
static void facts_merge(struct facts *facts, struct snapshot *snapshot)
{
    struct fact_reader_result *next;

    for (struct fact_reader_result *result = fact_reader_take(facts->reader); result; result = next) {
        next = result->next;
        facts_take_result(facts, result, snapshot);
        fact_reader_result_free(result);
    }
    if (facts->poller) {
        stats_table_unref(facts->table);
        facts->table = stats_poller_table(facts->poller);
        stats_table_fill(facts->table, snapshot);
    }
    autostart_once_fill(facts->autostart_once.answer, facts->driver, snapshot);
    memcpy(snapshot->source.version, facts->version, sizeof(facts->version));
}

static bool facts_lacks_xml(const struct domain *domain)
{
    if (domain->pending & DOMAIN_QUESTION_XML)
        return false;
    return !domain->xml_facts || domain->xml_facts->read_boot_ms < domain->xml_changed_boot_ms;
}

static void facts_ask_for_xml(struct facts *facts, struct snapshot *snapshot)
{
    int64_t now = clock_boot_ms();
    bool wants_xml = facts->settings.metadata || facts->settings.with_xml || facts->rules.count > 0;

    if (facts->settings.states_only && !wants_xml)
        return;
    for (size_t i = 0; i < snapshot->count; i++) {
        struct domain *domain = &snapshot->domains[i];

        if (facts_lacks_xml(domain) && domain->xml_retry_boot_ms <= now &&
            fact_reader_ask(facts->reader, FACT_READER_XML, domain->uuid))
            domain->pending |= DOMAIN_QUESTION_XML;
    }
}

static void facts_ask_for_jobs(struct facts *facts, struct snapshot *snapshot, const struct snapshot *before,
                               const struct mail *mail)
{
    size_t at = 0;

    for (size_t i = 0; i < snapshot->count; i++) {
        struct domain *domain = &snapshot->domains[i];
        const struct domain *old = snapshot_follow(before, &at, domain);

        if (!(domain->pending & DOMAIN_QUESTION_JOB) && job_reader_is_likely(domain, old, mail) &&
            fact_reader_ask(facts->reader, FACT_READER_JOB, domain->uuid))
            domain->pending |= DOMAIN_QUESTION_JOB;
    }
}

static void facts_ask_for_starts(struct facts *facts, const struct snapshot *snapshot)
{
    for (size_t i = 0; i < snapshot->count; i++)
        if (snapshot->domains[i].is_start_guessed) {
            (void)fact_reader_ask(facts->reader, FACT_READER_PROCESS_STARTS, NULL);
            return;
        }
}

/* The statistics of an inactive domain are read again only after its configuration changed. */
static void facts_ask_for_inactive(struct facts *facts, const struct snapshot *snapshot, const struct mail *mail)
{
    for (size_t i = 0; i < mail->count; i++) {
        const struct domain *domain =
            mail->items[i].kinds & MAIL_XML_CHANGED ? snapshot_find(snapshot, mail->items[i].uuid) : NULL;

        if (domain && !domain_active(domain)) {
            stats_poller_want_inactive(facts->poller);
            return;
        }
    }
}

void facts_complete(struct facts *facts, struct snapshot *snapshot, const struct snapshot *before,
                    const struct mail *mail)
{
    facts_merge(facts, snapshot);
    facts_ask_for_xml(facts, snapshot);
    facts_autostart_once_ask(&facts->autostart_once, facts->reader, facts->driver, snapshot, mail);
    if (facts->with_snapshots)
        facts_snapshots_ask(facts->reader, snapshot, before, mail);
    else if (facts->had_snapshots)
        facts_snapshots_forget(snapshot);
    facts->had_snapshots = facts->with_snapshots;
    facts_io_errors_ask(facts->reader, facts->driver, snapshot);
    if (!before)
        facts_ask_for_starts(facts, snapshot);
    if (facts->settings.states_only)
        return;
    if (clock_boot_ms() >= facts->version_due_boot_ms)
        facts_ask_for_version(facts);
    facts_ask_for_jobs(facts, snapshot, before, mail);
    facts_ask_for_inactive(facts, snapshot, mail);
}

int64_t facts_due(struct facts *facts)
{
    const struct stats_table *table = facts->poller ? stats_poller_table(facts->poller) : NULL;
    bool is_new = table != facts->table;

    stats_table_unref(table);
    return is_new ? 0 : fact_reader_due(facts->reader, XML_BATCH_MS);
}

bool facts_lack_connection(struct facts *facts, int64_t since_boot_ms, char *text, size_t size)
{
    char why[FACTS_WHY_MAX];
    bool is_lacking =
        facts->poller && stats_poller_lacks_connection(facts->poller, since_boot_ms, why, sizeof(why));

    if (!is_lacking && !fact_reader_lacks_connection(facts->reader, since_boot_ms, why, sizeof(why)))
        return false;
    (void)snprintf(
        text, size, "no further connection for %s: %s",
        facts->settings.states_only && !facts->poller ? "metadata and autostart once" : "statistics and XML", why);
    return true;
}

struct snapshot *facts_renew(struct facts *facts, const struct snapshot *published)
{
    struct snapshot *snapshot = snapshot_copy(published);

    if (!snapshot)
        return NULL;
    facts_merge(facts, snapshot);
    facts_ask_for_xml(facts, snapshot); /* it may have changed while it was read */
    return snapshot;
}
