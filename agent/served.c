/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/served.h"

#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "agent/indexes.h"
#include "core/clock.h"

/* A manager that walks sends its next request within this, or its walk is over. */
enum { WALK_GAP_MS = 1000 };

struct served {
    char *context;
    const struct log_sink *log;
    struct collector *collector;
    int fd;

    /* The collector's thread's own. */
    struct indexes *indexes;

    /* Shared, under the lock. */
    pthread_mutex_t lock;
    struct view *latest; /* published, not yet taken by the main thread */

    /* The main thread's own. */
    struct view *current;
    int64_t walk_hold_ms, walked_boot_ms, waiting_boot_ms;
};

static void ring(struct served *served)
{
    uint64_t one = 1;

    if (write(served->fd, &one, sizeof(one)) < 0)
        return; /* full of news already: the reader will come */
}

/* Runs on the collector's thread. */
static void publish(void *data, const struct snapshot *snapshot)
{
    struct served *served = data;
    struct view *view = indexes_view(served->indexes, snapshot), *unseen;

    if (!view) {
        log_say(served->log, LOG_LEVEL_ERROR, "out of memory: a listing of %zu domains is not shown",
                snapshot->count);
        return;
    }
    (void)pthread_mutex_lock(&served->lock);
    unseen = served->latest;
    served->latest = view;
    (void)pthread_mutex_unlock(&served->lock);
    view_unref(unseen);
    ring(served);
}

static void served_free(struct served *served)
{
    view_unref(served->latest);
    view_unref(served->current);
    indexes_free(served->indexes);
    if (served->fd >= 0)
        (void)close(served->fd);
    (void)pthread_mutex_destroy(&served->lock);
    free(served->context);
    free(served);
}

struct served *served_start(const char *uri, const char *context, const char *state_directory,
                            const struct collector_settings *settings, int64_t walk_hold_ms,
                            const struct log_sink *log)
{
    struct served *served = calloc(1, sizeof(*served));
    struct collector_host host = { .publish = publish, .data = served, .log = log, .with_events = true };

    if (!served)
        return NULL;
    (void)pthread_mutex_init(&served->lock, NULL); /* cannot fail for a default mutex */
    served->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    served->context = context ? strdup(context) : NULL;
    served->log = log;
    served->walk_hold_ms = walk_hold_ms;
    served->indexes = indexes_new(state_directory, context, log);
    if (served->fd >= 0 && served->indexes && (!context || served->context))
        served->collector = collector_start(uri, settings, &host);
    if (served->collector)
        return served;
    served_free(served);
    return NULL;
}

bool served_stop(struct served *served, int64_t patience_ms)
{
    if (!served)
        return true;
    if (!collector_stop(served->collector, patience_ms))
        return false;
    served_free(served);
    return true;
}

void served_change(struct served *served, const struct collector_settings *settings, int64_t walk_hold_ms)
{
    served->walk_hold_ms = walk_hold_ms;
    collector_change(served->collector, settings);
}

const char *served_context(const struct served *served)
{
    return served->context;
}

int served_fd(const struct served *served)
{
    return served->fd;
}

int64_t served_refresh(struct served *served)
{
    int64_t now = clock_boot_ms();
    struct view *latest;
    uint64_t news;

    if (read(served->fd, &news, sizeof(news)) == sizeof(news) && served->waiting_boot_ms == 0)
        served->waiting_boot_ms = now;
    if (served->waiting_boot_ms == 0)
        return 0;
    if (served->current && now - served->walked_boot_ms < WALK_GAP_MS &&
        now - served->waiting_boot_ms < served->walk_hold_ms)
        return served->walked_boot_ms + WALK_GAP_MS - now;
    (void)pthread_mutex_lock(&served->lock);
    latest = served->latest;
    served->latest = NULL;
    (void)pthread_mutex_unlock(&served->lock);
    served->waiting_boot_ms = 0;
    if (latest) {
        view_unref(served->current);
        served->current = latest;
    }
    return 0;
}

void served_answer(struct served *served, bool is_walk, bool with_status, struct answer *answer)
{
    answer->now_boot_ms = clock_boot_ms();
    answer->view = served->current;
    answer->stale = collector_is_stale(served->collector, answer->now_boot_ms);
    if (with_status)
        collector_status(served->collector, &answer->status);
    if (is_walk)
        served->walked_boot_ms = answer->now_boot_ms;
}

void served_wait_first(struct served *served, int64_t patience_ms)
{
    struct pollfd news = { .fd = served->fd, .events = POLLIN };

    if (poll(&news, 1, (int)patience_ms) > 0)
        (void)served_refresh(served);
}
