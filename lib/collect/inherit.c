/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/collect/inherit.h"

#include <string.h>

#include "lib/model/xml_facts.h"
#include "lib/model/device_stats.h"

/* Without events a changed title or memory would never show; and of a domain that is off, no libvirt tells that
 * its configuration has other devices or another pinning now (virsh attach-disk --config). */
enum { DESCRIPTION_AGE_MAX_MS = 10 * 60 * 1000 };

/* The two clocks of a listing are read one after the other: less than this is no step. */
enum { CLOCK_STEP_MIN_MS = 500 };

/* How far the real-time clock stepped between two listings; what it is slewed by, the boot clock is as well. */
static int64_t clock_step_ms(const struct snapshot *snapshot, const struct snapshot *before)
{
    int64_t step =
        (snapshot->taken_real_ms - before->taken_real_ms) - (snapshot->taken_boot_ms - before->taken_boot_ms);

    return step > -CLOCK_STEP_MIN_MS && step < CLOCK_STEP_MIN_MS ? 0 : step;
}

/* A state that cannot be read now is what it was last, and for as long. */
static void inherit_state(struct domain *domain, const struct domain *old, int64_t now_real_ms, int64_t step_ms)
{
    if (domain->state == DOMAIN_STATE_UNREAD && old) {
        domain->last_state = old->last_state;
        domain->last_reason = old->last_reason;
    }
    if (old && old->id == domain->id && old->last_state == domain->last_state)
        domain->state_since_real_ms = old->state_since_real_ms + step_ms;
    else
        domain->state_since_real_ms = now_real_ms;
}

/* An image belongs to a run that resumes from it, or to one that ends in it. */
static void inherit_saving(struct domain *domain, const struct domain *old)
{
    domain->is_saved_now = domain_active(domain) && domain->managed_save == TRISTATE_TRUE && old &&
                           old->id == domain->id && (old->is_saved_now || old->managed_save == TRISTATE_FALSE);
}

static void inherit_description(struct domain *domain, const struct domain *old, const struct snapshot *snapshot,
                                const struct mail *mail, bool has_events)
{
    bool is_outdated;

    if (!old)
        return;
    if (old->xml_facts)
        domain->xml_facts = xml_facts_ref(old->xml_facts);
    domain->xml_changed_boot_ms = old->xml_changed_boot_ms;
    is_outdated = old->id != domain->id || mail->overflowed || (mail_kinds(mail, domain->uuid) & MAIL_DESCRIBED);
    if ((!has_events || !domain_active(domain)) && domain->xml_facts &&
        snapshot->taken_boot_ms - domain->xml_facts->read_boot_ms > DESCRIPTION_AGE_MAX_MS)
        is_outdated = true;
    if (is_outdated)
        domain->xml_changed_boot_ms = snapshot->taken_boot_ms;
    else
        domain->xml_retry_boot_ms = old->xml_retry_boot_ms;
}

/* Questions are about one run: a new one does not wait for what hung in the old one. */
static void inherit_questions(struct domain *domain, const struct domain *old)
{
    if (!old || old->id != domain->id)
        return;
    domain->pending = old->pending;
    domain->is_job_unread = old->is_job_unread;
    if (domain_active(domain))
        domain->job = old->job;
}

/* Where no statistics are read, and a driver could not say its numbers just now, they are those of the last time.
 */
static void inherit_numbers(struct domain *domain, const struct domain *old)
{
    if (domain->stats.known == 0 && domain_active(domain) && old && old->id == domain->id)
        domain->stats = old->stats;
}

/* The same of what its vCPUs and disks say; and a domain that is off keeps what it said last, for the sizes of its
 * disks. */
static void inherit_usage(struct domain *domain, const struct domain *old)
{
    bool is_other_run = old && domain_active(domain) && old->id != domain->id;

    if (old && old->device_stats && !is_other_run)
        domain->device_stats = device_stats_ref(old->device_stats);
}

/* The same id means the same run: libvirt gives a new one at each start and keeps it over its own restart. Of a
 * domain that ran before we looked, only the time of first sight is known; QEMU processes of this host know when
 * they were started. */
static void inherit_start(struct domain *domain, const struct domain *old, const struct snapshot *snapshot,
                          bool is_first)
{
    const struct snapshot_source *source = &snapshot->source;

    if (!domain_active(domain))
        return;
    if (old && old->id == domain->id && old->started_boot_ms > 0) {
        domain->started_boot_ms = old->started_boot_ms;
        domain->is_start_guessed = old->is_start_guessed;
        domain->stats_boot_ms = old->stats_boot_ms;
        return;
    }
    domain->started_boot_ms = domain->stats_boot_ms = snapshot->taken_boot_ms;
    domain->is_start_guessed = is_first && source->local && strcmp(source->software, "QEMU") == 0;
}

void inherit_all(struct snapshot *snapshot, const struct snapshot *before, const struct mail *mail,
                 bool has_events)
{
    int64_t step_ms = before ? clock_step_ms(snapshot, before) : 0;
    size_t at = 0;

    /* Both are sorted by UUID: one pass over the two together. */
    for (size_t i = 0; i < snapshot->count; i++) {
        struct domain *domain = &snapshot->domains[i];
        const struct domain *old = snapshot_follow(before, &at, domain);

        inherit_state(domain, old, snapshot->taken_real_ms, step_ms);
        inherit_saving(domain, old);
        inherit_questions(domain, old);
        inherit_numbers(domain, old);
        inherit_usage(domain, old);
        inherit_description(domain, old, snapshot, mail, has_events);
        inherit_start(domain, old, snapshot, before == NULL);
    }
}

void inherit_fill_starts(struct snapshot *snapshot, const struct proc_starts *starts)
{
    for (size_t i = 0; i < snapshot->count; i++) {
        struct domain *domain = &snapshot->domains[i];
        int64_t started = domain->is_start_guessed ? proc_start_of(starts, domain->uuid) : 0;

        if (started > 0)
            domain->started_boot_ms = started;
        domain->is_start_guessed = false;
    }
}
