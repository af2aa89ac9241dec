/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/collect/inherit.h"

#include <string.h>

#include "lib/collect/facts_io_errors.h"
#include "lib/model/job_stats.h"
#include "lib/model/xml_facts.h"
#include "lib/model/device_stats.h"
#include "lib/model/domain_snapshots.h"

/* XML is read again at this age if no event reports its changes: from a driver without events, and for an inactive
 * domain, because no libvirt sends an event when its configuration changes (virsh attach-disk --config). */
enum { INHERIT_XML_AGE_MAX_MS = 10 * 60 * 1000 };

/* A listing reads the two clocks one after the other. A smaller difference is no step of the clock. */
enum { INHERIT_CLOCK_STEP_MIN_MS = 500 };

/* How far the real-time clock stepped between two listings. Slewing changes both clocks and does not count. */
static int64_t inherit_clock_step_ms(const struct snapshot *snapshot, const struct snapshot *before)
{
    int64_t step =
        (snapshot->taken_real_ms - before->taken_real_ms) - (snapshot->taken_boot_ms - before->taken_boot_ms);

    return step > -INHERIT_CLOCK_STEP_MIN_MS && step < INHERIT_CLOCK_STEP_MIN_MS ? 0 : step;
}

/* A state that cannot be read is taken from the listing before. */
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

/* A managed-save image that appears while the domain is running means that the domain is being saved. An image
 * that existed when the run began is the one that it was restored from. */
static void inherit_saving(struct domain *domain, const struct domain *old)
{
    domain->is_saved_now = domain_active(domain) && domain->managed_save == TRISTATE_TRUE && old &&
                           old->id == domain->id && (old->is_saved_now || old->managed_save == TRISTATE_FALSE);
}

static void inherit_xml(struct domain *domain, const struct domain *old, const struct snapshot *snapshot,
                        const struct mail *mail, bool has_events)
{
    bool is_outdated;

    if (!old)
        return;
    if (old->xml_facts)
        domain->xml_facts = xml_facts_ref(old->xml_facts);
    domain->xml_changed_boot_ms = old->xml_changed_boot_ms;
    is_outdated = old->id != domain->id || mail->overflowed || (mail_kinds(mail, domain->uuid) & MAIL_XML_CHANGED);
    if ((!has_events || !domain_active(domain)) && domain->xml_facts &&
        snapshot->taken_boot_ms - domain->xml_facts->read_boot_ms > INHERIT_XML_AGE_MAX_MS)
        is_outdated = true;
    if (is_outdated)
        domain->xml_changed_boot_ms = snapshot->taken_boot_ms;
    else
        domain->xml_retry_boot_ms = old->xml_retry_boot_ms;
}

/* Pending questions are about one run. In a new run they are asked anew, since the old ones may hang. */
static void inherit_questions(struct domain *domain, const struct domain *old)
{
    if (!old || old->id != domain->id)
        return;
    domain->pending = old->pending;
    domain->is_job_unread = old->is_job_unread;
    if (!domain_active(domain))
        return;
    domain->job = old->job;
    domain->job_stats = job_stats_ref(old->job_stats);
}

/* If this listing has no statistics, those of the listing before are kept for the same run. The statistics of an
 * inactive domain are kept until an event reports that its configuration changed. Otherwise older XML would take
 * their place whenever the XML is read again because of its age. */
static void inherit_stats(struct domain *domain, const struct domain *old, const struct mail *mail)
{
    if (domain->stats.known != 0 || !old || old->id != domain->id)
        return;
    if (domain_active(domain) || !(mail->overflowed || (mail_kinds(mail, domain->uuid) & MAIL_XML_CHANGED)))
        domain->stats = old->stats;
}

/* An inactive domain keeps the statistics of its last run, because they have the sizes of its disks. */
static void inherit_device_stats(struct domain *domain, const struct domain *old)
{
    bool is_other_run = old && domain_active(domain) && old->id != domain->id;

    if (old && old->device_stats && !is_other_run)
        domain->device_stats = device_stats_ref(old->device_stats);
}

/* In a new run the snapshots are read again, since the question about them may hang with the old run. */
static void inherit_domain_snapshots(struct domain *domain, const struct domain *old)
{
    if (!old)
        return;
    domain->domain_snapshots = domain_snapshots_ref(old->domain_snapshots);
    if (old->id == domain->id)
        domain->snapshots_due_boot_ms = old->snapshots_due_boot_ms;
}

/* The same id means the same run: libvirt gives a new id at each start and keeps it when libvirtd restarts. A
 * domain that was running before the first listing is taken to have started at this listing, until the start time
 * of its QEMU process is known (inherit_fill_starts()). */
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
    int64_t step_ms = before ? inherit_clock_step_ms(snapshot, before) : 0;
    size_t at = 0;

    for (size_t i = 0; i < snapshot->count; i++) {
        struct domain *domain = &snapshot->domains[i];
        const struct domain *old = snapshot_follow(before, &at, domain);

        inherit_state(domain, old, snapshot->taken_real_ms, step_ms);
        inherit_saving(domain, old);
        inherit_questions(domain, old);
        facts_io_errors_inherit(domain, old, mail);
        inherit_stats(domain, old, mail);
        inherit_device_stats(domain, old);
        inherit_domain_snapshots(domain, old);
        inherit_xml(domain, old, snapshot, mail, has_events);
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
