/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Decides what is told of one hypervisor: takes its news, asks its switches, gathers the bulk notifications, and
 * hands over one notification after the other as fast as they are taken. Main thread only. */
#ifndef GUESTLIST_AGENT_NOTIFIER_H
#define GUESTLIST_AGENT_NOTIFIER_H

#include <stdbool.h>
#include <stdint.h>

#include "agent/notify/notification.h"
#include "agent/instance.h"

/* Who sends them. Notifications that are not taken wait, within bounds; see change_queue.h. */
struct notifier_host {
    bool (*is_ready)(void *data); /* takes some more now */
    void (*send)(void *data, const struct notification *notification, const char *context);
    void *data;
    const struct log_sink *log;
};

struct notifier;

/* `served` must outlive it. NULL if out of memory. */
struct notifier *notifier_new(struct instance *instance, const struct notifier_host *host);
void notifier_free(struct notifier *notifier);

/* Tells what there is to tell. Call it when instance_fd() rings, when the sender is ready again, and when the
 * time that it returned has come: milliseconds from now. */
int64_t notifier_run(struct notifier *notifier);

#endif
