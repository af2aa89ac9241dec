/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/model/stats_table.h"

#include <stdlib.h>
#include <string.h>

#include "lib/model/device_stats.h"
#include "lib/model/xml_facts.h"

struct stats_table *stats_table_new(size_t room)
{
    struct stats_table *table = calloc(1, sizeof(*table));
    struct stats_row *rows = calloc(room + 1, sizeof(*rows));

    if (!table || !rows) {
        free(table);
        free(rows);
        return NULL;
    }
    table->rows = rows;
    refcount_init(&table->refcount);
    return table;
}

const struct stats_table *stats_table_ref(const struct stats_table *table)
{
    refcount_take(&table->refcount);
    return table;
}

void stats_table_unref(const struct stats_table *table)
{
    if (!table || !refcount_drop(&table->refcount))
        return;
    for (size_t i = 0; i < table->count; i++)
        device_stats_unref(table->rows[i].device_stats);
    free(table->rows);
    free((struct stats_table *)(uintptr_t)table);
}

void stats_table_sort(struct stats_table *table)
{
    size_t kept = 0;

    if (table->count > 0)
        qsort(table->rows, table->count, sizeof(*table->rows), uuid_compare);
    for (size_t i = 0; i < table->count; i++) {
        if (kept > 0 && uuid_compare(&table->rows[kept - 1], &table->rows[i]) == 0)
            device_stats_unref(table->rows[i].device_stats);
        else
            table->rows[kept++] = table->rows[i];
    }
    table->count = kept;
}

static void stats_table_add(struct stats_table *table, const struct stats_row *row)
{
    table->rows[table->count] = *row;
    table->rows[table->count++].device_stats = device_stats_ref(row->device_stats);
}

/* libvirt does not say since when a process has had an error. Then it counts from when this was first read. */
static void stats_table_set_control(struct stats_row *row, const struct stats_row *fresh)
{
    bool is_longer = row->control == fresh->control && row->control_since_boot_ms < fresh->control_since_boot_ms;

    if (!is_longer || fresh->control != DOMAIN_CONTROL_ERROR)
        row->control_since_boot_ms = fresh->control_since_boot_ms;
    row->control = fresh->control;
}

/* The domain did not answer. Adds its last complete statistics, updated with those that libvirtd itself knows. */
static void stats_table_add_partial(struct stats_table *table, const struct stats_row *complete,
                                    const struct stats_row *partial)
{
    struct stats_row *row = &table->rows[table->count++];

    *row = *complete;
    domain_stats_update(&row->stats, &partial->stats);
    row->device_stats = device_stats_combine(complete->device_stats, partial->device_stats);
    stats_table_set_control(row, partial);
}

/* A call that a domain's process blocked has ended. It read the CPU time before it was blocked, and later calls
 * may have read a larger one. A counter must not go back. */
static void stats_table_add_complete(struct stats_table *table, const struct stats_row *old,
                                     const struct stats_row *fresh)
{
    struct domain_stats *stats = &table->rows[table->count].stats;

    stats_table_add(table, fresh);
    if ((old->stats.known & stats->known & DOMAIN_STAT_CPU_TIME) && stats->cpu_time_ns < old->stats.cpu_time_ns)
        stats->cpu_time_ns = old->stats.cpu_time_ns;
}

static void stats_table_add_both(struct stats_table *table, const struct stats_row *old,
                                 const struct stats_row *fresh, bool is_late)
{
    bool is_same_run = old->id == fresh->id;

    if (is_same_run && fresh->is_complete && fresh->read_boot_ms >= old->read_boot_ms)
        stats_table_add_complete(table, old, fresh);
    else if (is_late)
        stats_table_add(table, old);
    else if (is_same_run && !fresh->is_complete)
        stats_table_add_partial(table, old, fresh);
    else
        stats_table_add(table, fresh);
}

struct stats_table *stats_table_combine(const struct stats_table *old, const struct stats_table *fresh,
                                        bool is_of_active)
{
    static const struct stats_table none = { .count = 0 };
    const struct stats_table *before = old ? old : &none;
    struct stats_table *table = stats_table_new(before->count + fresh->count);
    bool is_late = fresh->asked_boot_ms < before->asked_boot_ms;
    /* How old statistics may become depends only on calls that ask the domains' processes. */
    bool keeps_duration = is_late || (!is_of_active && before->fresh_ms > 0);
    size_t o = 0, f = 0;

    if (!table)
        return NULL;
    table->asked_boot_ms = is_late ? before->asked_boot_ms : fresh->asked_boot_ms;
    table->duration_us = keeps_duration ? before->duration_us : fresh->duration_us;
    table->fresh_ms = keeps_duration ? before->fresh_ms : fresh->fresh_ms;
    while (o < before->count || f < fresh->count) {
        int order = o == before->count  ? 1
                    : f == fresh->count ? -1
                                        : uuid_compare(&before->rows[o], &fresh->rows[f]);

        if (order == 0) {
            stats_table_add_both(table, &before->rows[o++], &fresh->rows[f++], is_late);
        } else if (order > 0) {
            if (!is_late)
                stats_table_add(table, &fresh->rows[f]);
            f++;
        } else {
            bool is_active = before->rows[o].id != DOMAIN_ID_INACTIVE;

            if (is_late || is_active != is_of_active)
                stats_table_add(table, &before->rows[o]);
            o++;
        }
    }
    return table;
}

/* The statistics of an inactive domain are its configuration. They are outdated once that has changed. */
static bool stats_table_suits(const struct stats_row *row, const struct domain *domain)
{
    bool is_outdated = !domain_active(domain) && row->read_boot_ms < domain->xml_changed_boot_ms;

    return row->id == domain->id && !is_outdated;
}

static bool stats_table_has_report(const struct device_stats *stats)
{
    return stats && (stats->memory.known & MEMORY_LAST_UPDATE) && stats->memory.last_update_real_s > 0;
}

/* A guest reports its memory when its system starts, and again and again only if its XML has a period. libvirt
 * sends no event when the period of a running guest changes. So the XML is outdated if it has no period and the
 * guest has reported again. */
static bool stats_table_outdates_xml(const struct stats_row *row, const struct domain *domain)
{
    const struct device_stats *old = domain->device_stats, *stats = row->device_stats;

    return domain->xml_facts && domain->xml_facts->memory_report_period_s <= 0 && stats_table_has_report(old) &&
           stats_table_has_report(stats) && stats->memory.last_update_real_s != old->memory.last_update_real_s;
}

static void stats_table_fill_row(const struct stats_row *row, struct domain *domain)
{
    if (stats_table_outdates_xml(row, domain) && row->read_boot_ms > domain->xml_changed_boot_ms)
        domain->xml_changed_boot_ms = row->read_boot_ms;
    domain->stats = row->stats;
    domain->control = row->control;
    domain->control_since_boot_ms = row->control_since_boot_ms;
    if (row->device_stats) {
        device_stats_unref(domain->device_stats);
        domain->device_stats = device_stats_ref(row->device_stats);
    }
    if (row->read_boot_ms > domain->stats_boot_ms)
        domain->stats_boot_ms = row->read_boot_ms;
}

void stats_table_fill(const struct stats_table *table, struct snapshot *snapshot)
{
    size_t at = 0;

    if (!table)
        return;
    snapshot->stats_boot_ms = table->asked_boot_ms;
    snapshot->stats_duration_us = table->duration_us;
    snapshot->stats_fresh_ms = table->fresh_ms;
    for (size_t i = 0; i < snapshot->count && at < table->count; i++) {
        struct domain *domain = &snapshot->domains[i];

        while (at < table->count && uuid_compare(&table->rows[at], domain->uuid) < 0)
            at++;
        if (at < table->count && uuid_compare(&table->rows[at], domain->uuid) == 0 &&
            stats_table_suits(&table->rows[at], domain))
            stats_table_fill_row(&table->rows[at], domain);
    }
}
