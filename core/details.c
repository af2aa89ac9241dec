/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/details.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "core/clock.h"
#include "core/decode.h"
#include "core/filter.h"
#include "core/hypervisor.h"
#include "core/mailbox.h"
#include "core/thread.h"
#include "core/virt.h"

/* The filter bits that virConnectGetAllDomainStats() takes. */
enum { FILTER_STATS_BITS = 0xff };

struct question {
    uint32_t filter;
    enum details_scope scope;
};

struct details {
    char *uri;
    bool with_events;
    struct mailbox *mailbox; /* nobody's: these connections only need keepalive */

    pthread_mutex_t lock;
    pthread_cond_t news;
    bool stop, abandoned;
    unsigned workers, idle;
    uint64_t asked, taken;    /* tickets: the last one given out, the last one that a thread took */
    struct question question; /* of the last one */
    uint64_t done;            /* the newest one that is finished */
    bool failed;
    struct details_result result;
};

static void lock(struct details *details)
{
    (void)pthread_mutex_lock(&details->lock);
}

static void unlock(struct details *details)
{
    (void)pthread_mutex_unlock(&details->lock);
}

void details_clear(struct details_result *result)
{
    for (size_t i = 0; i < result->count; i++)
        usage_unref(result->rows[i].usage);
    free(result->rows);
    *result = (struct details_result){ 0 };
}

struct details *details_new(const char *uri, bool with_events)
{
    struct details *details = calloc(1, sizeof(*details));

    if (!details)
        return NULL;
    details->uri = uri ? strdup(uri) : NULL;
    details->with_events = with_events;
    details->mailbox = mailbox_new();
    if ((uri && !details->uri) || !details->mailbox || !thread_condition_init(&details->news)) {
        mailbox_unref(details->mailbox);
        free(details->uri);
        free(details);
        return NULL;
    }
    (void)pthread_mutex_init(&details->lock, NULL); /* cannot fail for a default mutex */
    return details;
}

static void details_free(struct details *details)
{
    details_clear(&details->result);
    mailbox_unref(details->mailbox);
    (void)pthread_cond_destroy(&details->news);
    (void)pthread_mutex_destroy(&details->lock);
    free(details->uri);
    free(details);
}

static bool decode(virDomainStatsRecordPtr *records, int count, enum details_scope scope,
                   struct details_result *result)
{
    result->rows = calloc((size_t)count + 1, sizeof(*result->rows));
    if (!result->rows)
        return false;
    for (int i = 0; i < count; i++) {
        struct domain *row = &result->rows[result->count];
        unsigned id = virDomainGetID(records[i]->dom);

        if (virDomainGetUUID(records[i]->dom, row->uuid) < 0)
            continue;
        row->id = id == (unsigned)-1 ? DOMAIN_ID_INACTIVE : (int)id;
        decode_stats(records[i]->params, records[i]->nparams, row);
        if (scope == DETAILS_ACTIVE)
            row->usage = decode_usage(records[i]->params, records[i]->nparams);
        result->count++;
    }
    return true;
}

/* Moves the rows of `more` behind those of `result`; false, and nothing moved, if out of memory. */
static bool append(struct details_result *result, struct details_result *more)
{
    struct domain *rows = realloc(result->rows, (result->count + more->count + 1) * sizeof(*rows));

    if (!rows)
        return false;
    result->rows = rows;
    memcpy(rows + result->count, more->rows, more->count * sizeof(*rows));
    result->count += more->count;
    result->calls += more->calls;
    more->count = 0; /* what they hold went along */
    details_clear(more);
    return true;
}

/* One call, or two halves where the reply would be more than the wire carries. */
static bool ask(struct hypervisor *hypervisor, const struct question *question, struct details_result *result)
{
    AUTO_STATS virDomainStatsRecordPtr *records = NULL;
    struct hypervisor_limits *limits = hypervisor_limits(hypervisor);
    struct details_result more = { 0 };
    uint32_t halves[2];
    unsigned nowait = limits->no_nowait ? 0 : (unsigned)VIR_CONNECT_GET_ALL_DOMAINS_STATS_NOWAIT;
    unsigned wanted = question->scope == DETAILS_ACTIVE ? decode_details_wanted() : decode_inactive_wanted();
    int count = virConnectGetAllDomainStats(hypervisor_connection(hypervisor), wanted, &records,
                                            question->filter | nowait);
    int code = count < 0 ? virGetLastErrorCode() : VIR_ERR_OK;

    result->calls++;
    if (count >= 0)
        return decode(records, count, question->scope, result);
    if (code == VIR_ERR_INVALID_ARG && !limits->no_nowait) {
        limits->no_nowait = true; /* a driver that never waits need not know the flag */
        return ask(hypervisor, question, result);
    }
    if (!virt_is_too_much(code) || !hypervisor_alive(hypervisor) || !filter_halve(question->filter, halves) ||
        (halves[0] | halves[1]) > FILTER_STATS_BITS ||
        !ask(hypervisor, &(struct question){ halves[0], question->scope }, result))
        return false;
    if (!ask(hypervisor, &(struct question){ halves[1], question->scope }, &more) || !append(result, &more)) {
        details_clear(&more);
        return false;
    }
    return true;
}

static bool serve(struct hypervisor *hypervisor, const struct question *question, struct details_result *result)
{
    if (hypervisor_is_open(hypervisor) && !hypervisor_alive(hypervisor))
        hypervisor_disconnect(hypervisor);
    if (!hypervisor_connect(hypervisor) || !ask(hypervisor, question, result))
        return false;
    qsort(result->rows, result->count, sizeof(*result->rows), domain_compare_uuid);
    return true;
}

/* Keeps the result of the newest request; one that comes late is of no use. */
static void finish(struct details *details, uint64_t ticket, bool failed, struct details_result *result)
{
    if (ticket > details->done) {
        details_clear(&details->result);
        details->done = ticket;
        details->failed = failed;
        details->result = *result;
        *result = (struct details_result){ 0 };
        (void)pthread_cond_broadcast(&details->news);
    }
    details_clear(result);
}

/* Takes requests until told to stop. Called and left with the lock held. */
static void work(struct details *details, struct hypervisor *hypervisor)
{
    while (!details->stop) {
        struct details_result result = { 0 };
        uint64_t ticket = details->asked;
        struct question question = details->question;
        bool failed;

        if (ticket == details->taken) {
            details->idle++;
            (void)pthread_cond_wait(&details->news, &details->lock);
            details->idle--;
            continue;
        }
        details->taken = ticket;
        unlock(details);
        failed = !serve(hypervisor, &question, &result);
        lock(details);
        finish(details, ticket, failed, &result);
    }
}

static void *run(void *data)
{
    struct details *details = data;
    enum hypervisor_watch watch = details->with_events ? HYPERVISOR_WATCH_ALIVE : HYPERVISOR_WATCH_NOTHING;
    struct hypervisor *hypervisor = hypervisor_new(details->uri, watch, details->mailbox, NULL);
    bool is_last;

    lock(details);
    if (hypervisor)
        work(details, hypervisor);
    unlock(details);
    hypervisor_free(hypervisor);
    lock(details);
    details->workers--;
    is_last = details->abandoned && details->workers == 0;
    (void)pthread_cond_broadcast(&details->news);
    unlock(details);
    if (is_last)
        details_free(details);
    return NULL;
}

/* Called with the lock held. */
static bool start_worker(struct details *details)
{
    bool started = thread_start(NULL, run, details);

    details->workers += started;
    return started;
}

/* Of domains that are off there is no usage, so they are left out where it is asked for; unless the filter leaves
 * nothing else. */
static struct question make_question(uint32_t filter, enum details_scope scope)
{
    bool only_inactive = (filter & (FILTER_ACTIVE | FILTER_INACTIVE)) == FILTER_INACTIVE;
    struct question question = { filter & FILTER_STATS_BITS, scope };

    if (only_inactive)
        question.scope = DETAILS_ALL;
    else if (scope == DETAILS_ACTIVE)
        question.filter = (question.filter & ~(uint32_t)FILTER_INACTIVE) | FILTER_ACTIVE;
    return question;
}

uint64_t details_request(struct details *details, uint32_t filter, enum details_scope scope)
{
    uint64_t ticket = 0;

    lock(details);
    if (details->idle > 0 || (details->workers < DETAILS_WORKERS_MAX && start_worker(details))) {
        ticket = ++details->asked;
        details->question = make_question(filter, scope);
        (void)pthread_cond_broadcast(&details->news);
    }
    unlock(details);
    return ticket;
}

enum details_outcome details_wait(struct details *details, uint64_t ticket, int64_t until_boot_ms,
                                  struct details_result *result)
{
    enum details_outcome outcome = DETAILS_LATE;

    lock(details);
    while (details->done < ticket)
        if (!thread_wait(&details->news, &details->lock, until_boot_ms))
            break;
    if (details->done == ticket)
        outcome = details->failed ? DETAILS_FAILED : DETAILS_CAME;
    if (outcome == DETAILS_CAME) {
        *result = details->result;
        details->result = (struct details_result){ 0 };
    }
    unlock(details);
    return outcome;
}

bool details_stop(struct details *details, int64_t patience_ms)
{
    int64_t until = clock_boot_ms() + patience_ms;
    bool ended;

    if (!details)
        return true;
    lock(details);
    details->stop = true;
    (void)pthread_cond_broadcast(&details->news);
    while (details->workers > 0)
        if (!thread_wait(&details->news, &details->lock, until))
            break;
    ended = details->workers == 0;
    details->abandoned = !ended;
    unlock(details);
    if (ended)
        details_free(details);
    return ended;
}

void details_merge(const struct details_result *result, struct domain *rows, size_t count)
{
    size_t at = 0;

    for (size_t i = 0; i < count; i++) {
        while (at < result->count && domain_compare_uuid(&result->rows[at], &rows[i]) < 0)
            at++;
        if (at < result->count && domain_compare_uuid(&result->rows[at], &rows[i]) == 0 &&
            result->rows[at].id == rows[i].id) {
            rows[i].numbers = result->rows[at].numbers;
            rows[i].usage = result->rows[at].usage ? usage_ref(result->rows[at].usage) : NULL;
            rows[i].answered = result->rows[at].answered;
        }
    }
}
