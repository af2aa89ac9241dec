/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/libvirt/probe.h"

#include <assert.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/clock.h"
#include "core/thread.h"
#include "core/uri.h"
#include "core/virt.h"
#include "lib/libvirt/opening.h"

static_assert((int)PROBE_WHY_MAX == (int)OPENING_WHY_MAX, "the same texts");

/* Shared by the thread and its caller. Whoever drops it last frees it. */
struct probe_call {
    pthread_mutex_t lock;
    pthread_cond_t ended;
    bool is_over, is_left_behind;
    char *uri; /* NULL: libvirt's default */
    unsigned flags;
    uint32_t filter;
    enum probe_outcome outcome;
    struct probe found;
};

static void probe_free(struct probe_call *call)
{
    (void)pthread_cond_destroy(&call->ended);
    (void)pthread_mutex_destroy(&call->lock);
    free(call->uri);
    free(call);
}

static void probe_put_uri(struct probe *found, const char *uri)
{
    AUTO_FREE char *shown = uri ? uri_public(uri) : NULL;

    (void)snprintf(found->uri, sizeof(found->uri), "%s", shown ? shown : "libvirt's default hypervisor");
}

static void probe_put_error(struct probe_call *call)
{
    call->outcome = PROBE_FAILS;
    uri_conceal_line(call->uri, virGetLastErrorMessage(), call->found.why, sizeof(call->found.why));
}

static void probe_count(struct probe_call *call, virConnectPtr connection)
{
    AUTO_FREE char *uri = virConnectGetURI(connection);

    if (uri)
        probe_put_uri(&call->found, uri);
    call->found.domains = virConnectListAllDomains(connection, NULL, 0);
    call->found.fitting = call->found.domains < 0 ? -1 : virConnectListAllDomains(connection, NULL, call->filter);
    if (call->found.fitting < 0)
        probe_put_error(call);
}

static void *probe_thread(void *data)
{
    struct probe_call *call = data;
    struct opening opening;
    virConnectPtr connection = opening_connect(call->uri, call->flags, &opening);
    bool is_left_behind;

    call->outcome = connection ? PROBE_ANSWERS : PROBE_FAILS;
    memcpy(call->found.why, opening.why, sizeof(call->found.why));
    memcpy(call->found.advice, opening.advice, sizeof(call->found.advice));
    if (connection)
        probe_count(call, connection);
    if (connection)
        (void)virConnectClose(connection);
    (void)pthread_mutex_lock(&call->lock);
    call->is_over = true;
    is_left_behind = call->is_left_behind;
    (void)pthread_cond_broadcast(&call->ended);
    (void)pthread_mutex_unlock(&call->lock);
    if (is_left_behind)
        probe_free(call);
    return NULL;
}

static struct probe_call *probe_new(const char *uri, bool may_change, uint32_t filter)
{
    struct probe_call *call = calloc(1, sizeof(*call));
    bool has_uri = uri && *uri;

    if (!call)
        return NULL;
    call->uri = has_uri ? strdup(uri) : NULL;
    if ((has_uri && !call->uri) || !thread_condition_init(&call->ended)) {
        free(call->uri);
        free(call);
        return NULL;
    }
    (void)pthread_mutex_init(&call->lock, NULL); /* cannot fail for a default mutex */
    call->flags = may_change ? 0 : VIR_CONNECT_RO;
    call->filter = filter;
    probe_put_uri(&call->found, call->uri);
    return call;
}

/* False if the call is left to its thread. */
static bool probe_wait(struct probe_call *call, int64_t until_boot_ms)
{
    bool is_over;

    (void)pthread_mutex_lock(&call->lock);
    while (!call->is_over)
        if (!thread_wait(&call->ended, &call->lock, until_boot_ms))
            break;
    is_over = call->is_over;
    call->is_left_behind = !is_over;
    (void)pthread_mutex_unlock(&call->lock);
    return is_over;
}

enum probe_outcome probe_run(const char *uri, bool may_change, uint32_t filter, int64_t patience_ms,
                             struct probe *probe)
{
    struct probe_call *call = probe_new(uri, may_change, filter);
    enum probe_outcome outcome;

    memset(probe, 0, sizeof(*probe));
    probe_put_uri(probe, uri && *uri ? uri : NULL);
    if (!call || !thread_start(NULL, probe_thread, call)) {
        (void)snprintf(probe->why, sizeof(probe->why), "out of memory or threads");
        if (call)
            probe_free(call);
        return PROBE_FAILS;
    }
    if (!probe_wait(call, clock_boot_ms() + patience_ms))
        return PROBE_HANGS;
    outcome = call->outcome;
    *probe = call->found;
    probe_free(call);
    return outcome;
}
