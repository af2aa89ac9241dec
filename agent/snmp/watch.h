/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Descriptors of the agent in net-snmp's loop. net-snmp calls select() several times for each request, each time
 * with all its descriptors. So it gets only one: an epoll descriptor that combines those of the agent. Main thread
 * only. */
#ifndef GUESTLIST_AGENT_SNMP_WATCH_H
#define GUESTLIST_AGENT_SNMP_WATCH_H

#include <stdbool.h>

struct watch;

/* A descriptor, and the function that is called when it is readable. */
struct watch_source {
    int fd;
    void (*read)(int fd, void *data);
    void *data;
};

/* NULL, with errno, if out of memory or descriptors. */
struct watch *watch_new(void);

/* Watches the source, which must live until watch_remove() or watch_free(). False, with errno, on failure. */
bool watch_add(struct watch *watch, struct watch_source *source);

/* Stops watching the source: its function is not called any more. Do not call this from such a function. */
void watch_remove(struct watch *watch, const struct watch_source *source);

/* Takes NULL. */
void watch_free(struct watch *watch);

#endif
