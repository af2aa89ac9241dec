/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "collectd-plugin/alarms.h"

#include <stdio.h>

#include "collectd-plugin/virt_messages.h"
#include "lib/model/filter.h"

struct teller {
    void (*tell)(void *data, const struct alarm *alarm);
    void *data;
    uint32_t filter; /* of the listing */
    bool of_autostart;
};

static enum alarm_severity severity_of(int state)
{
    switch (state) {
    case DOMAIN_CRASHED:
        return ALARM_FAILURE;
    case DOMAIN_BLOCKED:
    case DOMAIN_PAUSED:
    case DOMAIN_PMSUSPENDED:
        return ALARM_WARNING;
    default:
        return ALARM_OKAY;
    }
}

static void tell_state(const struct teller *teller, const struct domain *domain, int state, int reason)
{
    struct alarm alarm = { .domain = domain,
                           .state = state,
                           .reason = reason,
                           .severity = severity_of(state),
                           .type = "domain_state",
                           .type_instance = "" };

    (void)snprintf(alarm.message, sizeof(alarm.message), "Domain state: %s. Reason: %s",
                   virt_messages_state(state), virt_messages_reason(state, reason));
    teller->tell(teller->data, &alarm);
}

static void tell_autostart(const struct teller *teller, const struct domain *domain, enum alarm_severity severity,
                           const char *message)
{
    struct alarm alarm = { .domain = domain,
                           .state = domain->last_state,
                           .reason = domain->last_reason,
                           .severity = severity,
                           .type = "bool",
                           .type_instance = "autostart" };

    (void)snprintf(alarm.message, sizeof(alarm.message), "%s", message);
    if (teller->of_autostart)
        teller->tell(teller->data, &alarm);
}

static void tell_not_running(const struct teller *teller, const struct domain *domain)
{
    tell_autostart(teller, domain, ALARM_WARNING, "Autostart is on, but the domain is not running.");
}

/* A state that could not be read has not changed. A new id is a new run, even if nobody saw the end of the last.
 */
static bool has_moved(const struct domain *before, const struct domain *after)
{
    return before->last_state != after->last_state || before->last_reason != after->last_reason ||
           (domain_active(after) && before->id != after->id);
}

static void compare(const struct teller *teller, const struct domain *before, const struct domain *after)
{
    enum tristate did = domain_autostart_inactive(before), does = domain_autostart_inactive(after);

    if (has_moved(before, after) && after->last_state != DOMAIN_STATE_UNREAD)
        tell_state(teller, after, after->last_state, after->last_reason);
    if (does == TRISTATE_TRUE && did == TRISTATE_FALSE)
        tell_not_running(teller, after);
    else if (does == TRISTATE_FALSE && did == TRISTATE_TRUE && domain_active(after))
        tell_autostart(teller, after, ALARM_OKAY, "The domain is running again.");
    else if (does == TRISTATE_FALSE && did == TRISTATE_TRUE)
        tell_autostart(teller, after, ALARM_OKAY, "Autostart is off; the domain need not run.");
}

static void compare_new(const struct teller *teller, const struct domain *after)
{
    if (domain_active(after) && after->last_state != DOMAIN_STATE_UNREAD)
        tell_state(teller, after, after->last_state, after->last_reason);
    if (domain_autostart_inactive(after) == TRISTATE_TRUE)
        tell_not_running(teller, after);
}

/* Under most filters a domain can leave the listing and run on; only without one, and where nothing but what is
 * active is listed, has it stopped. Why is not known. */
static void compare_gone(const struct teller *teller, const struct domain *before)
{
    if (domain_active(before) && (teller->filter == 0 || teller->filter == FILTER_ACTIVE))
        tell_state(teller, before, DOMAIN_SHUTOFF, 0);
    if (domain_autostart_inactive(before) == TRISTATE_TRUE)
        tell_autostart(teller, before, ALARM_OKAY, "The domain is not listed any more.");
}

void alarms_between(const struct snapshot *before, const struct snapshot *after, bool of_autostart,
                    void (*tell)(void *data, const struct alarm *alarm), void *data)
{
    struct teller teller = { tell, data, after->filter, of_autostart };
    size_t old = 0, new = 0;

    /* Both are sorted by UUID. */
    while (old < before->count || new < after->count) {
        int order = old == before->count  ? 1
                    : new == after->count ? -1
                                          : uuid_compare(&before->domains[old], &after->domains[new]);

        if (order == 0)
            compare(&teller, &before->domains[old++], &after->domains[new ++]);
        else if (order < 0)
            compare_gone(&teller, &before->domains[old++]);
        else
            compare_new(&teller, &after->domains[new ++]);
    }
}

void alarms_standing(const struct snapshot *now, void (*tell)(void *data, const struct alarm *alarm), void *data)
{
    struct teller teller = { tell, data, now->filter, true };

    for (size_t i = 0; i < now->count; i++)
        if (domain_autostart_inactive(&now->domains[i]) == TRISTATE_TRUE)
            tell_not_running(&teller, &now->domains[i]);
}
