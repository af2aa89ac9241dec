/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A call that hangs keeps its thread and delays no other. */
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <libvirt/virterror.h>

#include "lib/base/clock.h"
#include "lib/libvirt/fact_reader.h"
#include "tests/unit/fixtures.h"
#include "tests/unit/libvirt/mock_libvirt.h"

enum { FAR_MS = 60 * 1000, BATCH_MS = 10 * 1000, RESULTS_MAX = 200, DOMAINS = FACT_READER_MAX + 8 };

static struct fact_reader *reader;
static struct mailbox *mailbox;
static struct driver *driver;

/* The results that were taken, in order. */
static struct {
    size_t count;
    enum fact_reader_task tasks[RESULTS_MAX];
    unsigned domains[RESULTS_MAX];
    bool is_failed[RESULTS_MAX];
} taken;

static atomic_bool is_out_of_memory;

void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);

/* The linker puts these in the place of calloc() and realloc() for all but the shared libraries. */
void *__wrap_calloc(size_t count, size_t size)
{
    return is_out_of_memory ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *old, size_t size)
{
    return is_out_of_memory ? NULL : __real_realloc(old, size);
}

static int begin(void **state)
{
    (void)state;
    memset(&taken, 0, sizeof(taken));
    if (!mock_begin(DOMAINS))
        return -1;
    driver = driver_new();
    mailbox = mailbox_new();
    reader = driver && mailbox ? fact_reader_new(MOCK_URI, false, NULL, driver, mailbox) : NULL;
    return reader ? 0 : -1;
}

static void open_all(void)
{
    gate_open(&mock.every_xml);
    gate_open(&mock.version);
    gate_open(&mock.opening);
    for (unsigned i = 0; i < DOMAINS; i++)
        gate_open(&mock.domains[i].xml);
}

static int end(void **state)
{
    (void)state;
    open_all();
    (void)fact_reader_stop(reader, FAR_MS);
    mailbox_unref(mailbox);
    driver_unref(driver);
    return mock_end() ? 0 : -1;
}

static void ask(enum fact_reader_task task, unsigned at)
{
    unsigned char uuid[UUID_BYTES];

    fixture_uuid(at, uuid);
    assert_true(fact_reader_ask(reader, task, task == FACT_READER_XML || task == FACT_READER_JOB ? uuid : NULL));
}

static size_t take(void)
{
    struct fact_reader_result *next;

    for (struct fact_reader_result *result = fact_reader_take(reader); result; result = next) {
        next = result->next;
        assert_true(taken.count < RESULTS_MAX);
        taken.tasks[taken.count] = result->task;
        taken.domains[taken.count] = result->uuid[15];
        taken.is_failed[taken.count++] = result->is_failed;
        assert_true(result->ended_boot_ms >= result->began_boot_ms);
        assert_true(result->is_failed || result->task != FACT_READER_XML || result->xml_facts);
        fact_reader_result_free(result);
    }
    return taken.count;
}

static unsigned xml_hangs(void)
{
    unsigned hang = 0;

    for (unsigned i = 0; i < DOMAINS; i++)
        hang += gate_inside(&mock.domains[i].xml);
    return hang;
}

/* Moves the clock forward, so that the calls are taken to hang. The new task wakes the threads. */
static void pass(unsigned at)
{
    standin_advance_clock(FACT_READER_HUNG_MS + 100);
    ask(FACT_READER_XML, at);
}

static void each_task_has_its_result(void **state)
{
    (void)state;
    ask(FACT_READER_XML, 1);
    ask(FACT_READER_JOB, 2);
    ask(FACT_READER_VERSION, 0);
    ask(FACT_READER_PROCESS_STARTS, 0);
    EVENTUALLY(take() == 4);
    for (size_t i = 0; i < 4; i++)
        assert_false(taken.is_failed[i]);
    assert_int_equal(fact_reader_due(reader, BATCH_MS), INT64_MAX);
}

static void without_a_task_there_is_no_thread_and_no_connection(void **state)
{
    (void)state;
    assert_int_equal(gate_calls(&mock.opening), 0);
    assert_int_equal(take(), 0);
    assert_int_equal(fact_reader_due(reader, BATCH_MS), INT64_MAX);
    assert_true(fact_reader_stop(reader, 0));
    reader = NULL;
}

static void a_domain_that_hangs_does_not_delay_the_xml_of_others(void **state)
{
    (void)state;
    gate_close(&mock.domains[0].xml, UINT_MAX);
    for (unsigned i = 0; i < DOMAINS; i++)
        ask(FACT_READER_XML, i);
    EVENTUALLY(take() == DOMAINS - 1);
    EVENTUALLY(xml_hangs() == 1);
    gate_open(&mock.domains[0].xml);
    EVENTUALLY(take() == DOMAINS);
}

static void two_calls_are_made_at_the_same_time(void **state)
{
    (void)state;
    gate_close(&mock.every_xml, UINT_MAX);
    for (unsigned i = 0; i < 8; i++)
        ask(FACT_READER_XML, i);
    EVENTUALLY(gate_inside(&mock.every_xml) == FACT_READER_AT_ONCE);
    assert_int_equal(take(), 0);
    gate_open(&mock.every_xml);
    EVENTUALLY(take() == 8);
    assert_int_equal(gate_inside_max(&mock.every_xml), FACT_READER_AT_ONCE);
}

static void new_calls_replace_two_that_hang(void **state)
{
    (void)state;
    gate_close(&mock.domains[0].xml, UINT_MAX);
    gate_close(&mock.domains[1].xml, UINT_MAX);
    for (unsigned i = 0; i < 8; i++)
        ask(FACT_READER_XML, i);
    EVENTUALLY(xml_hangs() == 2);
    pass(8);
    EVENTUALLY(take() == 7);
    assert_int_equal(xml_hangs(), 2);
}

/* Nothing wakes the threads here. One of them finds out that the calls hang. */
static void a_thread_finds_out_that_two_calls_hang(void **state)
{
    (void)state;
    gate_close(&mock.domains[0].xml, UINT_MAX);
    gate_close(&mock.domains[1].xml, UINT_MAX);
    for (unsigned i = 0; i < 4; i++)
        ask(FACT_READER_XML, i);
    EVENTUALLY(take() == 2);
    assert_int_equal(xml_hangs(), 2);
}

static void hang_as_many_as_may(void)
{
    for (unsigned i = 0; i < DOMAINS; i++)
        gate_close(&mock.domains[i].xml, UINT_MAX);
    for (unsigned i = 0; i < FACT_READER_MAX; i++) {
        pass(i);
        EVENTUALLY(xml_hangs() == i + 1);
    }
}

static void tasks_wait_if_the_maximum_of_calls_hangs(void **state)
{
    (void)state;
    hang_as_many_as_may();
    for (unsigned i = FACT_READER_MAX; i < DOMAINS; i++)
        pass(i);
    ask(FACT_READER_VERSION, 0);
    assert_true(standin_cpu_ms(300) < 100);
    assert_int_equal(xml_hangs(), FACT_READER_MAX);
    assert_int_equal(gate_calls(&mock.version), 0);
    assert_int_equal(take(), 0);
    gate_open(&mock.domains[3].xml);
    EVENTUALLY(gate_calls(&mock.version) == 1);
    open_all();
    EVENTUALLY(take() == DOMAINS + 1);
    for (size_t i = 0; i < taken.count; i++)
        assert_false(taken.is_failed[i]);
}

static void waiting_for_calls_uses_no_cpu(void **state)
{
    (void)state;
    gate_close(&mock.every_xml, UINT_MAX);
    for (unsigned i = 0; i < 8; i++)
        ask(FACT_READER_XML, i);
    EVENTUALLY(gate_inside(&mock.every_xml) == FACT_READER_AT_ONCE);
    assert_true(standin_cpu_ms(300) < 100);
}

static void xml_is_read_last_and_the_rest_in_order(void **state)
{
    (void)state;
    gate_close(&mock.every_xml, UINT_MAX);
    ask(FACT_READER_XML, 0);
    ask(FACT_READER_XML, 1);
    EVENTUALLY(gate_inside(&mock.every_xml) == 2);
    ask(FACT_READER_XML, 2);
    ask(FACT_READER_JOB, 3);
    ask(FACT_READER_JOB, 4);
    gate_close(&mock.domains[0].xml, UINT_MAX); /* only one thread continues */
    gate_open(&mock.every_xml);
    EVENTUALLY(take() == 4);
    assert_int_equal(taken.domains[0], 1);
    assert_int_equal(taken.domains[1], 3);
    assert_int_equal(taken.tasks[1], FACT_READER_JOB);
    assert_int_equal(taken.domains[2], 4);
    assert_int_equal(taken.domains[3], 2);
}

static void results_are_failures_without_a_connection(void **state)
{
    struct fact_reader *other = fact_reader_new("test:///no/such/file", false, NULL, driver, mailbox),
                       *own = reader;
    char why[256];

    (void)state;
    assert_non_null(other);
    reader = other;
    for (enum fact_reader_task task = 0; task < FACT_READER_TASKS; task++)
        ask(task, 0);
    EVENTUALLY(take() == FACT_READER_TASKS);
    for (size_t i = 0; i < taken.count; i++)
        assert_int_equal(taken.is_failed[i],
                         taken.tasks[i] != FACT_READER_PROCESS_STARTS); /* these are read from /proc */
    assert_true(fact_reader_lacks_connection(other, 0, why, sizeof(why)));
    assert_true(fact_reader_stop(other, FAR_MS));
    reader = own;
}

static void failed_calls_and_unknown_domains_are_failures(void **state)
{
    (void)state;
    mock.xml_error = VIR_ERR_OPERATION_FAILED;
    mock.domains[1].job_error = VIR_ERR_OPERATION_TIMEOUT;
    ask(FACT_READER_XML, 0);
    ask(FACT_READER_XML, 200); /* there is no such domain */
    ask(FACT_READER_JOB, 1);
    EVENTUALLY(take() == 3);
    for (size_t i = 0; i < taken.count; i++)
        assert_true(taken.is_failed[i]);
}

static void xml_is_due_in_batches_and_the_rest_at_once(void **state)
{
    int64_t first;

    (void)state;
    gate_close(&mock.domains[5].xml, UINT_MAX);
    ask(FACT_READER_XML, 5);
    EVENTUALLY(xml_hangs() == 1);
    ask(FACT_READER_XML, 1);
    EVENTUALLY(fact_reader_due(reader, BATCH_MS) != INT64_MAX);
    first = fact_reader_due(reader, BATCH_MS);
    assert_true(first > clock_boot_ms() &&
                first <= clock_boot_ms() + BATCH_MS); /* another result is still to come */
    ask(FACT_READER_JOB, 2);
    EVENTUALLY(fact_reader_due(reader, BATCH_MS) == 0);
    assert_int_equal(take(), 2);
    ask(FACT_READER_XML, 3);
    EVENTUALLY(fact_reader_due(reader, BATCH_MS) != INT64_MAX);
    standin_advance_clock(FACT_READER_HUNG_MS + 100);
    assert_int_equal(fact_reader_due(reader, BATCH_MS), 0); /* no other result will come soon */
}

static void results_wake_the_mailbox(void **state)
{
    (void)state;
    ask(FACT_READER_XML, 0);
    assert_false(mailbox_wait(mailbox, clock_boot_ms() + FAR_MS));
    EVENTUALLY(take() == 1);
}

/* A fact that is asked for stays pending until its result is taken. If the result were lost, nobody would ask
 * again. */
static void no_result_is_lost_if_there_is_no_memory(void **state)
{
    (void)state;
    gate_close(&mock.version, UINT_MAX);
    ask(FACT_READER_VERSION, 0);
    EVENTUALLY(gate_inside(&mock.version) == 1);
    is_out_of_memory = true;
    gate_open(&mock.version);
    EVENTUALLY(take() == 1);
    assert_false(fact_reader_ask(reader, FACT_READER_VERSION, NULL)); /* the caller keeps that it was not asked */
    is_out_of_memory = false;
    assert_int_equal(taken.tasks[0], FACT_READER_VERSION);
    assert_false(taken.is_failed[0]);
}

/* The threads free what they use when they return; the leak sanitizer checks that. */
static void a_stop_does_not_wait_for_calls_that_hang(void **state)
{
    (void)state;
    gate_close(&mock.every_xml, UINT_MAX);
    for (unsigned i = 0; i < 8; i++)
        ask(FACT_READER_XML, i);
    ask(FACT_READER_VERSION, 0);
    EVENTUALLY(gate_inside(&mock.every_xml) == FACT_READER_AT_ONCE);
    assert_false(fact_reader_stop(reader, 20));
    reader = NULL;
    gate_open(&mock.every_xml);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(each_task_has_its_result, begin, end),
        cmocka_unit_test_setup_teardown(without_a_task_there_is_no_thread_and_no_connection, begin, end),
        cmocka_unit_test_setup_teardown(a_domain_that_hangs_does_not_delay_the_xml_of_others, begin, end),
        cmocka_unit_test_setup_teardown(two_calls_are_made_at_the_same_time, begin, end),
        cmocka_unit_test_setup_teardown(new_calls_replace_two_that_hang, begin, end),
        cmocka_unit_test_setup_teardown(a_thread_finds_out_that_two_calls_hang, begin, end),
        cmocka_unit_test_setup_teardown(tasks_wait_if_the_maximum_of_calls_hangs, begin, end),
        cmocka_unit_test_setup_teardown(waiting_for_calls_uses_no_cpu, begin, end),
        cmocka_unit_test_setup_teardown(xml_is_read_last_and_the_rest_in_order, begin, end),
        cmocka_unit_test_setup_teardown(results_are_failures_without_a_connection, begin, end),
        cmocka_unit_test_setup_teardown(failed_calls_and_unknown_domains_are_failures, begin, end),
        cmocka_unit_test_setup_teardown(xml_is_due_in_batches_and_the_rest_at_once, begin, end),
        cmocka_unit_test_setup_teardown(results_wake_the_mailbox, begin, end),
        cmocka_unit_test_setup_teardown(no_result_is_lost_if_there_is_no_memory, begin, end),
        cmocka_unit_test_setup_teardown(a_stop_does_not_wait_for_calls_that_hang, begin, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
