/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reading one domain by itself: to repair a row that mixes two moments, and for drivers without bulk
 * statistics. */
#include <string.h>

#include "core/decode.h"
#include "core/filter.h"
#include "core/listing_rows.h"

enum {
    ROUNDS = 3,
    TOUCHED_MAX = 64, /* rows read again only because an event touched them; its own listing follows */
};

static int ask_autostart(virDomainPtr domain)
{
    int autostart = 0;

    return virDomainGetAutostart(domain, &autostart) < 0 ? -1 : autostart != 0;
}

static int ask_managed_save(virDomainPtr domain)
{
    return virDomainHasManagedSaveImage(domain, 0);
}

static int ask_snapshot(virDomainPtr domain)
{
    int count = virDomainSnapshotNum(domain, 0);

    return count < 0 ? -1 : count > 0;
}

static int ask_checkpoint(virDomainPtr domain)
{
    int count = virDomainListAllCheckpoints(domain, NULL, 0);

    return count < 0 ? -1 : count > 0;
}

const struct truth_source truth_sources[TRUTH_SOURCES] = {
    { FILTER_PERSISTENT, FILTER_TRANSIENT, offsetof(struct domain, persistent), virDomainIsPersistent },
    { FILTER_AUTOSTART, FILTER_NO_AUTOSTART, offsetof(struct domain, autostart), ask_autostart },
    { FILTER_WITH_MANAGED_SAVE, FILTER_WITHOUT_MANAGED_SAVE, offsetof(struct domain, managed_save),
      ask_managed_save },
    { FILTER_WITH_SNAPSHOT, FILTER_WITHOUT_SNAPSHOT, offsetof(struct domain, snapshot), ask_snapshot },
    { FILTER_WITH_CHECKPOINT, FILTER_WITHOUT_CHECKPOINT, offsetof(struct domain, checkpoint), ask_checkpoint },
};

/* The state alone makes a row; a driver may be unable to say the rest, as LXC is without control groups. */
static bool read_info(struct listing *listing, struct row *row)
{
    virDomainInfo info;
    int state, reason;

    listing->calls += 2;
    if (virDomainGetState(row->handle, &state, &reason, 0) < 0)
        return false;
    row->facts.answered = virDomainGetInfo(row->handle, &info) == 0;
    if (row->facts.answered)
        decode_info(&info, &row->facts);
    row->facts.state = state;
    row->facts.reason = reason;
    return true;
}

static bool read_stats(struct listing *listing, struct row *row)
{
    AUTO_STATS virDomainStatsRecordPtr *records = NULL;
    virDomainPtr domains[] = { row->handle, NULL };
    bool no_nowait = hypervisor_limits(listing->hypervisor)->no_nowait;

    listing->calls++;
    if (virDomainListGetStats(domains, decode_states_wanted(), &records,
                              no_nowait ? 0 : VIR_CONNECT_GET_ALL_DOMAINS_STATS_NOWAIT) < 1)
        return false;
    decode_stats(records[0]->params, records[0]->nparams, &row->facts);
    return true;
}

bool listing_read_one(struct listing *listing, struct row *row)
{
    row->facts.state = DOMAIN_STATE_UNREAD;
    if (hypervisor_limits(listing->hypervisor)->no_bulk_stats)
        return read_info(listing, row);
    return read_stats(listing, row);
}

static void drop(struct row *row)
{
    cleanup_domain(&row->handle);
    row->handle = NULL;
}

static void read_truths_of(struct listing *listing, struct row *row)
{
    uint32_t rejected = hypervisor_limits(listing->hypervisor)->rejected;

    for (size_t i = 0; i < TRUTH_SOURCES; i++) {
        enum truth *truth = truth_of(&row->facts, &truth_sources[i]);
        int answer;

        *truth = TRUTH_UNKNOWN;
        if (rejected & truth_sources[i].yes)
            continue;
        listing->calls++;
        answer = truth_sources[i].ask(row->handle);
        if (answer >= 0)
            *truth = answer ? TRUTH_TRUE : TRUTH_FALSE;
        else if (virt_is_gone())
            row->facts.state = DOMAIN_STATE_UNREAD; /* the next round finds it gone, or come back */
    }
}

/* Reads the whole row anew, beginning with the handle, whose id and name may be old. */
static void reread(struct listing *listing, struct row *row)
{
    virDomainPtr fresh = virDomainLookupByUUID(listing->connection, row->facts.uuid);
    unsigned id;

    listing->calls++;
    if (!fresh) {
        if (virt_is_gone())
            drop(row);
        return;
    }
    cleanup_domain(&row->handle);
    row->handle = fresh;
    id = virDomainGetID(fresh);
    row->facts.id = id == (unsigned)-1 ? DOMAIN_ID_INACTIVE : (int)id;
    if (listing_read_one(listing, row))
        read_truths_of(listing, row);
    if (row->facts.state != DOMAIN_STATE_UNREAD && !filter_fits(listing->filter, &row->facts))
        drop(row);
}

static bool is_torn(const struct row *row)
{
    return row->handle && (row->facts.state == DOMAIN_STATE_UNREAD || domain_contradiction(&row->facts) != NULL);
}

/* Still torn after the last round, because the domain keeps changing or because its driver really says so
 * (libvirt's test driver lets a transient domain be marked autostart): what cannot be held together is
 * unknown. */
static void settle(struct row *row)
{
    struct domain *facts = &row->facts;

    if (facts->persistent == TRUTH_FALSE && facts->autostart == TRUTH_TRUE)
        facts->autostart = TRUTH_UNKNOWN;
    if (facts->persistent == TRUTH_FALSE && !domain_active(facts))
        facts->persistent = TRUTH_UNKNOWN;
    if (domain_contradiction(facts))
        facts->state = DOMAIN_STATE_UNREAD;
}

void listing_repair(struct listing *listing, struct mailbox *mailbox)
{
    struct mail mail = mailbox_peek(mailbox);
    size_t touched = 0;

    for (size_t i = 0; i < listing->count && mail.count > 0; i++) {
        if (!is_torn(&listing->rows[i]) && touched < TOUCHED_MAX &&
            mail_kinds(&mail, listing->rows[i].facts.uuid)) {
            touched++;
            reread(listing, &listing->rows[i]);
        }
    }
    mail_clear(&mail);
    for (int round = 0; round < ROUNDS; round++)
        for (size_t i = 0; i < listing->count; i++)
            if (is_torn(&listing->rows[i]) && hypervisor_alive(listing->hypervisor))
                reread(listing, &listing->rows[i]);
    for (size_t i = 0; i < listing->count; i++)
        if (listing->rows[i].handle)
            settle(&listing->rows[i]);
}
