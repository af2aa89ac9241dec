/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The facts that are read apart from the listing: statistics, XML, jobs, autostart once, start times of
 * processes, and the hypervisor's version. Other threads read them (stats_poller.h, fact_reader.h). The collector
 * merges those that have arrived into each listing, and publishes the listing again when more arrive. Only one
 * thread at a time may call these functions, except facts_poll_at(). None of them waits for libvirt, except
 * facts_stop(). */
#ifndef GUESTLIST_COLLECT_FACTS_H
#define GUESTLIST_COLLECT_FACTS_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/libvirt/driver.h"
#include "lib/libvirt/mailbox.h"
#include "lib/libvirt/metadata.h"
#include "lib/libvirt/metadata_rules.h"
#include "lib/model/snapshot.h"

struct facts_settings {
    bool with_events;                /* an event loop runs (event_loop.h) */
    bool states_only;                /* read nothing but the listing and what the next three members ask for */
    bool with_active_stats;          /* the statistics of active domains */
    bool with_xml;                   /* the XML of each domain */
    struct metadata_query *metadata; /* for each domain's metadata, or NULL; must outlive all threads, also those
                                        that facts_stop() or collector_stop() left behind */
};

struct facts;

/* `uri` as for connection_new(). `mailbox` is woken when facts arrive. NULL if out of memory. */
struct facts *facts_new(const char *uri, const struct facts_settings *settings, struct driver *driver,
                        struct mailbox *mailbox);

/* Ends all threads and frees the facts. False if a thread still hangs after `patience_ms`; it frees its memory
 * when it returns. `facts` may be NULL. */
bool facts_stop(struct facts *facts, int64_t patience_ms);

/* Reads the metadata values that these rules ask for. True if the rules are other ones than before: then XML that
 * was read before lacks values. If out of memory, it changes nothing; so call it before each listing. */
bool facts_follow_rules(struct facts *facts, const struct metadata_rules *rules);

/* Whether the snapshots of domains are read. Call it before each listing. */
void facts_follow_snapshots(struct facts *facts, bool with_snapshots);

/* A new connection was made. Asks again for the facts that are read once for each connection. */
void facts_connected(struct facts *facts);

/* Reads statistics of the domains that match `filter`, at once and then each `interval_ms`. */
void facts_poll(struct facts *facts, uint32_t filter, int64_t interval_ms);

/* Reads statistics at that boot time instead of an interval after the last time (stats_poller_poll_at()). Does
 * nothing if no statistics are read. Any thread, until facts_stop(). */
void facts_poll_at(struct facts *facts, int64_t boot_ms);

/* Merges all facts into a new listing and asks for missing ones. The listing has already inherited from `before`,
 * the listing before it (NULL: none). `mail` has the events since then. */
void facts_complete(struct facts *facts, struct snapshot *snapshot, const struct snapshot *before,
                    const struct mail *mail);

/* The boot-clock time at which facts_renew() has something to add. INT64_MAX: nothing. */
int64_t facts_due(struct facts *facts);

/* True if an attempt to connect for facts failed at `since_boot_ms` or later, and none has succeeded since. Then
 * `text` says which facts are missing, and why. */
bool facts_lack_connection(struct facts *facts, int64_t since_boot_ms, char *text, size_t size);

/* A copy of the listing with the facts that have arrived since, to be published. NULL if out of memory. */
struct snapshot *facts_renew(struct facts *facts, const struct snapshot *published);

#endif
