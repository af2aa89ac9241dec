/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/libvirt/stats_call.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/clock.h"
#include "lib/libvirt/control_info.h"
#include "lib/libvirt/domain_handles.h"
#include "lib/libvirt/stats_decode.h"
#include "lib/libvirt/virt.h"
#include "lib/model/filter.h"

/* The filter bits that virConnectGetAllDomainStats() takes. */
enum { STATS_BITS = 0xff };

/* A domain blocks the call if its monitor has been busy for that time, or for most of the call. The slack is for
 * the two ages, which are read at different times. */
enum { BLOCKED_MIN_MS = 700, BLOCKED_PERCENT = 60, CLOCK_SLACK_MS = 200 };

static unsigned stats_call_groups(enum stats_call_scope scope)
{
    static unsigned (*const groups[])(void) = {
        [STATS_CALL_ACTIVE] = stats_decode_active_wanted,
        [STATS_CALL_CAREFUL] = stats_decode_careful_wanted,
        [STATS_CALL_INACTIVE] = stats_decode_inactive_wanted,
    };

    return groups[scope]();
}

static bool stats_call_is_complete(struct connection *connection, const virDomainStatsRecordPtr record,
                                   const struct stats_row *row)
{
    const char *answer = driver_answer_statistic(connection_driver(connection));

    return row->id == DOMAIN_ID_INACTIVE || !answer || stats_decode_has(record->params, record->nparams, answer);
}

/* The process did not give its statistics. libvirtd knows whether it can send commands to it, and since when not.
 */
static void stats_call_read_control(struct connection *connection, virDomainPtr domain, struct stats_row *row)
{
    int64_t for_ms;

    row->control = control_info_read(connection, domain, &for_ms);
    row->control_since_boot_ms = clock_boot_ms() - for_ms;
}

static void stats_call_decode(struct connection *connection, const virDomainStatsRecordPtr record,
                              int64_t asked_boot_ms, struct stats_table *table)
{
    struct stats_row *row = &table->rows[table->count];
    struct domain domain = { .id = virt_domain_id(record->dom) };

    if (virDomainGetUUID(record->dom, row->uuid) < 0)
        return;
    stats_decode_stats(record->params, record->nparams, &domain);
    row->id = domain.id;
    row->stats = domain.stats;
    row->is_complete = stats_call_is_complete(connection, record, row);
    row->read_boot_ms = row->is_complete ? asked_boot_ms : 0;
    if (!row->is_complete)
        stats_call_read_control(connection, record->dom, row);
    if (domain_active(&domain))
        row->device_stats = stats_decode_devices(record->params, record->nparams);
    table->count++;
}

/* The rows of one reply; NULL if out of memory. */
static struct stats_table *stats_call_table(struct connection *connection, virDomainStatsRecordPtr *records,
                                            size_t count, int64_t asked_boot_ms)
{
    struct stats_table *table = stats_table_new(count);

    for (size_t i = 0; table && i < count; i++)
        stats_call_decode(connection, records[i], asked_boot_ms, table);
    return table;
}

/* Moves the rows of both tables into a new one. NULL, and nothing moved, if out of memory. */
static struct stats_table *stats_call_join(struct stats_table *one, struct stats_table *other)
{
    struct stats_table *both = stats_table_new(one->count + other->count);

    if (!both)
        return NULL;
    memcpy(both->rows, one->rows, one->count * sizeof(*both->rows));
    memcpy(both->rows + one->count, other->rows, other->count * sizeof(*both->rows));
    both->count = one->count + other->count;
    one->count = other->count = 0; /* the rows' device_stats are those of `both` now */
    return both;
}

static struct stats_table *stats_call_ask(struct connection *connection, uint32_t filter, unsigned groups,
                                          int64_t asked_boot_ms);

/* Asks with two filters that together match the same domains as `filter`. NULL if it cannot be split, or if a call
 * fails. */
static struct stats_table *stats_call_ask_halves(struct connection *connection, uint32_t filter, unsigned groups,
                                                 int64_t asked_boot_ms)
{
    struct stats_table *one, *other, *both = NULL;
    uint32_t halves[2];

    if (!filter_halve(filter, halves) || (halves[0] | halves[1]) > STATS_BITS)
        return NULL;
    one = stats_call_ask(connection, halves[0], groups, asked_boot_ms);
    other = one ? stats_call_ask(connection, halves[1], groups, asked_boot_ms) : NULL;
    if (one && other)
        both = stats_call_join(one, other);
    stats_table_unref(one);
    stats_table_unref(other);
    return both;
}

static struct stats_table *stats_call_ask(struct connection *connection, uint32_t filter, unsigned groups,
                                          int64_t asked_boot_ms)
{
    AUTO_STATS virDomainStatsRecordPtr *records = NULL;
    struct driver *driver = connection_driver(connection);
    bool no_nowait = driver_lacks(driver, DRIVER_NO_NOWAIT);
    unsigned flags = filter | (no_nowait ? 0 : (unsigned)VIR_CONNECT_GET_ALL_DOMAINS_STATS_NOWAIT);
    int count = virConnectGetAllDomainStats(connection_conn(connection), groups, &records, flags);
    int code = count < 0 ? virGetLastErrorCode() : VIR_ERR_OK;

    if (count >= 0)
        return stats_call_table(connection, records, (size_t)count, asked_boot_ms);
    if (code == VIR_ERR_INVALID_ARG && !no_nowait) {
        /* A driver that never waits may reject the flag. */
        (void)driver_learn(driver, DRIVER_NO_NOWAIT);
        return stats_call_ask(connection, filter, groups, asked_boot_ms);
    }
    if (virt_is_unsupported(code))
        (void)driver_learn(driver, DRIVER_NO_BULK_STATS);
    if (!virt_is_too_much(code) || !connection_is_alive(connection))
        return NULL;
    return stats_call_ask_halves(connection, filter, groups, asked_boot_ms);
}

struct stats_table *stats_call_make(struct connection *connection, uint32_t filter, enum stats_call_scope scope)
{
    uint32_t only = scope == STATS_CALL_INACTIVE ? FILTER_INACTIVE : FILTER_ACTIVE;
    uint32_t words = (filter & STATS_BITS & ~(uint32_t)(FILTER_ACTIVE | FILTER_INACTIVE)) | only;
    struct stats_table *table = stats_call_ask(connection, words, stats_call_groups(scope), clock_boot_ms());

    if (table)
        stats_table_sort(table);
    return table;
}

/* A monitor that was busy before the call began does not block it: with NOWAIT the call skips that domain. */
static bool stats_call_blocks(struct connection *connection, virDomainPtr domain, int64_t since_ms)
{
    int64_t occupied_ms = control_info_occupied_ms(connection, domain);
    int64_t most_ms = since_ms * BLOCKED_PERCENT / 100;

    return occupied_ms >= (most_ms < BLOCKED_MIN_MS ? most_ms : BLOCKED_MIN_MS) &&
           occupied_ms <= since_ms + CLOCK_SLACK_MS;
}

bool stats_call_is_blocked(struct connection *connection, int64_t since_ms)
{
    CLEANUP(domain_handles_clear) struct domain_handles active = { 0 };

    if (!domain_handles_list(&active, connection_conn(connection), VIR_CONNECT_LIST_DOMAINS_ACTIVE))
        return false;
    for (size_t i = 0; i < active.count; i++)
        if (stats_call_blocks(connection, active.items[i].domain, since_ms))
            return true;
    return false;
}
