/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/libvirt/migration.h"

#include "lib/libvirt/stats_decode.h"
#include "lib/libvirt/virt.h"

/* libvirt's VIR_DOMAIN_PAUSED_MIGRATION: also of a domain that is restored, and of one that was saved paused. */
enum { PAUSED_MIGRATION = 2 };

static bool migration_is_paused(const struct domain *domain)
{
    return domain->state == DOMAIN_PAUSED && domain->reason == PAUSED_MIGRATION;
}

/* No event says that a migration out was given up. Whatever else ends the state "paused, migrating" does so with
 * an event and another state, so it is asked about until it answers. */
bool migration_is_likely(const struct domain *domain, const struct domain *old, const struct mail *mail)
{
    bool has_event = mail_kinds(mail, domain->uuid) & MAIL_JOB;
    bool is_paused = migration_is_paused(domain);
    bool was_paused = is_paused && old && old->id == domain->id && migration_is_paused(old);

    if (!domain_active(domain) || (domain->state != DOMAIN_RUNNING && !is_paused))
        return false;
    if (was_paused && domain->job != DOMAIN_JOB_MIGRATION_OUT)
        return has_event || domain->is_job_unread;
    return is_paused || has_event || domain->job != DOMAIN_JOB_NONE;
}

static bool migration_decode_failure(enum domain_job *job)
{
    switch (virGetLastErrorCode()) {
    case VIR_ERR_OPERATION_UNSUPPORTED: /* libvirt's answer on the target: only the source has statistics */
        *job = DOMAIN_JOB_MIGRATION_IN;
        return true;
    case VIR_ERR_OPERATION_INVALID: /* it is off by now */
    case VIR_ERR_NO_SUPPORT:
    case VIR_ERR_NO_DOMAIN:
        *job = DOMAIN_JOB_NONE;
        return true;
    default:
        return false;
    }
}

bool migration_read_job(struct connection *connection, const unsigned char uuid[UUID_BYTES], enum domain_job *job)
{
    AUTO_DOMAIN virDomainPtr domain = virDomainLookupByUUID(connection_conn(connection), uuid);
    virTypedParameterPtr parameters = NULL;
    int type = VIR_DOMAIN_JOB_NONE, count = 0;

    if (!domain || virDomainGetJobStats(domain, &type, &parameters, &count, 0) < 0)
        return migration_decode_failure(job);
    *job = stats_decode_job(type, parameters, count);
    virTypedParamsFree(parameters, count);
    return true;
}
