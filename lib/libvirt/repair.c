/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads one domain by itself, to repair a row that mixes two moments, and for drivers without bulk statistics. */
#include <string.h>

#include "lib/libvirt/stats_decode.h"
#include "lib/libvirt/listing_rows.h"
#include "lib/model/filter.h"

enum { ROUNDS = 3 };

/* Only the state is required. Some drivers cannot report the rest, such as LXC without control groups. */
bool repair_read_one(struct listing *listing, struct listing_row *row)
{
    bool has_bulk_stats = !driver_lacks(connection_driver(listing->connection), DRIVER_NO_BULK_STATS);
    virDomainInfo info;
    int state, reason;

    row->domain.state = DOMAIN_STATE_UNREAD;
    listing->calls++;
    if (virDomainGetState(row->handle, &state, &reason, 0) < 0)
        return false;
    if (!has_bulk_stats) {
        listing->calls++;
        if (virDomainGetInfo(row->handle, &info) == 0)
            stats_decode_info(&info, &row->domain);
    }
    row->domain.state = state;
    row->domain.reason = reason;
    return true;
}

static void repair_drop(struct listing_row *row)
{
    cleanup_domain(&row->handle);
    row->handle = NULL;
}

static void repair_read_attributes(struct listing *listing, struct listing_row *row)
{
    uint32_t rejected = driver_rejected(connection_driver(listing->connection));

    for (size_t i = 0; i < LISTING_ATTRIBUTES; i++) {
        enum tristate *value = listing_attribute_of(&row->domain, &listing_attributes[i]);
        int answer;

        *value = TRISTATE_UNKNOWN;
        if (rejected & listing_attributes[i].yes)
            continue;
        listing->calls++;
        answer = listing_attributes[i].ask(row->handle);
        if (answer >= 0)
            *value = tristate_of(answer);
        else if (virt_is_gone())
            row->domain.state = DOMAIN_STATE_UNREAD; /* the next round finds out whether it came back */
    }
}

/* Reads the whole row again. The handle is looked up first, because its id and name may be old. */
static void repair_row(struct listing *listing, struct listing_row *row)
{
    virDomainPtr fresh = virDomainLookupByUUID(listing->conn, row->domain.uuid);

    listing->calls++;
    if (!fresh) {
        if (virt_is_gone())
            repair_drop(row);
        return;
    }
    cleanup_domain(&row->handle);
    row->handle = fresh;
    row->domain.id = virt_domain_id(fresh);
    if (repair_read_one(listing, row))
        repair_read_attributes(listing, row);
    if (row->domain.state != DOMAIN_STATE_UNREAD && !filter_fits(listing->filter, &row->domain))
        repair_drop(row);
}

/* True if the row mixes two moments, or if its state could not be read. */
static bool repair_is_torn(const struct listing_row *row)
{
    return row->handle && (row->domain.state == DOMAIN_STATE_UNREAD || domain_contradiction(&row->domain) != NULL);
}

/* A row may still contradict itself after the last round: the domain keeps changing, or the driver really reports
 * it (libvirt's test driver marks a transient domain as autostart). The attribute that causes the contradiction
 * becomes unknown. */
static void repair_mark_unknown(struct listing_row *row)
{
    struct domain *facts = &row->domain;

    if (facts->persistent == TRISTATE_FALSE && facts->autostart == TRISTATE_TRUE)
        facts->autostart = TRISTATE_UNKNOWN;
    if (facts->persistent == TRISTATE_FALSE && !domain_active(facts))
        facts->persistent = TRISTATE_UNKNOWN;
    if (domain_contradiction(facts))
        facts->state = DOMAIN_STATE_UNREAD;
}

/* Repairs rows that an event touched while the listing was made. Torn rows come first, because the next listing
 * will read these rows again anyway. */
static void repair_touched(struct listing *listing, struct mailbox *mailbox, size_t *left)
{
    struct mail mail = mailbox_peek(mailbox);

    for (size_t i = 0; i < listing->count && mail.count > 0 && *left > 0; i++) {
        struct listing_row *row = &listing->rows[i];

        if (repair_is_torn(row) || !mail_kinds(&mail, row->domain.uuid))
            continue;
        repair_row(listing, row);
        (*left)--;
    }
    mail_clear(&mail);
}

static void repair_torn(struct listing *listing, size_t *left)
{
    for (size_t i = 0; *left > 0 && i < listing->count; i++) {
        if (!repair_is_torn(&listing->rows[i]) || !connection_is_alive(listing->connection))
            continue;
        repair_row(listing, &listing->rows[i]);
        (*left)--;
    }
}

void repair_rows(struct listing *listing, struct mailbox *mailbox)
{
    size_t left = REPAIR_ROWS_MAX;

    repair_torn(listing, &left);
    repair_touched(listing, mailbox, &left);
    for (int round = 1; round < ROUNDS; round++)
        repair_torn(listing, &left);
    for (size_t i = 0; i < listing->count; i++)
        if (listing->rows[i].handle)
            repair_mark_unknown(&listing->rows[i]);
}
