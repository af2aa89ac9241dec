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

static void *event_loop_run(void *data)
{
    struct event_loop *loop = data;

    while (!atomic_load(&loop->stop))
        if (virEventRunDefaultImpl() < 0)
            break;
    return NULL;
}

static void event_loop_on_timer(int timer, void *data)
{
    (void)timer;
    (void)data; /* its only purpose is to wake the loop */
}

struct event_loop *event_loop_start(void)
{
    struct event_loop *loop;

    if (virEventRegisterDefaultImpl() < 0)
        return NULL;
    loop = calloc(1, sizeof(*loop));
    if (!loop)
        return NULL;
    atomic_init(&loop->stop, false);
    loop->timer = virEventAddTimeout(-1, event_loop_on_timer, NULL, NULL);
    if (loop->timer < 0 || !thread_start(&loop->thread, event_loop_run, loop)) {
        free(loop);
        return NULL;
    }
    return loop;
}

void event_loop_stop(struct event_loop *loop)
{
    if (!loop)
        return;
    atomic_store(&loop->stop, true);
    virEventUpdateTimeout(loop->timer, 0);
    (void)pthread_join(loop->thread, NULL);
    (void)virEventRemoveTimeout(loop->timer);
    free(loop);
}
