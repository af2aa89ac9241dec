/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The libvirt calls of the statistics poller. Each blocks as long as libvirt does, and a process that hangs can
 * block stats_call_make() for ever. */
#ifndef GUESTLIST_LIBVIRT_STATS_CALL_H
#define GUESTLIST_LIBVIRT_STATS_CALL_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/libvirt/connection.h"
#include "lib/model/stats_table.h"

enum stats_call_scope {
    STATS_CALL_ACTIVE,   /* active domains: all statistics but the states */
    STATS_CALL_CAREFUL,  /* active domains: statistics for which libvirtd asks no process */
    STATS_CALL_INACTIVE, /* inactive domains: what is configured */
};

/* Makes one call over an open connection and returns its rows, sorted. Makes several if the reply does not fit on
 * the wire. Only the words of `filter` about persistence and state narrow the call. NULL if it failed, or if the
 * driver does not support it, which is then learned. The caller has the reference. */
struct stats_table *stats_call_make(struct connection *connection, uint32_t filter, enum stats_call_scope scope);

/* Whether some domain's process blocks a call that began `since_ms` ago: it has not answered a command of its
 * monitor for 700 ms, or for most of a shorter call. Asks for the control information of each active domain, which
 * no process can delay. False if the driver does not support that. */
bool stats_call_is_blocked(struct connection *connection, int64_t since_ms);

#endif
