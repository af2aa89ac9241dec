/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/base/thread.h"

#include <signal.h>
#include <stddef.h>
#include <time.h>

#include "config.h"
#include "lib/base/clock.h"

bool thread_start(pthread_t *thread, void *(*run)(void *data), void *data)
{
    pthread_attr_t attributes;
    pthread_t unjoined;
    sigset_t all, before;
    bool started;

    if (pthread_attr_init(&attributes))
        return false;
    (void)pthread_attr_setdetachstate(&attributes, thread ? PTHREAD_CREATE_JOINABLE : PTHREAD_CREATE_DETACHED);
    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before); /* cannot fail for a valid mask */
    started = pthread_create(thread ? thread : &unjoined, &attributes, run, data) == 0;
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    (void)pthread_attr_destroy(&attributes);
    return started;
}

bool thread_condition_init(pthread_cond_t *condition)
{
    pthread_condattr_t attributes;
    bool made;

    if (pthread_condattr_init(&attributes))
        return false;
    /* A condition variable cannot use the boot clock. The monotonic clock differs from it only by the time that
     * the host was suspended. */
    made = !pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC) && !pthread_cond_init(condition, &attributes);
    (void)pthread_condattr_destroy(&attributes);
    return made;
}

/* The time on the monotonic clock when the boot clock reads `boot_ms`; the present time, if `boot_ms` is past. */
static struct timespec thread_monotonic(int64_t boot_ms)
{
    int64_t pause_us = boot_ms * 1000 - clock_boot_us();
    int64_t us = clock_monotonic_us() + (pause_us > 0 ? pause_us : 0);

    return (struct timespec){ .tv_sec = us / 1000000, .tv_nsec = us % 1000000 * 1000 };
}

bool thread_wait(pthread_cond_t *condition, pthread_mutex_t *lock, int64_t until_boot_ms)
{
    struct timespec until = thread_monotonic(until_boot_ms);

    return pthread_cond_timedwait(condition, lock, &until) == 0;
}

/* ThreadSanitizer of gcc 12 and clang 14 does not know pthread_clockjoin_np(): it would take the thread for a leak,
 * and what the thread did before it ended for a data race. */
#if defined(__SANITIZE_THREAD__)
#undef HAVE_PTHREAD_CLOCKJOIN_NP
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#undef HAVE_PTHREAD_CLOCKJOIN_NP
#endif
#endif

#ifdef HAVE_PTHREAD_CLOCKJOIN_NP
/* pthread_timedjoin_np() uses the real-time clock. If an administrator sets this clock back, a stop would take
 * hours. */
bool thread_join_until(pthread_t thread, int64_t until_boot_ms)
{
    struct timespec until = thread_monotonic(until_boot_ms);

    return pthread_clockjoin_np(thread, NULL, CLOCK_MONOTONIC, &until) == 0;
}
#else
/* Polls, because pthread_timedjoin_np() uses the real-time clock (see above). */
bool thread_join_until(pthread_t thread, int64_t until_boot_ms)
{
    static const struct timespec pause = { .tv_nsec = 5000000 };

    while (pthread_tryjoin_np(thread, NULL)) {
        if (clock_boot_ms() >= until_boot_ms)
            return false;
        (void)nanosleep(&pause, NULL); /* a signal may end it early, which does no harm */
    }
    return true;
}
#endif
