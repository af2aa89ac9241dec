/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is known of domains beside the listing: statistics, XML, migration jobs, autostart once, process start
 * times, and the hypervisor's version. All of it is read on other threads (stats_poller.h, fact_reader.h). The
 * collector merges what has come into each listing, and publishes a listing again when more comes. Used by the
 * collector's thread; nothing here waits for libvirt. */
#ifndef GUESTLIST_COLLECT_FACTS_H
#define GUESTLIST_COLLECT_FACTS_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/libvirt/driver.h"
#include "lib/libvirt/mailbox.h"
#include "lib/libvirt/metadata.h"
#include "lib/model/snapshot.h"

struct facts_settings {
    bool with_events;                /* an event loop runs */
    bool states_only;                /* nothing but what a listing says, and XML for `metadata` */
    struct metadata_query *metadata; /* what to look for in each domain's metadata, or NULL; must outlive all
                                        threads, those included that facts_stop() left behind */
};

struct facts;

/* `uri` as for connection_new(). `mailbox` is woken when there is news. NULL if out of memory. */
struct facts *facts_new(const char *uri, const struct facts_settings *settings, struct driver *driver,
                        struct mailbox *mailbox);

/* Ends all threads. False if one still hangs after `patience_ms`: it frees what it uses when it returns. */
bool facts_stop(struct facts *facts, int64_t patience_ms);

/* A connection was made: what is asked once for each connection is asked again. */
void facts_connected(struct facts *facts);

/* Statistics are read at once, and then each `interval_ms`, of domains that fit `filter`. */
void facts_poll(struct facts *facts, uint32_t filter, int64_t interval_ms);

/* Merges all that is known into a new listing, which has inherited from `before` (NULL: the first), and asks for
 * what is missing. `mail` holds what events said since then. */
void facts_complete(struct facts *facts, struct snapshot *snapshot, const struct snapshot *before,
                    const struct mail *mail);

/* When facts_renew() has something to add, on the boot clock. INT64_MAX: nothing. */
int64_t facts_due(struct facts *facts);

/* True if libvirt gives no connection for what is read beside the listing, and did so last at that boot time or
 * later. `text` then says so: what is missing, and why. */
bool facts_lack_connection(struct facts *facts, int64_t since_boot_ms, char *text, size_t size);

/* The same listing with what has come since, to be published. NULL if out of memory. */
struct snapshot *facts_renew(struct facts *facts, const struct snapshot *published);

#endif
