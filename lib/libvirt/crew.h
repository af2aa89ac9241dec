/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Threads for libvirt calls that may hang in a guest: started when there is work, each with a connection of its
 * own that is opened at its first call, and gone when there was no work for a while. Nothing can cancel a call, so
 * at the end a thread that hangs is left behind, and frees what it uses when it returns. */
#ifndef GUESTLIST_LIBVIRT_CREW_H
#define GUESTLIST_LIBVIRT_CREW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/libvirt/hypervisor.h"

struct crew;
struct driver;

/* What the threads do. All functions but `release` are called with the crew's lock held. */
struct crew_work {
    size_t threads_max;
    int64_t idle_ms;         /* after which a thread without work ends */
    bool may_change_domains; /* false: read-only connections */

    /* How many threads are wanted now, those that are at work included. Others end when they were idle. */
    size_t (*threads)(const void *data);

    /* Takes a piece of work and does it, between crew_unlock() and crew_lock(). False: there is none. `hypervisor`
     * is this thread's, perhaps not open yet, or NULL if out of memory: then the work fails. */
    bool (*serve)(void *data, struct hypervisor *hypervisor);

    /* Boot clock when there is work though nobody calls; INT64_MAX, or no such function: never. */
    int64_t (*next)(const void *data);

    /* Frees `data`, when no thread is left. */
    void (*release)(void *data);
};

/* `uri` and `with_events` as for hypervisor_new(); `work` must outlive it. `data` is handed to its functions. NULL
 * if out of memory: `data` is then the caller's still. */
struct crew *crew_new(const char *uri, bool with_events, const struct crew_work *work, void *data);

/* What its connections find out about the driver is shared with others. Call it before there is work. */
void crew_share_driver(struct crew *crew, struct driver *driver);

/* The lock that guards the crew's `data`. Never held across a libvirt call. */
void crew_lock(struct crew *crew);
void crew_unlock(struct crew *crew);

/* With the lock held: there is work, or what others wait for has come. Starts and wakes threads. False if there is
 * work but no thread at all. */
bool crew_call(struct crew *crew);

/* With the lock held: waits until somebody calls, at most until the boot clock reads `until_boot_ms`. False if
 * that is reached. */
bool crew_wait(struct crew *crew, int64_t until_boot_ms);

/* Asks the threads to end and waits for them at most `patience_ms`; true if all did. Begins nothing new. */
bool crew_end(struct crew *crew, int64_t patience_ms);
bool crew_is_ending(const struct crew *crew); /* with the lock held */

/* Afterwards: releases crew and `data`, now or when the last thread returns. */
void crew_leave(struct crew *crew);

/* crew_end() and crew_leave(). Takes NULL. */
bool crew_stop(struct crew *crew, int64_t patience_ms);

/* For `serve`, without the lock: opens the connection unless it is open and alive; on failure false, and
 * hypervisor_error() says why. */
bool crew_connect(struct crew *crew, struct hypervisor *hypervisor);

/* True if a connection could not be opened at that boot time or later, and no thread has had one since: `why` says
 * why not. Takes the lock. */
bool crew_lacks_connection(struct crew *crew, int64_t since_boot_ms, char *why, size_t size);

#endif
