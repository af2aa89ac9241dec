/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Threads start when there is work, and end when there is none. */
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base/clock.h"
#include "lib/libvirt/worker_pool.h"
#include "tests/unit/libvirt/mock_libvirt.h"

enum { THREADS_MAX = 3, IDLE_MS = 60 * 1000, FAR_MS = 60 * 1000 };

/* The work: a number of pieces, each of which passes the gate. */
static struct {
    struct worker_pool *pool;
    struct gate gate;
    size_t pieces, at_work, done, failed;
    int64_t next_boot_ms;
    atomic_uint released;
} job;

static size_t job_threads(const void *data)
{
    (void)data;
    return job.at_work + job.pieces;
}

static bool job_serve(void *data, struct connection *connection)
{
    bool is_connected;

    (void)data;
    if (job.pieces == 0)
        return false;
    job.pieces--;
    job.at_work++;
    worker_pool_unlock(job.pool);
    is_connected = connection && worker_pool_connect(job.pool, connection);
    gate_pass(&job.gate);
    worker_pool_lock(job.pool);
    job.at_work--;
    job.done++;
    job.failed += !is_connected;
    (void)worker_pool_wake(job.pool);
    return true;
}

/* A piece of work comes at this time. */
static int64_t job_next(const void *data)
{
    (void)data;
    return job.next_boot_ms;
}

static void job_release(void *data)
{
    (void)data;
    job.released++;
}

static const struct worker_pool_work job_work = {
    .threads_max = THREADS_MAX,
    .idle_ms = IDLE_MS,
    .threads = job_threads,
    .serve = job_serve,
    .next = job_next,
    .release = job_release,
};

static int begin_at(const char *uri)
{
    static const struct gate open_gate = GATE_INIT;

    if (!mock_begin(0))
        return -1;
    memset(&job, 0, sizeof(job));
    job.gate = open_gate;
    job.next_boot_ms = INT64_MAX;
    job.pool = worker_pool_new(uri, false, NULL, &job_work, &job);
    return job.pool ? 0 : -1;
}

static int begin(void **state)
{
    (void)state;
    return begin_at(MOCK_URI);
}

static int begin_nowhere(void **state)
{
    (void)state;
    return begin_at("test+unix:///default?socket=/no/such/socket");
}

static void leave(void)
{
    worker_pool_release(job.pool);
    job.pool = NULL;
}

static int end(void **state)
{
    (void)state;
    gate_open(&job.gate);
    if (job.pool) {
        (void)worker_pool_end(job.pool, FAR_MS);
        worker_pool_release(job.pool);
    }
    return mock_end() && job.released == 1 ? 0 : -1;
}

static void add(size_t pieces)
{
    worker_pool_lock(job.pool);
    job.pieces += pieces;
    (void)worker_pool_wake(job.pool);
    worker_pool_unlock(job.pool);
}

static size_t read_number(const size_t *number)
{
    size_t copy;

    worker_pool_lock(job.pool);
    copy = *number;
    worker_pool_unlock(job.pool);
    return copy;
}

static void threads_start_with_work_up_to_a_maximum(void **state)
{
    size_t before = standin_threads();

    (void)state;
    assert_int_equal(gate_calls(&mock.opening), 0);
    gate_close(&job.gate, UINT_MAX);
    add(1);
    EVENTUALLY(gate_inside(&job.gate) == 1);
    assert_true(standin_threads() <= before + 2); /* a sanitizer may start one more thread */
    add(10);
    EVENTUALLY(gate_inside(&job.gate) == THREADS_MAX);
    gate_open(&job.gate);
    EVENTUALLY(read_number(&job.done) == 11);
    assert_int_equal(gate_inside_max(&job.gate), THREADS_MAX);
    assert_int_equal(job.failed, 0);
    assert_true(gate_calls(&mock.opening) <= THREADS_MAX); /* each thread keeps its connection */
}

static void idle_threads_end_and_new_work_starts_others(void **state)
{
    size_t before;

    (void)state;
    add(1);
    EVENTUALLY(read_number(&job.done) == 1);
    before = standin_threads();
    standin_advance_clock(IDLE_MS);
    add(0);
    EVENTUALLY(standin_threads() == before - 1);
    add(1);
    EVENTUALLY(read_number(&job.done) == 2);
    assert_int_equal(gate_calls(&mock.opening), 2);
}

static void work_that_comes_while_a_thread_ends_is_done(void **state)
{
    (void)state;
    for (size_t i = 1; i <= 50; i++) {
        add(1);
        EVENTUALLY(read_number(&job.done) == i);
        standin_advance_clock(IDLE_MS);
        add(0); /* the thread ends now */
    }
    assert_int_equal(job.failed, 0);
}

static void work_fails_without_a_connection(void **state)
{
    (void)state;
    add(2);
    EVENTUALLY(read_number(&job.done) == 2);
    assert_int_equal(job.failed, 2);
}

static void the_end_waits_for_work_that_is_under_way(void **state)
{
    (void)state;
    gate_close(&job.gate, 1);
    add(5);
    EVENTUALLY(gate_inside(&job.gate) == 1 && read_number(&job.done) == 4);
    assert_false(worker_pool_end(job.pool, 20));
    gate_open(&job.gate);
    assert_true(worker_pool_end(job.pool, FAR_MS));
    assert_int_equal(job.done, 5);
    assert_int_equal(job.released, 0);
    leave();
    assert_int_equal(job.released, 1);
}

static void after_the_end_nothing_begins(void **state)
{
    (void)state;
    assert_true(worker_pool_end(job.pool, 0));
    add(1);
    assert_int_equal(gate_calls(&job.gate), 0);
    assert_true(worker_pool_end(job.pool, 0)); /* there is no thread */
}

static void the_last_thread_frees_the_data(void **state)
{
    (void)state;
    gate_close(&job.gate, UINT_MAX);
    add(2);
    EVENTUALLY(gate_inside(&job.gate) == 2);
    assert_false(worker_pool_end(job.pool, 0));
    worker_pool_release(job.pool);
    assert_int_equal(job.released, 0);
    gate_open(&job.gate);
    EVENTUALLY(job.released == 1);
    job.pool = NULL;
}

static void a_wait_ends_with_a_wake_or_at_its_time(void **state)
{
    (void)state;
    worker_pool_lock(job.pool);
    assert_false(worker_pool_wait(job.pool, clock_boot_ms() + 5));
    job.pieces = 1;
    assert_true(worker_pool_wake(job.pool));
    while (job.done == 0)
        assert_true(worker_pool_wait(job.pool, clock_boot_ms() + FAR_MS));
    worker_pool_unlock(job.pool);
}

static void a_connection_is_lacking_until_one_opens(void **state)
{
    char why[256] = "";
    int64_t began = clock_boot_ms();

    (void)state;
    assert_false(worker_pool_lacks_connection(job.pool, 0, why, sizeof(why)));
    add(1);
    EVENTUALLY(read_number(&job.failed) == 1);
    assert_true(worker_pool_lacks_connection(job.pool, began, why, sizeof(why)));
    assert_non_null(strstr(why, "/no/such/socket"));
    assert_false(worker_pool_lacks_connection(job.pool, clock_boot_ms() + 1, why, sizeof(why)));
}

static void an_open_connection_is_not_lacking(void **state)
{
    char why[256];

    (void)state;
    add(1);
    EVENTUALLY(read_number(&job.done) == 1);
    assert_false(worker_pool_lacks_connection(job.pool, 0, why, sizeof(why)));
}

static void waiting_threads_use_no_cpu(void **state)
{
    (void)state;
    gate_close(&job.gate, UINT_MAX);
    add(10);
    EVENTUALLY(gate_inside(&job.gate) == THREADS_MAX);
    gate_open(&job.gate);
    EVENTUALLY(read_number(&job.done) == 10);
    assert_true(standin_cpu_ms(300) < 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(threads_start_with_work_up_to_a_maximum, begin, end),
        cmocka_unit_test_setup_teardown(idle_threads_end_and_new_work_starts_others, begin, end),
        cmocka_unit_test_setup_teardown(work_that_comes_while_a_thread_ends_is_done, begin, end),
        cmocka_unit_test_setup_teardown(work_fails_without_a_connection, begin_nowhere, end),
        cmocka_unit_test_setup_teardown(a_connection_is_lacking_until_one_opens, begin_nowhere, end),
        cmocka_unit_test_setup_teardown(an_open_connection_is_not_lacking, begin, end),
        cmocka_unit_test_setup_teardown(the_end_waits_for_work_that_is_under_way, begin, end),
        cmocka_unit_test_setup_teardown(after_the_end_nothing_begins, begin, end),
        cmocka_unit_test_setup_teardown(the_last_thread_frees_the_data, begin, end),
        cmocka_unit_test_setup_teardown(a_wait_ends_with_a_wake_or_at_its_time, begin, end),
        cmocka_unit_test_setup_teardown(waiting_threads_use_no_cpu, begin, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
