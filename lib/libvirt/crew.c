/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/libvirt/crew.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/clock.h"
#include "lib/base/thread.h"
#include "lib/libvirt/driver.h"
#include "lib/libvirt/mailbox.h"

enum { CREW_WHY_MAX = 512 };

struct crew {
    char *uri;
    bool with_events;
    struct mailbox *mailbox; /* nobody's: these connections only need keepalive */
    struct driver *driver;   /* NULL: each connection learns by itself */
    const struct crew_work *work;
    void *data;

    pthread_mutex_t lock;
    pthread_cond_t news;
    bool ending, left;
    size_t threads, working; /* all; those that do not just close their connection and go */
    int64_t failed_boot_ms;  /* when a connection was last not to be had; 0: one was since */
    char why[CREW_WHY_MAX];
};

void crew_lock(struct crew *crew)
{
    (void)pthread_mutex_lock(&crew->lock); /* fails only for a lock that is broken already */
}

void crew_unlock(struct crew *crew)
{
    (void)pthread_mutex_unlock(&crew->lock);
}

struct crew *crew_new(const char *uri, bool with_events, const struct crew_work *work, void *data)
{
    struct crew *crew = calloc(1, sizeof(*crew));

    if (!crew)
        return NULL;
    crew->uri = uri ? strdup(uri) : NULL;
    crew->with_events = with_events;
    crew->work = work;
    crew->data = data;
    crew->mailbox = mailbox_new();
    if ((uri && !crew->uri) || !crew->mailbox || !thread_condition_init(&crew->news)) {
        mailbox_unref(crew->mailbox);
        free(crew->uri);
        free(crew);
        return NULL;
    }
    (void)pthread_mutex_init(&crew->lock, NULL); /* cannot fail for a default mutex */
    return crew;
}

void crew_share_driver(struct crew *crew, struct driver *driver)
{
    crew->driver = driver_ref(driver);
}

static void release(struct crew *crew)
{
    crew->work->release(crew->data);
    driver_unref(crew->driver);
    mailbox_unref(crew->mailbox);
    (void)pthread_cond_destroy(&crew->news);
    (void)pthread_mutex_destroy(&crew->lock);
    free(crew->uri);
    free(crew);
}

static void *run(void *data);

/* Called with the lock held. */
static void start_threads(struct crew *crew)
{
    size_t wanted = crew->ending ? 0 : crew->work->threads(crew->data);

    while (crew->working < wanted && crew->threads < crew->work->threads_max && thread_start(NULL, run, crew)) {
        crew->threads++;
        crew->working++;
    }
}

bool crew_call(struct crew *crew)
{
    start_threads(crew);
    (void)pthread_cond_broadcast(&crew->news);
    return crew->threads > 0 || crew->work->threads(crew->data) == 0;
}

bool crew_wait(struct crew *crew, int64_t until_boot_ms)
{
    if (until_boot_ms == INT64_MAX)
        return pthread_cond_wait(&crew->news, &crew->lock) == 0;
    return thread_wait(&crew->news, &crew->lock, until_boot_ms);
}

/* Works until told to end, or until there was nothing to do for a while. Called and left with the lock held. */
static void work(struct crew *crew, struct hypervisor *hypervisor)
{
    int64_t idle_until = clock_boot_ms() + crew->work->idle_ms;

    while (!crew->ending) {
        int64_t next = crew->work->next ? crew->work->next(crew->data) : INT64_MAX;

        if (crew->work->serve(crew->data, hypervisor))
            idle_until = clock_boot_ms() + crew->work->idle_ms;
        else if (crew->working <= crew->work->threads(crew->data))
            (void)crew_wait(crew, next);
        else if (clock_boot_ms() < idle_until)
            (void)crew_wait(crew, next < idle_until ? next : idle_until);
        else
            return;
    }
}

static void *run(void *data)
{
    struct crew *crew = data;
    enum hypervisor_watch watch = crew->with_events ? HYPERVISOR_WATCH_ALIVE : HYPERVISOR_WATCH_NOTHING;
    struct hypervisor *hypervisor = hypervisor_new(crew->uri, watch, crew->mailbox, NULL);
    bool is_last;

    if (hypervisor && crew->driver)
        hypervisor_share_driver(hypervisor, crew->driver);
    if (hypervisor && crew->work->may_change_domains)
        hypervisor_allow_changes(hypervisor);
    crew_lock(crew);
    work(crew, hypervisor);
    crew->working--;
    crew_unlock(crew);
    hypervisor_free(hypervisor);
    crew_lock(crew);
    crew->threads--;
    (void)crew_call(crew); /* there may have come some while the connection was closed */
    is_last = crew->left && crew->threads == 0;
    crew_unlock(crew);
    if (is_last)
        release(crew);
    return NULL;
}

bool crew_is_ending(const struct crew *crew)
{
    return crew->ending;
}

bool crew_end(struct crew *crew, int64_t patience_ms)
{
    int64_t until = clock_boot_ms() + patience_ms;
    bool ended;

    crew_lock(crew);
    crew->ending = true;
    (void)pthread_cond_broadcast(&crew->news);
    while (crew->threads > 0)
        if (!thread_wait(&crew->news, &crew->lock, until))
            break;
    ended = crew->threads == 0;
    crew_unlock(crew);
    return ended;
}

void crew_leave(struct crew *crew)
{
    bool is_last;

    crew_lock(crew);
    crew->left = true;
    is_last = crew->threads == 0;
    crew_unlock(crew);
    if (is_last)
        release(crew);
}

bool crew_stop(struct crew *crew, int64_t patience_ms)
{
    bool ended;

    if (!crew)
        return true;
    ended = crew_end(crew, patience_ms);
    crew_leave(crew);
    return ended;
}

bool crew_connect(struct crew *crew, struct hypervisor *hypervisor)
{
    bool is_open;

    if (hypervisor_is_open(hypervisor) && !hypervisor_alive(hypervisor))
        hypervisor_disconnect(hypervisor);
    is_open = hypervisor_connect(hypervisor);
    crew_lock(crew);
    crew->failed_boot_ms = is_open ? 0 : clock_boot_ms();
    if (!is_open)
        (void)snprintf(crew->why, sizeof(crew->why), "%s", hypervisor_error(hypervisor));
    crew_unlock(crew);
    return is_open;
}

bool crew_lacks_connection(struct crew *crew, int64_t since_boot_ms, char *why, size_t size)
{
    bool is_lacking;

    crew_lock(crew);
    is_lacking = crew->failed_boot_ms > 0 && crew->failed_boot_ms >= since_boot_ms;
    if (is_lacking)
        (void)snprintf(why, size, "%s", crew->why);
    crew_unlock(crew);
    return is_lacking;
}
