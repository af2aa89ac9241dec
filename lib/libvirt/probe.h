/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Looks once whether a hypervisor answers and how many domains it has, without waiting for ever: libvirt is called
 * on a thread of its own, which is left behind if it takes too long. */
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
    char uri[PROBE_URI_MAX]; /* libvirt's own once connected, else what was asked for; never with a password */
    char why[PROBE_WHY_MAX], advice[PROBE_WHY_MAX]; /* as of struct opening */
    int domains, fitting;                           /* all domains, and those that fit the filter */
    unsigned opened; /* how many connections were open at once, of probe_connections() */
};

/* Connects to `uri` (NULL or empty: libvirt's own default), counts, and closes the connection. `may_change`: the
 * connection is one that may change domains. `filter` as in lib/model/filter.h. Waits at most `patience_ms`. Call
 * it on any thread. */
enum probe_outcome probe_run(const char *uri, bool may_change, uint32_t filter, int64_t patience_ms,
                             struct probe *probe);

/* Opens `wanted` read-only connections at once, at most PROBE_CONNECTIONS_MAX, counts no domains, and closes them.
 * On PROBE_FAILS and PROBE_HANGS `probe->opened` says how many opened before the one that did not. One that hangs
 * keeps those before it open as long as this process lives. */
enum probe_outcome probe_connections(const char *uri, unsigned wanted, int64_t patience_ms, struct probe *probe);

#endif
