/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/libvirt/fact_reader.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/clock.h"
#include "lib/libvirt/worker_pool.h"
#include "lib/libvirt/connection.h"
#include "lib/libvirt/io_error_reader.h"
#include "lib/libvirt/job_reader.h"
#include "lib/libvirt/xml_reader.h"

enum { IDLE_MS = 60 * 1000 };

/* Linked, so that no step after fact_reader_ask() needs memory: the result of a task is the struct that was made
 * when it was asked for. */
struct fact_reader_queue {
    struct fact_reader_result *first, *last; /* in the order in which they came; NULL: none */
};

struct fact_reader {
    struct worker_pool *pool;
    struct mailbox *mailbox;
    struct xml_reader *xml_reader;

    /* Under the pool's lock. */
    size_t waiting_count; /* of both queues */
    struct fact_reader_queue waiting_urgent, waiting_others;
    size_t busy_count;                   /* calls that are under way */
    int64_t busy_since[FACT_READER_MAX]; /* when each call began */
    struct fact_reader_queue results;
    int64_t first_result_boot_ms;
    bool has_urgent_result;
};

/* Tasks that nobody waits for, and of which there may be thousands. */
static bool fact_reader_is_urgent(enum fact_reader_task task)
{
    return task != FACT_READER_XML && task != FACT_READER_SNAPSHOTS;
}

static void fact_reader_queue_add(struct fact_reader_queue *queue, struct fact_reader_result *result)
{
    *(queue->last ? &queue->last->next : &queue->first) = result;
    queue->last = result;
    result->next = NULL;
}

/* NULL if the queue is empty. */
static struct fact_reader_result *fact_reader_queue_take(struct fact_reader_queue *queue)
{
    struct fact_reader_result *result = queue->first;

    if (!result)
        return NULL;
    queue->first = result->next;
    if (!queue->first)
        queue->last = NULL;
    result->next = NULL;
    return result;
}

/* How many calls are under way that do not hang. `*next_boot_ms` becomes the boot clock at which the next of them
 * will be taken to hang. */
static size_t fact_reader_at_work(const struct fact_reader *reader, int64_t *next_boot_ms)
{
    int64_t now = clock_boot_ms();
    size_t count = 0;

    *next_boot_ms = INT64_MAX;
    for (size_t i = 0; i < reader->busy_count; i++) {
        int64_t hangs_boot_ms = reader->busy_since[i] + FACT_READER_HUNG_MS;

        if (hangs_boot_ms <= now)
            continue;
        count++;
        if (hangs_boot_ms < *next_boot_ms)
            *next_boot_ms = hangs_boot_ms;
    }
    return count;
}

/* While tasks wait, there is at least one more thread than calls: it finds out when a call hangs. */
static size_t fact_reader_threads(const void *data)
{
    const struct fact_reader *reader = data;
    size_t at_work, more;
    int64_t next_boot_ms;

    if (reader->waiting_count == 0)
        return reader->busy_count;
    at_work = fact_reader_at_work(reader, &next_boot_ms);
    more = at_work < FACT_READER_AT_ONCE ? FACT_READER_AT_ONCE - at_work : 1;
    return reader->busy_count + (more < reader->waiting_count ? more : reader->waiting_count);
}

static int64_t fact_reader_next(const void *data)
{
    const struct fact_reader *reader = data;
    int64_t next_boot_ms;

    if (reader->waiting_count == 0 || reader->busy_count == FACT_READER_MAX)
        return INT64_MAX;
    return fact_reader_at_work(reader, &next_boot_ms) < FACT_READER_AT_ONCE ? 0 : next_boot_ms;
}

static bool fact_reader_read(struct fact_reader *reader, struct connection *connection,
                             struct fact_reader_result *result)
{
    switch (result->task) {
    case FACT_READER_XML:
        result->xml_facts = xml_reader_read(reader->xml_reader, connection, result->uuid);
        return result->xml_facts != NULL;
    case FACT_READER_JOB:
        return job_reader_read(connection, result->uuid, &result->job_stats);
    case FACT_READER_VERSION:
        connection_read_version(connection, result->version);
        return result->version[0] != '\0';
    case FACT_READER_AUTOSTART_ONCE:
        result->once = autostart_once_read(connection);
        return result->once != NULL;
    case FACT_READER_PROCESS_STARTS:
        result->starts = proc_start_read();
        return result->starts != NULL;
    case FACT_READER_SNAPSHOTS:
        result->domain_snapshots = domain_snapshots_reader_read(connection, result->uuid);
        return result->domain_snapshots != NULL;
    case FACT_READER_IO_ERROR:
        result->io_error = io_error_reader_read(connection, result->uuid);
        return result->io_error != NULL;
    case FACT_READER_TASKS:
        break;
    }
    return false;
}

/* Opens the connection, if the task needs one: start times of processes are in /proc. */
static bool fact_reader_can_read(struct fact_reader *reader, enum fact_reader_task task,
                                 struct connection *connection)
{
    return task == FACT_READER_PROCESS_STARTS || (connection && worker_pool_connect(reader->pool, connection));
}

void fact_reader_result_free(struct fact_reader_result *result)
{
    xml_facts_unref(result->xml_facts);
    job_stats_unref(result->job_stats);
    io_error_unref(result->io_error);
    autostart_once_free(result->once);
    proc_start_free(result->starts);
    domain_snapshots_unref(result->domain_snapshots);
    free(result);
}

static void fact_reader_queue_clear(struct fact_reader_queue *queue)
{
    for (struct fact_reader_result *result; (result = fact_reader_queue_take(queue));)
        fact_reader_result_free(result);
}

static void fact_reader_add_result(struct fact_reader *reader, struct fact_reader_result *result)
{
    if (!reader->results.first)
        reader->first_result_boot_ms = clock_boot_ms();
    reader->has_urgent_result |= fact_reader_is_urgent(result->task);
    fact_reader_queue_add(&reader->results, result);
}

static void fact_reader_end_busy(struct fact_reader *reader, int64_t since)
{
    for (size_t i = 0; i < reader->busy_count; i++)
        if (reader->busy_since[i] == since) {
            reader->busy_since[i] = reader->busy_since[--reader->busy_count];
            return;
        }
}

/* Removes the first urgent task, or else the first one. NULL if there is none. */
static struct fact_reader_result *fact_reader_take_task(struct fact_reader *reader)
{
    struct fact_reader_result *task = fact_reader_queue_take(&reader->waiting_urgent);

    if (!task)
        task = fact_reader_queue_take(&reader->waiting_others);
    if (task)
        reader->waiting_count--;
    return task;
}

/* Reads with the lock released. */
static void fact_reader_fill(struct fact_reader *reader, struct connection *connection,
                             struct fact_reader_result *result)
{
    worker_pool_unlock(reader->pool);
    result->is_failed =
        !fact_reader_can_read(reader, result->task, connection) || !fact_reader_read(reader, connection, result);
    result->ended_boot_ms = clock_boot_ms();
    worker_pool_lock(reader->pool);
}

/* Does one task. Called with the lock held, which is released while libvirt is called. */
static bool fact_reader_serve(void *data, struct connection *connection)
{
    struct fact_reader *reader = data;
    struct fact_reader_result *result = fact_reader_next(reader) == 0 ? fact_reader_take_task(reader) : NULL;
    bool is_first;

    if (!result)
        return false;
    result->began_boot_ms = clock_boot_ms();
    reader->busy_since[reader->busy_count++] = result->began_boot_ms;
    (void)worker_pool_wake(reader->pool); /* a thread for the next task */
    fact_reader_fill(reader, connection, result);
    fact_reader_end_busy(reader, result->began_boot_ms);
    is_first = !reader->results.first;
    fact_reader_add_result(reader, result);
    if (is_first || reader->has_urgent_result || reader->waiting_count == 0)
        mailbox_put_wake(reader->mailbox);
    (void)worker_pool_wake(reader->pool);
    return true;
}

static void fact_reader_release(void *data)
{
    struct fact_reader *reader = data;

    fact_reader_queue_clear(&reader->results);
    fact_reader_queue_clear(&reader->waiting_others);
    fact_reader_queue_clear(&reader->waiting_urgent);
    xml_reader_free(reader->xml_reader);
    mailbox_unref(reader->mailbox);
    free(reader);
}

static const struct worker_pool_work fact_reader_work = {
    .threads_max = FACT_READER_MAX,
    .idle_ms = IDLE_MS,
    .threads = fact_reader_threads,
    .serve = fact_reader_serve,
    .next = fact_reader_next,
    .release = fact_reader_release,
};

struct fact_reader *fact_reader_new(const char *uri, bool with_events, const struct metadata_query *metadata,
                                    struct driver *driver, struct mailbox *mailbox)
{
    struct fact_reader *reader = calloc(1, sizeof(*reader));

    if (!reader)
        return NULL;
    reader->mailbox = mailbox_ref(mailbox);
    reader->xml_reader = xml_reader_new(metadata);
    if (reader->xml_reader)
        reader->pool = worker_pool_new(uri, with_events, driver, &fact_reader_work, reader);
    if (reader->pool)
        return reader;
    fact_reader_release(reader);
    return NULL;
}

bool fact_reader_set_rules(struct fact_reader *reader, const struct metadata_rules *rules)
{
    return xml_reader_set_rules(reader->xml_reader, rules);
}

bool fact_reader_stop(struct fact_reader *reader, int64_t patience_ms)
{
    return worker_pool_stop(reader ? reader->pool : NULL, patience_ms);
}

bool fact_reader_ask(struct fact_reader *reader, enum fact_reader_task task, const unsigned char *uuid)
{
    struct fact_reader_result *result = calloc(1, sizeof(*result));

    if (!result)
        return false;
    result->task = task;
    if (uuid)
        memcpy(result->uuid, uuid, UUID_BYTES);
    worker_pool_lock(reader->pool);
    fact_reader_queue_add(fact_reader_is_urgent(task) ? &reader->waiting_urgent : &reader->waiting_others, result);
    reader->waiting_count++;
    (void)worker_pool_wake(reader->pool);
    worker_pool_unlock(reader->pool);
    return true;
}

struct fact_reader_result *fact_reader_take(struct fact_reader *reader)
{
    struct fact_reader_result *results;

    worker_pool_lock(reader->pool);
    worker_pool_start_threads(reader->pool);
    results = reader->results.first;
    reader->results = (struct fact_reader_queue){ 0 };
    reader->has_urgent_result = false;
    worker_pool_unlock(reader->pool);
    return results;
}

/* True if a result should not wait for others: it is urgent, or no other one will come soon. */
static bool fact_reader_is_due(const struct fact_reader *reader)
{
    int64_t next_boot_ms;

    if (reader->has_urgent_result)
        return true;
    return reader->waiting_count == 0 && fact_reader_at_work(reader, &next_boot_ms) == 0;
}

int64_t fact_reader_due(struct fact_reader *reader, int64_t batch_ms)
{
    int64_t due = INT64_MAX;

    worker_pool_lock(reader->pool);
    if (reader->results.first)
        due = fact_reader_is_due(reader) ? 0 : reader->first_result_boot_ms + batch_ms;
    worker_pool_unlock(reader->pool);
    return due;
}

bool fact_reader_lacks_connection(struct fact_reader *reader, int64_t since_boot_ms, char *why, size_t size)
{
    return worker_pool_lacks_connection(reader->pool, since_boot_ms, why, size);
}
