/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The libvirt calls of the statistics poller. Each blocks as long as libvirt does. */
#ifndef GUESTLIST_LIBVIRT_STATS_CALL_H
#define GUESTLIST_LIBVIRT_STATS_CALL_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/libvirt/connection.h"
#include "lib/model/stats_table.h"

enum stats_call_scope {
    STATS_CALL_ACTIVE,   /* all there is, of active domains */
    STATS_CALL_CAREFUL,  /* of active domains, what libvirtd knows without asking their processes */
    STATS_CALL_INACTIVE, /* what is configured, of inactive domains */
};

/* Makes one call (two halves where the reply would be more than the wire carries) and returns its rows, sorted.
 * `filter` narrows by its words about persistence and state. NULL if it failed, or if the driver cannot do it,
 * which is learned. The connection is open. */
struct stats_table *stats_call_make(struct connection *connection, uint32_t filter, enum stats_call_scope scope);

/* Whether the process of some domain has not answered its monitor for most of the last `since_ms`. This asks each
 * active domain's control information, which no process can delay. False if the driver has none. */
bool stats_call_is_blocked(struct connection *connection, int64_t since_ms);

#endif
