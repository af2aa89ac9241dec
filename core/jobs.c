/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/jobs.h"

#include <stdlib.h>
#include <string.h>

#include "core/clock.h"
#include "core/crew.h"
#include "core/decode.h"
#include "core/virt.h"

enum { THREADS_MAX = 4, CALLS_A_QUESTION = 2 };

/* libvirt's VIR_DOMAIN_PAUSED_MIGRATION: also of a domain that is restored, and of one that was saved paused. */
enum { PAUSED_MIGRATION = 2 };

enum progress { WAITS, UNDER_WAY, ANSWERED, FAILED };

struct question {
    unsigned char uuid[DOMAIN_UUID_BYTES];
    enum progress progress;
    enum domain_job answer;
};

struct jobs {
    struct crew *crew;
    size_t turn; /* the collector's: at which suspect the last listing ended */

    /* Under the crew's lock; the first `count` are in use. */
    size_t count;
    struct question questions[JOBS_MAX];
};

static struct question *find(struct jobs *jobs, const unsigned char uuid[DOMAIN_UUID_BYTES])
{
    for (size_t i = 0; i < jobs->count; i++)
        if (memcmp(jobs->questions[i].uuid, uuid, DOMAIN_UUID_BYTES) == 0)
            return &jobs->questions[i];
    return NULL;
}

static size_t count_of(const struct jobs *jobs, enum progress progress)
{
    size_t count = 0;

    for (size_t i = 0; i < jobs->count; i++)
        count += jobs->questions[i].progress == progress;
    return count;
}

static size_t threads(const void *data)
{
    return count_of(data, WAITS) + count_of(data, UNDER_WAY);
}

static enum progress decode_failure(enum domain_job *answer)
{
    switch (virGetLastErrorCode()) {
    case VIR_ERR_OPERATION_UNSUPPORTED: /* libvirt's answer where it comes in: only the source has statistics */
        *answer = DOMAIN_JOB_MIGRATION_IN;
        return ANSWERED;
    case VIR_ERR_OPERATION_INVALID: /* it is off by now */
    case VIR_ERR_NO_SUPPORT:
    case VIR_ERR_NO_DOMAIN:
        *answer = DOMAIN_JOB_NONE;
        return ANSWERED;
    default:
        return FAILED;
    }
}

static enum progress ask(struct hypervisor *hypervisor, const unsigned char uuid[DOMAIN_UUID_BYTES],
                         enum domain_job *answer)
{
    AUTO_DOMAIN virDomainPtr domain = NULL;
    virTypedParameterPtr parameters = NULL;
    int type = VIR_DOMAIN_JOB_NONE, count = 0;

    if (!hypervisor || !crew_connect(hypervisor))
        return FAILED;
    domain = virDomainLookupByUUID(hypervisor_connection(hypervisor), uuid);
    if (!domain || virDomainGetJobStats(domain, &type, &parameters, &count, 0) < 0)
        return decode_failure(answer);
    *answer = decode_job(type, parameters, count);
    virTypedParamsFree(parameters, count);
    return ANSWERED;
}

/* Asks one question. Called and left with the lock held. */
static bool serve(void *data, struct hypervisor *hypervisor)
{
    struct jobs *jobs = data;
    unsigned char uuid[DOMAIN_UUID_BYTES];
    enum domain_job answer = DOMAIN_JOB_NONE;
    struct question *question = NULL;
    enum progress progress;

    for (size_t i = 0; i < jobs->count && !question; i++)
        if (jobs->questions[i].progress == WAITS)
            question = &jobs->questions[i];
    if (!question)
        return false;
    question->progress = UNDER_WAY;
    memcpy(uuid, question->uuid, DOMAIN_UUID_BYTES);
    crew_unlock(jobs->crew);
    progress = ask(hypervisor, uuid, &answer);
    crew_lock(jobs->crew);
    question = find(jobs, uuid); /* it may have moved; what is under way is never taken out */
    if (question) {
        question->progress = progress;
        question->answer = answer;
    }
    (void)crew_call(jobs->crew);
    return true;
}

static const struct crew_work work = {
    .threads_max = THREADS_MAX,
    .idle_ms = 10 * 60 * 1000,
    .threads = threads,
    .serve = serve,
    .release = free,
};

struct jobs *jobs_new(const char *uri, bool with_events)
{
    struct jobs *jobs = calloc(1, sizeof(*jobs));

    if (!jobs)
        return NULL;
    jobs->crew = crew_new(uri, with_events, &work, jobs);
    if (jobs->crew)
        return jobs;
    free(jobs);
    return NULL;
}

bool jobs_stop(struct jobs *jobs, int64_t patience_ms)
{
    bool ended;

    if (!jobs)
        return true;
    ended = crew_end(jobs->crew, patience_ms);
    crew_leave(jobs->crew);
    return ended;
}

static bool is_paused_migration(const struct domain *domain)
{
    return domain->state == DOMAIN_PAUSED && domain->reason == PAUSED_MIGRATION;
}

/* No event tells when a migration out is given up. Whatever else ends the state "paused, migrating" does so with
 * an event and another state, so it is asked about once. */
static bool is_suspect(const struct domain *domain, const struct domain *old, const struct mail *mail)
{
    bool rests = is_paused_migration(domain) && old && old->id == domain->id && is_paused_migration(old);

    if (!domain_active(domain) || (domain->state != DOMAIN_RUNNING && !is_paused_migration(domain)))
        return false;
    if (rests && domain->job != DOMAIN_JOB_MIGRATION_OUT)
        return mail_kinds(mail, domain->uuid) & MAIL_JOB;
    return domain->job != DOMAIN_JOB_NONE || is_paused_migration(domain) ||
           (mail_kinds(mail, domain->uuid) & MAIL_JOB);
}

/* Gives each row the job of before, and lists the suspects; returns their number. */
static size_t find_suspects(struct snapshot *snapshot, const struct snapshot *before, const struct mail *mail,
                            struct domain **suspects)
{
    size_t count = 0, at = 0;

    for (size_t i = 0; i < snapshot->count; i++) {
        struct domain *domain = &snapshot->domains[i];
        const struct domain *old = snapshot_follow(before, &at, domain);

        if (old && domain_active(domain) && old->id == domain->id)
            domain->job = old->job;
        if (is_suspect(domain, old, mail))
            suspects[count++] = domain;
    }
    return count;
}

/* Leaves only questions that hang since an earlier listing. */
static void forget_answers(struct jobs *jobs)
{
    size_t kept = 0;

    for (size_t i = 0; i < jobs->count; i++)
        if (jobs->questions[i].progress == UNDER_WAY)
            jobs->questions[kept++] = jobs->questions[i];
    jobs->count = kept;
}

/* Asks as many as there is room for, each listing beginning where the last one ended. Waits until all have
 * answered, but not for those who hung before. */
static void ask_all(struct jobs *jobs, size_t count, struct domain *const *suspects, int64_t until_boot_ms)
{
    size_t hung, i;

    forget_answers(jobs);
    hung = jobs->count;
    for (i = 0; i < count && jobs->count < JOBS_MAX; i++) {
        const struct domain *domain = suspects[(jobs->turn + i) % count];

        if (find(jobs, domain->uuid))
            continue;
        jobs->questions[jobs->count] = (struct question){ .progress = WAITS };
        memcpy(jobs->questions[jobs->count++].uuid, domain->uuid, DOMAIN_UUID_BYTES);
    }
    jobs->turn = (jobs->turn + i) % count;
    if (!crew_call(jobs->crew))
        return;
    for (i = hung; i < jobs->count;)
        if (jobs->questions[i].progress > UNDER_WAY)
            i++;
        else if (!crew_wait(jobs->crew, until_boot_ms))
            break;
}

void jobs_find(struct jobs *jobs, struct snapshot *snapshot, const struct snapshot *before,
               const struct mail *mail, int64_t patience_ms)
{
    struct domain **suspects = calloc(snapshot->count + 1, sizeof(*suspects));
    size_t count = suspects ? find_suspects(snapshot, before, mail, suspects) : 0;

    if (count > 0) {
        crew_lock(jobs->crew);
        ask_all(jobs, count, suspects, clock_boot_ms() + patience_ms);
        for (size_t i = 0; i < count; i++) {
            const struct question *question = find(jobs, suspects[i]->uuid);

            if (question && question->progress == ANSWERED)
                suspects[i]->job = question->answer;
            snapshot->calls += question && question->progress > UNDER_WAY ? CALLS_A_QUESTION : 0;
        }
        crew_unlock(jobs->crew);
    }
    free(suspects);
}
