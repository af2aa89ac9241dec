/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/mib/vm_state.h"

#include <stddef.h>

#include "lib/base/array.h"

enum { ANY = -1 };

struct mapping {
    int reason;
    enum vm_oper_state oper;
    enum vm_admin_state admin;
};

/* Reasons have libvirt's numbers, and domain_reason_word() names them. The first row that fits counts: ANY ends
 * each list. */
/* clang-format off: a row a line. */
static const struct mapping nostate[] = { { ANY, VM_OPER_UNKNOWN, VM_ADMIN_RUNNING } };
static const struct mapping running[] = {
    { 10, VM_OPER_MIGRATING, VM_ADMIN_RUNNING }, /* post-copy */
    { 11, VM_OPER_MIGRATING, VM_ADMIN_RUNNING }, /* post-copy failed: broken, but not ended */
    { ANY, VM_OPER_RUNNING, VM_ADMIN_RUNNING },
};
static const struct mapping blocked[] = { { ANY, VM_OPER_RUNNING, VM_ADMIN_RUNNING } };
static const struct mapping paused[] = {
    /* "migrating" (2) alone is no migration. Each domain that is started from a save image passes through it, and
     * a domain that was saved paused stays in it. Only its job says what it does. */
    { 2, VM_OPER_PAUSED, VM_ADMIN_PAUSED },         { 3, VM_OPER_SUSPENDING, VM_ADMIN_SUSPENDED }, /* saving */
    { 4, VM_OPER_PAUSED, VM_ADMIN_RUNNING },                                                       /* dumping */
    { 5, VM_OPER_PAUSED, VM_ADMIN_RUNNING },                                                       /* I/O error */
    { 6, VM_OPER_PAUSED, VM_ADMIN_RUNNING },                                                       /* watchdog */
    { 8, VM_OPER_SHUTTINGDOWN, VM_ADMIN_SHUTDOWN }, /* shutting down */
    { 9, VM_OPER_PAUSED, VM_ADMIN_RUNNING },        /* creating snapshot */
    { 10, VM_OPER_CRASHED, VM_ADMIN_RUNNING },      /* crashed */
    { 11, VM_OPER_PREPARING, VM_ADMIN_RUNNING },    /* starting up, from no image */
    { 12, VM_OPER_MIGRATING, VM_ADMIN_RUNNING },    /* post-copy */
    { 13, VM_OPER_MIGRATING, VM_ADMIN_RUNNING },    /* post-copy failed */
    { 14, VM_OPER_PAUSED, VM_ADMIN_RUNNING },       /* API error: a resume failed */
    { ANY, VM_OPER_PAUSED, VM_ADMIN_PAUSED },       /* unknown, user, from snapshot */
};
static const struct mapping shutting_down[] = { { ANY, VM_OPER_SHUTTINGDOWN, VM_ADMIN_SHUTDOWN } };
static const struct mapping shutoff[] = {
    { 3, VM_OPER_CRASHED, VM_ADMIN_RUNNING }, /* crashed; also when its process died */
    /* "saved" (5) is not suspended: a plain save to a file sets it as well, and it is lost when libvirtd restarts.
     * Whether there is a managed-save image decides instead. */
    { ANY, VM_OPER_SHUTDOWN, VM_ADMIN_SHUTDOWN },
};
static const struct mapping crashed[] = { { ANY, VM_OPER_CRASHED, VM_ADMIN_RUNNING } };
static const struct mapping pmsuspended[] = { { ANY, VM_OPER_PAUSED, VM_ADMIN_RUNNING } };

static const struct mapping *const states[DOMAIN_STATES] = {
    [DOMAIN_NOSTATE] = nostate, [DOMAIN_RUNNING] = running,         [DOMAIN_BLOCKED] = blocked,
    [DOMAIN_PAUSED] = paused,   [DOMAIN_SHUTDOWN] = shutting_down,  [DOMAIN_SHUTOFF] = shutoff,
    [DOMAIN_CRASHED] = crashed, [DOMAIN_PMSUSPENDED] = pmsuspended,
};
/* clang-format on */

/* States in which the job decides. They come before the lists. */
static const struct {
    int state, reason;
    enum domain_job job;
    struct mapping is;
} jobs[] = {
    /* A live migration does not change the state before its end. */
    { DOMAIN_RUNNING, ANY, DOMAIN_JOB_MIGRATION_OUT, { ANY, VM_OPER_MIGRATING, VM_ADMIN_RUNNING } },
    { DOMAIN_PAUSED, 2, DOMAIN_JOB_MIGRATION_OUT, { ANY, VM_OPER_MIGRATING, VM_ADMIN_RUNNING } },
    { DOMAIN_PAUSED, 2, DOMAIN_JOB_MIGRATION_IN, { ANY, VM_OPER_MIGRATING, VM_ADMIN_RUNNING } },
    { DOMAIN_PAUSED, 2, DOMAIN_JOB_RESTORE, { ANY, VM_OPER_RESUMING, VM_ADMIN_RUNNING } },
};

/* Paused with an image: the domain is being restored from it, and libvirt removes the image afterwards; or it was
 * paused before, and is being saved to it. */
static bool vm_state_has_image_in_use(const struct domain *domain, int state, int reason)
{
    return state == DOMAIN_PAUSED && (reason == 2 || reason == 11) && domain->managed_save == TRISTATE_TRUE;
}

static struct mapping vm_state_map(const struct domain *domain, int state, int reason)
{
    const struct mapping *mapping;

    if (state == DOMAIN_STATE_UNREAD)
        return (struct mapping){ ANY, VM_OPER_UNKNOWN,
                                 domain_active(domain) ? VM_ADMIN_RUNNING : VM_ADMIN_SHUTDOWN };
    if (state < 0 || state >= DOMAIN_STATES)
        return (struct mapping){ ANY, VM_OPER_OTHER,
                                 domain_active(domain) ? VM_ADMIN_RUNNING : VM_ADMIN_SHUTDOWN };
    /* A domain with an image to resume from is suspended, whatever the reason is. */
    if (state == DOMAIN_SHUTOFF && domain->managed_save == TRISTATE_TRUE)
        return (struct mapping){ ANY, VM_OPER_SUSPENDED, VM_ADMIN_SUSPENDED };
    for (size_t i = 0; i < ARRAY_COUNT(jobs); i++)
        if (jobs[i].state == state && jobs[i].job == domain->job &&
            (jobs[i].reason == ANY || jobs[i].reason == reason))
            return jobs[i].is;
    if (vm_state_has_image_in_use(domain, state, reason))
        return domain->is_saved_now ? (struct mapping){ ANY, VM_OPER_SUSPENDING, VM_ADMIN_SUSPENDED }
                                    : (struct mapping){ ANY, VM_OPER_RESUMING, VM_ADMIN_RUNNING };
    for (mapping = states[state]; mapping->reason != ANY && mapping->reason != reason;)
        mapping++;
    return *mapping;
}

enum vm_oper_state vm_state_oper(const struct domain *domain)
{
    return vm_state_map(domain, domain->state, domain->reason).oper;
}

enum vm_oper_state vm_last_oper_state(const struct domain *domain)
{
    return vm_state_map(domain, domain->last_state, domain->last_reason).oper;
}

enum vm_admin_state vm_state_admin(const struct domain *domain)
{
    return vm_state_map(domain, domain->last_state, domain->last_reason).admin;
}
