/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads the statistics of all domains, on threads and connections of its own and at its own pace: one bulk call
 * each interval (virConnectGetAllDomainStats(), everything but the states). The result is an immutable table, and
 * no result is discarded because it is late.
 *
 * The call asks the domains' processes, one after the other, and a process that hangs blocks it. libvirt cannot
 * cancel a call. Once a call takes long, virDomainGetControlInfo() says whether a process blocks it, or whether it
 * is only slow. A blocked call is left behind, and the next one is made on another connection. As long as the
 * blocked call waits, libvirt's NOWAIT passes its domain by. So each hung process costs one thread here and one
 * worker of libvirtd. When STATS_POLLER_BLOCKED_MAX calls are blocked, only numbers that libvirtd knows by itself
 * are asked for, until a blocked call returns. */
#ifndef GUESTLIST_LIBVIRT_STATS_POLLER_H
#define GUESTLIST_LIBVIRT_STATS_POLLER_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/libvirt/driver.h"
#include "lib/libvirt/mailbox.h"
#include "lib/model/stats_table.h"

/* libvirtd has 20 workers by default. With those that fact_reader.h may block, some must be left for everybody
 * else, our own listings included. */
enum { STATS_POLLER_BLOCKED_MAX = 13 };

struct stats_poller;

/* `uri` and `with_events` as for connection_new(). `mailbox` is woken by each new table. Does nothing before
 * stats_poller_start(). NULL if out of memory. */
struct stats_poller *stats_poller_new(const char *uri, bool with_events, struct driver *driver,
                                      struct mailbox *mailbox);

/* Ends its threads and frees it. False if one still hangs after `patience_ms`: it frees what it uses when it
 * returns. Takes NULL. */
bool stats_poller_stop(struct stats_poller *poller, int64_t patience_ms);

/* Polls at once, and from then on each `interval_ms`. `filter` (lib/model/filter.h) says which domains count. Its
 * words about activity, persistence and state narrow the call; the others do not. Call it when a connection was
 * made, and when the settings changed. Any thread may call it, and it does not block. */
void stats_poller_start(struct stats_poller *poller, uint32_t filter, int64_t interval_ms);

/* Reads the configured numbers of inactive domains with the next call: one of them was defined anew. */
void stats_poller_want_inactive(struct stats_poller *poller);

/* As worker_pool_lacks_connection(). */
bool stats_poller_lacks_connection(struct stats_poller *poller, int64_t since_boot_ms, char *why, size_t size);

/* The newest table, with a reference for the caller. NULL: none has come yet. */
const struct stats_table *stats_poller_table(struct stats_poller *poller);

#endif
