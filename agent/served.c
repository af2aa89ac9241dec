/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/served.h"

#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "agent/notify/news.h"
#include "agent/notify/transitions.h"
#include "lib/base/clock.h"

/* More than one SET can hold of distinct domains is not likely; what is more is refused one by one. */
enum { ORDERS_MAX = 64 };

struct order {
    unsigned char uuid[DOMAIN_UUID_BYTES];
    enum command_action action;
};

struct served {
    char *uri, *context;
    const struct log_sink *log;
    struct collector *collector;
    int fd;

    struct commands *commands; /* NULL unless SET may act on domains */
    struct news *news;

    /* The collector's thread's own. */
    struct indexes *indexes;
    struct transitions *transitions;

    /* Shared, under the lock. */
    pthread_mutex_t lock;
    struct view *latest; /* published, not yet taken by the main thread */
    int64_t due_boot_ms; /* when a listing is wanted for notifications; 0: none is */

    /* The main thread's own. */
    struct walks *walks;
    struct served_settings settings;
    struct switches switches;
    size_t order_count;
    struct order orders[ORDERS_MAX]; /* of the SET that is under way */
};

static void ring(struct served *served)
{
    uint64_t one = 1;

    if (write(served->fd, &one, sizeof(one)) < 0)
        return; /* full of news already: the reader will come */
}

/* Every change is told with the vmIndex that its row has, or had. */
static void tell_changes(struct served *served, const struct snapshot *snapshot)
{
    struct changes changes = transitions_follow(served->transitions, snapshot);

    for (size_t i = 0; i < changes.count; i++)
        changes.items[i].index = indexes_of(served->indexes, changes.items[i].uuid);
    news_put_changes(served->news, &changes);
    (void)pthread_mutex_lock(&served->lock);
    served->due_boot_ms = transitions_due(served->transitions);
    (void)pthread_mutex_unlock(&served->lock);
}

/* Runs on the collector's thread. */
static void publish(void *data, const struct snapshot *snapshot)
{
    struct served *served = data;
    struct view *view = indexes_view(served->indexes, snapshot), *unseen;

    tell_changes(served, snapshot); /* shown or not: its events come only once */
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

/* Runs on one of control's threads, and where no thread could be had on the main thread. */
static void refuse(void *data, const unsigned char uuid[DOMAIN_UUID_BYTES], enum command_action action,
                   const char *why)
{
    struct served *served = data;
    char text[512];

    (void)snprintf(text, sizeof(text), "%s: %s", command_action_word(action), why);
    news_put_refused(served->news, uuid, text);
    ring(served);
}

/* Runs on one of control's threads. */
static void served_log_access(void *data, enum commands_access access, const char *why)
{
    const struct served *served = data;

    if (access == COMMANDS_ACCESS_GRANTED)
        log_say(served->log, LOG_LEVEL_NOTICE,
                "allowControl: SET acts on domains now, libvirt gives a connection for it");
    else if (access == COMMANDS_ACCESS_DENIED)
        log_say(
            served->log, LOG_LEVEL_WARNING,
            "allowControl: SET is refused, because this user may not change domains: %s; polkit needs the rule "
            "50-guestlist.rules, see SECURITY in guestlistd(8)",
            why);
    else
        log_say(served->log, LOG_LEVEL_WARNING,
                "allowControl: SET is refused, because there is no connection that may change domains: %s", why);
}

static void served_free(struct served *served)
{
    view_unref(served->latest);
    walks_free(served->walks);
    transitions_free(served->transitions);
    news_free(served->news);
    indexes_free(served->indexes);
    if (served->fd >= 0)
        (void)close(served->fd);
    (void)pthread_mutex_destroy(&served->lock);
    free(served->context);
    free(served->uri);
    free(served);
}

static struct commands *start_control(struct served *served)
{
    const struct commands_host host = {
        .failed = refuse, .access = served_log_access, .data = served, .log = served->log
    };

    return commands_new(served->uri, true, &host);
}

/* Everything but the threads. */
static struct served *served_new(const char *uri, const char *context, struct indexes *indexes,
                                 const struct served_settings *settings, const struct log_sink *log)
{
    struct served *served = calloc(1, sizeof(*served));

    if (!served) {
        indexes_free(indexes);
        return NULL;
    }
    (void)pthread_mutex_init(&served->lock, NULL); /* cannot fail for a default mutex */
    served->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    served->uri = strdup(uri);
    served->context = context ? strdup(context) : NULL;
    served->log = log;
    served->settings = *settings;
    served->switches = settings->switches;
    served->news = news_new();
    served->walks = walks_new(settings->walk_hold_ms * 1000);
    served->indexes = indexes;
    served->transitions = transitions_new();
    if (served->fd >= 0 && served->uri && served->transitions && served->news && served->walks &&
        (!context || served->context))
        return served;
    served_free(served);
    return NULL;
}

struct served *served_start(const char *uri, const char *context, struct indexes *indexes,
                            const struct served_settings *settings, const struct log_sink *log)
{
    struct served *served = served_new(uri, context, indexes, settings, log);
    struct collector_host host = { .publish = publish, .data = served, .log = log, .with_events = true };

    if (!served)
        return NULL;
    if (settings->answer.allow_control)
        served->commands = start_control(served);
    if (served->commands || !settings->answer.allow_control)
        served->collector = collector_start(uri, &settings->collector, &host);
    if (served->collector && served->commands)
        commands_try(served->commands);
    if (served->collector)
        return served;
    (void)commands_stop(served->commands, 0); /* no thread runs yet */
    served_free(served);
    return NULL;
}

bool served_stop(struct served *served, int64_t patience_ms)
{
    int64_t until = clock_boot_ms() + patience_ms;

    if (!served)
        return true;
    /* Both may hang; none is left out of the patience because the other does. */
    if (!commands_stop(served->commands, patience_ms) ||
        !collector_stop(served->collector, until > clock_boot_ms() ? until - clock_boot_ms() : 0))
        return false;
    served_free(served);
    return true;
}

/* Of those that SET may turn. */
static bool same_switches(struct switches one, struct switches other)
{
    return one.per_vm == other.per_vm && one.bulk == other.bulk;
}

void served_change(struct served *served, const struct served_settings *settings)
{
    if (!same_switches(settings->switches, served->settings.switches))
        served->switches = settings->switches;
    served->switches.libvirt = settings->switches.libvirt;
    served->settings = *settings;
    walks_change(served->walks, settings->walk_hold_ms * 1000);
    if (settings->answer.allow_control && !served->commands)
        served->commands = start_control(served);
    if (settings->answer.allow_control && served->commands)
        commands_try(served->commands);
    collector_change(served->collector, &settings->collector);
}

const char *served_context(const struct served *served)
{
    return served->context;
}

int served_fd(const struct served *served)
{
    return served->fd;
}

void served_refresh(struct served *served)
{
    struct view *latest;
    uint64_t news;

    if (read(served->fd, &news, sizeof(news)) != sizeof(news))
        return;
    (void)pthread_mutex_lock(&served->lock);
    latest = served->latest;
    served->latest = NULL;
    (void)pthread_mutex_unlock(&served->lock);
    if (!latest)
        return;
    walks_publish(served->walks, latest, clock_boot_us());
    if (served->settings.answer.allow_control && served->commands)
        commands_retry(served->commands); /* a listing has come, so libvirt is there */
}

struct walks *served_walks(struct served *served)
{
    return served->walks;
}

int64_t served_answer(struct served *served, bool with_status, struct answer *answer)
{
    int64_t now_us = clock_boot_us();

    answer->now_boot_ms = now_us / 1000;
    answer->view = walks_newest(served->walks);
    answer->stale = collector_is_stale(served->collector, answer->now_boot_ms);
    answer->settings = served->settings.answer;
    answer->switches = served->switches;
    answer->may_control = false;
    if (with_status)
        collector_status(served->collector, &answer->status);
    return now_us;
}

bool served_may_control(struct served *served)
{
    return served->settings.answer.allow_control && served->commands && commands_may(served->commands);
}

void served_status(struct served *served, struct collector_status *status)
{
    collector_status(served->collector, status);
}

struct news *served_news(struct served *served)
{
    return served->news;
}

int64_t served_list_when_due(struct served *served, int64_t now_boot_ms)
{
    int64_t due;

    (void)pthread_mutex_lock(&served->lock);
    due = served->due_boot_ms;
    if (due <= now_boot_ms)
        served->due_boot_ms = 0;
    (void)pthread_mutex_unlock(&served->lock);
    if (due == 0 || due > now_boot_ms)
        return due;
    collector_list_at(served->collector, now_boot_ms);
    return 0;
}

struct switches served_switches(const struct served *served)
{
    return served->switches;
}

void served_turn(struct served *served, struct switches switches)
{
    served->switches = switches;
}

/* A start and a suspend of one domain, in whatever order the SET has them, are one order. */
static bool merge(struct order *order, enum command_action action)
{
    bool is_paused_start = (order->action == COMMAND_START && action == COMMAND_SUSPEND) ||
                           (order->action == COMMAND_SUSPEND && action == COMMAND_START);

    if (is_paused_start)
        order->action = COMMAND_START_PAUSED;
    return is_paused_start;
}

void served_order(struct served *served, const unsigned char uuid[DOMAIN_UUID_BYTES], enum command_action action)
{
    struct order *order = &served->orders[served->order_count];

    for (size_t i = 0; i < served->order_count; i++)
        if (memcmp(served->orders[i].uuid, uuid, DOMAIN_UUID_BYTES) == 0 && merge(&served->orders[i], action))
            return;
    if (served->order_count == ORDERS_MAX) {
        refuse(served, uuid, action, "too many orders in one SET");
        return;
    }
    memcpy(order->uuid, uuid, DOMAIN_UUID_BYTES);
    order->action = action;
    served->order_count++;
}

void served_carry_out(struct served *served)
{
    for (size_t i = 0; i < served->order_count; i++) {
        const struct order *order = &served->orders[i];

        if (!served->commands || !commands_put(served->commands, order->uuid, order->action))
            refuse(served, order->uuid, order->action, "too many orders wait already");
    }
    served->order_count = 0;
}

void served_wait_first(struct served *served, int64_t patience_ms)
{
    struct pollfd news = { .fd = served->fd, .events = POLLIN };

    if (poll(&news, 1, (int)patience_ms) > 0)
        served_refresh(served);
}
