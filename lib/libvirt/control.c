/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/libvirt/control.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/clock.h"
#include "lib/libvirt/crew.h"
#include "lib/libvirt/hypervisor.h"
#include "lib/libvirt/orders.h"
#include "lib/libvirt/virt.h"

enum { WHY_MAX = 512, RETRY_DENIED_MS = 60 * 1000, RETRY_FAILED_MS = 5 * 1000 };

struct control {
    struct control_host host;
    struct crew *crew;

    /* Under the crew's lock. */
    bool silent;      /* whoever hears of orders is gone */
    unsigned telling; /* threads inside the host's functions */
    struct orders orders;
    bool try_wanted, try_under_way;
    enum control_access access;
    int64_t tried_boot_ms;
    char why[WHY_MAX]; /* access is not granted */
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

const char *control_action_word(enum control_action action)
{
    return actions[action].word;
}

/* Tells the host how an order ended, `why` NULL: well. Called and left with the lock held, but not held meanwhile;
 * control_stop() waits for it. */
static void tell(struct control *control, const struct order *order, const char *why)
{
    char uuid[DOMAIN_UUID_TEXT];

    if (control->silent)
        return;
    control->telling++;
    crew_unlock(control->crew);
    if (why) {
        control->host.failed(control->host.data, order->uuid, order->action, why);
    } else {
        domain_format_uuid(order->uuid, uuid);
        log_say(control->host.log, LOG_LEVEL_INFO, "domain %s: %s carried out", uuid, actions[order->action].word);
    }
    crew_lock(control->crew);
    control->telling--;
    (void)crew_call(control->crew);
}

/* Notes how opening a connection went, and tells the host of what is new. Called and left with the lock held, as
 * tell(). */
static void control_note(struct control *control, enum control_access access, const char *why)
{
    bool is_first = control->access == CONTROL_ACCESS_UNKNOWN && access == CONTROL_ACCESS_GRANTED;
    bool is_new = control->access != access || strcmp(control->why, why) != 0;

    control->access = access;
    control->tried_boot_ms = clock_boot_ms();
    (void)snprintf(control->why, WHY_MAX, "%s", why);
    if (!is_new || is_first || control->silent)
        return;
    control->telling++;
    crew_unlock(control->crew);
    control->host.access(control->host.data, access, why);
    crew_lock(control->crew);
    control->telling--;
    (void)crew_call(control->crew);
}

/* Opens the thread's connection. Called and left with the lock held, but not held meanwhile. */
static void control_open(struct control *control, struct hypervisor *hypervisor)
{
    enum control_access access = CONTROL_ACCESS_FAILED;
    char why[WHY_MAX] = "out of memory";

    control->try_wanted = false;
    control->try_under_way = true;
    crew_unlock(control->crew);
    if (hypervisor && crew_connect(control->crew, hypervisor)) {
        access = CONTROL_ACCESS_GRANTED;
        why[0] = '\0';
    } else if (hypervisor) {
        access = hypervisor_was_denied(hypervisor) ? CONTROL_ACCESS_DENIED : CONTROL_ACCESS_FAILED;
        (void)snprintf(why, sizeof(why), "%s", hypervisor_error(hypervisor));
    }
    crew_lock(control->crew);
    control->try_under_way = false;
    control_note(control, access, why);
}

/* Looks the domain up, and opens the connection for that if need be. One that was idle may turn out lost only when
 * it is used; nothing is ordered yet then, so a new one may be tried. NULL: `why` says so. */
static virDomainPtr find_domain(struct control *control, struct hypervisor *hypervisor, const struct order *order,
                                char why[WHY_MAX])
{
    virDomainPtr domain = NULL;
    bool was_open;

    do {
        was_open = hypervisor_alive(hypervisor);
        if (!crew_connect(control->crew, hypervisor)) {
            (void)snprintf(why, WHY_MAX, "cannot connect: %s", hypervisor_error(hypervisor));
            return NULL;
        }
        domain = virDomainLookupByUUID(hypervisor_connection(hypervisor), order->uuid);
        if (!domain)
            (void)snprintf(why, WHY_MAX, "%s", hypervisor_error(hypervisor));
    } while (!domain && was_open && !hypervisor_alive(hypervisor));
    return domain;
}

static bool carry_out(struct control *control, struct hypervisor *hypervisor, const struct order *order,
                      char why[WHY_MAX])
{
    AUTO_DOMAIN virDomainPtr domain = NULL;

    (void)snprintf(why, WHY_MAX, "out of memory");
    if (hypervisor)
        domain = find_domain(control, hypervisor, order, why);
    if (!domain)
        return false;
    if (actions[order->action].carry_out(domain) == 0)
        return true;
    (void)snprintf(why, WHY_MAX, "%s", hypervisor_error(hypervisor));
    return false;
}

static size_t threads(const void *data)
{
    const struct control *control = data;

    return orders_threads(&control->orders) + (control->try_wanted || control->try_under_way ? 1 : 0);
}

static int64_t next(const void *data)
{
    return orders_overtake_time(&((const struct control *)data)->orders);
}

/* Carries out one order. Called and left with the lock held. */
static bool serve(void *data, struct hypervisor *hypervisor)
{
    struct control *control = data;
    struct order order, overtaken;
    char why[WHY_MAX];
    bool done;

    if (control->try_wanted) {
        control_open(control, hypervisor);
        return true;
    }
    if (!orders_begin(&control->orders, clock_boot_ms(), &order))
        return false;
    while (orders_take_overtaken(&control->orders, &overtaken))
        tell(control, &overtaken, "a later order to destroy the domain came first");
    crew_unlock(control->crew);
    done = carry_out(control, hypervisor, &order, why);
    crew_lock(control->crew);
    if (hypervisor && !hypervisor_is_open(hypervisor))
        control->try_wanted = true; /* finds out whether access is lost */
    tell(control, &order, done ? NULL : why);
    orders_end(&control->orders, order.number); /* only now, so that words come in order as well */
    (void)crew_call(control->crew);
    return true;
}

static const struct crew_work work = {
    .threads_max = ORDERS_UNDER_WAY_MAX,
    .idle_ms = 30 * 1000,
    .may_change_domains = true,
    .threads = threads,
    .serve = serve,
    .next = next,
    .release = free,
};

struct control *control_new(const char *uri, bool with_events, const struct control_host *host)
{
    struct control *control = calloc(1, sizeof(*control));

    if (!control)
        return NULL;
    control->host = *host;
    control->crew = crew_new(uri, with_events, &work, control);
    if (control->crew)
        return control;
    free(control);
    return NULL;
}

bool control_order(struct control *control, const unsigned char uuid[DOMAIN_UUID_BYTES],
                   enum control_action action)
{
    bool taken;

    crew_lock(control->crew);
    taken = !crew_is_ending(control->crew) && orders_put(&control->orders, uuid, action);
    if (taken && !crew_call(control->crew)) {
        orders_end(&control->orders, control->orders.last_number);
        taken = false;
    }
    crew_unlock(control->crew);
    return taken;
}

/* With the lock held. Where no thread can be had the try waits for one. */
static void control_want_try(struct control *control)
{
    control->try_wanted = true;
    (void)crew_call(control->crew);
}

void control_try(struct control *control)
{
    crew_lock(control->crew);
    if (!crew_is_ending(control->crew))
        control_want_try(control);
    crew_unlock(control->crew);
}

void control_retry(struct control *control)
{
    int64_t pause_ms, now = clock_boot_ms();
    bool is_due;

    crew_lock(control->crew);
    pause_ms = control->access == CONTROL_ACCESS_DENIED ? RETRY_DENIED_MS : RETRY_FAILED_MS;
    is_due = control->access == CONTROL_ACCESS_DENIED || control->access == CONTROL_ACCESS_FAILED;
    is_due = is_due && now - control->tried_boot_ms >= pause_ms && !control->try_under_way;
    if (is_due && !crew_is_ending(control->crew))
        control_want_try(control);
    crew_unlock(control->crew);
}

bool control_may(struct control *control)
{
    bool may;

    crew_lock(control->crew);
    may = control->access == CONTROL_ACCESS_GRANTED;
    crew_unlock(control->crew);
    return may;
}

static void drop_waiting(struct control *control)
{
    size_t dropped;

    crew_lock(control->crew);
    dropped = orders_drop_waiting(&control->orders);
    crew_unlock(control->crew);
    if (dropped > 0)
        log_say(control->host.log, LOG_LEVEL_WARNING, "%zu order%s to domains not carried out: it ends now",
                dropped, dropped == 1 ? "" : "s");
}

bool control_stop(struct control *control, int64_t patience_ms)
{
    bool ended;

    if (!control)
        return true;
    drop_waiting(control);
    ended = crew_end(control->crew, patience_ms);
    crew_lock(control->crew);
    control->silent = true;
    while (control->telling > 0)
        (void)crew_wait(control->crew, INT64_MAX);
    crew_unlock(control->crew);
    crew_leave(control->crew);
    return ended;
}
