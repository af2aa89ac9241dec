/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/snmp/watch.h"

#include <net-snmp/net-snmp-config.h>
#include <net-snmp/net-snmp-includes.h>
#include <net-snmp/library/fd_event_manager.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

enum { EVENTS_MAX = 16 }; /* more wait for the next turn of the loop */

struct watch {
    int epoll;
};

static void watch_on_ready(int fd, void *data)
{
    struct epoll_event events[EVENTS_MAX];
    int count = epoll_wait(fd, events, EVENTS_MAX, 0);

    (void)data;
    for (int i = 0; i < count; i++) {
        const struct watch_source *source = events[i].data.ptr;

        source->read(source->fd, source->data);
    }
}

struct watch *watch_new(void)
{
    struct watch *watch = calloc(1, sizeof(*watch));

    if (!watch)
        return NULL;
    watch->epoll = epoll_create1(EPOLL_CLOEXEC);
    if (watch->epoll >= 0 && register_readfd(watch->epoll, watch_on_ready, NULL) == FD_REGISTERED_OK)
        return watch;
    if (watch->epoll >= 0)
        (void)close(watch->epoll);
    free(watch);
    return NULL;
}

bool watch_add(struct watch *watch, struct watch_source *source)
{
    struct epoll_event event = { .events = EPOLLIN, .data.ptr = source };

    return epoll_ctl(watch->epoll, EPOLL_CTL_ADD, source->fd, &event) == 0;
}

void watch_remove(struct watch *watch, const struct watch_source *source)
{
    (void)epoll_ctl(watch->epoll, EPOLL_CTL_DEL, source->fd, NULL); /* fails only if it is not watched */
}

void watch_free(struct watch *watch)
{
    if (!watch)
        return;
    (void)unregister_readfd(watch->epoll);
    (void)close(watch->epoll);
    free(watch);
}
