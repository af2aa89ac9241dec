/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/control.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/clock.h"
#include "core/hypervisor.h"
#include "core/mailbox.h"
#include "core/orders.h"
#include "core/thread.h"
#include "core/virt.h"

enum { IDLE_MS = 30000, WHY_MAX = 512 };

struct control {
    char *uri;
    bool with_events;
    struct control_host host;
    struct mailbox *mailbox; /* nobody's: these connections only need keepalive */

    pthread_mutex_t lock;
    pthread_cond_t news;
    bool stop, abandoned;
    unsigned workers, working; /* threads; those of them that take orders and do not just close and leave */
    unsigned telling;          /* threads inside the host's functions */
    struct orders orders;
};

static int start_paused(virDomainPtr domain)
{
    if (virDomainCreateWithFlags(domain, VIR_DOMAIN_START_PAUSED) == 0)
        return 0;
    if (!virt_is_unsupported(virGetLastErrorCode()))
        return -1;
    /* A driver that does not know the flag: it runs for a moment. */
    return virDomainCreate(domain) < 0 ? -1 : virDomainSuspend(domain);
}

static const struct {
    const char *word;
    int (*carry_out)(virDomainPtr domain);
} actions[] = {
    [CONTROL_SUSPEND] = { "suspend", virDomainSuspend },
    [CONTROL_RESUME] = { "resume", virDomainResume },
    [CONTROL_SHUTDOWN] = { "shutdown", virDomainShutdown },
    [CONTROL_START] = { "start", virDomainCreate },
    [CONTROL_START_PAUSED] = { "start --paused", start_paused },
    [CONTROL_DESTROY] = { "destroy", virDomainDestroy },
};

static void lock(struct control *control)
{
    (void)pthread_mutex_lock(&control->lock);
}

static void unlock(struct control *control)
{
    (void)pthread_mutex_unlock(&control->lock);
}

const char *control_action_word(enum control_action action)
{
    return actions[action].word;
}

struct control *control_new(const char *uri, bool with_events, const struct control_host *host)
{
    struct control *control = calloc(1, sizeof(*control));

    if (!control)
        return NULL;
    control->uri = uri ? strdup(uri) : NULL;
    control->with_events = with_events;
    control->host = *host;
    control->mailbox = mailbox_new();
    if ((uri && !control->uri) || !control->mailbox || !thread_condition_init(&control->news)) {
        mailbox_unref(control->mailbox);
        free(control->uri);
        free(control);
        return NULL;
    }
    (void)pthread_mutex_init(&control->lock, NULL); /* cannot fail for a default mutex */
    return control;
}

static void control_free(struct control *control)
{
    mailbox_unref(control->mailbox);
    (void)pthread_cond_destroy(&control->news);
    (void)pthread_mutex_destroy(&control->lock);
    free(control->uri);
    free(control);
}

/* Tells the host how an order ended, `why` NULL: well. Called and left with the lock held, but not held meanwhile;
 * control_stop() waits for it. */
static void tell(struct control *control, const struct order *order, const char *why)
{
    char uuid[DOMAIN_UUID_TEXT];

    if (control->abandoned)
        return;
    control->telling++;
    unlock(control);
    if (why) {
        control->host.failed(control->host.data, order->uuid, order->action, why);
    } else {
        domain_format_uuid(order->uuid, uuid);
        log_say(control->host.log, LOG_LEVEL_INFO, "domain %s: %s carried out", uuid, actions[order->action].word);
    }
    lock(control);
    control->telling--;
    (void)pthread_cond_broadcast(&control->news);
}

static bool connect_now(struct hypervisor *hypervisor, char why[WHY_MAX])
{
    if (hypervisor_connect(hypervisor))
        return true;
    (void)snprintf(why, WHY_MAX, "cannot connect: %s", hypervisor_error(hypervisor));
    return false;
}

/* Looks the domain up, and opens the connection for that if need be. One that was idle may turn out lost only when
 * it is used; nothing is ordered yet then, so a new one may be tried. NULL: `why` says so. */
static virDomainPtr find_domain(struct hypervisor *hypervisor, const struct order *order, char why[WHY_MAX])
{
    virDomainPtr domain = NULL;
    bool was_open;

    do {
        if (hypervisor_is_open(hypervisor) && !hypervisor_alive(hypervisor))
            hypervisor_disconnect(hypervisor);
        was_open = hypervisor_is_open(hypervisor);
        if (!connect_now(hypervisor, why))
            return NULL;
        domain = virDomainLookupByUUID(hypervisor_connection(hypervisor), order->uuid);
        if (!domain)
            (void)snprintf(why, WHY_MAX, "%s", hypervisor_error(hypervisor));
    } while (!domain && was_open && !hypervisor_alive(hypervisor));
    return domain;
}

static bool carry_out(struct hypervisor *hypervisor, const struct order *order, char why[WHY_MAX])
{
    AUTO_DOMAIN virDomainPtr domain = NULL;

    (void)snprintf(why, WHY_MAX, "out of memory");
    if (hypervisor)
        domain = find_domain(hypervisor, order, why);
    if (!domain)
        return false;
    if (actions[order->action].carry_out(domain) == 0)
        return true;
    (void)snprintf(why, WHY_MAX, "%s", hypervisor_error(hypervisor));
    return false;
}

static void *run(void *data);

/* Starts the threads that could be at work now. Called with the lock held. False if there is none at all, though
 * there should be. */
static bool start_workers(struct control *control)
{
    size_t wanted = control->stop ? 0 : orders_threads(&control->orders);

    while (control->working < wanted && control->workers < ORDERS_UNDER_WAY_MAX &&
           thread_start(NULL, run, control)) {
        control->workers++;
        control->working++;
    }
    return control->workers > 0 || wanted == 0;
}

/* Carries out one order. Called and left with the lock held. */
static void serve(struct control *control, struct hypervisor *hypervisor, const struct order *order)
{
    struct order overtaken;
    char why[WHY_MAX];
    bool done;

    while (orders_take_overtaken(&control->orders, &overtaken))
        tell(control, &overtaken, "a later order to destroy the domain came first");
    unlock(control);
    done = carry_out(hypervisor, order, why);
    lock(control);
    tell(control, order, done ? NULL : why);
    orders_end(&control->orders, order->number); /* only now, so that words come in order as well */
    (void)start_workers(control);
    (void)pthread_cond_broadcast(&control->news);
}

/* Takes orders until told to stop, or until there was none for a while. Called and left with the lock held. */
static void work(struct control *control, struct hypervisor *hypervisor)
{
    int64_t idle_until = clock_boot_ms() + IDLE_MS;

    while (!control->stop) {
        int64_t overtake = orders_overtake_time(&control->orders), now = clock_boot_ms();
        struct order order;

        if (orders_begin(&control->orders, now, &order)) {
            serve(control, hypervisor, &order);
            idle_until = clock_boot_ms() + IDLE_MS;
        } else if (now < idle_until) {
            (void)thread_wait(&control->news, &control->lock, overtake < idle_until ? overtake : idle_until);
        } else {
            return;
        }
    }
}

static void *run(void *data)
{
    struct control *control = data;
    enum hypervisor_watch watch = control->with_events ? HYPERVISOR_WATCH_ALIVE : HYPERVISOR_WATCH_NOTHING;
    struct hypervisor *hypervisor = hypervisor_new(control->uri, watch, control->mailbox, NULL);
    bool is_last;

    if (hypervisor)
        hypervisor_allow_changes(hypervisor);
    lock(control);
    work(control, hypervisor);
    control->working--;
    unlock(control);
    hypervisor_free(hypervisor);
    lock(control);
    control->workers--;
    (void)start_workers(control); /* an order may have come while the connection was closed */
    is_last = control->abandoned && control->workers == 0;
    (void)pthread_cond_broadcast(&control->news);
    unlock(control);
    if (is_last)
        control_free(control);
    return NULL;
}

bool control_order(struct control *control, const unsigned char uuid[DOMAIN_UUID_BYTES],
                   enum control_action action)
{
    bool taken;

    lock(control);
    taken = !control->stop && orders_put(&control->orders, uuid, action);
    if (taken && !start_workers(control)) {
        orders_end(&control->orders, control->orders.last_number);
        taken = false;
    }
    (void)pthread_cond_broadcast(&control->news);
    unlock(control);
    return taken;
}

/* Called with the lock held. */
static void drop_waiting(struct control *control)
{
    size_t dropped = orders_drop_waiting(&control->orders);

    if (dropped > 0)
        log_say(control->host.log, LOG_LEVEL_WARNING, "%zu order%s to domains not carried out: it ends now",
                dropped, dropped == 1 ? "" : "s");
}

bool control_stop(struct control *control, int64_t patience_ms)
{
    int64_t until = clock_boot_ms() + patience_ms;
    bool ended;

    if (!control)
        return true;
    lock(control);
    control->stop = true;
    drop_waiting(control);
    (void)pthread_cond_broadcast(&control->news);
    while (control->workers > 0)
        if (!thread_wait(&control->news, &control->lock, until))
            break;
    ended = control->workers == 0;
    control->abandoned = !ended;
    while (control->telling > 0)
        (void)pthread_cond_wait(&control->news, &control->lock);
    unlock(control);
    if (ended)
        control_free(control);
    return ended;
}
