/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finds out whether a hypervisor answers, and how many domains it has. libvirt is called on a separate thread,
 * which is abandoned if it takes too long. Any thread may call these functions. */
#ifndef GUESTLIST_LIBVIRT_PROBE_H
#define GUESTLIST_LIBVIRT_PROBE_H

#include <stdbool.h>
#include <stdint.h>

enum { PROBE_URI_MAX = 1024, PROBE_WHY_MAX = 1024, PROBE_CONNECTIONS_MAX = 8 };

enum probe_outcome {
    PROBE_ANSWERS,
    PROBE_FAILS, /* `why` says why */
    PROBE_HANGS, /* no answer in time */
};

struct probe {
    char uri[PROBE_URI_MAX]; /* libvirt's own once connected, else the one that was given; without a password */
    char why[PROBE_WHY_MAX], advice[PROBE_WHY_MAX]; /* as in struct opening */
    int domains, fitting;                           /* all domains, and those that fit the filter */
    unsigned opened;                                /* by probe_connections(): how many were open at once */
};

/* Connects to `uri` (NULL or empty: libvirt's own default), counts domains, and closes the connection. The
 * connection is read-only unless `may_change`. `filter` is as in lib/model/filter.h. Blocks for at most
 * `patience_ms`. */
enum probe_outcome probe_run(const char *uri, bool may_change, uint32_t filter, int64_t patience_ms,
                             struct probe *probe);

/* Opens `wanted` read-only connections, at most PROBE_CONNECTIONS_MAX, keeps all of them open, and then closes
 * them. Counts no domains. `probe->opened` says how many could be opened. If one hangs, those before it stay open
 * until it returns. Blocks for at most `patience_ms`. */
enum probe_outcome probe_connections(const char *uri, unsigned wanted, int64_t patience_ms, struct probe *probe);

#endif
