/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/libvirt/stats_poller.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/clock.h"
#include "lib/libvirt/worker_pool.h"
#include "lib/libvirt/stats_call.h"
#include "lib/model/filter.h"

enum {
    /* A call that takes longer than this, and than twice the last one, is checked. It is checked sooner while
     * other calls are blocked, because guests often hang together. */
    CHECK_AFTER_MS = 1000,
    CHECK_WHILE_BLOCKED_MS = 300,
    /* Without control information, a call that takes longer than this is taken to be blocked. */
    NO_CONTROL_INFO_PATIENCE_MS = 30 * 1000,
    /* libvirt sends no event when the memory or the vCPUs of an inactive domain are changed. So these are read
     * again after this time. */
    INACTIVE_MS = 60 * 1000,
    IDLE_MS = 60 * 1000,
};

/* One call, on the stack of the thread that makes it. */
struct stats_poller_call {
    int64_t began_boot_ms;
    bool is_blocked; /* a domain's process blocks it: it was abandoned */
};

struct stats_poller {
    struct worker_pool *pool;
    struct driver *driver;
    struct mailbox *mailbox;

    /* Under the pool's lock. */
    bool is_started, is_checking, wants_inactive;
    uint32_t filter;
    int64_t interval_ms, next_boot_ms, inactive_boot_ms, check_boot_ms;
    int64_t took_ms;                   /* how long the last call took that was not blocked */
    struct stats_poller_call *current; /* NULL: no call is under way except blocked ones */
    size_t blocked;                    /* how many blocked calls there are */
    const struct stats_table *table;
};

static bool stats_poller_is_off(const struct stats_poller *poller)
{
    return !poller->is_started || driver_lacks(poller->driver, DRIVER_NO_BULK_STATS) ||
           driver_lacks(poller->driver, DRIVER_NO_STATS);
}

/* One for each blocked call, one for the current or the next call, and one to check the current call. The check
 * can hang as well, if its connection does not open, and it must not delay the next call. */
static size_t stats_poller_threads(const void *data)
{
    const struct stats_poller *poller = data;

    if (stats_poller_is_off(poller))
        return poller->blocked;
    return poller->blocked + 1 + (poller->current || poller->is_checking);
}

static int64_t stats_poller_next(const void *data)
{
    const struct stats_poller *poller = data;

    if (stats_poller_is_off(poller))
        return INT64_MAX;
    if (!poller->current)
        return poller->next_boot_ms;
    return poller->is_checking ? INT64_MAX : poller->check_boot_ms;
}

static int64_t stats_poller_patience_ms(const struct stats_poller *poller)
{
    return poller->blocked > 0 ? CHECK_WHILE_BLOCKED_MS : CHECK_AFTER_MS;
}

/* If a domain's statistics are older than this, the domain counts as not answering. */
static int64_t stats_poller_fresh_ms(const struct stats_poller *poller, uint32_t duration_us)
{
    return clock_later(2 * poller->interval_ms, 3 * (int64_t)duration_us / 1000);
}

/* Replaces the table by one with the rows of a result. */
static void stats_poller_publish(struct stats_poller *poller, struct stats_table *result, bool is_of_active)
{
    struct stats_table *table;

    result->fresh_ms = stats_poller_fresh_ms(poller, result->duration_us);
    table = stats_table_combine(poller->table, result, is_of_active);
    if (!table)
        return; /* out of memory: the old table stays, until its statistics are too old */
    stats_table_unref(poller->table);
    poller->table = table;
    mailbox_put_wake(poller->mailbox);
}

/* True if the driver has no statistics of any domain, which is learned: then it is not asked again. */
static bool stats_poller_is_empty(struct stats_poller *poller, const struct stats_table *result)
{
    if (driver_answer_statistic(poller->driver))
        return false; /* this driver has statistics */
    for (size_t i = 0; i < result->count; i++)
        if (result->rows[i].stats.known || result->rows[i].device_stats)
            return false;
    if (result->count > 0)
        (void)driver_learn(poller->driver, DRIVER_NO_STATS);
    return result->count > 0;
}

/* Makes one call with the lock released. NULL if it failed. */
static struct stats_table *stats_poller_call(struct stats_poller *poller, struct connection *connection,
                                             enum stats_call_scope scope)
{
    uint32_t filter = poller->filter;
    int64_t began_us = clock_boot_us();
    struct stats_table *result = NULL;

    worker_pool_unlock(poller->pool);
    if (connection && worker_pool_connect(poller->pool, connection))
        result = stats_call_make(connection, filter, scope);
    worker_pool_lock(poller->pool);
    if (result) {
        result->asked_boot_ms = began_us / 1000;
        result->duration_us = clock_since_us(began_us);
    }
    return result;
}

/* Inactive domains have no process that could hang. */
static void stats_poller_poll_inactive(struct stats_poller *poller, struct connection *connection)
{
    struct stats_table *result;

    if (poller->filter & FILTER_ACTIVE && !(poller->filter & FILTER_INACTIVE))
        return;
    if (!poller->wants_inactive && clock_boot_ms() < poller->inactive_boot_ms + INACTIVE_MS)
        return;
    poller->wants_inactive = false;
    poller->inactive_boot_ms = clock_boot_ms();
    result = stats_poller_call(poller, connection, STATS_CALL_INACTIVE);
    if (result)
        stats_poller_publish(poller, result, false);
    else
        poller->wants_inactive = true;
    stats_table_unref(result);
}

static void stats_poller_poll_active(struct stats_poller *poller, struct connection *connection,
                                     const struct stats_poller_call *call)
{
    bool is_careful = poller->blocked >= STATS_POLLER_BLOCKED_MAX;
    struct stats_table *result;

    if (poller->filter & FILTER_INACTIVE && !(poller->filter & FILTER_ACTIVE))
        return;
    result = stats_poller_call(poller, connection, is_careful ? STATS_CALL_CAREFUL : STATS_CALL_ACTIVE);
    if (!result)
        return;
    if (!call->is_blocked && !is_careful)
        poller->took_ms = result->duration_us / 1000;
    if (is_careful || !stats_poller_is_empty(poller, result)) /* a careful call did not ask for all groups */
        stats_poller_publish(poller, result, true);
    stats_table_unref(result);
}

/* Makes one call. Called with the lock held; releases it while libvirt is called. */
static void stats_poller_poll(struct stats_poller *poller, struct connection *connection)
{
    struct stats_poller_call call = { .began_boot_ms = clock_boot_ms() };

    poller->current = &call;
    poller->next_boot_ms = call.began_boot_ms + poller->interval_ms;
    poller->check_boot_ms =
        call.began_boot_ms + clock_later(stats_poller_patience_ms(poller), 2 * poller->took_ms);
    (void)worker_pool_wake(poller->pool); /* a thread to check this call */
    stats_poller_poll_active(poller, connection, &call);
    if (!call.is_blocked && !stats_poller_is_off(poller))
        stats_poller_poll_inactive(poller, connection);
    poller->next_boot_ms = clock_later(poller->next_boot_ms, clock_boot_ms() + poller->took_ms / 2);
    /* If it was abandoned, `current` is the call of another thread by now. */
    if (call.is_blocked)
        poller->blocked--;
    else
        poller->current = NULL;
}

/* Whether the current call is blocked. Releases the lock while it asks. */
static bool stats_poller_is_blocked(struct stats_poller *poller, struct connection *connection, int64_t began)
{
    bool is_blocked = false;

    if (driver_lacks(poller->driver, DRIVER_NO_CONTROL_INFO))
        return clock_boot_ms() - began >= NO_CONTROL_INFO_PATIENCE_MS;
    worker_pool_unlock(poller->pool);
    if (connection && worker_pool_connect(poller->pool, connection))
        is_blocked = stats_call_is_blocked(connection, clock_boot_ms() - began);
    worker_pool_lock(poller->pool);
    return is_blocked;
}

/* Checks the current call, and abandons it if it is blocked. Called with the lock held, which is released while
 * libvirt is called. */
static void stats_poller_check(struct stats_poller *poller, struct connection *connection)
{
    struct stats_poller_call *call = poller->current;
    int64_t began = call->began_boot_ms;
    bool is_blocked;

    poller->is_checking = true;
    is_blocked = stats_poller_is_blocked(poller, connection, began);
    poller->is_checking = false;
    poller->check_boot_ms =
        clock_boot_ms() + clock_later(stats_poller_patience_ms(poller), (clock_boot_ms() - began) / 2);
    /* While the lock was released, the call may have ended and another one may have begun. */
    if (!is_blocked || poller->current != call || call->began_boot_ms != began)
        return;
    call->is_blocked = true;
    poller->blocked++;
    poller->current = NULL;
    poller->next_boot_ms = clock_boot_ms();
}

/* Called with the lock held; releases it while libvirt is called. */
static bool stats_poller_serve(void *data, struct connection *connection)
{
    struct stats_poller *poller = data;

    if (stats_poller_next(poller) > clock_boot_ms())
        return false;
    if (poller->current)
        stats_poller_check(poller, connection);
    else
        stats_poller_poll(poller, connection);
    (void)worker_pool_wake(poller->pool);
    return true;
}

static void stats_poller_release(void *data)
{
    struct stats_poller *poller = data;

    stats_table_unref(poller->table);
    driver_unref(poller->driver);
    mailbox_unref(poller->mailbox);
    free(poller);
}

static const struct worker_pool_work stats_poller_work = {
    .threads_max = STATS_POLLER_BLOCKED_MAX + 3,
    .idle_ms = IDLE_MS,
    .threads = stats_poller_threads,
    .serve = stats_poller_serve,
    .next = stats_poller_next,
    .release = stats_poller_release,
};

struct stats_poller *stats_poller_new(const char *uri, bool with_events, struct driver *driver,
                                      struct mailbox *mailbox)
{
    struct stats_poller *poller = calloc(1, sizeof(*poller));

    if (!poller)
        return NULL;
    poller->pool = worker_pool_new(uri, with_events, driver, &stats_poller_work, poller);
    if (!poller->pool) {
        free(poller);
        return NULL;
    }
    poller->driver = driver_ref(driver);
    poller->mailbox = mailbox_ref(mailbox);
    poller->wants_inactive = true;
    return poller;
}

bool stats_poller_stop(struct stats_poller *poller, int64_t patience_ms)
{
    return worker_pool_stop(poller ? poller->pool : NULL, patience_ms);
}

void stats_poller_start(struct stats_poller *poller, uint32_t filter, int64_t interval_ms)
{
    worker_pool_lock(poller->pool);
    poller->is_started = poller->wants_inactive = true;
    poller->filter = filter;
    poller->interval_ms = interval_ms;
    poller->next_boot_ms = clock_boot_ms();
    (void)worker_pool_wake(poller->pool);
    worker_pool_unlock(poller->pool);
}

void stats_poller_poll_at(struct stats_poller *poller, int64_t boot_ms)
{
    worker_pool_lock(poller->pool);
    poller->next_boot_ms = boot_ms;
    (void)worker_pool_wake(poller->pool);
    worker_pool_unlock(poller->pool);
}

void stats_poller_want_inactive(struct stats_poller *poller)
{
    worker_pool_lock(poller->pool);
    poller->wants_inactive = true;
    worker_pool_unlock(poller->pool);
}

bool stats_poller_lacks_connection(struct stats_poller *poller, int64_t since_boot_ms, char *why, size_t size)
{
    return worker_pool_lacks_connection(poller->pool, since_boot_ms, why, size);
}

const struct stats_table *stats_poller_table(struct stats_poller *poller)
{
    const struct stats_table *table;

    worker_pool_lock(poller->pool);
    worker_pool_start_threads(poller->pool);
    table = poller->table ? stats_table_ref(poller->table) : NULL;
    worker_pool_unlock(poller->pool);
    return table;
}
