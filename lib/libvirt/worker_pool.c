/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/libvirt/worker_pool.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/clock.h"
#include "lib/base/thread.h"
#include "lib/libvirt/driver.h"
#include "lib/libvirt/mailbox.h"

enum { WORKER_POOL_WHY_MAX = 512 };

struct worker_pool {
    char *uri;
    bool with_events;
    struct mailbox *mailbox; /* of the connections, which put nothing into it */
    struct driver *driver;   /* NULL: not shared */
    const struct worker_pool_work *work;
    void *data;

    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool is_ending, is_released;
    size_t threads, working; /* `working`: without those that are just closing their connection */
    int64_t failed_boot_ms;  /* when opening a connection last failed; 0: one was opened since */
    char why[WORKER_POOL_WHY_MAX];
};

void worker_pool_lock(struct worker_pool *pool)
{
    (void)pthread_mutex_lock(&pool->lock); /* fails only for a lock that is broken already */
}

void worker_pool_unlock(struct worker_pool *pool)
{
    (void)pthread_mutex_unlock(&pool->lock);
}

struct worker_pool *worker_pool_new(const char *uri, bool with_events, struct driver *driver,
                                    const struct worker_pool_work *work, void *data)
{
    struct worker_pool *pool = calloc(1, sizeof(*pool));

    if (!pool)
        return NULL;
    pool->uri = strdup(uri ? uri : "");
    pool->with_events = with_events;
    pool->work = work;
    pool->data = data;
    pool->mailbox = mailbox_new();
    if (!pool->uri || !pool->mailbox || !thread_condition_init(&pool->changed)) {
        mailbox_unref(pool->mailbox);
        free(pool->uri);
        free(pool);
        return NULL;
    }
    (void)pthread_mutex_init(&pool->lock, NULL); /* cannot fail for a default mutex */
    pool->driver = driver ? driver_ref(driver) : NULL;
    return pool;
}

static void worker_pool_free(struct worker_pool *pool)
{
    pool->work->release(pool->data);
    driver_unref(pool->driver);
    mailbox_unref(pool->mailbox);
    (void)pthread_cond_destroy(&pool->changed);
    (void)pthread_mutex_destroy(&pool->lock);
    free(pool->uri);
    free(pool);
}

static void *worker_pool_run(void *data);

void worker_pool_start_threads(struct worker_pool *pool)
{
    size_t wanted = pool->is_ending ? 0 : pool->work->threads(pool->data);

    while (pool->working < wanted && pool->threads < pool->work->threads_max &&
           thread_start(NULL, worker_pool_run, pool)) {
        pool->threads++;
        pool->working++;
    }
}

bool worker_pool_wake(struct worker_pool *pool)
{
    worker_pool_start_threads(pool);
    (void)pthread_cond_broadcast(&pool->changed);
    return pool->threads > 0 || pool->work->threads(pool->data) == 0;
}

bool worker_pool_wait(struct worker_pool *pool, int64_t until_boot_ms)
{
    if (until_boot_ms == INT64_MAX)
        return pthread_cond_wait(&pool->changed, &pool->lock) == 0;
    return thread_wait(&pool->changed, &pool->lock, until_boot_ms);
}

/* Works until the pool ends, or until there was no work for a while. Called with the lock held. */
static void worker_pool_serve(struct worker_pool *pool, struct connection *connection)
{
    int64_t idle_until = clock_boot_ms() + pool->work->idle_ms;

    while (!pool->is_ending) {
        int64_t next = pool->work->next(pool->data);

        if (pool->work->serve(pool->data, connection))
            idle_until = clock_boot_ms() + pool->work->idle_ms;
        else if (pool->working <= pool->work->threads(pool->data))
            (void)worker_pool_wait(pool, next);
        else if (clock_boot_ms() < idle_until)
            (void)worker_pool_wait(pool, next < idle_until ? next : idle_until);
        else
            return;
    }
}

static void *worker_pool_run(void *data)
{
    struct worker_pool *pool = data;
    enum connection_watch watch = pool->with_events ? CONNECTION_WATCH_ALIVE : CONNECTION_WATCH_NOTHING;
    struct connection *connection = connection_new(pool->uri, watch, pool->mailbox, NULL);
    bool is_last;

    if (connection && pool->driver)
        connection_share_driver(connection, pool->driver);
    if (connection && pool->work->may_change_domains)
        connection_allow_changes(connection);
    worker_pool_lock(pool);
    worker_pool_serve(pool, connection);
    pool->working--;
    worker_pool_unlock(pool);
    connection_free(connection);
    worker_pool_lock(pool);
    pool->threads--;
    (void)worker_pool_wake(pool); /* for work that came while the connection was being closed */
    is_last = pool->is_released && pool->threads == 0;
    worker_pool_unlock(pool);
    if (is_last)
        worker_pool_free(pool);
    return NULL;
}

bool worker_pool_is_ending(const struct worker_pool *pool)
{
    return pool->is_ending;
}

bool worker_pool_end(struct worker_pool *pool, int64_t patience_ms)
{
    int64_t until = clock_boot_ms() + patience_ms;
    bool ended;

    worker_pool_lock(pool);
    pool->is_ending = true;
    (void)pthread_cond_broadcast(&pool->changed);
    while (pool->threads > 0)
        if (!thread_wait(&pool->changed, &pool->lock, until))
            break;
    ended = pool->threads == 0;
    worker_pool_unlock(pool);
    return ended;
}

void worker_pool_release(struct worker_pool *pool)
{
    bool is_last;

    worker_pool_lock(pool);
    pool->is_released = true;
    is_last = pool->threads == 0;
    worker_pool_unlock(pool);
    if (is_last)
        worker_pool_free(pool);
}

bool worker_pool_stop(struct worker_pool *pool, int64_t patience_ms)
{
    bool ended;

    if (!pool)
        return true;
    ended = worker_pool_end(pool, patience_ms);
    worker_pool_release(pool);
    return ended;
}

bool worker_pool_connect(struct worker_pool *pool, struct connection *connection)
{
    bool is_open;

    if (connection_is_open(connection) && !connection_is_alive(connection))
        connection_close(connection);
    is_open = connection_open(connection);
    worker_pool_lock(pool);
    pool->failed_boot_ms = is_open ? 0 : clock_boot_ms();
    if (!is_open)
        (void)snprintf(pool->why, sizeof(pool->why), "%s", connection_error(connection));
    worker_pool_unlock(pool);
    return is_open;
}

bool worker_pool_lacks_connection(struct worker_pool *pool, int64_t since_boot_ms, char *why, size_t size)
{
    bool is_lacking;

    worker_pool_lock(pool);
    is_lacking = pool->failed_boot_ms > 0 && pool->failed_boot_ms >= since_boot_ms;
    if (is_lacking)
        (void)snprintf(why, size, "%s", pool->why);
    worker_pool_unlock(pool);
    return is_lacking;
}
