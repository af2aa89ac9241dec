/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Threads for libvirt calls that may hang in a guest: started when there is work, each with a connection of its
 * own that is opened at its first call, and gone when there was no work for a while. Nothing can cancel a call, so
 * at the end a thread that hangs is left behind, and frees what it uses when it returns. */
#ifndef GUESTLIST_LIBVIRT_WORKER_POOL_H
#define GUESTLIST_LIBVIRT_WORKER_POOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/libvirt/connection.h"

struct worker_pool;
struct driver;

/* What the threads do. All functions but `release` are called with the pool's lock held. */
struct worker_pool_work {
    size_t threads_max;
    int64_t idle_ms;         /* after which a thread without work ends */
    bool may_change_domains; /* false: read-only connections */

    /* How many threads are wanted now, those that are at work included. Others end when they were idle. */
    size_t (*threads)(const void *data);

    /* Takes a piece of work and does it, between worker_pool_unlock() and worker_pool_lock(). False: there is
     * none. `hypervisor` is this thread's, perhaps not open yet, or NULL if out of memory: then the work fails. */
    bool (*serve)(void *data, struct connection *connection);

    /* Boot clock when there is work though nobody calls; INT64_MAX, or no such function: never. */
    int64_t (*next)(const void *data);

    /* Frees `data`, when no thread is left. */
    void (*release)(void *data);
};

/* `uri` and `with_events` as for connection_new(); `work` must outlive it. `data` is handed to its functions. NULL
 * if out of memory: `data` is then the caller's still. */
struct worker_pool *worker_pool_new(const char *uri, bool with_events, const struct worker_pool_work *work,
                                    void *data);

/* What its connections find out about the driver is shared with others. Call it before there is work. */
void worker_pool_share_driver(struct worker_pool *pool, struct driver *driver);

/* The lock that guards the pool's `data`. Never held across a libvirt call. */
void worker_pool_lock(struct worker_pool *pool);
void worker_pool_unlock(struct worker_pool *pool);

/* With the lock held: there is work, or what others wait for has come. Starts and wakes threads. False if there is
 * work but no thread at all. */
bool worker_pool_wake(struct worker_pool *pool);

/* With the lock held: waits until somebody calls, at most until the boot clock reads `until_boot_ms`. False if
 * that is reached. */
bool worker_pool_wait(struct worker_pool *pool, int64_t until_boot_ms);

/* Asks the threads to end and waits for them at most `patience_ms`; true if all did. Begins nothing new. */
bool worker_pool_end(struct worker_pool *pool, int64_t patience_ms);
bool worker_pool_is_ending(const struct worker_pool *pool); /* with the lock held */

/* Afterwards: releases pool and `data`, now or when the last thread returns. */
void worker_pool_release(struct worker_pool *pool);

/* worker_pool_end() and worker_pool_release(). Takes NULL. */
bool worker_pool_stop(struct worker_pool *pool, int64_t patience_ms);

/* For `serve`, without the lock: opens the connection unless it is open and alive; on failure false, and
 * connection_error() says why. */
bool worker_pool_connect(struct worker_pool *pool, struct connection *connection);

/* True if a connection could not be opened at that boot time or later, and no thread has had one since: `why` says
 * why not. Takes the lock. */
bool worker_pool_lacks_connection(struct worker_pool *pool, int64_t since_boot_ms, char *why, size_t size);

#endif
