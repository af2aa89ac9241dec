/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/collect/facts_snapshots.h"

#include "lib/base/clock.h"
#include "lib/model/domain_snapshots.h"

enum {
    SNAPSHOTS_PERIOD_MS = 10 * 60 * 1000,
    SNAPSHOTS_RETRY_MS = 60 * 1000, /* after a failure */
    SNAPSHOTS_GAP_MS = 2 * 1000,    /* a domain with many events is not asked more often */
};

static void facts_snapshots_drop(struct domain *domain)
{
    domain_snapshots_unref(domain->domain_snapshots);
    domain->domain_snapshots = NULL;
    domain->snapshots_due_boot_ms = 0;
}

static bool facts_snapshots_may_have_changed(const struct domain *domain, const struct domain *old,
                                             const struct mail *mail)
{
    return !old || old->snapshot != TRISTATE_TRUE || mail->overflowed ||
           (mail_kinds(mail, domain->uuid) & MAIL_CHANGED);
}

/* The earliest time after an event. */
static int64_t facts_snapshots_earliest(const struct domain *domain, int64_t now_boot_ms)
{
    return domain->domain_snapshots
               ? clock_later(domain->domain_snapshots->read_boot_ms + SNAPSHOTS_GAP_MS, now_boot_ms)
               : now_boot_ms;
}

static void facts_snapshots_ask_for(struct fact_reader *reader, struct domain *domain, const struct domain *old,
                                    const struct mail *mail, int64_t now_boot_ms)
{
    int64_t earliest = facts_snapshots_earliest(domain, now_boot_ms);

    if (facts_snapshots_may_have_changed(domain, old, mail) && earliest < domain->snapshots_due_boot_ms)
        domain->snapshots_due_boot_ms = earliest;
    if (domain->pending & DOMAIN_QUESTION_SNAPSHOTS || domain->snapshots_due_boot_ms > now_boot_ms ||
        !fact_reader_ask(reader, FACT_READER_SNAPSHOTS, domain->uuid))
        return;
    domain->pending |= DOMAIN_QUESTION_SNAPSHOTS;
    domain->snapshots_due_boot_ms = INT64_MAX; /* the answer sets it, or an event that comes before the answer */
}

void facts_snapshots_ask(struct fact_reader *reader, struct snapshot *snapshot, const struct snapshot *before,
                         const struct mail *mail)
{
    int64_t now_boot_ms = clock_boot_ms();
    size_t at = 0;

    for (size_t i = 0; i < snapshot->count; i++) {
        struct domain *domain = &snapshot->domains[i];
        const struct domain *old = snapshot_follow(before, &at, domain);

        if (domain->snapshot == TRISTATE_TRUE)
            facts_snapshots_ask_for(reader, domain, old, mail, now_boot_ms);
        else if (domain->snapshot == TRISTATE_FALSE)
            facts_snapshots_drop(domain);
    }
}

/* True if the answer is about a later moment than what is known. The question of an earlier run may have hung. */
static bool facts_snapshots_is_newer(const struct domain_snapshots *answer, const struct domain_snapshots *known)
{
    return !known || answer->read_boot_ms >= known->read_boot_ms;
}

/* If reading failed, what was read before stays. */
void facts_snapshots_take(struct fact_reader_result *result, struct domain *domain)
{
    int64_t due = result->ended_boot_ms + (result->is_failed ? SNAPSHOTS_RETRY_MS : SNAPSHOTS_PERIOD_MS);

    domain->pending &= ~(unsigned)DOMAIN_QUESTION_SNAPSHOTS;
    if (due < domain->snapshots_due_boot_ms)
        domain->snapshots_due_boot_ms = due;
    if (result->is_failed || domain->snapshot == TRISTATE_FALSE ||
        !facts_snapshots_is_newer(result->domain_snapshots, domain->domain_snapshots))
        return;
    domain_snapshots_unref(domain->domain_snapshots);
    domain->domain_snapshots = result->domain_snapshots;
    result->domain_snapshots = NULL; /* moved */
}

void facts_snapshots_forget(struct snapshot *snapshot)
{
    for (size_t i = 0; i < snapshot->count; i++) {
        facts_snapshots_drop(&snapshot->domains[i]);
        snapshot->domains[i].pending &= ~(unsigned)DOMAIN_QUESTION_SNAPSHOTS;
    }
}
