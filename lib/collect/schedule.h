/* SPDX-License-Identifier: GPL-2.0-or-later */
/* When to list next, and when to connect again. Pure: the caller reads the clock. */
#ifndef GUESTLIST_COLLECT_SCHEDULE_H
#define GUESTLIST_COLLECT_SCHEDULE_H

#include <stdint.h>

enum {
    SCHEDULE_SETTLE_MS = 50,    /* one action causes several events, which share a listing */
    SCHEDULE_REST_FACTOR = 9,   /* under constant events, listings use at most a tenth of the time */
    SCHEDULE_AIR_MAX_MS = 5000, /* the longest pause after a slow listing, which mostly waited */
    SCHEDULE_RETRY_FIRST_MS = 500,
    SCHEDULE_RETRY_MAX_MS = 15000,
};

struct schedule {
    int64_t interval_ms;
    int64_t started_boot_ms; /* when the last listing began; 0: none yet */
    int64_t ended_boot_ms;
    int64_t waited_ms;      /* the part of that time in which the listing only waited */
    int64_t wanted_boot_ms; /* when the next one is wanted; 0: an interval after the last one */
};

/* The boot-clock time of the next listing. `event_boot_ms` is the time of the first event since the last listing
 * began, or 0. */
int64_t schedule_next(const struct schedule *schedule, int64_t event_boot_ms);

/* The pause in milliseconds before attempt number `attempt` (from 1) to connect. It doubles up to a limit.
 * `random` makes it up to 25 % longer or shorter, so that many agents do not connect at the same moment. */
int64_t schedule_retry(unsigned attempt, uint32_t random);

#endif
