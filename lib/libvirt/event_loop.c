/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/libvirt/event_loop.h"

#include <libvirt/libvirt.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>

#include "lib/base/thread.h"

struct event_loop {
    pthread_t thread;
    atomic_bool stop;
    int timer;
};

static void *run(void *data)
{
    struct event_loop *events = data;

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

struct event_loop *event_loop_start(void)
{
    struct event_loop *events;

    if (virEventRegisterDefaultImpl() < 0)
        return NULL;
    events = calloc(1, sizeof(*events));
    if (!events)
        return NULL;
    atomic_init(&events->stop, false);
    events->timer = virEventAddTimeout(-1, on_timer, NULL, NULL);
    if (events->timer < 0 || !thread_start(&events->thread, run, events)) {
        free(events);
        return NULL;
    }
    return events;
}

void event_loop_stop(struct event_loop *events)
{
    if (!events)
        return;
    atomic_store(&events->stop, true);
    virEventUpdateTimeout(events->timer, 0);
    (void)pthread_join(events->thread, NULL);
    (void)virEventRemoveTimeout(events->timer);
    free(events);
}
