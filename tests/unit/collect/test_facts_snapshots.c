/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The snapshots of domains are read seldom, and never of a domain that has none. */
#include <libvirt/virterror.h>
#include <stdio.h>

#include "lib/model/domain_snapshots.h"
#include "tests/unit/collect/facts_stage.h"

enum { PERIOD_MS = 10 * 60 * 1000, RETRY_MS = 60 * 1000, GAP_MS = 2000 };

static enum tristate have_snapshots[DOMAINS];
static int ids[DOMAINS];
static struct gate listing_gate = GATE_INIT; /* counts the calls, and makes them hang */
static int list_error;
static unsigned made; /* snapshots */

int virDomainListAllSnapshots(virDomainPtr domain, virDomainSnapshotPtr **snapshots, unsigned flags)
{
    int error;
    MOCK_REAL(virDomainListAllSnapshots);

    gate_pass(&listing_gate);
    mock_lock();
    error = list_error;
    mock_unlock();
    return error ? mock_fail(error) : real(domain, snapshots, flags);
}

static int begin(void **state)
{
    (void)state;
    gate_reset(&listing_gate);
    list_error = 0;
    for (int i = 0; i < DOMAINS; i++) {
        have_snapshots[i] = TRISTATE_FALSE;
        ids[i] = i + 1;
    }
    have_snapshots[1] = TRISTATE_TRUE;
    if (stage_begin(true) != 0)
        return -1;
    (void)driver_learn(driver, DRIVER_NO_AUTOSTART_ONCE);
    return 0;
}

static int end(void **state)
{
    (void)state;
    gate_open(&listing_gate);
    return stage_end();
}

static void make(unsigned at)
{
    unsigned char uuid[UUID_BYTES];
    virDomainPtr domain;
    virDomainSnapshotPtr snapshot;
    char xml[64];

    fixture_uuid(at, uuid);
    domain = virDomainLookupByUUID(mock.conn, uuid);
    assert_non_null(domain);
    (void)snprintf(xml, sizeof(xml), "<domainsnapshot><name>s%u</name></domainsnapshot>", made++);
    snapshot = virDomainSnapshotCreateXML(domain, xml, 0);
    assert_non_null(snapshot);
    (void)virDomainSnapshotFree(snapshot);
    (void)virDomainFree(domain);
}

/* Publishes one more listing, with an event of domain `touched` before it; -1: with none. */
static void list(int touched)
{
    struct domain domains[DOMAINS];
    struct mail_item item = { .kinds = MAIL_CHANGED };
    struct mail mail = { .count = touched >= 0, .items = &item };

    for (unsigned i = 0; i < DOMAINS; i++) {
        domains[i] = fixture_domain(i, ids[i]);
        domains[i].snapshot = have_snapshots[i];
    }
    if (touched >= 0)
        fixture_uuid((unsigned)touched, item.uuid);
    publish_listing(domains, DOMAINS, &mail);
}

static bool renew(void)
{
    if (facts_due(facts) <= clock_boot_ms())
        publish(facts_renew(facts, published));
    return true;
}

/* The number of snapshots of domain 1 that is known, or -1. */
static int64_t known_count(void)
{
    const struct domain_snapshots *snapshots;

    (void)renew();
    snapshots = published->domains[1].domain_snapshots;
    return snapshots ? (int64_t)snapshots->count : -1;
}

static bool is_answered(void)
{
    (void)renew();
    return !(published->domains[1].pending & DOMAIN_QUESTION_SNAPSHOTS);
}

static void begin_with_one_snapshot(void)
{
    make(1);
    facts_follow_snapshots(facts, true);
    list(-1);
    EVENTUALLY(known_count() == 1);
}

static void only_domains_with_snapshots_are_asked(void **state)
{
    (void)state;
    have_snapshots[2] = TRISTATE_UNKNOWN;
    begin_with_one_snapshot();
    list(-1);
    list(0);
    assert_null(published->domains[0].domain_snapshots);
    assert_null(published->domains[2].domain_snapshots);
    assert_int_equal(known_count(), 1); /* the next listings know them too */
    assert_int_equal(gate_calls(&listing_gate), 1);
}

static void without_the_setting_no_domain_is_asked(void **state)
{
    (void)state;
    make(1);
    facts_follow_snapshots(facts, false);
    list(1);
    FOR_A_WHILE
    assert_int_equal(known_count(), -1);
    assert_int_equal(gate_calls(&listing_gate), 0);
}

static void they_are_read_again_after_ten_minutes(void **state)
{
    (void)state;
    begin_with_one_snapshot();
    make(1);
    standin_advance_clock(PERIOD_MS - 10 * 1000);
    list(-1);
    assert_true(is_answered());
    standin_advance_clock(20 * 1000);
    list(-1);
    EVENTUALLY(known_count() == 2);
}

static void they_are_read_again_after_an_event_but_not_at_every_event(void **state)
{
    (void)state;
    begin_with_one_snapshot();
    make(1);
    list(1);
    assert_true(is_answered()); /* it was read just now */
    standin_advance_clock(GAP_MS);
    list(-1); /* the event is not forgotten */
    EVENTUALLY(known_count() == 2);
    standin_advance_clock(GAP_MS);
    make(1);
    list(1);
    EVENTUALLY(known_count() == 3);
    assert_int_equal(gate_calls(&listing_gate), 3);
}

static void an_event_while_they_are_read_is_not_lost(void **state)
{
    (void)state;
    begin_with_one_snapshot();
    standin_advance_clock(PERIOD_MS);
    gate_close(&listing_gate, 1);
    list(-1);
    EVENTUALLY(gate_inside(&listing_gate) == 1);
    list(1);
    assert_int_equal(gate_calls(&listing_gate), 2); /* one question at a time */
    gate_open(&listing_gate);
    EVENTUALLY(is_answered());
    standin_advance_clock(GAP_MS);
    list(-1);
    EVENTUALLY(gate_calls(&listing_gate) == 3);
}

static void the_first_and_the_last_snapshot_are_seen_by_the_listing(void **state)
{
    (void)state;
    begin_with_one_snapshot();
    have_snapshots[1] = TRISTATE_FALSE;
    list(-1);
    assert_int_equal(known_count(), -1);
    make(1);
    have_snapshots[1] = TRISTATE_TRUE;
    list(-1);
    EVENTUALLY(known_count() == 2);
}

static void a_failure_keeps_them_and_is_tried_again(void **state)
{
    (void)state;
    begin_with_one_snapshot();
    make(1);
    mock_lock();
    list_error = VIR_ERR_OPERATION_FAILED;
    mock_unlock();
    standin_advance_clock(PERIOD_MS);
    list(-1);
    EVENTUALLY(is_answered());
    assert_int_equal(known_count(), 1);
    mock_lock();
    list_error = 0;
    mock_unlock();
    list(-1);
    assert_true(is_answered());
    standin_advance_clock(RETRY_MS);
    list(-1);
    EVENTUALLY(known_count() == 2);
}

static void a_new_run_does_not_wait_for_the_question_about_the_old_one(void **state)
{
    (void)state;
    begin_with_one_snapshot();
    standin_advance_clock(PERIOD_MS);
    gate_close(&listing_gate, 1);
    list(-1);
    EVENTUALLY(gate_inside(&listing_gate) == 1);
    make(1);
    ids[1] = 1000;
    list(-1);
    EVENTUALLY(known_count() == 2);
}

static void if_the_setting_is_turned_off_they_are_forgotten(void **state)
{
    (void)state;
    begin_with_one_snapshot();
    facts_follow_snapshots(facts, false);
    list(-1);
    assert_int_equal(known_count(), -1);
    facts_follow_snapshots(facts, true);
    list(-1);
    EVENTUALLY(known_count() == 1);
}

static void an_answer_after_the_setting_is_turned_off_is_ignored(void **state)
{
    (void)state;
    make(1);
    gate_close(&listing_gate, 1);
    facts_follow_snapshots(facts, true);
    list(-1);
    EVENTUALLY(gate_inside(&listing_gate) == 1);
    facts_follow_snapshots(facts, false);
    list(-1);
    gate_open(&listing_gate);
    EVENTUALLY(facts_due(facts) == 0);
    assert_int_equal(known_count(), -1);
    facts_follow_snapshots(facts, true);
    list(-1);
    EVENTUALLY(known_count() == 1);
}

static void a_late_answer_about_an_earlier_run_replaces_nothing(void **state)
{
    int64_t read_boot_ms;

    (void)state;
    begin_with_one_snapshot();
    standin_advance_clock(PERIOD_MS);
    gate_close(&listing_gate, 1);
    list(-1);
    EVENTUALLY(gate_inside(&listing_gate) == 1);
    standin_advance_clock(10);
    ids[1] = 1000;
    list(-1);
    EVENTUALLY(gate_calls(&listing_gate) == 3 && is_answered());
    read_boot_ms = published->domains[1].domain_snapshots->read_boot_ms;
    gate_open(&listing_gate);
    EVENTUALLY(facts_due(facts) == 0);
    assert_int_equal(known_count(), 1);
    assert_int_equal(published->domains[1].domain_snapshots->read_boot_ms, read_boot_ms);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(only_domains_with_snapshots_are_asked, begin, end),
        cmocka_unit_test_setup_teardown(without_the_setting_no_domain_is_asked, begin, end),
        cmocka_unit_test_setup_teardown(they_are_read_again_after_ten_minutes, begin, end),
        cmocka_unit_test_setup_teardown(they_are_read_again_after_an_event_but_not_at_every_event, begin, end),
        cmocka_unit_test_setup_teardown(an_event_while_they_are_read_is_not_lost, begin, end),
        cmocka_unit_test_setup_teardown(the_first_and_the_last_snapshot_are_seen_by_the_listing, begin, end),
        cmocka_unit_test_setup_teardown(a_failure_keeps_them_and_is_tried_again, begin, end),
        cmocka_unit_test_setup_teardown(a_new_run_does_not_wait_for_the_question_about_the_old_one, begin, end),
        cmocka_unit_test_setup_teardown(if_the_setting_is_turned_off_they_are_forgotten, begin, end),
        cmocka_unit_test_setup_teardown(an_answer_after_the_setting_is_turned_off_is_ignored, begin, end),
        cmocka_unit_test_setup_teardown(a_late_answer_about_an_earlier_run_replaces_nothing, begin, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
