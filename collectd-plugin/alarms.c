/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "collectd-plugin/alarms.h"

#include <stdio.h>
#include <string.h>

#include "collectd-plugin/virt_messages.h"
#include "lib/model/filter.h"
#include "lib/model/io_error.h"

struct alarms_receiver {
    void (*send)(void *data, const struct alarm *alarm);
    void *data;
    uint32_t filter; /* of the listing */
    bool with_autostart;
};

static enum alarm_severity alarms_severity(int state)
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

static bool alarms_has_io_error(const struct domain *domain)
{
    return domain_is_paused_by_io_error(domain) && domain->io_error && *domain->io_error->text;
}

/* Adds what went wrong to the message of virt. */
static void alarms_add_io_error(struct alarm *alarm)
{
    size_t used = strlen(alarm->message), room = sizeof(alarm->message) - used;
    const char between[] = ": ";

    if (room < sizeof(between))
        return;
    memcpy(alarm->message + used, between, sizeof(between));
    used += sizeof(between) - 1;
    io_error_summarize(alarm->domain->io_error->text, alarm->message + used, sizeof(alarm->message) - used);
}

static void alarms_send_state(const struct alarms_receiver *receiver, const struct domain *domain, int state,
                              int reason)
{
    struct alarm alarm = { .domain = domain,
                           .state = state,
                           .reason = reason,
                           .severity = alarms_severity(state),
                           .type = "domain_state",
                           .type_instance = "" };

    if (state == DOMAIN_STATE_UNREAD)
        return;
    (void)snprintf(alarm.message, sizeof(alarm.message), "Domain state: %s. Reason: %s",
                   virt_messages_state(state), virt_messages_reason(state, reason));
    if (state == DOMAIN_PAUSED && alarms_has_io_error(domain))
        alarms_add_io_error(&alarm);
    receiver->send(receiver->data, &alarm);
}

static void alarms_send_attribute(const struct alarms_receiver *receiver, const struct domain *domain,
                                  enum alarm_severity severity, const char *attribute, const char *message)
{
    struct alarm alarm = { .domain = domain,
                           .state = domain->last_state,
                           .reason = domain->last_reason,
                           .severity = severity,
                           .type = "bool",
                           .type_instance = attribute };

    (void)snprintf(alarm.message, sizeof(alarm.message), "%s", message);
    receiver->send(receiver->data, &alarm);
}

static void alarms_send_autostart(const struct alarms_receiver *receiver, const struct domain *domain,
                                  enum alarm_severity severity, const char *message)
{
    if (receiver->with_autostart)
        alarms_send_attribute(receiver, domain, severity, "autostart", message);
}

static void alarms_send_not_running(const struct alarms_receiver *receiver, const struct domain *domain)
{
    alarms_send_autostart(receiver, domain, ALARM_WARNING, "Autostart is on, but the domain is not running.");
}

/* While it is not known whether the domain answers, its last alarm holds. */
static void alarms_compare_answers(const struct alarms_receiver *receiver, const struct domain *before,
                                   const struct domain *after)
{
    bool was_silent = before && before->answers_reliably == TRISTATE_FALSE;
    bool is_silent = after && after->answers_reliably == TRISTATE_FALSE;
    const struct domain *domain = after ? after : before;

    if (is_silent && !was_silent)
        alarms_send_attribute(receiver, domain, ALARM_WARNING, "answering",
                              "The domain does not answer the hypervisor; its process may hang.");
    else if (was_silent && !after)
        alarms_send_attribute(receiver, domain, ALARM_OKAY, "answering", "The domain is not listed any more.");
    else if (was_silent && !domain_active(after))
        alarms_send_attribute(receiver, domain, ALARM_OKAY, "answering", "The domain has stopped.");
    else if (was_silent && !is_silent)
        alarms_send_attribute(receiver, domain, ALARM_OKAY, "answering", "The domain answers again.");
}

/* Each start gives the domain a new id. So a new id is a change, even if both listings have the same state. The
 * text of an I/O error is usually read before the next read of collectd. If it comes later, it is one more alarm:
 * the first one must not wait. */
static bool alarms_has_changed(const struct domain *before, const struct domain *after)
{
    bool is_new_run = domain_active(after) && before->id != after->id;

    return is_new_run || (alarms_has_io_error(after) && !alarms_has_io_error(before)) ||
           before->last_state != after->last_state || before->last_reason != after->last_reason;
}

static void alarms_compare(const struct alarms_receiver *receiver, const struct domain *before,
                           const struct domain *after)
{
    enum tristate was_missing = domain_autostart_inactive(before), is_missing = domain_autostart_inactive(after);

    if (alarms_has_changed(before, after))
        alarms_send_state(receiver, after, after->last_state, after->last_reason);
    if (was_missing == TRISTATE_FALSE && is_missing == TRISTATE_TRUE)
        alarms_send_not_running(receiver, after);
    if (was_missing == TRISTATE_TRUE && is_missing == TRISTATE_FALSE)
        alarms_send_autostart(receiver, after, ALARM_OKAY,
                              domain_active(after) ? "The domain is running again."
                                                   : "Autostart is off; the domain need not run.");
    alarms_compare_answers(receiver, before, after);
}

static void alarms_compare_new(const struct alarms_receiver *receiver, const struct domain *after)
{
    if (domain_active(after))
        alarms_send_state(receiver, after, after->last_state, after->last_reason);
    if (domain_autostart_inactive(after) == TRISTATE_TRUE)
        alarms_send_not_running(receiver, after);
    alarms_compare_answers(receiver, NULL, after);
}

/* With most filters, a domain that left the listing may still run. It has certainly stopped if there is no filter,
 * or if the filter lists all active domains. The reason is not known. */
static void alarms_compare_gone(const struct alarms_receiver *receiver, const struct domain *before)
{
    if (domain_active(before) && (receiver->filter == 0 || receiver->filter == FILTER_ACTIVE))
        alarms_send_state(receiver, before, DOMAIN_SHUTOFF, 0);
    if (domain_autostart_inactive(before) == TRISTATE_TRUE)
        alarms_send_autostart(receiver, before, ALARM_OKAY, "The domain is not listed any more.");
    alarms_compare_answers(receiver, before, NULL);
}

static int alarms_order(const struct snapshot *before, size_t i, const struct snapshot *after, size_t j)
{
    if (i == before->count)
        return 1;
    if (j == after->count)
        return -1;
    return uuid_compare(&before->domains[i], &after->domains[j]);
}

void alarms_between(const struct snapshot *before, const struct snapshot *after, bool with_autostart,
                    void (*send)(void *data, const struct alarm *alarm), void *data)
{
    struct alarms_receiver receiver = { send, data, after->filter, with_autostart };
    size_t i = 0, j = 0;

    while (i < before->count || j < after->count) {
        int order = alarms_order(before, i, after, j);

        if (order == 0)
            alarms_compare(&receiver, &before->domains[i++], &after->domains[j++]);
        else if (order < 0)
            alarms_compare_gone(&receiver, &before->domains[i++]);
        else
            alarms_compare_new(&receiver, &after->domains[j++]);
    }
}

void alarms_not_running(const struct snapshot *now, void (*send)(void *data, const struct alarm *alarm),
                        void *data)
{
    struct alarms_receiver receiver = { send, data, now->filter, true };

    for (size_t i = 0; i < now->count; i++)
        if (domain_autostart_inactive(&now->domains[i]) == TRISTATE_TRUE)
            alarms_send_not_running(&receiver, &now->domains[i]);
}
