/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/history.h"

#include <string.h>

#include "core/describe.h"
#include "core/process.h"
#include "core/usage.h"

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
    domain->is_saved_now = domain_active(domain) && domain->managed_save == TRUTH_TRUE && old &&
                           old->id == domain->id && (old->is_saved_now || old->managed_save == TRUTH_FALSE);
}

static void inherit_description(struct domain *domain, const struct domain *old, const struct mail *mail)
{
    if (!old || !old->description)
        return;
    domain->description = description_ref(old->description);
    domain->describe_again = old->describe_again || old->id != domain->id || mail->overflowed ||
                             (mail_kinds(mail, domain->uuid) & MAIL_DESCRIBED);
}

/* Numbers that were not asked for or could not be had now are those of the last time, if it is the same run. Those
 * of a domain that is off are its configuration's: good until that changes. */
static void inherit_numbers(struct domain *domain, const struct domain *old, const struct mail *mail)
{
    bool active = domain_active(domain);

    if (!active)
        domain->answered = true; /* there is nobody who could fail to */
    if (domain->numbers.facts == 0 && old && old->id == domain->id &&
        (active || !(mail_kinds(mail, domain->uuid) & MAIL_DESCRIBED)))
        domain->numbers = old->numbers;
}

/* The same of what its vCPUs and disks say; and a domain that is off keeps what it said last, for the sizes of
 * its disks. What a domain that did not answer leaves out is in the old one. */
static void inherit_usage(struct domain *domain, const struct domain *old)
{
    if (!old || !old->usage || (domain_active(domain) && old->id != domain->id) ||
        (domain->usage && domain->answered))
        return;
    usage_unref(domain->usage);
    domain->usage = usage_ref(old->usage);
}

/* The same id means the same run: libvirt gives a new one at each start and keeps it over its own
 * restart. Returns false at first sight of a domain that was running before we looked. */
static bool inherit_start(struct domain *domain, const struct domain *old, bool is_first, int64_t now_boot_ms)
{
    if (!domain_active(domain))
        return true;
    if (old && old->id == domain->id && old->started_boot_ms > 0) {
        domain->started_boot_ms = old->started_boot_ms;
        return true;
    }
    domain->started_boot_ms = now_boot_ms;
    return !is_first;
}

/* QEMU processes of this host tell when they were started; of other domains that ran already, only the
 * time of first sight is known. */
static void find_starts(struct snapshot *snapshot)
{
    struct process_starts *starts = process_starts_read();

    for (size_t i = 0; starts && i < snapshot->count; i++) {
        struct domain *domain = &snapshot->domains[i];
        int64_t started = domain_active(domain) ? process_start_of(starts, domain->uuid) : 0;

        if (started > 0)
            domain->started_boot_ms = started;
    }
    process_starts_free(starts);
}

void history_inherit(struct snapshot *snapshot, const struct snapshot *before, const struct mail *mail,
                     bool has_events)
{
    int64_t step_ms = before ? clock_step_ms(snapshot, before) : 0;
    bool starts_unknown = false;
    size_t at = 0;

    /* Both are sorted by UUID: one pass over the two together. */
    for (size_t i = 0; i < snapshot->count; i++) {
        struct domain *domain = &snapshot->domains[i];
        const struct domain *old = snapshot_follow(before, &at, domain);

        inherit_state(domain, old, snapshot->taken_real_ms, step_ms);
        inherit_saving(domain, old);
        inherit_numbers(domain, old, mail);
        inherit_usage(domain, old);
        inherit_description(domain, old, mail);
        if ((!has_events || !domain_active(domain)) && domain->description &&
            snapshot->taken_boot_ms - domain->description->read_boot_ms > DESCRIPTION_AGE_MAX_MS)
            domain->describe_again = true;
        starts_unknown |= !inherit_start(domain, old, before == NULL, snapshot->taken_boot_ms);
    }
    if (starts_unknown && snapshot->source.local && strcmp(snapshot->source.software, "QEMU") == 0)
        find_starts(snapshot);
}
