/* SPDX-License-Identifier: GPL-2.0-or-later */
/* When to list next, and when to try a lost connection again. Pure: the caller brings the clock. */
#ifndef GUESTLIST_COLLECT_SCHEDULE_H
#define GUESTLIST_COLLECT_SCHEDULE_H

#include <stdint.h>

enum {
    SCHEDULE_SETTLE_MS = 50,    /* one listing for the burst of events that one action makes */
    SCHEDULE_REST_FACTOR = 9,   /* the work of listing for events takes at most a tenth of the time */
    SCHEDULE_AIR_MAX_MS = 5000, /* what takes longer than this was no work but a hang, and is over */
    SCHEDULE_RETRY_FIRST_MS = 500,
    SCHEDULE_RETRY_MAX_MS = 15000,
};

struct schedule {
    int64_t interval_ms;
    int64_t started_boot_ms; /* last listing; 0 before the first */
    int64_t ended_boot_ms;
    int64_t waited_ms;      /* of that time, what was only waiting and cost the hypervisor nothing */
    int64_t wanted_boot_ms; /* when the next one is wanted instead of an interval after the last; 0: not at all */
};

/* Boot-clock time of the next listing. `event_boot_ms` is when the first event since the last listing
 * began came in, 0 if none did. */
int64_t schedule_next(const struct schedule *schedule, int64_t event_boot_ms);

/* Milliseconds to wait before attempt number `attempt` (from 1) to connect again: doubling, with
 * +-25 % jitter from `random` so that many agents do not come back in step. */
int64_t schedule_retry(unsigned attempt, uint32_t random);

#endif
