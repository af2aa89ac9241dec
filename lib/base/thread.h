/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How the project starts its threads, with all signals blocked, because those are the main thread's business; and
 * how these wait for one another, or for their end, until the boot clock reads a time. */
#ifndef GUESTLIST_BASE_THREAD_H
#define GUESTLIST_BASE_THREAD_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

/* Starts a thread to be joined through `thread`, or, if that is NULL, one that nobody joins. False if it cannot be
 * started. */
bool thread_start(pthread_t *thread, void *(*run)(void *data), void *data);

/* A condition variable for thread_wait(). False if out of memory or the like. */
bool thread_condition_init(pthread_cond_t *condition);

/* Waits for `condition`, with `lock` held, until the boot clock reads `until_boot_ms` at the latest. False if that
 * is reached; at once if it is past. */
bool thread_wait(pthread_cond_t *condition, pthread_mutex_t *lock, int64_t until_boot_ms);

/* Joins the thread, by the boot clock. False if it still runs at `until_boot_ms`: it can be joined later. */
bool thread_join_until(pthread_t thread, int64_t until_boot_ms);

#endif
