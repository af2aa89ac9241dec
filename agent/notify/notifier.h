/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Decides which notifications are sent about one hypervisor. It takes the queued changes, checks which kinds of
 * notifications are switched on, collects changes for bulk notifications, and passes each notification to the
 * sender. Main thread only. */
#ifndef GUESTLIST_AGENT_NOTIFY_NOTIFIER_H
#define GUESTLIST_AGENT_NOTIFY_NOTIFIER_H

#include <stdbool.h>
#include <stdint.h>

#include "agent/mib/rows.h"
#include "agent/notify/change_queue.h"
#include "agent/notify/notification.h"
#include "lib/base/log.h"

struct instance;

/* The hypervisor. The functions are those of agent/instance.h, which headers of this folder may not include. */
struct notifier_source {
    struct instance *instance;
    const char *context; /* SNMP context, NULL for the default one */
    struct change_queue *changes;
    int64_t (*answer)(struct instance *instance, bool with_status, struct answer *answer);
    int64_t (*list_when_due)(struct instance *instance, int64_t now_boot_ms);
};

/* The sender. While it is not ready, changes stay in the change queue, which is bounded. */
struct notifier_host {
    bool (*is_ready)(void *data); /* true: it takes at least one more now */
    void (*send)(void *data, const struct notification *notification, const char *context);
    void *data;
    const struct log_sink *log;
};

struct notifier;

/* What `source` and `host` point to must outlive the notifier. NULL if out of memory. */
struct notifier *notifier_new(const struct notifier_source *source, const struct notifier_host *host);

/* Drops changes that are collected for bulk notifications. Nothing is sent from here on. Takes NULL. */
void notifier_free(struct notifier *notifier);

/* Sends what can be sent now; never blocks. Returns after how many milliseconds it must be called again, always
 * more than 0. Call it also when the change queue has new items, and when the sender is ready again. */
int64_t notifier_run(struct notifier *notifier);

#endif
