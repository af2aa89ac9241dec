/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/libvirt/connector.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/clock.h"
#include "lib/base/refcount.h"
#include "lib/base/thread.h"
#include "lib/libvirt/opening.h"
#include "lib/libvirt/virt.h"

/* One attempt, owned by its thread and the connector. */
struct connector_attempt {
    struct refcount refcount;
    struct connector *connector;
    pthread_t thread;
    virConnectPtr conn; /* NULL: none, or the connector has taken it */
    bool is_over, is_denied;
    char why[CONNECTOR_WHY_MAX];
};

/* Owned by its user and by the attempts that are under way. */
struct connector {
    pthread_mutex_t lock;
    pthread_cond_t attempt_ended;
    unsigned owners; /* under the lock */
    struct mailbox *mailbox;
    char *uri;
    unsigned flags;

    /* For the user's thread alone. */
    struct connector_attempt *attempt; /* NULL: none */
    bool was_denied;                   /* the last attempt that ended */
    int64_t begun_boot_ms, until_boot_ms;
};

static void connector_unref(struct connector *connector)
{
    bool is_last;

    (void)pthread_mutex_lock(&connector->lock);
    is_last = --connector->owners == 0;
    (void)pthread_cond_broadcast(&connector->attempt_ended);
    (void)pthread_mutex_unlock(&connector->lock);
    if (!is_last)
        return;
    mailbox_unref(connector->mailbox);
    (void)pthread_cond_destroy(&connector->attempt_ended);
    (void)pthread_mutex_destroy(&connector->lock);
    free(connector->uri);
    free(connector);
}

static void connector_unref_attempt(struct connector_attempt *attempt)
{
    if (!refcount_drop(&attempt->refcount))
        return;
    if (attempt->conn)
        (void)virConnectClose(attempt->conn);
    free(attempt);
}

static void *connector_run(void *data)
{
    struct connector_attempt *attempt = data;
    struct connector *connector = attempt->connector;
    struct opening opening;
    virConnectPtr conn = opening_connect(connector->uri, connector->flags, &opening);

    (void)pthread_mutex_lock(&connector->lock);
    attempt->conn = conn;
    opening_explain(&opening, attempt->why, sizeof(attempt->why));
    attempt->is_denied = opening.is_denied;
    attempt->is_over = true;
    (void)pthread_mutex_unlock(&connector->lock);
    connector_unref_attempt(attempt);
    mailbox_put_wake(connector->mailbox);
    connector_unref(connector);
    return NULL;
}

struct connector *connector_new(const char *uri, bool may_change, struct mailbox *mailbox)
{
    struct connector *connector = calloc(1, sizeof(*connector));

    if (!connector)
        return NULL;
    connector->uri = strdup(uri ? uri : "");
    if (!connector->uri || !thread_condition_init(&connector->attempt_ended)) {
        free(connector->uri);
        free(connector);
        return NULL;
    }
    (void)pthread_mutex_init(&connector->lock, NULL); /* cannot fail for a default mutex */
    connector->owners = 1;
    connector->flags = may_change ? 0 : VIR_CONNECT_RO;
    connector->mailbox = mailbox_ref(mailbox);
    return connector;
}

static unsigned connector_under_way(struct connector *connector)
{
    unsigned owners;

    (void)pthread_mutex_lock(&connector->lock);
    owners = connector->owners;
    (void)pthread_mutex_unlock(&connector->lock);
    return owners - 1;
}

/* Attempts may hang for ever, and new ones must still be possible. If many are under way, a new one begins only
 * seldom. */
static bool connector_may_begin(struct connector *connector)
{
    unsigned under_way = connector_under_way(connector);
    bool is_seldom = clock_boot_ms() - connector->begun_boot_ms >= CONNECTOR_SELDOM_MS;

    return under_way < CONNECTOR_ATTEMPTS_MAX || (is_seldom && under_way < CONNECTOR_ATTEMPTS_LIMIT);
}

bool connector_begin(struct connector *connector)
{
    struct connector_attempt *attempt;

    if (!connector_may_begin(connector))
        return false;
    attempt = calloc(1, sizeof(*attempt));
    if (!attempt)
        return false;
    refcount_init(&attempt->refcount);
    refcount_take(&attempt->refcount);
    attempt->connector = connector;
    (void)pthread_mutex_lock(&connector->lock);
    connector->owners++;
    (void)pthread_mutex_unlock(&connector->lock);
    if (!thread_start(&attempt->thread, connector_run, attempt)) {
        connector_unref(connector);
        free(attempt);
        return false;
    }
    connector->attempt = attempt;
    connector->begun_boot_ms = clock_boot_ms();
    connector->until_boot_ms = connector->begun_boot_ms + CONNECTOR_PATIENCE_MS;
    return true;
}

static bool connector_is_over(struct connector *connector)
{
    bool is_over;

    (void)pthread_mutex_lock(&connector->lock);
    is_over = connector->attempt->is_over;
    (void)pthread_mutex_unlock(&connector->lock);
    return is_over;
}

/* Drops the connector's reference. An attempt that is not over then belongs to its thread alone. A thread whose
 * attempt is over is about to end: it is joined, so that it cannot still run when the program ends. */
static void connector_drop_attempt(struct connector *connector)
{
    struct connector_attempt *attempt = connector->attempt;

    if (!attempt)
        return;
    if (connector_is_over(connector))
        (void)pthread_join(attempt->thread, NULL);
    else
        (void)pthread_detach(attempt->thread);
    connector_unref_attempt(attempt);
    connector->attempt = NULL;
}

/* The two likely reasons for an attempt that hangs. */
static void connector_explain_hang(char *why)
{
    (void)snprintf(why, CONNECTOR_WHY_MAX,
                   "no answer within %d s: libvirt hangs, or all of its client connections are taken (max_clients "
                   "in libvirtd.conf)",
                   CONNECTOR_PATIENCE_MS / 1000);
}

enum connector_state connector_poll(struct connector *connector, struct connection *connection, char *why)
{
    struct connector_attempt *attempt = connector->attempt;
    virConnectPtr conn;

    if (!attempt)
        return CONNECTOR_IDLE;
    if (!connector_is_over(connector)) {
        if (clock_boot_ms() < connector->until_boot_ms)
            return CONNECTOR_WAITING;
        connector_drop_attempt(connector);
        connector_explain_hang(why);
        return CONNECTOR_HANGS;
    }
    conn = attempt->conn; /* its thread does not touch the attempt any more */
    attempt->conn = NULL;
    connector->was_denied = attempt->is_denied;
    memcpy(why, attempt->why, CONNECTOR_WHY_MAX);
    connector_drop_attempt(connector);
    if (!conn)
        return CONNECTOR_FAILED;
    connection_adopt(connection, conn);
    return CONNECTOR_OPENED;
}

static void connector_wait(struct connector *connector)
{
    (void)pthread_mutex_lock(&connector->lock);
    while (!connector->attempt->is_over)
        if (!thread_wait(&connector->attempt_ended, &connector->lock, connector->until_boot_ms))
            break;
    (void)pthread_mutex_unlock(&connector->lock);
}

bool connector_connect(struct connector *connector, struct connection *connection, char *why)
{
    enum connector_state state = connector_begin(connector) ? CONNECTOR_WAITING : CONNECTOR_FAILED;

    connector->was_denied = false;
    if (connector_under_way(connector) >= CONNECTOR_ATTEMPTS_MAX)
        connector_explain_hang(why);
    else
        (void)snprintf(why, CONNECTOR_WHY_MAX, "out of memory or threads");
    while (state == CONNECTOR_WAITING) {
        connector_wait(connector);
        state = connector_poll(connector, connection, why);
    }
    return state == CONNECTOR_OPENED;
}

bool connector_was_denied(const struct connector *connector)
{
    return connector->was_denied;
}

int64_t connector_until(const struct connector *connector)
{
    return connector->until_boot_ms;
}

static bool connector_wait_for_all(struct connector *connector, int64_t until_boot_ms)
{
    bool all_ended;

    (void)pthread_mutex_lock(&connector->lock);
    while (connector->owners > 1)
        if (!thread_wait(&connector->attempt_ended, &connector->lock, until_boot_ms))
            break;
    all_ended = connector->owners == 1;
    (void)pthread_mutex_unlock(&connector->lock);
    return all_ended;
}

bool connector_free(struct connector *connector, int64_t patience_ms)
{
    bool all_ended;

    if (!connector)
        return true;
    connector_drop_attempt(connector);
    all_ended = connector_wait_for_all(connector, clock_boot_ms() + patience_ms);
    connector_unref(connector);
    return all_ended;
}
