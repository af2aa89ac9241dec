/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/libvirt/job_reader.h"

#include "lib/base/array.h"
#include "lib/libvirt/control_info.h"
#include "lib/libvirt/job_decode.h"
#include "lib/libvirt/virt.h"

/* The states that a job causes. A domain may also be in one of them without a job: it keeps "paused, migrating" if
 * it was saved while it was paused, and "paused, unknown" is also the state during a dump of the memory alone. */
static const struct {
    int state, reason;
} states_of_jobs[] = {
    { DOMAIN_PAUSED, VIR_DOMAIN_PAUSED_UNKNOWN },    { DOMAIN_PAUSED, VIR_DOMAIN_PAUSED_MIGRATION },
    { DOMAIN_PAUSED, VIR_DOMAIN_PAUSED_SAVE },       { DOMAIN_PAUSED, VIR_DOMAIN_PAUSED_DUMP },
    { DOMAIN_PAUSED, VIR_DOMAIN_PAUSED_SNAPSHOT },   { DOMAIN_PAUSED, VIR_DOMAIN_PAUSED_POSTCOPY },
    { DOMAIN_RUNNING, VIR_DOMAIN_RUNNING_POSTCOPY },
};

static bool job_reader_is_state_of_job(const struct domain *domain)
{
    for (size_t i = 0; i < ARRAY_COUNT(states_of_jobs); i++)
        if (domain->state == states_of_jobs[i].state && domain->reason == states_of_jobs[i].reason)
            return true;
    return false;
}

/* libvirt does not send an event at the end of every job. So a domain is asked again and again while it has one. A
 * domain that stays in a state of a job but has none is asked only once. */
bool job_reader_is_likely(const struct domain *domain, const struct domain *old, const struct mail *mail)
{
    bool is_same_state = old && old->id == domain->id && old->state == domain->state && //
                         old->reason == domain->reason;

    if (!domain_active(domain))
        return false;
    if (domain->job_stats || domain->is_job_unread || mail_kinds(mail, domain->uuid) & MAIL_JOB)
        return true;
    return !is_same_state && job_reader_is_state_of_job(domain);
}

/* Some errors are answers. */
static bool job_reader_decode_failure(struct job_stats **stats)
{
    switch (virGetLastErrorCode()) {
    case VIR_ERR_OPERATION_UNSUPPORTED: /* the target's answer: only the source has job statistics */
        *stats = job_stats_new(JOB_OPERATION_MIGRATION_IN);
        return *stats != NULL;
    case VIR_ERR_OPERATION_INVALID: /* it is not active any more */
    case VIR_ERR_NO_SUPPORT:
    case VIR_ERR_NO_DOMAIN:
        return true;
    default:
        return false;
    }
}

bool job_reader_read(struct connection *connection, const unsigned char uuid[UUID_BYTES], struct job_stats **stats)
{
    AUTO_DOMAIN virDomainPtr domain = virDomainLookupByUUID(connection_conn(connection), uuid);
    virTypedParameterPtr parameters = NULL;
    int type = VIR_DOMAIN_JOB_NONE, count = 0;
    bool is_decoded;

    *stats = NULL;
    if (!domain)
        return job_reader_decode_failure(stats);
    if (control_info_hangs(connection, domain))
        return false;
    if (virDomainGetJobStats(domain, &type, &parameters, &count, 0) < 0)
        return job_reader_decode_failure(stats);
    is_decoded = job_decode(type, parameters, count, stats);
    virTypedParamsFree(parameters, count);
    return is_decoded;
}
