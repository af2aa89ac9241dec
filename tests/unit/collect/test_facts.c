/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Facts that are read apart from the listing are merged into listings that this test makes. */
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <libvirt/virterror.h>

#include "lib/base/clock.h"
#include "lib/collect/facts.h"
#include "lib/collect/inherit.h"
#include "lib/libvirt/domain_xml.h"
#include "lib/libvirt/driver.h"
#include "tests/unit/collect/facts_stage.h"

enum {
    INTERVAL_MS = 60 * 60 * 1000,
    SHORT_INTERVAL_MS = 5,
    XML_RETRY_MS = 10 * 1000,
};

static int ids[DOMAINS]; /* the run of each domain */

static int begin_with(bool states_only)
{
    if (stage_begin(states_only) != 0)
        return -1;
    (void)driver_learn(driver,
                       DRIVER_NO_AUTOSTART_ONCE); /* a later libvirt supports it; test_facts_once.c tests it */
    for (int i = 0; i < DOMAINS; i++) {
        unsigned char uuid[UUID_BYTES];
        virDomainPtr domain;

        fixture_uuid((unsigned)i, uuid);
        domain = virDomainLookupByUUID(mock.conn, uuid);
        ids[i] = (int)virDomainGetID(domain);
        (void)virDomainFree(domain);
    }
    return 0;
}

static int begin(void **state)
{
    (void)state;
    return begin_with(false);
}

static int begin_states_only(void **state)
{
    (void)state;
    return begin_with(true);
}

static int end(void **state)
{
    (void)state;
    return stage_end();
}

/* Publishes one more listing. `touched` is the domain that had events before it; -1: none. */
static void list(int touched, uint32_t kinds)
{
    struct domain domains[DOMAINS];
    struct mail_item item = { .kinds = kinds };
    struct mail mail = { .count = touched >= 0, .items = &item };

    for (unsigned i = 0; i < DOMAINS; i++)
        domains[i] = fixture_domain(i, ids[i]);
    if (touched >= 0)
        fixture_uuid((unsigned)touched, item.uuid);
    publish_listing(domains, DOMAINS, &mail);
}

/* Publishes the facts that have arrived. Always true, so that it can be part of a condition. */
static bool renew(void)
{
    if (facts_due(facts) <= clock_boot_ms())
        publish(facts_renew(facts, published));
    return true;
}

static bool has_all_xml(void)
{
    bool has_all = renew();

    for (size_t i = 0; i < published->count; i++)
        has_all = has_all && published->domains[i].xml_facts && !published->domains[i].pending;
    return has_all;
}

static void connect(void)
{
    facts_connected(facts);
    facts_poll(facts, 0, INTERVAL_MS);
}

static void the_first_rows_wait_for_no_facts(void **state)
{
    (void)state;
    gate_close(&mock.opening, UINT_MAX);
    list(-1, 0);
    connect();
    assert_int_equal(published->count, DOMAINS);
    assert_int_equal(facts_due(facts), INT64_MAX);
    for (size_t i = 0; i < DOMAINS; i++) {
        assert_null(published->domains[i].xml_facts);
        assert_int_equal(published->domains[i].stats.known, 0);
    }
    assert_string_equal(published->source.version, "");
}

static void later_facts_are_merged(void **state)
{
    (void)state;
    list(-1, 0);
    connect();
    EVENTUALLY(has_all_xml() && published->stats_boot_ms > 0 && published->source.version[0]);
    assert_string_equal(published->domains[1].xml_facts->title, "domain 1");
    assert_true(published->domains[1].stats.known & DOMAIN_STAT_CPU_TIME);
    assert_int_equal(published->stats_fresh_ms, 2 * INTERVAL_MS);
    assert_string_equal(published->source.version, "7.2.1");
    EVENTUALLY(renew() && facts_due(facts) == INT64_MAX);
}

static void known_facts_are_in_the_next_listing_and_are_not_read_again(void **state)
{
    (void)state;
    list(-1, 0);
    connect();
    EVENTUALLY(has_all_xml() && published->stats_boot_ms > 0 && published->source.version[0]);
    for (int i = 0; i < 3; i++)
        list(-1, 0);
    assert_true(has_all_xml());
    list(1, MAIL_JOB); /* a later question to the same workers */
    EVENTUALLY(renew() && !(published->domains[1].pending & DOMAIN_QUESTION_JOB));
    assert_true(published->domains[2].stats.known & DOMAIN_STAT_CPU_TIME);
    assert_string_equal(published->source.version, "7.2.1");
    assert_int_equal(gate_calls(&mock.every_xml), DOMAINS);
    assert_int_equal(gate_calls(&mock.version), 1);
}

static void each_connection_asks_for_the_version(void **state)
{
    (void)state;
    list(-1, 0);
    connect();
    EVENTUALLY(gate_calls(&mock.version) == 1);
    connect();
    EVENTUALLY(gate_calls(&mock.version) == 2);
}

static void xml_that_changed_while_it_was_read_is_read_again(void **state)
{
    int64_t changed;

    (void)state;
    list(-1, 0);
    EVENTUALLY(has_all_xml());
    gate_close(&mock.domains[1].xml, 1);
    standin_advance_clock(1000);
    list(1, MAIL_XML_CHANGED);
    EVENTUALLY(gate_inside(&mock.domains[1].xml) == 1);
    standin_advance_clock(1000);
    changed = clock_boot_ms();
    list(1, MAIL_XML_CHANGED);
    FOR_A_WHILE
    assert_int_equal(gate_calls(&mock.domains[1].xml), 2); /* one question at a time */
    gate_open(&mock.domains[1].xml);
    EVENTUALLY(renew() && published->domains[1].xml_facts->read_boot_ms >= changed);
    assert_int_equal(gate_calls(&mock.domains[1].xml), 3);
    assert_int_equal(gate_calls(&mock.domains[0].xml), 1);
}

static void failed_xml_is_read_again_after_a_pause(void **state)
{
    (void)state;
    mock.xml_error = VIR_ERR_OPERATION_FAILED;
    list(-1, 0);
    EVENTUALLY(renew() && !published->domains[0].pending && !published->domains[1].pending &&
               !published->domains[2].pending);
    standin_advance_clock(XML_RETRY_MS / 2);
    list(-1, 0);
    for (size_t i = 0; i < DOMAINS; i++)
        assert_false(published->domains[i].pending & DOMAIN_QUESTION_XML);
    mock_lock();
    mock.xml_error = 0;
    mock_unlock();
    standin_advance_clock(XML_RETRY_MS);
    list(-1, 0);
    EVENTUALLY(has_all_xml());
    assert_int_equal(gate_calls(&mock.every_xml), 2 * DOMAINS);
}

static void after_an_event_failed_xml_is_read_at_once(void **state)
{
    (void)state;
    mock.xml_error = VIR_ERR_OPERATION_FAILED;
    list(-1, 0);
    EVENTUALLY(renew() && !published->domains[0].pending && !published->domains[1].pending &&
               !published->domains[2].pending);
    mock_lock();
    mock.xml_error = 0;
    mock_unlock();
    list(2, MAIL_XML_CHANGED);
    EVENTUALLY(renew() && published->domains[2].xml_facts);
    assert_int_equal(gate_calls(&mock.every_xml), DOMAINS + 1);
}

static void a_job_is_followed_until_it_ends(void **state)
{
    (void)state;
    mock.domains[1].job_operation = VIR_DOMAIN_JOB_OPERATION_MIGRATION_OUT;
    list(-1, 0);
    list(1, MAIL_JOB);
    EVENTUALLY(renew() && published->domains[1].job == DOMAIN_JOB_MIGRATION_OUT);
    mock_lock();
    mock.domains[1].job_operation = 0;
    mock_unlock();
    list(-1, 0);
    EVENTUALLY(renew() && published->domains[1].job == DOMAIN_JOB_NONE);
    list(-1, 0);
    assert_false(published->domains[1].pending & DOMAIN_QUESTION_JOB);
    assert_int_equal(gate_calls(&mock.domains[1].job), 2);
    assert_int_equal(gate_calls(&mock.domains[0].job), 0);
}

static void a_failed_reading_leaves_the_job_unchanged(void **state)
{
    (void)state;
    mock.domains[1].job_operation = VIR_DOMAIN_JOB_OPERATION_MIGRATION_OUT;
    list(-1, 0);
    list(1, MAIL_JOB);
    EVENTUALLY(renew() && published->domains[1].job == DOMAIN_JOB_MIGRATION_OUT);
    mock_lock();
    mock.domains[1].job_error = VIR_ERR_OPERATION_TIMEOUT;
    mock_unlock();
    list(-1, 0);
    EVENTUALLY(renew() && !(published->domains[1].pending & DOMAIN_QUESTION_JOB));
    assert_int_equal(published->domains[1].job, DOMAIN_JOB_MIGRATION_OUT);
}

static void the_job_of_an_earlier_run_is_ignored(void **state)
{
    (void)state;
    mock.domains[1].job_operation = VIR_DOMAIN_JOB_OPERATION_MIGRATION_OUT;
    gate_close(&mock.domains[1].job, 1);
    list(-1, 0);
    list(1, MAIL_JOB);
    EVENTUALLY(gate_inside(&mock.domains[1].job) == 1);
    ids[1] = 1000; /* it was started anew */
    list(-1, 0);
    EVENTUALLY(has_all_xml());
    gate_open(&mock.domains[1].job);
    EVENTUALLY(facts_due(facts) == 0);
    (void)renew();
    assert_int_equal(published->domains[1].job, DOMAIN_JOB_NONE);
}

/* The question about this run waits until the one about the earlier run is answered. */
static void the_job_of_an_earlier_run_is_not_the_awaited_answer(void **state)
{
    (void)state;
    mock.domains[1].job_operation = VIR_DOMAIN_JOB_OPERATION_MIGRATION_OUT;
    gate_close(&mock.domains[1].job, 2);
    list(-1, 0);
    EVENTUALLY(has_all_xml());
    list(1, MAIL_JOB);
    EVENTUALLY(gate_inside(&mock.domains[1].job) == 1);
    gate_close(&mock.domains[0].xml, 1); /* the other thread is busy */
    standin_advance_clock(10);
    list(0, MAIL_XML_CHANGED);
    EVENTUALLY(gate_inside(&mock.domains[0].xml) == 1);
    ids[1] = 1000; /* it was started anew */
    list(1, MAIL_JOB);
    assert_true(published->domains[1].pending & DOMAIN_QUESTION_JOB);
    gate_let_out(&mock.domains[1].job);
    EVENTUALLY(facts_due(facts) == 0);
    (void)renew();
    assert_int_equal(published->domains[1].job, DOMAIN_JOB_NONE);
    EVENTUALLY(gate_inside(&mock.domains[1].job) == 1);
    mock_lock();
    mock.domains[1].job_operation = VIR_DOMAIN_JOB_OPERATION_MIGRATION_IN;
    mock_unlock();
    gate_open(&mock.domains[1].job);
    EVENTUALLY(renew() && published->domains[1].job == DOMAIN_JOB_MIGRATION_IN);
}

static void statistics_of_a_redefined_inactive_domain_are_read_with_the_next_call(void **state)
{
    (void)state;
    list(-1, 0);
    facts_connected(facts);
    facts_poll(facts, 0, SHORT_INTERVAL_MS);
    EVENTUALLY_TWO_CALLS_ON();
    assert_int_equal(mock_read(&mock.inactive_calls), 1);
    list(1, MAIL_XML_CHANGED); /* an active one */
    EVENTUALLY_TWO_CALLS_ON();
    assert_int_equal(mock_read(&mock.inactive_calls), 1);
    ids[2] = DOMAIN_ID_INACTIVE;
    list(2, MAIL_XML_CHANGED);
    EVENTUALLY_TWO_CALLS_ON();
    assert_int_equal(mock_read(&mock.inactive_calls), 2);
}

static void with_states_only_no_facts_are_read(void **state)
{
    bool has_no_thread;

    (void)state;
    list(-1, 0);
    connect();
    list(1, MAIL_XML_CHANGED | MAIL_JOB);
    assert_int_equal(facts_due(facts), INT64_MAX);
    has_no_thread = facts_stop(facts, 0);
    facts = NULL;
    assert_true(has_no_thread);
    assert_int_equal(gate_calls(&mock.opening), 0);
}

/* The threads free their memory later. A build with sanitizers finds a leak. */
static void a_stop_while_calls_hang_returns_and_frees_later(void **state)
{
    (void)state;
    gate_close(&mock.every_xml, UINT_MAX);
    gate_close(&mock.active_stats, UINT_MAX);
    list(-1, 0);
    connect();
    EVENTUALLY(gate_inside(&mock.every_xml) == 2 && gate_inside(&mock.active_stats) == 1);
    assert_false(facts_stop(facts, 20));
    facts = NULL;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_first_rows_wait_for_no_facts, begin, end),
        cmocka_unit_test_setup_teardown(later_facts_are_merged, begin, end),
        cmocka_unit_test_setup_teardown(known_facts_are_in_the_next_listing_and_are_not_read_again, begin, end),
        cmocka_unit_test_setup_teardown(each_connection_asks_for_the_version, begin, end),
        cmocka_unit_test_setup_teardown(xml_that_changed_while_it_was_read_is_read_again, begin, end),
        cmocka_unit_test_setup_teardown(failed_xml_is_read_again_after_a_pause, begin, end),
        cmocka_unit_test_setup_teardown(after_an_event_failed_xml_is_read_at_once, begin, end),
        cmocka_unit_test_setup_teardown(a_job_is_followed_until_it_ends, begin, end),
        cmocka_unit_test_setup_teardown(a_failed_reading_leaves_the_job_unchanged, begin, end),
        cmocka_unit_test_setup_teardown(the_job_of_an_earlier_run_is_ignored, begin, end),
        cmocka_unit_test_setup_teardown(the_job_of_an_earlier_run_is_not_the_awaited_answer, begin, end),
        cmocka_unit_test_setup_teardown(statistics_of_a_redefined_inactive_domain_are_read_with_the_next_call,
                                        begin, end),
        cmocka_unit_test_setup_teardown(with_states_only_no_facts_are_read, begin_states_only, end),
        cmocka_unit_test_setup_teardown(a_stop_while_calls_hang_returns_and_frees_later, begin, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
