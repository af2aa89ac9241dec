/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/collect/schedule.h"

#include "lib/base/clock.h"

int64_t schedule_next(const struct schedule *schedule, int64_t event_boot_ms)
{
    int64_t took = schedule->ended_boot_ms - schedule->started_boot_ms - schedule->waited_ms;
    int64_t timer = schedule->wanted_boot_ms, event;

    if (schedule->started_boot_ms == 0)
        return 0;
    /* Even if a listing takes longer than the interval, the hypervisor gets a pause. */
    if (timer == 0)
        timer = schedule->started_boot_ms + schedule->interval_ms;
    timer =
        clock_later(timer, schedule->ended_boot_ms + (took < SCHEDULE_AIR_MAX_MS ? took : SCHEDULE_AIR_MAX_MS));
    if (event_boot_ms == 0)
        return timer;
    event = clock_later(event_boot_ms + SCHEDULE_SETTLE_MS, schedule->ended_boot_ms + SCHEDULE_REST_FACTOR * took);
    return event < timer ? event : timer;
}

int64_t schedule_retry(unsigned attempt, uint32_t random)
{
    int64_t pause = SCHEDULE_RETRY_FIRST_MS;

    while (attempt-- > 1 && pause < SCHEDULE_RETRY_MAX_MS)
        pause *= 2;
    if (pause > SCHEDULE_RETRY_MAX_MS)
        pause = SCHEDULE_RETRY_MAX_MS;
    return pause * 3 / 4 + (int64_t)(random % 1024) * pause / 2 / 1024;
}
