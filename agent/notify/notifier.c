/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/notify/notifier.h"

#include <stdlib.h>
#include <string.h>

#include "agent/mib/libvirt_mib.h"
#include "agent/notify/bulk.h"
#include "lib/base/log_throttle.h"
#include "lib/base/text.h"

/* How often the state of the hypervisor is checked: it becomes stale without an event. */
enum { CHECK_MS = 1000 };

/* Changes that have waited longer for a master are not sent: the rows show the present state. */
enum { CHANGE_OLD_MS = 5 * 60 * 1000 };

struct notifier {
    struct notifier_source source;
    struct notifier_host host;
    struct answer now; /* the state of the hypervisor in the current run */
    struct bulk bulk;
    struct log_throttle not_in_bulk; /* domains that a bulk notification cannot hold */
    unsigned too_old;                /* changes that were dropped since this was last logged */
    bool was_up;                     /* the hypervisor was up at least once */
    bool is_down;                    /* the hypervisor is down, as last reported */
};

struct notifier *notifier_new(const struct notifier_source *source, const struct notifier_host *host)
{
    struct notifier *notifier = calloc(1, sizeof(*notifier));

    if (notifier) {
        notifier->source = *source;
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
    notifier->host.send(notifier->host.data, notification, notifier->source.context);
}

static bool notifier_is_ready(struct notifier *notifier)
{
    return notifier->host.is_ready(notifier->host.data);
}

static void notifier_collect_bulk(struct notifier *notifier, const struct change *change)
{
    unsigned number = notification_vm_number(change);
    int64_t now = notifier->now.now_boot_ms;

    if (number > 0 && !bulk_add(&notifier->bulk, number, change->index, now))
        log_throttle_say(&notifier->not_in_bulk, notifier->host.log, now,
                         "domains are missing from bulk notifications: their vmIndex is above %d, or there is no "
                         "memory left",
                         BULK_BYTES_MAX * 8);
}

static bool notifier_reports_domains(const struct notifier *notifier)
{
    const struct switches *switches = &notifier->now.switches;

    return switches->per_vm || switches->bulk || switches->libvirt;
}

/* Sends all notifications that the change causes. */
static void notifier_send_each(struct notifier *notifier, const struct change *change)
{
    struct notification notification;

    for (enum notification_kind kind = 0; kind < NOTIFICATION_KINDS; kind++)
        if (notification_is_on(kind, &notifier->now.switches) && notification_make(&notification, kind, change))
            notifier_send(notifier, &notification);
}

static void notifier_handle_change(struct notifier *notifier, const struct change *change)
{
    if (notifier->now.now_boot_ms - change->boot_ms > CHANGE_OLD_MS) {
        notifier->too_old += notifier_reports_domains(notifier);
        return;
    }
    notifier_send_each(notifier, change);
    if (notifier->now.switches.bulk)
        notifier_collect_bulk(notifier, change);
}

/* The queue has only the UUID. A domain that is gone by now is logged without its name. */
static void notifier_handle_failed_set(struct notifier *notifier, struct change_queue_item *item)
{
    const struct rows *rows = notifier->now.rows;
    const struct domain *domain = rows ? snapshot_find(rows->snapshot, item->change.uuid) : NULL;
    char uuid[UUID_TEXT], name[256] = "", why[768];

    uuid_format(item->change.uuid, uuid);
    if (domain)
        (void)text_printable(domain->name, name, sizeof(name));
    (void)text_printable(item->why ? item->why : "", why, sizeof(why));
    log_say(notifier->host.log, LOG_LEVEL_WARNING, "SET on domain \"%s\" (%s) failed: %s", name, uuid, why);
    if (!domain)
        return;
    item->change.kind = CHANGE_SET_FAILED;
    item->change.state = domain->last_state;
    item->change.name = strdup(domain->name);
    if (item->change.name)
        notifier_send_each(notifier, &item->change);
}

static void notifier_handle(struct notifier *notifier, struct change_queue_item *item)
{
    switch (item->kind) {
    case CHANGE_QUEUE_CHANGE:
        notifier_handle_change(notifier, &item->change);
        break;
    case CHANGE_QUEUE_FAILED_SET:
        notifier_handle_failed_set(notifier, item);
        break;
    case CHANGE_QUEUE_LOST:
        log_say(notifier->host.log, LOG_LEVEL_WARNING, "%u notifications were too many at once and are not sent",
                item->lost);
        break;
    }
}

static void notifier_take_changes(struct notifier *notifier)
{
    struct change_queue_item item;

    while (notifier_is_ready(notifier) && change_queue_take(notifier->source.changes, &item)) {
        notifier_handle(notifier, &item);
        change_queue_item_clear(&item);
    }
    if (notifier->too_old > 0)
        log_say(
            notifier->host.log, LOG_LEVEL_WARNING,
            "%u changes are older than %d minutes and are not sent: there was no AgentX master to send them to",
            notifier->too_old, CHANGE_OLD_MS / (60 * 1000));
    notifier->too_old = 0;
}

static void notifier_send_bulk(struct notifier *notifier)
{
    struct bulk *bulk = &notifier->bulk;
    int64_t due = bulk_due(bulk);

    if (!notifier->now.switches.bulk)
        bulk_clear(bulk); /* SET switched them off after changes were collected */
    if (due == 0 || notifier->now.now_boot_ms < due)
        return;
    for (unsigned number; (number = bulk_first(bulk)) != 0 && notifier_is_ready(notifier);) {
        struct notification notification;

        notification_bulk(&notification, number, bulk->lists[number].bytes, bulk->lists[number].length);
        notifier_send(notifier, &notification);
        bulk_drop(bulk, number);
    }
}

/* Sends glHypervisorDown and glHypervisorUp. A hypervisor that was never up is not reported as down, because the
 * log reports it when the administrator starts the agent. */
static void notifier_check_hypervisor(struct notifier *notifier)
{
    const struct collector_status *status = &notifier->now.status;
    const struct switches *switches = &notifier->now.switches;
    bool is_up = status->state == HYPERVISOR_CONNECTED && status->listed_boot_ms > 0;
    struct notification notification;

    notifier->was_up |= is_up;
    if (!notifier->was_up || is_up == !notifier->is_down || !notifier_is_ready(notifier))
        return;
    notifier->is_down = !is_up;
    if (!switches->per_vm && !switches->bulk)
        return;
    notification_hypervisor(&notification, is_up, status, notifier->now.now_boot_ms - status->listed_boot_ms);
    notifier_send(notifier, &notification);
}

int64_t notifier_run(struct notifier *notifier)
{
    int64_t due, left_ms, listing_due = 0;

    (void)notifier->source.answer(notifier->source.instance, true, &notifier->now);
    if (notifier_reports_domains(notifier))
        listing_due = notifier->source.list_when_due(notifier->source.instance, notifier->now.now_boot_ms);
    notifier_check_hypervisor(notifier);
    notifier_take_changes(notifier);
    notifier_send_bulk(notifier);
    due = bulk_due(&notifier->bulk);
    if (listing_due > 0 && (due == 0 || listing_due < due))
        due = listing_due;
    left_ms = due - notifier->now.now_boot_ms;
    /* If `due` has passed, the sender is not ready for bulk notifications. It calls this function when it is ready
     * again. */
    return due == 0 || left_ms <= 0 || left_ms > CHECK_MS ? CHECK_MS : left_ms;
}
