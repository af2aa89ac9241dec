/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The thread that lists the domains of one hypervisor, at each interval and after events, and publishes each
 * listing. It may block in libvirt for any time; no other thread waits for it. */
#ifndef GUESTLIST_COLLECT_COLLECTOR_H
#define GUESTLIST_COLLECT_COLLECTOR_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/log.h"
#include "lib/collect/facts.h"
#include "lib/libvirt/metadata_rules.h"
#include "lib/model/snapshot.h"

enum hypervisor_state {
    HYPERVISOR_CONNECTING = 1, /* has never been connected */
    HYPERVISOR_CONNECTED,
    HYPERVISOR_STALE, /* connected, but the last listing is too old */
    HYPERVISOR_DISCONNECTED,
};

struct collector_settings {
    uint32_t filter;
    int64_t interval_ms;
    int64_t stale_after_ms;
    struct metadata_rules metadata; /* which values of the domains' metadata are read */
    bool with_snapshots;            /* read how many snapshots domains have, and how old they are */
};

struct collector_host {
    /* Called on the collector's thread with each new snapshot, which is borrowed: keep it with snapshot_ref(). It
     * may block, for instance in fsync(); the next listing waits for it. After collector_stop() has returned
     * false, it may still be called once, so `data` must stay valid. */
    void (*publish)(void *data, const struct snapshot *snapshot);
    void *data;
    const struct log_sink *log;
    struct facts_settings facts; /* what is read apart from the listing, over further connections */
};

enum { COLLECTOR_TEXT_MAX = 256, COLLECTOR_WHY_MAX = 1152 };

/* The status of the collector and of the listing that it published last. */
struct collector_status {
    char uri[COLLECTOR_TEXT_MAX]; /* without passwords */
    enum hypervisor_state state;
    char last_error[COLLECTOR_TEXT_MAX]; /* empty: none since it was connected */
    char filter[COLLECTOR_TEXT_MAX];     /* the words in force */
    uint32_t serial, failures, reconnects, events;
    int64_t listed_boot_ms; /* when the listing began; 0: there is none yet */
    bool stale;             /* see collector_is_stale() */
    uint32_t duration_us, calls, domains;
};

struct collector;

/* Starts the thread, which connects and lists at once. `uri` as for connection_new(). NULL if out of memory or
 * threads. */
struct collector *collector_start(const char *uri, const struct collector_settings *settings,
                                  const struct collector_host *host);

/* Asks the thread to end and does not wait. Call this for all collectors before collector_stop() for each, so that
 * they end at the same time. */
void collector_ask_to_stop(struct collector *collector);

/* Waits at most `patience_ms` for the collector's own thread, after collector_ask_to_stop(). True: it has ended,
 * and publishes nothing any more. False: it hangs inside libvirt; this can be called again. Takes NULL. */
bool collector_wait(struct collector *collector, int64_t patience_ms);

/* Asks the threads to end and waits for them, at most `patience_ms`. If it returns true, or for NULL, all is
 * freed. If it returns false, a thread is still in a libvirt call and uses its memory: then the process should
 * end. */
bool collector_stop(struct collector *collector, int64_t patience_ms);

/* Replaces the settings, and lists with the new ones at once. Any thread. */
void collector_change(struct collector *collector, const struct collector_settings *settings);

/* Begins the next listing at that boot time instead of an interval after the last one, so that a caller that reads
 * at fixed times finds a fresh listing. Any thread. */
void collector_list_at(struct collector *collector, int64_t boot_ms);

/* The same for statistics, which are published with the newest listing as soon as they are read. */
void collector_poll_at(struct collector *collector, int64_t boot_ms);

/* Never waits for libvirt. Any thread. */
void collector_status(struct collector *collector, struct collector_status *status);

/* True if the last published listing is older than stale_after_ms. If there is none, the connection's age counts.
 * Any thread. */
bool collector_is_stale(struct collector *collector, int64_t now_boot_ms);

#endif
