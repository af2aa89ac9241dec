/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/libvirt/event_loop.h"

#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <time.h>

#include "lib/base/clock.h"
#include "lib/base/log_throttle.h"
#include "lib/base/thread.h"
#include "lib/base/uri.h"

enum { EVENT_LOOP_PAUSE_NS = 100 * 1000 * 1000, EVENT_LOOP_WHY_MAX = 512 };

struct event_loop {
    pthread_t thread;
    atomic_bool stop;
    int timer;
    const struct log_sink *log;
    struct log_throttle throttle; /* for the loop's thread alone, as the next */
    bool has_failed;
};

/* Without the loop there are no events, and no keepalive that finds a dead peer. So it is run again and again. */
static void event_loop_fail(struct event_loop *loop)
{
    const struct timespec pause = { .tv_nsec = EVENT_LOOP_PAUSE_NS };
    char why[EVENT_LOOP_WHY_MAX];

    uri_conceal_line(NULL, virGetLastErrorMessage(), why, sizeof(why));
    log_throttle_say(
        &loop->throttle, loop->log, clock_boot_ms(),
        "libvirt's event loop failed, so changes are seen at the next interval only; trying again: %s", why);
    (void)nanosleep(&pause, NULL);
    loop->has_failed = true;
    virEventUpdateTimeout(loop->timer, 0); /* so that a run that works ends at once, and is noticed */
}

static void event_loop_note_run(struct event_loop *loop)
{
    if (!loop->has_failed)
        return;
    loop->has_failed = false;
    virEventUpdateTimeout(loop->timer, -1);
    log_throttle_end(&loop->throttle, loop->log, clock_boot_ms(), "libvirt's event loop runs again");
}

static void *event_loop_run(void *data)
{
    struct event_loop *loop = data;

    while (!atomic_load(&loop->stop)) {
        if (virEventRunDefaultImpl() < 0)
            event_loop_fail(loop);
        else
            event_loop_note_run(loop);
    }
    return NULL;
}

static void event_loop_on_timer(int timer, void *data)
{
    (void)timer;
    (void)data; /* its only purpose is to wake the loop */
}

struct event_loop *event_loop_start(const struct log_sink *log)
{
    struct event_loop *loop;

    if (virEventRegisterDefaultImpl() < 0)
        return NULL;
    loop = calloc(1, sizeof(*loop));
    if (!loop)
        return NULL;
    atomic_init(&loop->stop, false);
    loop->log = log;
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
