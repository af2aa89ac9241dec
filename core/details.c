/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/details.h"

#include <stdlib.h>
#include <string.h>

#include "core/crew.h"
#include "core/decode.h"
#include "core/filter.h"
#include "core/hypervisor.h"
#include "core/virt.h"

/* The filter bits that virConnectGetAllDomainStats() takes. */
enum { FILTER_STATS_BITS = 0xff };

struct question {
    uint32_t filter;
    enum details_scope scope;
};

struct details {
    struct crew *crew;

    /* Under the crew's lock. */
    size_t busy;              /* threads inside a call */
    uint64_t asked, taken;    /* tickets: the last one given out, the last one that a thread took */
    struct question question; /* of the last one */
    uint64_t done;            /* the newest one that is finished */
    bool failed;
    struct details_result result;
};

void details_clear(struct details_result *result)
{
    for (size_t i = 0; i < result->count; i++)
        usage_unref(result->rows[i].usage);
    free(result->rows);
    *result = (struct details_result){ 0 };
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

static bool answer(struct hypervisor *hypervisor, const struct question *question, struct details_result *result)
{
    if (!hypervisor || !crew_connect(hypervisor) || !ask(hypervisor, question, result))
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
        (void)crew_call(details->crew);
    }
    details_clear(result);
}

static size_t threads(const void *data)
{
    const struct details *details = data;

    return details->busy + (details->asked != details->taken);
}

/* Takes the newest request. Called and left with the lock held. */
static bool serve(void *data, struct hypervisor *hypervisor)
{
    struct details *details = data;
    struct details_result result = { 0 };
    struct question question = details->question;
    uint64_t ticket = details->asked;
    bool failed;

    if (ticket == details->taken)
        return false;
    details->taken = ticket;
    details->busy++;
    crew_unlock(details->crew);
    failed = !answer(hypervisor, &question, &result);
    crew_lock(details->crew);
    details->busy--;
    finish(details, ticket, failed, &result);
    return true;
}

static void release(void *data)
{
    struct details *details = data;

    details_clear(&details->result);
    free(details);
}

static const struct crew_work work = {
    .threads_max = DETAILS_WORKERS_MAX,
    .idle_ms = 60 * 60 * 1000, /* longer than an interval: each would open a connection otherwise */
    .threads = threads,
    .serve = serve,
    .release = release,
};

struct details *details_new(const char *uri, bool with_events)
{
    struct details *details = calloc(1, sizeof(*details));

    if (!details)
        return NULL;
    details->crew = crew_new(uri, with_events, &work, details);
    if (details->crew)
        return details;
    free(details);
    return NULL;
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

    crew_lock(details->crew);
    if (details->busy < DETAILS_WORKERS_MAX) {
        details->question = make_question(filter, scope);
        ticket = ++details->asked;
        if (!crew_call(details->crew))
            ticket = 0;
    }
    crew_unlock(details->crew);
    return ticket;
}

enum details_outcome details_wait(struct details *details, uint64_t ticket, int64_t until_boot_ms,
                                  struct details_result *result)
{
    enum details_outcome outcome = DETAILS_LATE;

    crew_lock(details->crew);
    while (details->done < ticket)
        if (!crew_wait(details->crew, until_boot_ms))
            break;
    if (details->done == ticket)
        outcome = details->failed ? DETAILS_FAILED : DETAILS_CAME;
    if (outcome == DETAILS_CAME) {
        *result = details->result;
        details->result = (struct details_result){ 0 };
    }
    crew_unlock(details->crew);
    return outcome;
}

bool details_stop(struct details *details, int64_t patience_ms)
{
    bool ended;

    if (!details)
        return true;
    ended = crew_end(details->crew, patience_ms);
    crew_leave(details->crew);
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
