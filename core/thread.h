/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How the project starts its threads: with all signals blocked, because those are the main thread's business. */
#ifndef GUESTLIST_CORE_THREAD_H
#define GUESTLIST_CORE_THREAD_H

#include <pthread.h>
#include <stdbool.h>

/* Starts a thread to be joined through `thread`, or, if that is NULL, one that nobody joins. False if it cannot be
 * started. */
bool thread_start(pthread_t *thread, void *(*run)(void *data), void *data);

#endif
