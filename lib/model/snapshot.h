/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A published listing: one row for each domain, sorted by UUID, and the hypervisor that it is from. One thread
 * fills it in. After that it does not change: any thread that holds a reference may read it. */
#ifndef GUESTLIST_MODEL_SNAPSHOT_H
#define GUESTLIST_MODEL_SNAPSHOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/refcount.h"
#include "lib/model/domain.h"
#include "lib/model/domain_event.h"

enum { SNAPSHOT_WORD_MAX = 64, SNAPSHOT_HOST_CPUS_MAX = 4096 };

/* The hypervisor and its host, read once for each connection. */
struct snapshot_source {
    char software[SNAPSHOT_WORD_MAX]; /* virConnectGetType(), such as "QEMU" */
    char version[SNAPSHOT_WORD_MAX];  /* virConnectGetVersion() as "7.2.0"; empty: unknown */
    char library[SNAPSHOT_WORD_MAX];  /* virConnectGetLibVersion() as "9.0.0"; empty: unknown */
    int64_t up_since_boot_ms;         /* the start of vmHvUpTime; 0 (the boot) for a hypervisor of this host */
    bool local;
    uint32_t cpus;                                    /* of the host, online or not; 0: unknown */
    unsigned char online[SNAPSHOT_HOST_CPUS_MAX / 8]; /* a bit for each CPU, the lowest bit first */
};

struct snapshot_uuid {
    unsigned char bytes[UUID_BYTES];
};

struct snapshot {
    struct snapshot_source source;
    uint32_t filter;       /* in force for this listing */
    uint32_t unsupported;  /* filter bits that the hypervisor rejects: these attributes are unknown */
    uint32_t serial;       /* one more with each published listing; copies keep it; set by the collector */
    int64_t taken_boot_ms; /* when the listing began, for ages */
    int64_t taken_real_ms; /* the same, on the real-time clock */
    uint32_t duration_us;
    uint32_t calls;             /* libvirt calls of this listing */
    int64_t stats_boot_ms;      /* when reading of the newest statistics in it began; 0: it has none yet */
    uint32_t stats_duration_us; /* how long reading them took */
    int64_t stats_fresh_ms;     /* a domain with older statistics did not answer; 0: none are expected */
    uint32_t parts;             /* 1: one atomic listing; more: several with disjoint filters */
    size_t count;
    struct domain *domains; /* sorted by UUID, each UUID once */

    /* The events since the listing before, in the order in which they came. A copy (snapshot_copy()) has none:
     * they are reported once. */
    size_t event_count;
    struct domain_event *events;
    uint32_t events_lost; /* events that were dropped because there were too many */
    bool events_missed;   /* the first listing of a connection: events before it were missed */
    bool without_events;  /* the driver sends no events */
    /* Domains that still exist but left this listing, because they do not match the filter any more. Sorted. */
    size_t left_filter_count;
    struct snapshot_uuid *left_filter;

    /* For the functions of snapshot.c alone. */
    struct refcount refcount;
    struct snapshot_names *names;
};

/* An empty snapshot with room for `room` domains. The caller owns the only reference and fills the snapshot in.
 * NULL if out of memory. */
struct snapshot *snapshot_new(size_t room);

/* Copies `text`. The copy lives as long as the snapshot and its copies. NULL if out of memory. */
const char *snapshot_keep(struct snapshot *snapshot, const char *text);

/* Copies all rows of `other`, to publish the same listing again with more facts. Both share names, XML facts and
 * statistics. NULL if out of memory. */
struct snapshot *snapshot_copy(const struct snapshot *other);

/* True if both are copies of one listing: then they have the same rows in the same places. */
bool snapshot_is_same_listing(const struct snapshot *one, const struct snapshot *other);

/* The last unref frees the snapshot; it accepts NULL. */
const struct snapshot *snapshot_ref(const struct snapshot *snapshot);
void snapshot_unref(const struct snapshot *snapshot);

/* The row of that UUID, or NULL. */
const struct domain *snapshot_find(const struct snapshot *snapshot, const unsigned char uuid[UUID_BYTES]);

/* The domain's row in the earlier listing `before` (may be NULL), or NULL. For a loop over all domains in their
 * order. Set `*at` to 0 before the loop. */
const struct domain *snapshot_follow(const struct snapshot *before, size_t *at, const struct domain *domain);

/* True if the domain is active and did not answer: its statistics are too old. */
bool snapshot_stats_are_partial(const struct snapshot *snapshot, const struct domain *domain, int64_t now_boot_ms);

/* Whether libvirt can send commands to the domain: DOMAIN_CONTROL_OK, unless its statistics are too old. */
enum domain_control snapshot_control(const struct snapshot *snapshot, const struct domain *domain,
                                     int64_t now_boot_ms);

#endif
