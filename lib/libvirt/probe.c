/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/libvirt/probe.h"

#include <assert.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/clock.h"
#include "lib/base/refcount.h"
#include "lib/base/thread.h"
#include "lib/base/uri.h"
#include "lib/libvirt/opening.h"
#include "lib/libvirt/virt.h"

static_assert((int)PROBE_WHY_MAX == (int)OPENING_WHY_MAX, "the texts are copied");

/* Owned by its thread and the caller. */
struct probe_call {
    struct refcount refcount;
    pthread_mutex_t lock;
    pthread_cond_t ended;
    bool is_over;
    char *uri; /* empty: libvirt's default */
    unsigned flags;
    uint32_t filter;
    unsigned wanted; /* connections at once; 0: one, to count domains */
    unsigned opened; /* how many of these are open, under the lock */
    enum probe_outcome outcome;
    struct probe found;
};

static void probe_unref(struct probe_call *call)
{
    if (!refcount_drop(&call->refcount))
        return;
    (void)pthread_cond_destroy(&call->ended);
    (void)pthread_mutex_destroy(&call->lock);
    free(call->uri);
    free(call);
}

static void probe_put_uri(struct probe *found, const char *uri)
{
    AUTO_FREE char *shown = uri_public(uri ? uri : "");

    (void)snprintf(found->uri, sizeof(found->uri), "%s", shown && *shown ? shown : "libvirt's default hypervisor");
}

static void probe_put_error(struct probe_call *call)
{
    call->outcome = PROBE_FAILS;
    uri_conceal_line(opening_uri(call->uri), virGetLastErrorMessage(), call->found.why, sizeof(call->found.why));
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

static virConnectPtr probe_open(struct probe_call *call)
{
    struct opening opening;
    virConnectPtr connection = opening_connect(call->uri, call->flags, &opening);

    if (connection)
        return connection;
    call->outcome = PROBE_FAILS;
    memcpy(call->found.why, opening.why, sizeof(call->found.why));
    memcpy(call->found.advice, opening.advice, sizeof(call->found.advice));
    return NULL;
}

static void probe_count_domains(struct probe_call *call)
{
    virConnectPtr connection = probe_open(call);

    if (!connection)
        return;
    probe_count(call, connection);
    (void)virConnectClose(connection);
}

static void probe_open_all(struct probe_call *call)
{
    virConnectPtr connections[PROBE_CONNECTIONS_MAX];
    unsigned count = 0;

    while (count < call->wanted && (connections[count] = probe_open(call)) != NULL) {
        count++;
        (void)pthread_mutex_lock(&call->lock);
        call->opened = count;
        (void)pthread_mutex_unlock(&call->lock);
    }
    while (count > 0)
        (void)virConnectClose(connections[--count]);
}

static void *probe_thread(void *data)
{
    struct probe_call *call = data;

    call->outcome = PROBE_ANSWERS;
    if (call->wanted > 0)
        probe_open_all(call);
    else
        probe_count_domains(call);
    (void)pthread_mutex_lock(&call->lock);
    call->is_over = true;
    (void)pthread_cond_broadcast(&call->ended);
    (void)pthread_mutex_unlock(&call->lock);
    probe_unref(call);
    return NULL;
}

static struct probe_call *probe_new(const char *uri, bool may_change, uint32_t filter)
{
    struct probe_call *call = calloc(1, sizeof(*call));

    if (!call)
        return NULL;
    call->uri = strdup(uri ? uri : "");
    if (!call->uri || !thread_condition_init(&call->ended)) {
        free(call->uri);
        free(call);
        return NULL;
    }
    (void)pthread_mutex_init(&call->lock, NULL); /* cannot fail for a default mutex */
    refcount_init(&call->refcount);
    call->flags = may_change ? 0 : VIR_CONNECT_RO;
    call->filter = filter;
    probe_put_uri(&call->found, call->uri);
    return call;
}

/* Waits for the call and copies what it found. If it hangs, copies only how many connections are open. */
static enum probe_outcome probe_wait(struct probe_call *call, int64_t until_boot_ms, struct probe *probe)
{
    enum probe_outcome outcome = PROBE_HANGS;

    (void)pthread_mutex_lock(&call->lock);
    while (!call->is_over)
        if (!thread_wait(&call->ended, &call->lock, until_boot_ms))
            break;
    if (call->is_over) {
        outcome = call->outcome;
        *probe = call->found;
    }
    probe->opened = call->opened;
    (void)pthread_mutex_unlock(&call->lock);
    return outcome;
}

static bool probe_start(struct probe_call *call)
{
    refcount_take(&call->refcount); /* for the thread */
    if (thread_start(NULL, probe_thread, call))
        return true;
    probe_unref(call);
    return false;
}

/* Makes the call and drops it. `call` NULL: out of memory. */
static enum probe_outcome probe_make(struct probe_call *call, const char *uri, int64_t patience_ms,
                                     struct probe *probe)
{
    enum probe_outcome outcome = PROBE_FAILS;

    memset(probe, 0, sizeof(*probe));
    probe_put_uri(probe, uri);
    if (call && probe_start(call))
        outcome = probe_wait(call, clock_boot_ms() + patience_ms, probe);
    else
        (void)snprintf(probe->why, sizeof(probe->why), "out of memory or threads");
    if (call)
        probe_unref(call);
    return outcome;
}

enum probe_outcome probe_run(const char *uri, bool may_change, uint32_t filter, int64_t patience_ms,
                             struct probe *probe)
{
    return probe_make(probe_new(uri, may_change, filter), uri, patience_ms, probe);
}

enum probe_outcome probe_connections(const char *uri, unsigned wanted, int64_t patience_ms, struct probe *probe)
{
    struct probe_call *call = probe_new(uri, false, 0);

    if (call)
        call->wanted = wanted < PROBE_CONNECTIONS_MAX ? wanted : PROBE_CONNECTIONS_MAX;
    return probe_make(call, uri, patience_ms, probe);
}
