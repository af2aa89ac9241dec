/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads the statistics of all domains, on its own threads and connections: one bulk call each interval
 * (virConnectGetAllDomainStats(), all groups but the states). The result is an immutable table. A result that
 * comes late is still used.
 *
 * libvirtd asks the domains' processes one after the other, and a process that hangs blocks the call. Nothing can
 * cancel a call. So if a call takes long, another thread asks virDomainGetControlInfo() whether a process blocks
 * it or whether it is only slow. A blocked call is abandoned, and the next one is made on another connection. The
 * blocked call still holds the job of its domain, and because of NOWAIT the next call skips that domain. Each
 * process that hangs therefore takes one thread here and one worker of libvirtd. With STATS_POLLER_BLOCKED_MAX
 * blocked calls, only statistics are asked for that libvirtd knows by itself, until a blocked call returns. */
#ifndef GUESTLIST_LIBVIRT_STATS_POLLER_H
#define GUESTLIST_LIBVIRT_STATS_POLLER_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/libvirt/driver.h"
#include "lib/libvirt/mailbox.h"
#include "lib/model/stats_table.h"

/* libvirtd has 20 workers by default, and fact_reader.h may block some as well. Listings and other clients need
 * the rest. */
enum { STATS_POLLER_BLOCKED_MAX = 13 };

struct stats_poller;

/* `uri` and `with_events` as for worker_pool_new(). Takes a reference to `driver`, and one to `mailbox`, which is
 * woken by each new table. Does nothing before stats_poller_start(). NULL if out of memory. */
struct stats_poller *stats_poller_new(const char *uri, bool with_events, struct driver *driver,
                                      struct mailbox *mailbox);

/* Ends the threads. False if one still hangs after `patience_ms`: it frees what it uses when it returns, and the
 * mailbox may still be woken. Takes NULL. */
bool stats_poller_stop(struct stats_poller *poller, int64_t patience_ms);

/* Polls at once, and from then on each `interval_ms`. Only the words of `filter` (lib/model/filter.h) about
 * activity, persistence and state narrow the call. To be called when a connection was made, and when the settings
 * changed. Any thread may call this and the functions below, and none of them blocks. */
void stats_poller_start(struct stats_poller *poller, uint32_t filter, int64_t interval_ms);

/* Makes the next poll at that boot time instead of an interval after the last one, so that a caller that reads at
 * fixed times finds fresh statistics. If a call is under way then, it is made after that call. */
void stats_poller_poll_at(struct stats_poller *poller, int64_t boot_ms);

/* Makes the next poll read the configured statistics of inactive domains as well, because one of them was defined
 * again. */
void stats_poller_want_inactive(struct stats_poller *poller);

/* As worker_pool_lacks_connection(). */
bool stats_poller_lacks_connection(struct stats_poller *poller, int64_t since_boot_ms, char *why, size_t size);

/* The newest table; the caller has a reference. NULL: there is none yet. Also starts a thread that could not be
 * started before. */
const struct stats_table *stats_poller_table(struct stats_poller *poller);

#endif
