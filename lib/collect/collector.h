/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The thread that lists one hypervisor on a timer and on events, and publishes. It alone calls libvirt
 * for that hypervisor; it may block there for as long as it likes, and nobody else ever waits for it. */
#ifndef GUESTLIST_COLLECT_COLLECTOR_H
#define GUESTLIST_COLLECT_COLLECTOR_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/log.h"
#include "lib/libvirt/metadata.h"
#include "lib/model/snapshot.h"

enum hypervisor_state {
    HYPERVISOR_CONNECTING = 1, /* never connected yet */
    HYPERVISOR_CONNECTED,
    HYPERVISOR_STALE, /* connected, but the last listing is too old */
    HYPERVISOR_DISCONNECTED,
};

struct collector_settings {
    uint32_t filter;
    int64_t interval_ms;
    int64_t stale_after_ms;
};

struct collector_host {
    /* Called on the collector's thread with each new snapshot before anybody else sees it; keep it with
     * snapshot_ref(). What this takes counts as the listing's time when the next one is planned. */
    void (*publish)(void *data, const struct snapshot *snapshot);
    void *data;
    const struct log_sink *log;
    bool with_events; /* an event loop runs (event_loop.h) */
    /* Only what a listing itself says: no CPU time, memory or vCPUs, which need a connection of their own, and no
     * XML but for `metadata`. */
    bool states_only;
    struct metadata_query *metadata; /* what to look for in each domain's metadata, or NULL; must outlive it */
};

/* How things stand now; answered at once on any thread. */
struct collector_status {
    char uri[256];
    enum hypervisor_state state;
    char last_error[256]; /* empty: none since connected */
    char filter[256];     /* words in force */
    uint32_t serial, failures, reconnects, events;
    int64_t listed_boot_ms; /* when the last published listing was taken; 0: none yet */
    int64_t listed_real_ms;
    bool stale; /* that is longer ago than stale_after_ms, whatever the connection */
    uint32_t duration_us, calls, domains;
};

struct collector;

/* Starts the thread, which connects and lists at once. NULL if out of memory or threads. `uri` as for
 * connection_new(). */
struct collector *collector_start(const char *uri, const struct collector_settings *settings,
                                  const struct collector_host *host);

/* Asks the thread to end; collector_stop() then waits for it. For whoever has several to stop. */
void collector_ask_to_stop(struct collector *collector);

/* Asks the thread to end and waits for it at most `patience_ms`. Returns false if it is still inside a
 * libvirt call: then it holds on to its memory and the process had better end. */
bool collector_stop(struct collector *collector, int64_t patience_ms);

/* New settings, and a listing by them at once. */
void collector_change(struct collector *collector, const struct collector_settings *settings);

/* Begins the next listing on the timer at that boot time instead of one interval after the last one: for who asks
 * at fixed times and wants to find a fresh answer. */
void collector_list_at(struct collector *collector, int64_t boot_ms);

void collector_status(struct collector *collector, struct collector_status *status);

/* True if the last published listing, or where there is none the connection, is older than stale_after_ms. */
bool collector_is_stale(struct collector *collector, int64_t now_boot_ms);

#endif
