/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/libvirt/migration.h"

#include "lib/libvirt/stats_decode.h"
#include "lib/libvirt/virt.h"

/* VIR_DOMAIN_PAUSED_MIGRATION. Domains that are being restored have this reason as well, and so do domains that
 * were paused when they were saved. */
enum { PAUSED_MIGRATION = 2 };

static bool migration_is_paused(const struct domain *domain)
{
    return domain->state == DOMAIN_PAUSED && domain->reason == PAUSED_MIGRATION;
}

/* libvirt sends no event when an outgoing migration is given up. So a domain is asked again and again while its
 * last job is a migration. Everything else that ends the state "paused, migrating" causes an event and another
 * state. So a domain in this state whose job is not an outgoing migration is asked only until it has answered
 * once. */
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
    case VIR_ERR_OPERATION_UNSUPPORTED: /* the target's answer: only the source has job statistics */
        *job = DOMAIN_JOB_MIGRATION_IN;
        return true;
    case VIR_ERR_OPERATION_INVALID: /* it is not active any more */
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
