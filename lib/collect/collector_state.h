/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The state of a collector. For collector.c (its thread, the connection and the status) and collector_listing.c
 * (its listings) alone. */
#ifndef GUESTLIST_COLLECT_COLLECTOR_STATE_H
#define GUESTLIST_COLLECT_COLLECTOR_STATE_H

#include <pthread.h>

#include "lib/base/log_throttle.h"
#include "lib/collect/collector.h"
#include "lib/collect/facts.h"
#include "lib/collect/schedule.h"
#include "lib/collect/trouble.h"
#include "lib/libvirt/connection.h"
#include "lib/libvirt/connector.h"
#include "lib/libvirt/mailbox.h"

struct collector {
    /* While the collector's thread runs, only it uses these; but any thread may use `mailbox`. */
    pthread_t thread;
    bool is_joined; /* for the caller of collector_wait() */
    struct connection *connection;
    struct connector *connector;
    struct facts *facts;
    struct mailbox *mailbox;
    struct collector_host host;
    struct schedule schedule;
    struct log_throttle throttle;
    struct trouble trouble;             /* with connections other than the one that lists */
    bool missed_events;                 /* so XML may have changed without an event; or it lacks metadata values */
    bool is_new_connection;             /* no listing succeeded on it yet */
    struct collector_settings followed; /* the settings that `facts` follows */
    int64_t renew_boot_ms;              /* do not renew the published listing before this time */
    unsigned attempts;                  /* to connect, since the last good listing */
    int64_t retry_boot_ms;
    bool was_connected;

    /* Shared, under the lock, which is never held across a libvirt call. Only the collector's thread writes them,
     * except `settings` and `list_at_boot_ms`. So this thread may read the others without the lock. */
    pthread_mutex_t lock;
    struct collector_settings settings;
    int64_t list_at_boot_ms; /* when the next listing is wanted; 0: an interval after the last one */
    int64_t connected_boot_ms;
    const struct snapshot *published;
    char uri[COLLECTOR_TEXT_MAX], last_error[COLLECTOR_TEXT_MAX];
    enum hypervisor_state state;
    uint32_t failures, reconnects;
};

void collector_lock(struct collector *collector);
void collector_unlock(struct collector *collector);

/* Counts a failure, and makes `why` the last error and a line of the log. */
void collector_fail(struct collector *collector, const char *why);

/* The same, and gives up the connection. The next attempt follows later. */
void collector_disconnect(struct collector *collector, const char *why);

/* Lists all domains and publishes the listing. May block as long as libvirt does. */
void collector_list(struct collector *collector);

/* Publishes the last listing again, with the facts that came since. */
void collector_renew(struct collector *collector);

#endif
