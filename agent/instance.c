/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/instance.h"

#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "agent/notify/change_queue.h"
#include "agent/notify/transitions.h"
#include "lib/base/clock.h"

enum { SET_COMMANDS_MAX = 64 };

/* A command to a domain, from the SET that is in progress. */
struct set_command {
    unsigned char uuid[UUID_BYTES];
    enum command_action action;
};

struct instance {
    char *uri, *context;
    const struct log_sink *log;
    struct collector *collector;
    int fd;

    struct commands *commands; /* NULL unless SET may act on domains */
    struct change_queue *queue;

    /* For the collector's thread only. */
    struct indexes *indexes;
    struct transitions *transitions;

    /* Shared, under the lock. */
    pthread_mutex_t lock;
    struct rows *latest; /* not yet taken by the main thread */
    int64_t due_boot_ms; /* when notifications need a listing; 0: they do not */

    /* For the main thread only. */
    struct walks *walks;
    struct instance_settings settings;
    struct switches switches;
    size_t set_command_count;
    struct set_command set_commands[SET_COMMANDS_MAX];
};

static void instance_wake_main(struct instance *instance)
{
    uint64_t one = 1;

    if (write(instance->fd, &one, sizeof(one)) < 0)
        return; /* the descriptor is readable already, and stays so */
}

/* The queued changes have the vmIndex of the domain's row. A domain keeps its vmIndex when its row is gone. */
static void instance_queue_changes(struct instance *instance, const struct snapshot *snapshot)
{
    struct changes changes = transitions_follow(instance->transitions, snapshot);

    for (size_t i = 0; i < changes.count; i++)
        changes.items[i].index = indexes_of(instance->indexes, changes.items[i].uuid);
    change_queue_put_changes(instance->queue, &changes);
    (void)pthread_mutex_lock(&instance->lock);
    instance->due_boot_ms = transitions_due(instance->transitions);
    (void)pthread_mutex_unlock(&instance->lock);
}

/* Runs on the collector's thread. Blocks until new indexes are on disk (fsync). */
static void instance_publish(void *data, const struct snapshot *snapshot)
{
    struct instance *instance = data;
    struct rows *rows = indexes_rows(instance->indexes, snapshot), *unseen;

    instance_queue_changes(instance,
                           snapshot); /* even if there are no rows, because each event is in one snapshot only */
    if (!rows) {
        log_say(instance->log, LOG_LEVEL_ERROR, "out of memory: a listing of %zu domains is dropped",
                snapshot->count);
        return;
    }
    (void)pthread_mutex_lock(&instance->lock);
    unseen = instance->latest;
    instance->latest = rows;
    (void)pthread_mutex_unlock(&instance->lock);
    rows_unref(unseen);
    instance_wake_main(instance);
}

/* Runs on one of the threads of `commands`, or on the main thread if the command could not be started. */
static void instance_queue_failed_set(void *data, const unsigned char uuid[UUID_BYTES], enum command_action action,
                                      const char *why)
{
    struct instance *instance = data;
    char text[512];

    (void)snprintf(text, sizeof(text), "%s: %s", commands_action_word(action), why);
    change_queue_put_failed_set(instance->queue, uuid, text);
    instance_wake_main(instance);
}

/* Runs on one of the threads of `commands`. */
static void instance_log_access(void *data, enum commands_access access, const char *why)
{
    const struct instance *instance = data;

    if (access == COMMANDS_ACCESS_GRANTED)
        log_say(instance->log, LOG_LEVEL_NOTICE,
                "allowControl: SET acts on domains now, libvirt gives a connection for it");
    else if (access == COMMANDS_ACCESS_DENIED)
        log_say(
            instance->log, LOG_LEVEL_WARNING,
            "allowControl: SET is refused, because this user may not change domains: %s; polkit needs the rule "
            "50-guestlist.rules, see SECURITY in guestlistd(8)",
            why);
    else
        log_say(instance->log, LOG_LEVEL_WARNING,
                "allowControl: SET is refused, because there is no connection that may change domains: %s", why);
}

static void instance_free(struct instance *instance)
{
    rows_unref(instance->latest);
    walks_free(instance->walks);
    transitions_free(instance->transitions);
    change_queue_free(instance->queue);
    indexes_free(instance->indexes);
    if (instance->fd >= 0)
        (void)close(instance->fd);
    (void)pthread_mutex_destroy(&instance->lock);
    free(instance->context);
    free(instance->uri);
    free(instance);
}

static struct commands *instance_new_commands(struct instance *instance)
{
    const struct commands_host host = {
        .failed = instance_queue_failed_set, .access = instance_log_access, .data = instance, .log = instance->log
    };

    return commands_new(instance->uri, true, &host);
}

/* Everything but the threads. */
static struct instance *instance_new(const char *uri, const char *context, struct indexes *indexes,
                                     const struct instance_settings *settings, const struct log_sink *log)
{
    struct instance *instance = calloc(1, sizeof(*instance));

    if (!instance) {
        indexes_free(indexes);
        return NULL;
    }
    (void)pthread_mutex_init(&instance->lock, NULL); /* cannot fail for a default mutex */
    instance->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    instance->uri = strdup(uri);
    instance->context = context ? strdup(context) : NULL;
    instance->log = log;
    instance->settings = *settings;
    instance->switches = settings->switches;
    instance->queue = change_queue_new();
    instance->walks = walks_new(settings->walk_hold_ms * 1000);
    instance->indexes = indexes;
    instance->transitions = transitions_new();
    if (instance->fd >= 0 && instance->uri && instance->transitions && instance->queue && instance->walks &&
        (!context || instance->context))
        return instance;
    instance_free(instance);
    return NULL;
}

struct instance *instance_start(const char *uri, const char *context, struct indexes *indexes,
                                const struct instance_settings *settings, const struct log_sink *log)
{
    struct instance *instance = instance_new(uri, context, indexes, settings, log);
    struct collector_host host = {
        .publish = instance_publish, .data = instance, .log = log, .facts.with_events = true
    };

    if (!instance)
        return NULL;
    if (settings->answer.allow_control)
        instance->commands = instance_new_commands(instance);
    if (instance->commands || !settings->answer.allow_control)
        instance->collector = collector_start(uri, &settings->collector, &host);
    if (instance->collector && instance->commands)
        commands_try(instance->commands);
    if (instance->collector)
        return instance;
    (void)commands_stop(instance->commands, 0); /* no thread runs yet */
    instance_free(instance);
    return NULL;
}

void instance_ask_to_stop(struct instance *instance)
{
    collector_ask_to_stop(instance->collector);
}

bool instance_has_stopped(struct instance *instance, int64_t patience_ms)
{
    return collector_wait(instance->collector, patience_ms);
}

bool instance_stop(struct instance *instance, int64_t patience_ms)
{
    int64_t until = clock_boot_ms() + patience_ms;
    bool commands_ended, is_unused, all_ended;

    if (!instance)
        return true;
    collector_ask_to_stop(instance->collector); /* both end at the same time */
    commands_ended = commands_stop(instance->commands, patience_ms);
    is_unused = collector_wait(instance->collector, until - clock_boot_ms()) && commands_ended;
    all_ended = collector_stop(instance->collector, until - clock_boot_ms()) && commands_ended;
    if (is_unused)
        instance_free(instance);
    return all_ended;
}

/* Compares the switches that SET may change. */
static bool instance_same_switches(struct switches one, struct switches other)
{
    return one.per_vm == other.per_vm && one.bulk == other.bulk;
}

void instance_change_settings(struct instance *instance, const struct instance_settings *settings)
{
    if (!instance_same_switches(settings->switches, instance->settings.switches))
        instance->switches = settings->switches;
    instance->switches.libvirt = settings->switches.libvirt;
    instance->settings = *settings;
    walks_change(instance->walks, settings->walk_hold_ms * 1000);
    if (settings->answer.allow_control && !instance->commands)
        instance->commands = instance_new_commands(instance);
    if (settings->answer.allow_control && instance->commands)
        commands_try(instance->commands);
    collector_change(instance->collector, &settings->collector);
}

const char *instance_context(const struct instance *instance)
{
    return instance->context;
}

int instance_fd(const struct instance *instance)
{
    return instance->fd;
}

void instance_refresh(struct instance *instance)
{
    struct rows *latest;
    uint64_t wakeups;

    if (read(instance->fd, &wakeups, sizeof(wakeups)) != sizeof(wakeups))
        return;
    (void)pthread_mutex_lock(&instance->lock);
    latest = instance->latest;
    instance->latest = NULL;
    (void)pthread_mutex_unlock(&instance->lock);
    if (!latest)
        return;
    walks_publish(instance->walks, latest, clock_boot_us());
    if (instance->settings.answer.allow_control && instance->commands)
        commands_retry(instance->commands); /* there is a new listing, so libvirt answers */
}

struct walks *instance_walks(struct instance *instance)
{
    return instance->walks;
}

int64_t instance_answer(struct instance *instance, bool with_status, struct answer *answer)
{
    int64_t now_us = clock_boot_us();

    answer->now_boot_ms = now_us / 1000;
    answer->rows = walks_newest(instance->walks);
    answer->stale = collector_is_stale(instance->collector, answer->now_boot_ms);
    answer->settings = instance->settings.answer;
    answer->switches = instance->switches;
    answer->may_control = false;
    if (with_status)
        collector_status(instance->collector, &answer->status);
    return now_us;
}

bool instance_may_control(struct instance *instance)
{
    return instance->settings.answer.allow_control && instance->commands && commands_may(instance->commands);
}

void instance_status(struct instance *instance, struct collector_status *status)
{
    collector_status(instance->collector, status);
}

struct change_queue *instance_change_queue(struct instance *instance)
{
    return instance->queue;
}

int64_t instance_list_when_due(struct instance *instance, int64_t now_boot_ms)
{
    int64_t due;

    (void)pthread_mutex_lock(&instance->lock);
    due = instance->due_boot_ms;
    if (due <= now_boot_ms)
        instance->due_boot_ms = 0;
    (void)pthread_mutex_unlock(&instance->lock);
    if (due == 0 || due > now_boot_ms)
        return due;
    collector_list_at(instance->collector, now_boot_ms);
    return 0;
}

struct switches instance_switches(const struct instance *instance)
{
    return instance->switches;
}

void instance_set_switches(struct instance *instance, struct switches switches)
{
    instance->switches = switches;
}

/* Start and suspend in one SET, in any order, become one command: the domain is started as paused. */
static bool instance_merge_command(struct set_command *command, enum command_action action)
{
    bool is_paused_start = (command->action == COMMAND_START && action == COMMAND_SUSPEND) ||
                           (command->action == COMMAND_SUSPEND && action == COMMAND_START);

    if (is_paused_start)
        command->action = COMMAND_START_PAUSED;
    return is_paused_start;
}

void instance_add_command(struct instance *instance, const unsigned char uuid[UUID_BYTES],
                          enum command_action action)
{
    struct set_command *commands = instance->set_commands;

    for (size_t i = 0; i < instance->set_command_count; i++)
        if (uuid_is_same(commands[i].uuid, uuid) && instance_merge_command(&commands[i], action))
            return;
    if (instance->set_command_count == SET_COMMANDS_MAX) {
        instance_queue_failed_set(instance, uuid, action, "one SET has too many commands");
        return;
    }
    memcpy(commands[instance->set_command_count].uuid, uuid, UUID_BYTES);
    commands[instance->set_command_count++].action = action;
}

void instance_start_commands(struct instance *instance)
{
    for (size_t i = 0; i < instance->set_command_count; i++) {
        const struct set_command *command = &instance->set_commands[i];

        if (!instance->commands || !commands_put(instance->commands, command->uuid, command->action))
            instance_queue_failed_set(instance, command->uuid, command->action, "too many commands are waiting");
    }
    instance->set_command_count = 0;
}

void instance_wait_first(struct instance *instance, int64_t patience_ms)
{
    struct pollfd wakeup = { .fd = instance->fd, .events = POLLIN };

    if (poll(&wakeup, 1, (int)patience_ms) > 0)
        instance_refresh(instance);
}
