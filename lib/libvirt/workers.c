/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/libvirt/workers.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/clock.h"
#include "lib/libvirt/crew.h"
#include "lib/libvirt/hypervisor.h"
#include "lib/libvirt/migration.h"
#include "lib/libvirt/xml_reader.h"

enum { IDLE_MS = 60 * 1000 };

struct task {
    enum workers_task task;
    unsigned char uuid[DOMAIN_UUID_BYTES];
};

/* Tasks that wait, in their order. */
struct task_queue {
    struct task *tasks;
    size_t next, count, room;
};

struct workers {
    struct crew *crew;
    struct mailbox *mailbox;
    struct xml_reader *xml_reader;

    /* Under the crew's lock. */
    struct task_queue urgent, xml;
    size_t busy_count;
    int64_t busy_since[WORKERS_MAX]; /* of the first `busy_count`: when each began */
    size_t result_count, result_room;
    struct workers_result *results;
    int64_t first_result_boot_ms;
    bool has_urgent_result;
};

static bool task_queue_put(struct task_queue *queue, const struct task *task)
{
    if (queue->count == queue->room && queue->next > 0) {
        queue->count -= queue->next;
        memmove(queue->tasks, queue->tasks + queue->next, queue->count * sizeof(*queue->tasks));
        queue->next = 0;
    }
    if (queue->count == queue->room) {
        size_t room = queue->room ? 2 * queue->room : 16;
        struct task *tasks = realloc(queue->tasks, room * sizeof(*tasks));

        if (!tasks)
            return false;
        queue->tasks = tasks;
        queue->room = room;
    }
    queue->tasks[queue->count++] = *task;
    return true;
}

static bool task_queue_take(struct task_queue *queue, struct task *task)
{
    if (queue->next == queue->count)
        return false;
    *task = queue->tasks[queue->next++];
    return true;
}

static size_t workers_waiting(const struct workers *workers)
{
    return workers->urgent.count - workers->urgent.next + workers->xml.count - workers->xml.next;
}

/* How many calls are under way that do not hang. `*next_boot_ms` becomes the time at which the next of them counts
 * as one that hangs. */
static size_t workers_at_work(const struct workers *workers, int64_t *next_boot_ms)
{
    int64_t now = clock_boot_ms();
    size_t count = 0;

    *next_boot_ms = INT64_MAX;
    for (size_t i = 0; i < workers->busy_count; i++) {
        int64_t hangs_boot_ms = workers->busy_since[i] + WORKERS_HUNG_MS;

        if (hangs_boot_ms <= now)
            continue;
        count++;
        if (hangs_boot_ms < *next_boot_ms)
            *next_boot_ms = hangs_boot_ms;
    }
    return count;
}

/* While tasks wait, there is at least one thread more than are busy: it notices a call that hangs. */
static size_t workers_threads(const void *data)
{
    const struct workers *workers = data;
    size_t waiting = workers_waiting(workers), at_work, more;
    int64_t next_boot_ms;

    if (waiting == 0)
        return workers->busy_count;
    at_work = workers_at_work(workers, &next_boot_ms);
    more = at_work < WORKERS_AT_ONCE ? WORKERS_AT_ONCE - at_work : 1;
    return workers->busy_count + (more < waiting ? more : waiting);
}

static int64_t workers_next(const void *data)
{
    const struct workers *workers = data;
    int64_t next_boot_ms;

    if (workers_waiting(workers) == 0 || workers->busy_count == WORKERS_MAX)
        return INT64_MAX;
    return workers_at_work(workers, &next_boot_ms) < WORKERS_AT_ONCE ? 0 : next_boot_ms;
}

static bool workers_do(struct workers *workers, struct hypervisor *hypervisor, struct workers_result *result)
{
    switch (result->task) {
    case WORKERS_XML:
        result->xml_facts = xml_reader_read(workers->xml_reader, hypervisor, result->uuid);
        return result->xml_facts != NULL;
    case WORKERS_JOB:
        return migration_read_job(hypervisor, result->uuid, &result->job);
    case WORKERS_VERSION:
        hypervisor_read_version(hypervisor, result->version);
        return result->version[0] != '\0';
    case WORKERS_AUTOSTART_ONCE:
        result->once = autostart_once_read(hypervisor);
        return result->once != NULL;
    case WORKERS_PROCESS_STARTS:
        result->starts = process_starts_read();
        return result->starts != NULL;
    case WORKERS_TASKS:
        break;
    }
    return false;
}

/* The start times of processes are in /proc. */
static bool workers_can_do(struct workers *workers, enum workers_task task, struct hypervisor *hypervisor)
{
    return task == WORKERS_PROCESS_STARTS || (hypervisor && crew_connect(workers->crew, hypervisor));
}

void workers_result_clear(struct workers_result *result)
{
    xml_facts_unref(result->xml_facts);
    autostart_once_free(result->once);
    process_starts_free(result->starts);
}

/* Out of memory the result is lost, as if the call hung. */
static void workers_keep(struct workers *workers, struct workers_result *result)
{
    if (workers->result_count == workers->result_room) {
        size_t room = workers->result_room ? 2 * workers->result_room : 16;
        struct workers_result *results = realloc(workers->results, room * sizeof(*results));

        if (!results) {
            workers_result_clear(result);
            return;
        }
        workers->results = results;
        workers->result_room = room;
    }
    if (workers->result_count == 0)
        workers->first_result_boot_ms = clock_boot_ms();
    workers->has_urgent_result |= result->task != WORKERS_XML;
    workers->results[workers->result_count++] = *result;
}

static void workers_end_busy(struct workers *workers, int64_t since)
{
    for (size_t i = 0; i < workers->busy_count; i++)
        if (workers->busy_since[i] == since) {
            workers->busy_since[i] = workers->busy_since[--workers->busy_count];
            return;
        }
}

static bool workers_take_task(struct workers *workers, struct task *task)
{
    int64_t next_boot_ms;

    if (workers->busy_count == WORKERS_MAX || workers_at_work(workers, &next_boot_ms) >= WORKERS_AT_ONCE)
        return false;
    return task_queue_take(&workers->urgent, task) || task_queue_take(&workers->xml, task);
}

/* Does one task, with the lock released. Called and left with the lock held. */
static bool workers_serve(void *data, struct hypervisor *hypervisor)
{
    struct workers *workers = data;
    struct workers_result result = { .is_failed = true, .began_boot_ms = clock_boot_ms() };
    struct task task;

    if (!workers_take_task(workers, &task))
        return false;
    result.task = task.task;
    memcpy(result.uuid, task.uuid, DOMAIN_UUID_BYTES);
    workers->busy_since[workers->busy_count++] = result.began_boot_ms;
    (void)crew_call(workers->crew); /* for the next task */
    crew_unlock(workers->crew);
    if (workers_can_do(workers, result.task, hypervisor))
        result.is_failed = !workers_do(workers, hypervisor, &result);
    result.ended_boot_ms = clock_boot_ms();
    crew_lock(workers->crew);
    workers_end_busy(workers, result.began_boot_ms);
    workers_keep(workers, &result);
    if (workers->result_count <= 1 || workers->has_urgent_result || workers_waiting(workers) == 0)
        mailbox_put_wake(workers->mailbox);
    (void)crew_call(workers->crew);
    return true;
}

static void workers_release(void *data)
{
    struct workers *workers = data;

    for (size_t i = 0; i < workers->result_count; i++)
        workers_result_clear(&workers->results[i]);
    free(workers->results);
    free(workers->urgent.tasks);
    free(workers->xml.tasks);
    xml_reader_free(workers->xml_reader);
    mailbox_unref(workers->mailbox);
    free(workers);
}

static const struct crew_work workers_work = {
    .threads_max = WORKERS_MAX,
    .idle_ms = IDLE_MS,
    .threads = workers_threads,
    .serve = workers_serve,
    .next = workers_next,
    .release = workers_release,
};

struct workers *workers_new(const char *uri, bool with_events, const struct metadata_query *metadata,
                            struct driver *driver, struct mailbox *mailbox)
{
    struct workers *workers = calloc(1, sizeof(*workers));

    if (!workers)
        return NULL;
    workers->mailbox = mailbox_ref(mailbox);
    workers->xml_reader = xml_reader_new(metadata);
    if (workers->xml_reader)
        workers->crew = crew_new(uri, with_events, &workers_work, workers);
    if (!workers->crew) {
        workers_release(workers);
        return NULL;
    }
    crew_share_driver(workers->crew, driver);
    return workers;
}

bool workers_stop(struct workers *workers, int64_t patience_ms)
{
    return crew_stop(workers ? workers->crew : NULL, patience_ms);
}

bool workers_ask(struct workers *workers, enum workers_task task, const unsigned char *uuid)
{
    struct task asked = { .task = task };
    bool is_kept;

    if (uuid)
        memcpy(asked.uuid, uuid, DOMAIN_UUID_BYTES);
    crew_lock(workers->crew);
    is_kept = task_queue_put(task == WORKERS_XML ? &workers->xml : &workers->urgent, &asked);
    (void)crew_call(workers->crew);
    crew_unlock(workers->crew);
    return is_kept;
}

size_t workers_take(struct workers *workers, struct workers_result **results)
{
    size_t count;

    crew_lock(workers->crew);
    count = workers->result_count;
    *results = workers->results;
    workers->results = NULL;
    workers->result_count = workers->result_room = 0;
    workers->has_urgent_result = false;
    crew_unlock(workers->crew);
    return count;
}

int64_t workers_due(struct workers *workers, int64_t batch_ms)
{
    int64_t due = INT64_MAX, hangs_boot_ms;

    crew_lock(workers->crew);
    if (workers->result_count > 0)
        due = workers->first_result_boot_ms + batch_ms;
    if (due != INT64_MAX && (workers->has_urgent_result ||
                             (workers_waiting(workers) == 0 && workers_at_work(workers, &hangs_boot_ms) == 0)))
        due = 0;
    crew_unlock(workers->crew);
    return due;
}

bool workers_lack_connection(struct workers *workers, int64_t since_boot_ms, char *why, size_t size)
{
    return crew_lacks_connection(workers->crew, since_boot_ms, why, size);
}
