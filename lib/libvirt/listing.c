/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/libvirt/listing.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/array.h"
#include "lib/base/clock.h"
#include "lib/libvirt/stats_decode.h"
#include "lib/libvirt/listing_rows.h"
#include "lib/model/filter.h"

#define SAME(word, flag) static_assert((int)FILTER_##word == (int)VIR_CONNECT_LIST_DOMAINS_##flag, "libvirt's bit")
SAME(ACTIVE, ACTIVE);
SAME(INACTIVE, INACTIVE);
SAME(PERSISTENT, PERSISTENT);
SAME(TRANSIENT, TRANSIENT);
SAME(STATE_RUNNING, RUNNING);
SAME(STATE_PAUSED, PAUSED);
SAME(STATE_SHUTOFF, SHUTOFF);
SAME(STATE_OTHER, OTHER);
SAME(WITH_MANAGED_SAVE, MANAGEDSAVE);
SAME(WITHOUT_MANAGED_SAVE, NO_MANAGEDSAVE);
SAME(AUTOSTART, AUTOSTART);
SAME(NO_AUTOSTART, NO_AUTOSTART);
SAME(WITH_SNAPSHOT, HAS_SNAPSHOT);
SAME(WITHOUT_SNAPSHOT, NO_SNAPSHOT);
SAME(WITH_CHECKPOINT, HAS_CHECKPOINT);
SAME(WITHOUT_CHECKPOINT, NO_CHECKPOINT);

/* A call for states is split if its reply does not fit on the wire. Other errors have the same code and must not
 * lead to calls without end. */
enum { STATS_CALLS_MAX = 16 };

/* Remembers the error of the call that just failed, because the next call would clear it. VIR_ERR_OK: no call
 * failed, but memory ran out. */
static void listing_keep_error(struct listing *listing)
{
    listing->error = virGetLastErrorCode();
    (void)snprintf(listing->error_text, sizeof(listing->error_text), "%s", connection_error(listing->connection));
}

/* True if that error can mean that the reply did not fit on the wire. A lost connection has the same code. */
static bool listing_is_too_much(struct listing *listing)
{
    return virt_is_too_much(listing->error) && connection_is_alive(listing->connection);
}

bool listing_list_domains(struct listing *listing, uint32_t filter, bool may_split, struct domain_handles *handles,
                          uint32_t *parts)
{
    uint32_t halves[2];

    listing->calls++;
    if (domain_handles_list(handles, listing->conn, filter)) {
        *parts += 1;
        return true;
    }
    listing_keep_error(listing);
    if (!may_split || !listing_is_too_much(listing) || !filter_halve(filter, halves))
        return false;
    return listing_list_domains(listing, halves[0], may_split, handles, parts) &&
           listing_list_domains(listing, halves[1], may_split, handles, parts);
}

static void listing_start_row(struct listing_row *row, const struct domain_handle *handle)
{
    const char *name = virDomainGetName(handle->domain);

    *row = (struct listing_row){ .handle = handle->domain, .name = name ? name : "" };
    memcpy(row->domain.uuid, handle->uuid, UUID_BYTES);
    row->domain.id = virt_domain_id(handle->domain);
    row->domain.state = DOMAIN_STATE_UNREAD;
}

bool listing_add_rows(struct listing *listing, struct domain_handles *handles)
{
    struct listing_row *rows = array_grow(listing->rows, listing->count, handles->count, sizeof(*rows));

    if (!rows)
        return false;
    listing->rows = rows;
    for (size_t i = 0; i < handles->count; i++)
        listing_start_row(&rows[listing->count++], &handles->items[i]);
    handles->count = 0;
    return true;
}

/* The handles are sorted, as the rows will be. */
static bool listing_keep_places(struct listing *listing, const struct domain_handles *handles, size_t listed)
{
    listing->places = calloc(listed + 1, sizeof(*listing->places));
    if (!listing->places)
        return false;
    listing->place_count = listed;
    for (size_t i = 0; i < listed; i++)
        listing->places[i] = LISTING_NO_ROW;
    for (size_t i = 0; i < handles->count; i++)
        listing->places[handles->items[i].place] = i;
    return true;
}

/* Step 1: which rows there are. */
static bool listing_list_rows(struct listing *listing)
{
    CLEANUP(domain_handles_clear) struct domain_handles handles = { 0 };
    size_t listed;

    if (!listing_list_domains(listing, listing->filter, true, &handles, &listing->parts))
        return false;
    listed = handles.count;
    domain_handles_sort(&handles); /* a domain that moved from one part to another was listed twice */
    return listing_keep_places(listing, &handles, listed) && listing_add_rows(listing, &handles);
}

static struct listing_row *listing_find_by_uuid(struct listing *listing, virDomainPtr domain)
{
    unsigned char uuid[UUID_BYTES];

    return virDomainGetUUID(domain, uuid) == 0
               ? uuid_find(listing->rows, listing->count, sizeof(*listing->rows), uuid)
               : NULL;
}

static struct listing_row *listing_find_named(struct listing *listing, const char *name, size_t *expected)
{
    for (size_t i = *expected; i < listing->place_count; i++) {
        size_t number = listing->places[i];

        if (number != LISTING_NO_ROW && strcmp(listing->rows[number].name, name) == 0) {
            *expected = i + 1;
            return &listing->rows[number];
        }
    }
    return NULL;
}

struct listing_row *listing_find_listed(struct listing *listing, virDomainPtr domain, size_t *expected)
{
    const char *name = *expected < listing->place_count ? virDomainGetName(domain) : NULL;
    struct listing_row *row = name ? listing_find_named(listing, name, expected) : NULL;

    if (row)
        return row;
    *expected = LISTING_NO_ROW;
    return listing_find_by_uuid(listing, domain);
}

static int listing_ask_states(struct listing *listing, size_t from, size_t count,
                              virDomainStatsRecordPtr **records)
{
    struct driver *driver = connection_driver(listing->connection);
    bool no_nowait = driver_lacks(driver, DRIVER_NO_NOWAIT);
    AUTO_FREE virDomainPtr *domains = calloc(count + 1, sizeof(virDomainPtr));
    int got;

    if (!domains)
        return -1;
    for (size_t i = 0; i < count; i++)
        domains[i] = listing->rows[from + i].handle;
    listing->calls++;
    listing->stats_calls++;
    got = virDomainListGetStats(domains, stats_decode_states_wanted(), records,
                                no_nowait ? 0 : VIR_CONNECT_GET_ALL_DOMAINS_STATS_NOWAIT);
    if (got < 0)
        listing_keep_error(listing);
    if (got >= 0 || no_nowait || listing->error != VIR_ERR_INVALID_ARG)
        return got;
    /* A driver that never waits may reject the flag. */
    (void)driver_learn(driver, DRIVER_NO_NOWAIT);
    return listing_ask_states(listing, from, count, records);
}

/* The row of a record, or NULL. Records nearly always come in the order of the rows, so the row at `*expected` is
 * compared first. `*expected` becomes the place after the row. */
static struct listing_row *listing_find_recorded(struct listing *listing, virDomainPtr domain, size_t *expected)
{
    const char *name = virDomainGetName(domain);
    bool is_expected = name && *expected < listing->count && strcmp(listing->rows[*expected].name, name) == 0;
    struct listing_row *row = is_expected ? &listing->rows[*expected] : listing_find_by_uuid(listing, domain);

    if (row)
        *expected = (size_t)(row - listing->rows) + 1;
    return row;
}

static void listing_decode_records(struct listing *listing, virDomainStatsRecordPtr *records, size_t expected)
{
    for (; *records; records++) {
        struct listing_row *row = listing_find_recorded(listing, (*records)->dom, &expected);

        if (row)
            stats_decode_stats((*records)->params, (*records)->nparams, &row->domain);
    }
}

static bool listing_read_each(struct listing *listing, size_t from, size_t count)
{
    for (size_t i = from; i < from + count; i++)
        if (!repair_read_one(listing, &listing->rows[i]) && !connection_is_alive(listing->connection))
            return false;
    return true;
}

static void listing_learn_no_bulk_stats(struct listing *listing)
{
    if (driver_learn(connection_driver(listing->connection), DRIVER_NO_BULK_STATS))
        log_say(connection_log(listing->connection), LOG_LEVEL_NOTICE,
                "%s: the driver has no bulk statistics (%s); asking domain by domain",
                connection_uri(listing->connection), listing->error_text);
}

static bool listing_may_split_states(const struct listing *listing, size_t count)
{
    return virt_is_too_much(listing->error) && listing->stats_calls < STATS_CALLS_MAX && count > 1;
}

/* Step 2: the states of exactly the listed domains. Only the states, because they are the only group of statistics
 * for which libvirtd never asks a domain's process, which may hang. If the reply does not fit on the wire, the
 * call is split. Rows whose states cannot be read stay unread. False only if the connection is gone. */
static bool listing_read_states(struct listing *listing, size_t from, size_t count)
{
    AUTO_STATS virDomainStatsRecordPtr *records = NULL;
    size_t half = count / 2;

    if (count == 0)
        return true;
    if (driver_lacks(connection_driver(listing->connection), DRIVER_NO_BULK_STATS))
        return listing_read_each(listing, from, count);
    if (count <= LISTING_WIRE_DOMAINS_MAX) {
        if (listing_ask_states(listing, from, count, &records) >= 0) {
            listing_decode_records(listing, records, from);
            return true;
        }
        if (!connection_is_alive(listing->connection))
            return false;
        if (virt_is_unsupported(listing->error)) {
            listing_learn_no_bulk_stats(listing);
            return listing_read_each(listing, from, count);
        }
        if (!listing_may_split_states(listing, count))
            return true;
    }
    return listing_read_states(listing, from, half) && listing_read_states(listing, from + half, count - half);
}

/* Step 5: puts the rows that are left into a snapshot. NULL if out of memory. An earlier error, such as that of an
 * attribute, is then not the reason. */
static struct snapshot *listing_make_snapshot(struct listing *listing)
{
    struct snapshot *snapshot = snapshot_new(listing->count);

    listing->error = VIR_ERR_OK;
    for (size_t i = 0; snapshot && i < listing->count; i++) {
        struct domain *domain = &snapshot->domains[snapshot->count];
        const char *name = listing->rows[i].handle ? virDomainGetName(listing->rows[i].handle) : NULL;

        if (!listing->rows[i].handle)
            continue;
        *domain = listing->rows[i].domain;
        domain->last_state = domain->state;
        domain->last_reason = domain->reason;
        domain->name = snapshot_keep(snapshot, name ? name : "");
        if (!domain->name) {
            snapshot_unref(snapshot);
            return NULL;
        }
        snapshot->count++;
    }
    return snapshot;
}

static struct snapshot *listing_make(struct listing *listing, struct mailbox *mailbox)
{
    int64_t began_us = clock_boot_us(), began_real_ms = clock_real_ms();
    struct snapshot *snapshot;

    if (!listing_list_rows(listing) || !listing_read_states(listing, 0, listing->count) ||
        !listing_attributes_read(listing))
        return NULL;
    repair_rows(listing, mailbox);
    if (!connection_is_alive(listing->connection))
        return NULL;
    snapshot = listing_make_snapshot(listing);
    if (!snapshot)
        return NULL;
    snapshot->source = *connection_source(listing->connection);
    snapshot->filter = listing->filter;
    snapshot->unsupported = driver_rejected(connection_driver(listing->connection));
    snapshot->taken_boot_ms = began_us / 1000;
    snapshot->taken_real_ms = began_real_ms;
    snapshot->duration_us = clock_since_us(began_us);
    snapshot->calls = listing->calls;
    snapshot->parts = listing->parts;
    return snapshot;
}

/* True if there are more domains than one call can list. A reply that cannot be read has the same error code. */
static bool listing_has_too_many(struct listing *listing)
{
    int active, inactive;

    if (!listing_is_too_much(listing))
        return false;
    active = virConnectNumOfDomains(listing->conn);
    inactive = virConnectNumOfDefinedDomains(listing->conn);
    return active >= 0 && inactive >= 0 && (int64_t)active + inactive > LISTING_WIRE_DOMAINS_MAX;
}

static void listing_explain(struct listing *listing, char *why, size_t size)
{
    char words[FILTER_TEXT_MAX];
    const char *quote = listing->filter ? "\"" : "";

    filter_format(listing->filter, words, sizeof(words));
    if (!connection_is_alive(listing->connection))
        (void)snprintf(why, size, "connection lost: %s", listing->error ? listing->error_text : "closed");
    else if (listing->error == VIR_ERR_OK)
        (void)snprintf(why, size, "out of memory");
    else if (listing_has_too_many(listing))
        (void)snprintf(why, size,
                       "more domains than one libvirt call lists, and no filter word is left to split them by: %s",
                       listing->error_text);
    else
        (void)snprintf(why, size, "listing%s%s%s%s failed: %s", *words ? " with filter " : "", quote, words, quote,
                       listing->error_text);
}

struct snapshot *listing_take(struct connection *connection, uint32_t filter, struct mailbox *mailbox, char *why,
                              size_t size)
{
    struct listing listing = { .connection = connection, .conn = connection_conn(connection), .filter = filter };
    struct snapshot *snapshot;

    snapshot = listing_make(&listing, mailbox);
    if (!snapshot)
        listing_explain(&listing, why, size);
    for (size_t i = 0; i < listing.count; i++)
        cleanup_domain(&listing.rows[i].handle);
    free(listing.rows);
    free(listing.places);
    return snapshot;
}
