/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Threads for libvirt calls that a guest can block. A thread starts when there is work, opens a connection of its
 * own with its first call, and ends when there was no work for a while. Nothing can cancel a call. So at the end a
 * thread that hangs is abandoned, and frees what it uses when it returns. */
#ifndef GUESTLIST_LIBVIRT_WORKER_POOL_H
#define GUESTLIST_LIBVIRT_WORKER_POOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/libvirt/connection.h"

struct worker_pool;
struct driver;

/* The work of a pool. All functions but `release` are called with the pool's lock held: on its threads, and
 * `threads` also by worker_pool_wake(). */
struct worker_pool_work {
    size_t threads_max;
    int64_t idle_ms;         /* a thread ends after this time without work */
    bool may_change_domains; /* false: read-only connections */

    /* How many threads are needed now, those at work included. Other threads end after `idle_ms`. */
    size_t (*threads)(const void *data);

    /* Does one piece of work. Calls worker_pool_unlock() before its libvirt calls, and worker_pool_lock() after
     * them. False if there is no work. `connection` is this thread's own and may not be open. It is NULL if out of
     * memory: then the work fails. */
    bool (*serve)(void *data, struct connection *connection);

    /* The boot clock at which there will be work without worker_pool_wake(). INT64_MAX: never. */
    int64_t (*next)(const void *data);

    /* Frees `data`. Called last, without the lock, by worker_pool_release() or on the last thread that returns. */
    void (*release)(void *data);
};

/* `uri` as for connection_new(). `with_events` is true if this process runs libvirt's event loop: the connections
 * then use keepalive. They share `driver`, to which the pool takes a reference; NULL: each has one of its own.
 * `work` must outlive the pool, and `data` is passed to its functions. NULL if out of memory: the caller then
 * still owns `data`. */
struct worker_pool *worker_pool_new(const char *uri, bool with_events, struct driver *driver,
                                    const struct worker_pool_work *work, void *data);

/* The lock of the pool and its `data`. It is never held while libvirt is called. */
void worker_pool_lock(struct worker_pool *pool);
void worker_pool_unlock(struct worker_pool *pool);

/* With the lock held: starts threads if they are needed, and wakes all. To be called when there is work, and when
 * a thread may wait in worker_pool_wait() for a change. False if there is work and no thread could be started. */
bool worker_pool_wake(struct worker_pool *pool);

/* With the lock held: starts the threads that are needed. For those that worker_pool_wake() could not start, since
 * the system had no more threads. */
void worker_pool_start_threads(struct worker_pool *pool);

/* With the lock held: waits for worker_pool_wake(), at most until the boot clock reads `until_boot_ms`. False if
 * that time has come. */
bool worker_pool_wait(struct worker_pool *pool, int64_t until_boot_ms);

/* Asks the threads to end, and waits for them at most `patience_ms`. True if all have ended. No work begins any
 * more. */
bool worker_pool_end(struct worker_pool *pool, int64_t patience_ms);
bool worker_pool_is_ending(const struct worker_pool *pool); /* with the lock held */

/* After worker_pool_end(): frees the pool and `data`, now or when the last thread returns. */
void worker_pool_release(struct worker_pool *pool);

/* worker_pool_end() and worker_pool_release(). Takes NULL. */
bool worker_pool_stop(struct worker_pool *pool, int64_t patience_ms);

/* For `serve`, without the lock: opens the connection unless it is open and alive. Blocks as connection_open()
 * does. False if it failed, and connection_error() says why. */
bool worker_pool_connect(struct worker_pool *pool, struct connection *connection);

/* True if opening a connection failed at that boot time or later, and no thread has opened one since. `why` is the
 * reason. Takes the lock. */
bool worker_pool_lacks_connection(struct worker_pool *pool, int64_t since_boot_ms, char *why, size_t size);

#endif
