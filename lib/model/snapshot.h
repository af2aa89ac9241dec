/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One listing as it is published: the rows sorted by UUID, and where they come from. Built privately by
 * one thread, then const: whoever holds a reference may read it on any thread for as long as it does. */
#ifndef GUESTLIST_MODEL_SNAPSHOT_H
#define GUESTLIST_MODEL_SNAPSHOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/model/domain.h"
#include "lib/model/domain_event.h"

enum { SNAPSHOT_WORD_MAX = 64, SNAPSHOT_HOST_CPUS_MAX = 4096 };

/* What was asked once when the connection was opened. */
struct snapshot_source {
    char software[SNAPSHOT_WORD_MAX]; /* virConnectGetType(), such as "QEMU" */
    char version[SNAPSHOT_WORD_MAX];  /* virConnectGetVersion() as "7.2.0"; empty: unknown */
    int64_t up_since_boot_ms;         /* vmHvUpTime's zero: 0 for a hypervisor of this host */
    bool local;
    uint32_t cpus;                                    /* that the host has, online or not; 0: not known */
    unsigned char online[SNAPSHOT_HOST_CPUS_MAX / 8]; /* one bit each, the lowest first */
};

struct snapshot_uuid {
    unsigned char bytes[UUID_BYTES];
};

struct snapshot {
    struct snapshot_source source;
    uint32_t filter;       /* in force for this listing */
    uint32_t unsupported;  /* filter bits that the hypervisor rejects: these truths are unknown */
    uint32_t serial;       /* one more with each published snapshot; set by the collector */
    int64_t taken_boot_ms; /* when the listing began, for ages */
    int64_t taken_real_ms; /* the same as a date */
    uint32_t duration_us;
    uint32_t calls;             /* libvirt calls that it took */
    int64_t stats_boot_ms;      /* when the statistics in its rows were asked for; 0: none have come yet */
    uint32_t stats_duration_us; /* from that question to its answer */
    int64_t stats_fresh_ms; /* older numbers mean that the domain did not answer; 0: there are none to expect */
    uint32_t parts;         /* 1: one atomic listing; more: disjoint filters, one after the other */
    size_t count;
    struct domain *domains; /* sorted by UUID, each UUID once */

    /* What events told since the listing before, in the order in which they came. A snapshot that only knows more
     * of the same listing has none of this. */
    size_t event_count;
    struct domain_event *events;
    uint32_t events_lost; /* too many at once to be kept */
    bool events_missed;   /* no event told what happened before: the first listing of a connection */
    bool without_events;  /* the driver sends none */
    /* Domains of the listing before that are not in this one though the hypervisor still has them: they
     * stopped fitting the filter. Sorted. */
    size_t left_filter_count;
    struct snapshot_uuid *left_filter;
};

/* A snapshot with room for `room` domains, none in it yet; the caller fills it before anybody else sees
 * it. NULL if out of memory. */
struct snapshot *snapshot_new(size_t room);

/* Copies `text` into the snapshot and returns the copy, or NULL if out of memory. */
const char *snapshot_keep(struct snapshot *snapshot, const char *text);

/* Copies all rows of `other` as they are (names and descriptions are shared), to publish the same listing with
 * more known about it. NULL if out of memory. */
struct snapshot *snapshot_copy(const struct snapshot *other);

/* True if one is a copy of the other, or both of a third: the same rows at the same places. */
bool snapshot_is_same_listing(const struct snapshot *one, const struct snapshot *other);

const struct snapshot *snapshot_ref(const struct snapshot *snapshot);
void snapshot_unref(const struct snapshot *snapshot);

/* The row of that UUID, or NULL. */
const struct domain *snapshot_find(const struct snapshot *snapshot, const unsigned char uuid[UUID_BYTES]);

/* The row of that domain's UUID in an earlier listing, NULL if there is none or if `before` is NULL. For a pass
 * over domains in their order: `*at` is 0 at first. */
const struct domain *snapshot_follow(const struct snapshot *before, size_t *at, const struct domain *domain);

/* True if the domain runs and did not answer: its statistics are older than they may be. */
bool snapshot_stats_are_partial(const struct snapshot *snapshot, const struct domain *domain, int64_t now_boot_ms);

/* How many of its domains fit the filter. */
size_t snapshot_count(const struct snapshot *snapshot, uint32_t filter);

#endif
