/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/notifier.h"

#include <stdlib.h>
#include <string.h>

#include "agent/mib/libvirt_mib.h"
#include "agent/notify/bulk.h"
#include "lib/base/clock.h"
#include "lib/base/log_throttle.h"
#include "lib/base/text.h"

/* How often to look whether the hypervisor is well: that a listing grows too old is no event. */
enum { LOOK_MS = 1000 };

/* What a master that was away so long has missed is no news any more: the rows say how things stand now. */
enum { CHANGE_QUEUE_OLD_MS = 5 * 60 * 1000 };

struct notifier {
    struct instance *instance;
    struct notifier_host host;
    struct bulk bulk;
    struct log_throttle left_out; /* of bulk notifications */
    unsigned too_old;             /* changes, since that was last said */
    bool was_up, is_down;         /* as told */
};

struct notifier *notifier_new(struct instance *instance, const struct notifier_host *host)
{
    struct notifier *notifier = calloc(1, sizeof(*notifier));

    if (notifier) {
        notifier->instance = instance;
        notifier->host = *host;
    }
    return notifier;
}

void notifier_free(struct notifier *notifier)
{
    if (!notifier)
        return;
    bulk_clear(&notifier->bulk);
    free(notifier);
}

static void notifier_send(struct notifier *notifier, const struct notification *notification)
{
    notifier->host.send(notifier->host.data, notification, instance_context(notifier->instance));
}

static void notifier_log_lost(struct notifier *notifier, unsigned lost)
{
    log_say(notifier->host.log, LOG_LEVEL_WARNING, "%u notifications were too many at once and are not sent",
            lost);
}

static void notifier_gather(struct notifier *notifier, const struct change *change)
{
    unsigned number = notification_vm_number(change);
    int64_t now = clock_boot_ms();

    if (number > 0 && !bulk_add(&notifier->bulk, number, change->index, now))
        log_throttle_say(&notifier->left_out, notifier->host.log, now,
                         "domains are left out of bulk notifications: their vmIndex is above %d, or memory is out",
                         BULK_BYTES_MAX * 8);
}

static bool notifier_reports_domains(struct switches switches)
{
    return switches.per_vm || switches.bulk || switches.libvirt;
}

static void notifier_handle_change(struct notifier *notifier, const struct change *change)
{
    struct switches switches = instance_switches(notifier->instance);
    struct notification notification;

    if (clock_boot_ms() - change->boot_ms > CHANGE_QUEUE_OLD_MS) {
        notifier->too_old += notifier_reports_domains(switches);
        return;
    }
    if (switches.per_vm && notification_vm(&notification, change))
        notifier_send(notifier, &notification);
    if (switches.libvirt && notification_libvirt(&notification, change))
        notifier_send(notifier, &notification);
    if (switches.per_vm && notification_domain_changed(&notification, change))
        notifier_send(notifier, &notification);
    if (switches.bulk)
        notifier_gather(notifier, change);
}

/* A domain that is gone meanwhile can be named only by its UUID. */
static void notifier_handle_refused(struct notifier *notifier, const struct change_queue_item *item)
{
    char uuid[UUID_TEXT], name[256] = "", why[768];
    struct notification notification;
    const struct domain *domain;
    struct answer answer;

    (void)instance_answer(notifier->instance, false, &answer);
    domain = answer.rows ? snapshot_find(answer.rows->snapshot, item->change.uuid) : NULL;
    uuid_format(item->change.uuid, uuid);
    if (domain)
        (void)text_printable(domain->name, name, sizeof(name));
    (void)text_printable(item->why ? item->why : "", why, sizeof(why));
    log_say(notifier->host.log, LOG_LEVEL_WARNING, "SET on domain \"%s\" (%s) failed: %s", name, uuid, why);
    if (!domain || !instance_switches(notifier->instance).libvirt)
        return;
    if (notification_libvirt_state(&notification, domain->uuid, domain->name, domain->last_state))
        notifier_send(notifier, &notification);
}

static void notifier_handle(struct notifier *notifier, const struct change_queue_item *item)
{
    switch (item->kind) {
    case CHANGE_QUEUE_CHANGE:
        notifier_handle_change(notifier, &item->change);
        break;
    case CHANGE_QUEUE_REFUSED:
        notifier_handle_refused(notifier, item);
        break;
    case CHANGE_QUEUE_LOST:
        notifier_log_lost(notifier, item->lost);
        break;
    }
}

static bool notifier_is_ready(struct notifier *notifier)
{
    return notifier->host.is_ready(notifier->host.data);
}

static void notifier_take_changes(struct notifier *notifier)
{
    struct change_queue_item item;

    while (notifier_is_ready(notifier) && change_queue_take(instance_changes(notifier->instance), &item)) {
        notifier_handle(notifier, &item);
        change_queue_item_clear(&item);
    }
    if (notifier->too_old > 0)
        log_say(notifier->host.log, LOG_LEVEL_WARNING,
                "%u changes are older than %d minutes and are not told: there was no AgentX master to tell them",
                notifier->too_old, CHANGE_QUEUE_OLD_MS / (60 * 1000));
    notifier->too_old = 0;
}

static void notifier_send_bulk(struct notifier *notifier, int64_t now)
{
    struct bulk *bulk = &notifier->bulk;
    int64_t due = bulk_due(bulk);

    if (!instance_switches(notifier->instance).bulk)
        bulk_clear(bulk); /* turned off meanwhile */
    if (due == 0 || now < due)
        return;
    for (unsigned number; (number = bulk_first(bulk)) != 0 && notifier_is_ready(notifier);) {
        struct notification notification;

        notification_bulk(&notification, number, bulk->lists[number].bytes, bulk->lists[number].length);
        notifier_send(notifier, &notification);
        bulk_drop(bulk, number);
    }
}

static bool notifier_is_well(const struct collector_status *status)
{
    return status->state == HYPERVISOR_CONNECTED && status->listed_boot_ms > 0;
}

/* Nothing before it was well for the first time: who starts the agent looks at it. */
static void notifier_check_hypervisor(struct notifier *notifier, int64_t now)
{
    struct switches switches = instance_switches(notifier->instance);
    struct notification notification;
    struct collector_status status;
    bool is_up;

    instance_status(notifier->instance, &status);
    is_up = notifier_is_well(&status);
    notifier->was_up |= is_up;
    if (!notifier->was_up || is_up == !notifier->is_down || !notifier_is_ready(notifier))
        return;
    notifier->is_down = !is_up;
    if (!switches.per_vm && !switches.bulk)
        return;
    notification_hypervisor(&notification, is_up, &status, now - status.listed_boot_ms);
    notifier_send(notifier, &notification);
}

int64_t notifier_run(struct notifier *notifier)
{
    struct switches switches = instance_switches(notifier->instance);
    int64_t now = clock_boot_ms(), due, listing_due = 0;

    if (notifier_reports_domains(switches))
        listing_due = instance_list_when_due(notifier->instance, now);
    notifier_check_hypervisor(notifier, now);
    notifier_take_changes(notifier);
    notifier_send_bulk(notifier, now);
    due = bulk_due(&notifier->bulk);
    if (listing_due > 0 && (due == 0 || listing_due < due))
        due = listing_due;
    if (due == 0 || due - now > LOOK_MS)
        return LOOK_MS;
    return due > now ? due - now : LOOK_MS; /* overdue: the sender is to be ready first, and calls then */
}
