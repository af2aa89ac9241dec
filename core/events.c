/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/events.h"

#include <libvirt/libvirt.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>

struct events {
    pthread_t thread;
    atomic_bool stop;
    int timer;
};

static void *run(void *data)
{
    struct events *events = data;

    while (!atomic_load(&events->stop))
        if (virEventRunDefaultImpl() < 0)
            break;
    return NULL;
}

static void on_timer(int timer, void *data)
{
    (void)timer;
    (void)data; /* its only purpose is to wake the loop */
}

/* Signals are the main thread's business. */
static int start_thread(struct events *events)
{
    sigset_t all, before;
    int failed;

    (void)sigfillset(&all);
    if (pthread_sigmask(SIG_SETMASK, &all, &before))
        return -1;
    failed = pthread_create(&events->thread, NULL, run, events);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    return failed ? -1 : 0;
}

struct events *events_start(void)
{
    struct events *events;

    if (virEventRegisterDefaultImpl() < 0)
        return NULL;
    events = calloc(1, sizeof(*events));
    if (!events)
        return NULL;
    atomic_init(&events->stop, false);
    events->timer = virEventAddTimeout(-1, on_timer, NULL, NULL);
    if (events->timer < 0 || start_thread(events) < 0) {
        free(events);
        return NULL;
    }
    return events;
}

void events_stop(struct events *events)
{
    if (!events)
        return;
    atomic_store(&events->stop, true);
    virEventUpdateTimeout(events->timer, 0);
    (void)pthread_join(events->thread, NULL);
    (void)virEventRemoveTimeout(events->timer);
    free(events);
}
