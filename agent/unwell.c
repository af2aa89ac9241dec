/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/unwell.h"

#include <stdio.h>
#include <string.h>

#include "lib/base/array.h"

enum { ANY = -1, SHUTOFF_MIGRATED = 4 };

/* What a state and its reason mean by themselves. Reasons have libvirt's numbers, and domain_reason_word() names
 * them. A reason without a row is part of an operation, such as a migration or a snapshot, or somebody's wish. */
static const struct {
    int state, reason;
    const char *text;
} unwell_states[] = {
    { DOMAIN_STATE_UNREAD, ANY, "its state could not be read" },
    { DOMAIN_NOSTATE, ANY, "libvirt does not know its state" },
    { DOMAIN_RUNNING, 11, "its post-copy migration failed" },
    { DOMAIN_PAUSED, 0, "it is paused, and libvirt does not know why" },
    { DOMAIN_PAUSED, 5, "an I/O error paused it" },
    { DOMAIN_PAUSED, 6, "its watchdog paused it" },
    { DOMAIN_PAUSED, 10, "it crashed" },
    { DOMAIN_PAUSED, 13, "its post-copy migration failed" },
    { DOMAIN_PAUSED, 14, "it is paused, because libvirt could not resume it" },
    { DOMAIN_SHUTOFF, 3, "it crashed" },
    { DOMAIN_SHUTOFF, 6, "it failed to start" },
    { DOMAIN_SHUTOFF, 8, "libvirt's daemon stopped it" },
    { DOMAIN_CRASHED, ANY, "it crashed" },
    { DOMAIN_PMSUSPENDED, ANY, "it sleeps" },
};

/* The reasons for which somebody wants a domain to be paused: a user, and a snapshot of a paused domain. */
static bool unwell_is_paused_by_wish(const struct domain *domain)
{
    return domain->state == DOMAIN_PAUSED && (domain->reason == 1 || domain->reason == 7);
}

static const char *unwell_state(const struct domain *domain)
{
    for (size_t i = 0; i < ARRAY_COUNT(unwell_states); i++)
        if (unwell_states[i].state == domain->state &&
            (unwell_states[i].reason == ANY || unwell_states[i].reason == domain->reason))
            return unwell_states[i].text;
    if (domain->state >= DOMAIN_STATES)
        return "this version of guestlistd does not know its state";
    if (domain->state == DOMAIN_PAUSED && strcmp(domain_reason_word(domain->state, domain->reason), "other") == 0)
        return "it is paused for a reason that this version of guestlistd does not know";
    return NULL;
}

/* The domain starts at the next boot of the host. So somebody wants it to run. */
static const char *unwell_should_run(const struct domain *domain)
{
    if (unwell_is_paused_by_wish(domain))
        return "it starts at boot, but is paused";
    if (domain_active(domain))
        return NULL;
    if (domain->state == DOMAIN_SHUTOFF && domain->reason == SHUTOFF_MIGRATED)
        return "it migrated away, but still starts at boot here";
    return "it starts at boot, but is off";
}

static const char *unwell_does_not_start(const struct domain *domain)
{
    if (!domain_active(domain))
        return NULL;
    return domain->persistent == TRISTATE_FALSE ? "it is transient, so the next boot of the host ends it"
                                                : "it does not start at the next boot of the host";
}

static const char *unwell_boot(const struct domain *domain)
{
    switch (domain_starts_at_boot(domain)) {
    case TRISTATE_TRUE:
        return unwell_should_run(domain);
    case TRISTATE_FALSE:
        return unwell_does_not_start(domain);
    case TRISTATE_UNKNOWN:
    default:
        return "it is not known whether it starts at boot";
    }
}

bool unwell_describe(const struct domain *domain, char text[UNWELL_TEXT_MAX])
{
    const char *state = unwell_state(domain), *boot = unwell_boot(domain);

    (void)snprintf(text, UNWELL_TEXT_MAX, "%s%s%s", state ? state : "", state && boot ? "; " : "",
                   boot ? boot : "");
    return state || boot;
}
