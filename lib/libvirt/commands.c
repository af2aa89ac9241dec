/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/libvirt/commands.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/clock.h"
#include "lib/libvirt/worker_pool.h"
#include "lib/libvirt/connection.h"
#include "lib/libvirt/command_queue.h"
#include "lib/libvirt/virt.h"

enum { WHY_MAX = 512, RETRY_DENIED_MS = 60 * 1000, RETRY_FAILED_MS = 5 * 1000 };

struct commands {
    struct commands_host host;
    struct worker_pool *pool;

    /* Under the pool's lock. */
    bool is_silent;      /* commands_stop() was called: the host hears nothing more */
    unsigned host_calls; /* how many threads are in the host's functions */
    struct command_queue queue;
    bool is_try_wanted, is_try_under_way;
    enum commands_access access;
    int64_t tried_boot_ms;
    char why[WHY_MAX]; /* why access is not granted */
};

/* The host's functions are called between these two, with the lock released. commands_stop() waits for them. */
static void commands_begin_host_call(struct commands *commands)
{
    commands->host_calls++;
    worker_pool_unlock(commands->pool);
}

static void commands_end_host_call(struct commands *commands)
{
    worker_pool_lock(commands->pool);
    commands->host_calls--;
    (void)worker_pool_wake(commands->pool);
}

static int commands_start_paused(virDomainPtr domain)
{
    if (virDomainCreateWithFlags(domain, VIR_DOMAIN_START_PAUSED) == 0)
        return 0;
    if (!virt_is_unsupported(virGetLastErrorCode()))
        return -1;
    /* The driver does not support the flag: the domain runs for a moment. */
    return virDomainCreate(domain) < 0 ? -1 : virDomainSuspend(domain);
}

static const struct {
    const char *word;
    int (*call)(virDomainPtr domain);
} commands_actions[] = {
    [COMMAND_SUSPEND] = { "suspend", virDomainSuspend },
    [COMMAND_RESUME] = { "resume", virDomainResume },
    [COMMAND_SHUTDOWN] = { "shutdown", virDomainShutdown },
    [COMMAND_START] = { "start", virDomainCreate },
    [COMMAND_START_PAUSED] = { "start --paused", commands_start_paused },
    [COMMAND_DESTROY] = { "destroy", virDomainDestroy },
};

const char *commands_action_word(enum command_action action)
{
    return commands_actions[action].word;
}

/* Reports how a command ended; `why` NULL: it was carried out. Called with the lock held, which is released while
 * the host is called. */
static void commands_report(struct commands *commands, const struct command *command, const char *why)
{
    char uuid[UUID_TEXT];

    if (commands->is_silent)
        return;
    commands_begin_host_call(commands);
    if (why) {
        commands->host.failed(commands->host.data, command->uuid, command->action, why);
    } else {
        uuid_format(command->uuid, uuid);
        log_say(commands->host.log, LOG_LEVEL_INFO, "domain %s: %s carried out", uuid,
                commands_actions[command->action].word);
    }
    commands_end_host_call(commands);
}

/* Remembers how opening a connection ended, and reports a change to the host. The lock is as for
 * commands_report(). */
static void commands_put_access(struct commands *commands, enum commands_access access, const char *why)
{
    bool is_first = commands->access == COMMANDS_ACCESS_UNKNOWN && access == COMMANDS_ACCESS_GRANTED;
    bool is_new = commands->access != access || strcmp(commands->why, why) != 0;

    commands->access = access;
    commands->tried_boot_ms = clock_boot_ms();
    (void)snprintf(commands->why, WHY_MAX, "%s", why);
    if (!is_new || is_first || commands->is_silent)
        return;
    commands_begin_host_call(commands);
    commands->host.access(commands->host.data, access, why);
    commands_end_host_call(commands);
}

/* Opens the thread's connection. Called with the lock held, which is released while libvirt is called. */
static void commands_open(struct commands *commands, struct connection *connection)
{
    enum commands_access access = COMMANDS_ACCESS_FAILED;
    char why[WHY_MAX] = "out of memory";

    commands->is_try_wanted = false;
    commands->is_try_under_way = true;
    worker_pool_unlock(commands->pool);
    if (connection && worker_pool_connect(commands->pool, connection)) {
        access = COMMANDS_ACCESS_GRANTED;
        why[0] = '\0';
    } else if (connection) {
        access = connection_was_denied(connection) ? COMMANDS_ACCESS_DENIED : COMMANDS_ACCESS_FAILED;
        (void)snprintf(why, sizeof(why), "%s", connection_error(connection));
    }
    worker_pool_lock(commands->pool);
    commands->is_try_under_way = false;
    commands_put_access(commands, access, why);
}

/* Looks the domain up, and opens the connection if it is not open. A connection that was idle may have been lost,
 * which shows only when it is used. Nothing was changed yet then, so it is opened once more. NULL if it failed,
 * and `why` is the reason. */
static virDomainPtr commands_find_domain(struct commands *commands, struct connection *connection,
                                         const struct command *command, char why[WHY_MAX])
{
    virDomainPtr domain = NULL;
    bool was_open;

    do {
        was_open = connection_is_alive(connection);
        if (!worker_pool_connect(commands->pool, connection)) {
            (void)snprintf(why, WHY_MAX, "cannot connect: %s", connection_error(connection));
            return NULL;
        }
        domain = virDomainLookupByUUID(connection_conn(connection), command->uuid);
        if (!domain)
            (void)snprintf(why, WHY_MAX, "%s", connection_error(connection));
    } while (!domain && was_open && !connection_is_alive(connection));
    return domain;
}

static bool commands_carry_out(struct commands *commands, struct connection *connection,
                               const struct command *command, char why[WHY_MAX])
{
    AUTO_DOMAIN virDomainPtr domain = NULL;

    (void)snprintf(why, WHY_MAX, "out of memory");
    if (connection)
        domain = commands_find_domain(commands, connection, command, why);
    if (!domain)
        return false;
    if (commands_actions[command->action].call(domain) == 0)
        return true;
    (void)snprintf(why, WHY_MAX, "%s", connection_error(connection));
    return false;
}

static size_t commands_threads(const void *data)
{
    const struct commands *commands = data;

    return command_queue_threads(&commands->queue) +
           (commands->is_try_wanted || commands->is_try_under_way ? 1 : 0);
}

static int64_t commands_next(const void *data)
{
    return command_queue_overtake_time(&((const struct commands *)data)->queue);
}

/* Carries out one command, or opens a connection for a try. Called with the lock held, which is released while
 * libvirt is called. */
static bool commands_serve(void *data, struct connection *connection)
{
    struct commands *commands = data;
    struct command command, overtaken;
    char why[WHY_MAX];
    bool done;

    if (commands->is_try_wanted) {
        commands_open(commands, connection);
        return true;
    }
    if (!command_queue_begin(&commands->queue, clock_boot_ms(), &command))
        return false;
    while (command_queue_take_overtaken(&commands->queue, &overtaken))
        commands_report(commands, &overtaken, "a later command to destroy the domain came first");
    worker_pool_unlock(commands->pool);
    done = commands_carry_out(commands, connection, &command, why);
    worker_pool_lock(commands->pool);
    if (connection && !connection_is_open(connection))
        commands->is_try_wanted = true; /* finds out whether access was lost */
    commands_report(commands, &command, done ? NULL : why);
    command_queue_end(&commands->queue, command.number); /* only now, so that reports come in order as well */
    (void)worker_pool_wake(commands->pool);
    return true;
}

static const struct worker_pool_work commands_work = {
    .threads_max = COMMAND_QUEUE_UNDER_WAY_MAX,
    .idle_ms = 30 * 1000,
    .may_change_domains = true,
    .threads = commands_threads,
    .serve = commands_serve,
    .next = commands_next,
    .release = free,
};

struct commands *commands_new(const char *uri, bool with_events, const struct commands_host *host)
{
    struct commands *commands = calloc(1, sizeof(*commands));

    if (!commands)
        return NULL;
    commands->host = *host;
    commands->pool = worker_pool_new(uri, with_events, NULL, &commands_work, commands);
    if (commands->pool)
        return commands;
    free(commands);
    return NULL;
}

bool commands_put(struct commands *commands, const unsigned char uuid[UUID_BYTES], enum command_action action)
{
    bool taken;

    worker_pool_lock(commands->pool);
    taken = !worker_pool_is_ending(commands->pool) && command_queue_put(&commands->queue, uuid, action);
    if (taken && !worker_pool_wake(commands->pool)) {
        command_queue_end(&commands->queue, commands->queue.last_number);
        taken = false;
    }
    worker_pool_unlock(commands->pool);
    return taken;
}

/* With the lock held. If no thread can be started, the try waits for one. */
static void commands_want_try(struct commands *commands)
{
    if (worker_pool_is_ending(commands->pool))
        return;
    commands->is_try_wanted = true;
    (void)worker_pool_wake(commands->pool);
}

void commands_try(struct commands *commands)
{
    worker_pool_lock(commands->pool);
    commands_want_try(commands);
    worker_pool_unlock(commands->pool);
}

static int64_t commands_retry_time(const struct commands *commands)
{
    switch (commands->access) {
    case COMMANDS_ACCESS_DENIED:
        return commands->tried_boot_ms + RETRY_DENIED_MS;
    case COMMANDS_ACCESS_FAILED:
        return commands->tried_boot_ms + RETRY_FAILED_MS;
    case COMMANDS_ACCESS_UNKNOWN:
    case COMMANDS_ACCESS_GRANTED:
        break;
    }
    return INT64_MAX;
}

void commands_retry(struct commands *commands)
{
    worker_pool_lock(commands->pool);
    if (!commands->is_try_under_way && clock_boot_ms() >= commands_retry_time(commands))
        commands_want_try(commands);
    worker_pool_unlock(commands->pool);
}

bool commands_may(struct commands *commands)
{
    bool may;

    worker_pool_lock(commands->pool);
    may = commands->access == COMMANDS_ACCESS_GRANTED;
    worker_pool_unlock(commands->pool);
    return may;
}

static void commands_drop_waiting(struct commands *commands)
{
    size_t dropped;

    worker_pool_lock(commands->pool);
    dropped = command_queue_drop_waiting(&commands->queue);
    worker_pool_unlock(commands->pool);
    if (dropped > 0)
        log_say(commands->host.log, LOG_LEVEL_WARNING,
                "%zu command%s to domains not carried out: the program ends", dropped, dropped == 1 ? "" : "s");
}

bool commands_stop(struct commands *commands, int64_t patience_ms)
{
    bool ended;

    if (!commands)
        return true;
    commands_drop_waiting(commands);
    ended = worker_pool_end(commands->pool, patience_ms);
    worker_pool_lock(commands->pool);
    commands->is_silent = true;
    while (commands->host_calls > 0)
        (void)worker_pool_wait(commands->pool, INT64_MAX);
    worker_pool_unlock(commands->pool);
    worker_pool_release(commands->pool);
    return ended;
}
