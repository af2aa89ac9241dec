/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Starts threads, and waits for conditions and for the end of threads. Deadlines are times of the boot clock;
 * INT64_MAX is too large for one. */
#ifndef GUESTLIST_BASE_THREAD_H
#define GUESTLIST_BASE_THREAD_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

/* Starts a thread with all signals blocked, because the main thread handles them. If `thread` is NULL, the thread
 * is detached; otherwise the caller joins it. False if it cannot be started. */
bool thread_start(pthread_t *thread, void *(*run)(void *data), void *data);

/* Makes a condition variable for thread_wait(). False if it fails. */
bool thread_condition_init(pthread_cond_t *condition);

/* Waits for `condition`; the caller holds `lock`. False if the boot clock reaches `until_boot_ms` first. */
bool thread_wait(pthread_cond_t *condition, pthread_mutex_t *lock, int64_t until_boot_ms);

/* Joins the thread. False if it still runs when the boot clock reaches `until_boot_ms`; it can be joined later. */
bool thread_join_until(pthread_t thread, int64_t until_boot_ms);

#endif
