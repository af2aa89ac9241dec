/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/collect/answering.h"

/* True if libvirt has been unable to send commands to the process for about an interval. When libvirtd restarts,
 * it is busy with each process for a moment. */
static bool answering_is_blocked(const struct snapshot *snapshot, const struct domain *domain)
{
    int64_t lasted_ms = snapshot->stats_boot_ms - domain->control_since_boot_ms;

    return lasted_ms >= snapshot->stats_fresh_ms / 2;
}

/* Old statistics alone do not show that a process hangs. Perhaps it was not asked: there may be no connection for
 * statistics, and while too many processes hang, no process is asked. So libvirt must confirm that it cannot send
 * commands to it. Until it has done so for long enough, the answer is what it `was`. */
static enum tristate answering_now(const struct snapshot *snapshot, const struct domain *domain, enum tristate was,
                                   int64_t now_boot_ms)
{
    if (!domain_active(domain) || snapshot->stats_fresh_ms == 0)
        return TRISTATE_UNKNOWN;
    if (!snapshot_stats_are_partial(snapshot, domain, now_boot_ms) || domain->control == DOMAIN_CONTROL_OK)
        return TRISTATE_TRUE;
    if (domain->control == DOMAIN_CONTROL_UNKNOWN)
        return TRISTATE_UNKNOWN;
    return answering_is_blocked(snapshot, domain) ? TRISTATE_FALSE : was;
}

/* While it is not known whether the domain answers, nothing changes. */
static void answering_follow_one(struct domain *domain, int64_t fresh_ms, int64_t now_boot_ms)
{
    if (domain->answers == TRISTATE_FALSE) {
        domain->answers_reliably = TRISTATE_FALSE;
        domain->answering_since_boot_ms = 0;
    } else if (domain->answers == TRISTATE_TRUE) {
        bool was_silent = domain->answers_reliably == TRISTATE_FALSE;

        if (domain->answering_since_boot_ms == 0)
            domain->answering_since_boot_ms = now_boot_ms;
        if (!was_silent || now_boot_ms - domain->answering_since_boot_ms >= fresh_ms)
            domain->answers_reliably = TRISTATE_TRUE;
    }
}

void answering_follow(struct snapshot *snapshot, const struct snapshot *before, int64_t now_boot_ms)
{
    size_t at = 0;

    for (size_t i = 0; i < snapshot->count; i++) {
        struct domain *domain = &snapshot->domains[i];
        const struct domain *old = snapshot_follow(before, &at, domain);
        bool is_same_run = domain_active(domain) && old && old->id == domain->id;

        domain->answers_reliably = is_same_run ? old->answers_reliably : TRISTATE_UNKNOWN;
        domain->answering_since_boot_ms = is_same_run ? old->answering_since_boot_ms : 0;
        domain->answers =
            answering_now(snapshot, domain, is_same_run ? old->answers : TRISTATE_UNKNOWN, now_boot_ms);
        answering_follow_one(domain, snapshot->stats_fresh_ms, now_boot_ms);
    }
}
