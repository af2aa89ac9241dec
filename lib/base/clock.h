/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Clocks. Ages and deadlines use the boot clock: it does not step, and it goes on while the host is suspended.
 * Dates use the real-time clock. */
#ifndef GUESTLIST_BASE_CLOCK_H
#define GUESTLIST_BASE_CLOCK_H

#include <stdint.h>
#include <time.h>

static inline int64_t clock_read_us(clockid_t clock)
{
    struct timespec now = { 0, 0 };

    (void)clock_gettime(clock, &now); /* cannot fail for these clocks */
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* Microseconds since the host booted, including the time when it was suspended (CLOCK_BOOTTIME). */
static inline int64_t clock_boot_us(void)
{
    return clock_read_us(CLOCK_BOOTTIME);
}

/* Milliseconds since the host booted. Members and variables with such times are named ..._boot_ms. */
static inline int64_t clock_boot_ms(void)
{
    return clock_boot_us() / 1000;
}

/* Microseconds from `began_us`, a time of the boot clock, until now; UINT32_MAX if it is 71 minutes or more. */
static inline uint32_t clock_since_us(int64_t began_us)
{
    int64_t us = clock_boot_us() - began_us;

    return us < UINT32_MAX ? (uint32_t)us : UINT32_MAX;
}

/* systemd's clock. It stops while the host is suspended. */
static inline int64_t clock_monotonic_us(void)
{
    return clock_read_us(CLOCK_MONOTONIC);
}

/* Microseconds of CPU time that the calling thread has used. */
static inline int64_t clock_thread_us(void)
{
    return clock_read_us(CLOCK_THREAD_CPUTIME_ID);
}

/* The later of two times, or the longer of two durations. */
static inline int64_t clock_later(int64_t one, int64_t other)
{
    return one > other ? one : other;
}

/* Milliseconds since 1970, for dates. This clock can step, so the difference of two of its times is not always a
 * duration. */
static inline int64_t clock_real_ms(void)
{
    return clock_read_us(CLOCK_REALTIME) / 1000;
}

#endif
