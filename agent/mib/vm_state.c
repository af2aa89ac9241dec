/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/mib/vm_state.h"

#include <stddef.h>

#include "lib/base/array.h"

enum { ANY = -1 };

/* Which managed-save image a rule requires. */
enum vm_state_image { IMAGE_ANY, IMAGE_PRESENT, IMAGE_BEING_WRITTEN };

struct vm_state_rule {
    int state, reason, job;
    enum vm_state_image image;
    enum vm_oper_state oper;
    enum vm_admin_state admin;
};

/* The first rule that fits counts. The last rule of each state fits every domain in that state. Reasons have
 * libvirt's numbers, and domain_reason_word() names them. */
/* clang-format off */
static const struct vm_state_rule rules[] = {
    { DOMAIN_NOSTATE, ANY, ANY, IMAGE_ANY, VM_OPER_UNKNOWN, VM_ADMIN_RUNNING },

    /* A live migration does not change the state before its end. */
    { DOMAIN_RUNNING, ANY, DOMAIN_JOB_MIGRATION_OUT, IMAGE_ANY, VM_OPER_MIGRATING, VM_ADMIN_RUNNING },
    { DOMAIN_RUNNING, 10, ANY, IMAGE_ANY, VM_OPER_MIGRATING, VM_ADMIN_RUNNING }, /* post-copy */
    { DOMAIN_RUNNING, 11, ANY, IMAGE_ANY, VM_OPER_MIGRATING, VM_ADMIN_RUNNING }, /* post-copy failed: not ended */
    { DOMAIN_RUNNING, ANY, ANY, IMAGE_ANY, VM_OPER_RUNNING, VM_ADMIN_RUNNING },

    { DOMAIN_BLOCKED, ANY, ANY, IMAGE_ANY, VM_OPER_RUNNING, VM_ADMIN_RUNNING },

    /* The reason "migration" (2) alone does not show a migration. A domain that is started from a save image has
     * this reason for a short time, and keeps it if it was paused when it was saved. Only its job shows what is
     * going on. */
    { DOMAIN_PAUSED, 2, DOMAIN_JOB_MIGRATION_OUT, IMAGE_ANY, VM_OPER_MIGRATING, VM_ADMIN_RUNNING },
    { DOMAIN_PAUSED, 2, DOMAIN_JOB_MIGRATION_IN, IMAGE_ANY, VM_OPER_MIGRATING, VM_ADMIN_RUNNING },
    { DOMAIN_PAUSED, 2, DOMAIN_JOB_RESTORE, IMAGE_ANY, VM_OPER_RESUMING, VM_ADMIN_RUNNING },
    /* There is an image: a paused domain is being saved to it, or the domain is being restored from it. libvirt
     * removes the image only after a restore. */
    { DOMAIN_PAUSED, 2, ANY, IMAGE_BEING_WRITTEN, VM_OPER_SUSPENDING, VM_ADMIN_SUSPENDED },
    { DOMAIN_PAUSED, 11, ANY, IMAGE_BEING_WRITTEN, VM_OPER_SUSPENDING, VM_ADMIN_SUSPENDED },
    { DOMAIN_PAUSED, 2, ANY, IMAGE_PRESENT, VM_OPER_RESUMING, VM_ADMIN_RUNNING },
    { DOMAIN_PAUSED, 11, ANY, IMAGE_PRESENT, VM_OPER_RESUMING, VM_ADMIN_RUNNING },
    { DOMAIN_PAUSED, 3, ANY, IMAGE_ANY, VM_OPER_SUSPENDING, VM_ADMIN_SUSPENDED },  /* saving */
    { DOMAIN_PAUSED, 4, ANY, IMAGE_ANY, VM_OPER_PAUSED, VM_ADMIN_RUNNING },        /* dumping */
    { DOMAIN_PAUSED, 5, ANY, IMAGE_ANY, VM_OPER_PAUSED, VM_ADMIN_RUNNING },        /* I/O error */
    { DOMAIN_PAUSED, 6, ANY, IMAGE_ANY, VM_OPER_PAUSED, VM_ADMIN_RUNNING },        /* watchdog */
    { DOMAIN_PAUSED, 8, ANY, IMAGE_ANY, VM_OPER_SHUTTINGDOWN, VM_ADMIN_SHUTDOWN }, /* shutting down */
    { DOMAIN_PAUSED, 9, ANY, IMAGE_ANY, VM_OPER_PAUSED, VM_ADMIN_RUNNING },        /* creating snapshot */
    { DOMAIN_PAUSED, 10, ANY, IMAGE_ANY, VM_OPER_CRASHED, VM_ADMIN_RUNNING },      /* crashed */
    { DOMAIN_PAUSED, 11, ANY, IMAGE_ANY, VM_OPER_PREPARING, VM_ADMIN_RUNNING },    /* starting up, from no image */
    { DOMAIN_PAUSED, 12, ANY, IMAGE_ANY, VM_OPER_MIGRATING, VM_ADMIN_RUNNING },    /* post-copy */
    { DOMAIN_PAUSED, 13, ANY, IMAGE_ANY, VM_OPER_MIGRATING, VM_ADMIN_RUNNING },    /* post-copy failed */
    { DOMAIN_PAUSED, 14, ANY, IMAGE_ANY, VM_OPER_PAUSED, VM_ADMIN_RUNNING },       /* API error: a resume failed */
    { DOMAIN_PAUSED, ANY, ANY, IMAGE_ANY, VM_OPER_PAUSED, VM_ADMIN_PAUSED },       /* unknown, user, from snapshot */

    { DOMAIN_SHUTDOWN, ANY, ANY, IMAGE_ANY, VM_OPER_SHUTTINGDOWN, VM_ADMIN_SHUTDOWN },

    /* A domain that has an image is suspended, for any reason. The reason "saved" (5) alone is not enough: a save
     * to a file sets it as well, and libvirtd forgets it when it restarts. */
    { DOMAIN_SHUTOFF, ANY, ANY, IMAGE_PRESENT, VM_OPER_SUSPENDED, VM_ADMIN_SUSPENDED },
    { DOMAIN_SHUTOFF, 3, ANY, IMAGE_ANY, VM_OPER_CRASHED, VM_ADMIN_RUNNING }, /* crashed, or its process died */
    { DOMAIN_SHUTOFF, ANY, ANY, IMAGE_ANY, VM_OPER_SHUTDOWN, VM_ADMIN_SHUTDOWN },

    { DOMAIN_CRASHED, ANY, ANY, IMAGE_ANY, VM_OPER_CRASHED, VM_ADMIN_RUNNING },

    { DOMAIN_PMSUSPENDED, ANY, ANY, IMAGE_ANY, VM_OPER_PAUSED, VM_ADMIN_RUNNING },
};
/* clang-format on */

static bool vm_state_is(int wanted, int number)
{
    return wanted == ANY || wanted == number;
}

static bool vm_state_has_image(const struct domain *domain, enum vm_state_image image)
{
    if (image == IMAGE_ANY)
        return true;
    return domain->managed_save == TRISTATE_TRUE && (image == IMAGE_PRESENT || domain->is_saved_now);
}

/* NULL if the state could not be read, or is one of a later libvirt. */
static const struct vm_state_rule *vm_state_find(const struct domain *domain, int state, int reason)
{
    for (size_t i = 0; i < ARRAY_COUNT(rules); i++)
        if (rules[i].state == state && vm_state_is(rules[i].reason, reason) &&
            vm_state_is(rules[i].job, (int)domain->job) && vm_state_has_image(domain, rules[i].image))
            return &rules[i];
    return NULL;
}

static enum vm_oper_state vm_state_map(const struct domain *domain, int state, int reason)
{
    const struct vm_state_rule *rule = vm_state_find(domain, state, reason);

    if (rule)
        return rule->oper;
    return state == DOMAIN_STATE_UNREAD ? VM_OPER_UNKNOWN : VM_OPER_OTHER;
}

enum vm_oper_state vm_state_oper(const struct domain *domain)
{
    return vm_state_map(domain, domain->state, domain->reason);
}

enum vm_oper_state vm_state_last_oper(const struct domain *domain)
{
    return vm_state_map(domain, domain->last_state, domain->last_reason);
}

enum vm_admin_state vm_state_admin(const struct domain *domain)
{
    const struct vm_state_rule *rule = vm_state_find(domain, domain->last_state, domain->last_reason);

    if (rule)
        return rule->admin;
    return domain_active(domain) ? VM_ADMIN_RUNNING : VM_ADMIN_SHUTDOWN;
}
