/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which values are unknown if calls of a listing fail, and how many calls a listing takes at most. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <libvirt/virterror.h>

#include "lib/base/array.h"
#include "lib/libvirt/driver.h"
#include "lib/libvirt/connection.h"
#include "lib/libvirt/listing.h"
#include "lib/libvirt/listing_rows.h"
#include "lib/model/filter.h"
#include "tests/unit/fixtures.h"
#include "tests/unit/libvirt/connection_stage.h"
#include "tests/unit/libvirt/mock_libvirt.h"

enum { DOMAINS = 1000, CALLS_MAX = 500, PLAIN_CALLS = 7 };

static bool has_bulk_stats; /* the test driver of an older libvirt has none, and is asked domain by domain */

/* What the replaced functions of libvirt do in a test, and what they have counted. */
static struct {
    unsigned fail_list; /* the filter word of the list that fails, and the error code */
    int list_code;
    unsigned hide_word, hide_count; /* the list by that word lacks that many domains */
    int stats_code;                 /* 0: states are read, except those of the first `unread` domains */
    unsigned unread;
    const char *undefine; /* undefine this domain after the states were read */
    unsigned lists, stats;
} fake;

int virConnectListAllDomains(virConnectPtr conn, virDomainPtr **domains, unsigned flags)
{
    int count, kept = 0;
    MOCK_REAL(virConnectListAllDomains);

    fake.lists++;
    if (fake.list_code && flags == fake.fail_list)
        return mock_fail(fake.list_code);
    count = real(conn, domains, flags);
    for (int i = 0; i < count; i++) {
        if (flags == fake.hide_word && i < (int)fake.hide_count)
            (void)virDomainFree((*domains)[i]);
        else
            (*domains)[kept++] = (*domains)[i];
    }
    return count < 0 ? count : kept;
}

static void undefine(const char *name)
{
    virDomainPtr domain = virDomainLookupByName(mock.conn, name);

    assert_non_null(domain);
    assert_int_equal(virDomainUndefine(domain), 0);
    (void)virDomainFree(domain);
}

int virDomainListGetStats(virDomainPtr *domains, unsigned groups, virDomainStatsRecordPtr **records,
                          unsigned flags)
{
    MOCK_REAL(virDomainListGetStats);

    fake.stats++;
    if (fake.undefine)
        undefine(fake.undefine);
    fake.undefine = NULL;
    if (fake.stats_code)
        return mock_fail(fake.stats_code);
    for (unsigned i = 0; i < fake.unread && *domains; i++)
        domains++;
    if (*domains)
        return real(domains, groups, records, flags);
    *records = calloc(1, sizeof(**records));
    return 0;
}

static bool find_bulk_stats(void)
{
    virDomainPtr domains[] = { virDomainLookupByName(mock.conn, "d0"), NULL };
    virDomainStatsRecordPtr *records = NULL;
    bool is_found = virDomainListGetStats(domains, VIR_DOMAIN_STATS_STATE, &records, 0) >= 0;

    virDomainStatsRecordListFree(records);
    (void)virDomainFree(domains[0]);
    return is_found;
}

static int make(void **state)
{
    char xml[300];

    (void)state;
    if (!mock_begin(0))
        return -1;
    for (unsigned i = 0; i < DOMAINS; i++) {
        virDomainPtr domain;

        (void)snprintf(
            xml, sizeof(xml),
            "<domain type='test'><name>d%u</name><memory>1024</memory><os><type>hvm</type></os></domain>", i);
        domain = virDomainDefineXML(mock.conn, xml);
        if (!domain)
            return -1;
        (void)virDomainFree(domain);
    }
    has_bulk_stats = find_bulk_stats();
    return 0;
}

static int drop(void **state)
{
    (void)state;
    return mock_end() ? 0 : -1;
}

static int begin(void **state)
{
    (void)state;
    memset(&fake, 0, sizeof(fake));
    mock.lookups = 0;
    return connection_stage_begin() ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    connection_stage_end();
    return 0;
}

static void need_bulk_stats(void)
{
    if (!has_bulk_stats)
        skip();
}

static struct snapshot *list(void)
{
    char why[256] = "";
    struct snapshot *snapshot = listing_take(connection, 0, mailbox, why, sizeof(why));

    assert_string_equal(why, "");
    assert_non_null(snapshot);
    for (size_t i = 0; i < snapshot->count; i++)
        assert_null(domain_contradiction(&snapshot->domains[i]));
    return snapshot;
}

static size_t count_unread(const struct snapshot *snapshot)
{
    size_t unread = 0;

    for (size_t i = 0; i < snapshot->count; i++)
        unread += snapshot->domains[i].state == DOMAIN_STATE_UNREAD;
    return unread;
}

static size_t count_truth(const struct snapshot *snapshot, size_t offset, enum tristate truth)
{
    size_t count = 0;

    for (size_t i = 0; i < snapshot->count; i++)
        count += *(const enum tristate *)(const void *)((const char *)&snapshot->domains[i] + offset) == truth;
    return count;
}

static void a_listing_takes_seven_calls(void **state)
{
    struct snapshot *snapshot;

    (void)state;
    need_bulk_stats();
    snapshot_unref(list()); /* learns the driver's limits */
    fake.lists = fake.stats = 0;
    snapshot = list();
    assert_int_equal(snapshot->count, DOMAINS);
    assert_int_equal(snapshot->calls, PLAIN_CALLS);
    assert_int_equal(fake.lists + fake.stats, PLAIN_CALLS);
    assert_int_equal(count_unread(snapshot), 0);
    snapshot_unref(snapshot);
}

static void an_attribute_that_cannot_be_read_is_unknown(void **state)
{
    struct snapshot *snapshot;

    (void)state;
    fake.fail_list = FILTER_AUTOSTART;
    fake.list_code = VIR_ERR_OPERATION_FAILED;
    snapshot = list();
    assert_int_equal(snapshot->count, DOMAINS);
    assert_int_equal(count_truth(snapshot, offsetof(struct domain, autostart), TRISTATE_UNKNOWN), DOMAINS);
    assert_int_equal(count_truth(snapshot, offsetof(struct domain, persistent), TRISTATE_TRUE), DOMAINS);
    assert_int_equal(count_truth(snapshot, offsetof(struct domain, checkpoint), TRISTATE_FALSE), DOMAINS);
    assert_int_equal(snapshot->unsupported, 0);
    snapshot_unref(snapshot);
    fake.list_code = 0;
    snapshot = list(); /* asks again */
    assert_int_equal(count_truth(snapshot, offsetof(struct domain, autostart), TRISTATE_FALSE), DOMAINS);
    snapshot_unref(snapshot);
}

static void a_flag_that_the_driver_rejects_is_not_asked_for_again(void **state)
{
    struct snapshot *snapshot;

    (void)state;
    fake.fail_list = FILTER_WITH_CHECKPOINT;
    fake.list_code = VIR_ERR_INVALID_ARG;
    snapshot_unref(list());
    fake.lists = 0;
    snapshot = list();
    assert_int_equal(fake.lists, PLAIN_CALLS - 2);
    assert_int_equal(snapshot->unsupported, FILTER_WITH_CHECKPOINT | FILTER_WITHOUT_CHECKPOINT);
    assert_int_equal(count_truth(snapshot, offsetof(struct domain, checkpoint), TRISTATE_UNKNOWN), DOMAINS);
    snapshot_unref(snapshot);
}

static void a_list_that_does_not_fit_on_the_wire_is_split(void **state)
{
    struct snapshot *snapshot;

    (void)state;
    fake.list_code = VIR_ERR_RPC; /* for all rows in one list */
    snapshot = list();
    assert_int_equal(snapshot->count, DOMAINS);
    assert_int_equal(snapshot->parts, 2);
    assert_int_equal(count_truth(snapshot, offsetof(struct domain, persistent), TRISTATE_TRUE), DOMAINS);
    snapshot_unref(snapshot);
}

static void a_failed_list_of_domains_fails_the_listing(void **state)
{
    char why[256] = "";

    (void)state;
    fake.list_code = VIR_ERR_OPERATION_FAILED; /* fail_list is 0: the list of the rows */
    assert_null(listing_take(connection, 0, mailbox, why, sizeof(why)));
    assert_non_null(strstr(why, "listing failed"));
}

/* A listing handles each of these errors differently. None may lead to calls without end. */
static void states_that_cannot_be_read_take_a_bounded_number_of_calls(void **state)
{
    static const int codes[] = { VIR_ERR_OPERATION_FAILED, VIR_ERR_INTERNAL_ERROR, VIR_ERR_RPC,
                                 VIR_ERR_OPERATION_TIMEOUT };

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(codes); i++) {
        struct snapshot *snapshot;

        fake.stats_code = codes[i];
        mock.lookups = 0;
        snapshot = list();
        assert_int_equal(snapshot->count, DOMAINS);
        assert_true(snapshot->calls < CALLS_MAX);
        assert_int_equal(mock.lookups, REPAIR_ROWS_MAX);
        assert_int_equal(count_unread(snapshot), DOMAINS - REPAIR_ROWS_MAX);
        assert_int_equal(count_truth(snapshot, offsetof(struct domain, persistent), TRISTATE_TRUE), DOMAINS);
        assert_false(driver_lacks(connection_driver(connection), DRIVER_NO_BULK_STATS));
        snapshot_unref(snapshot);
    }
}

static void a_driver_without_bulk_statistics_is_asked_domain_by_domain(void **state)
{
    struct snapshot *snapshot;

    (void)state;
    fake.stats_code = VIR_ERR_NO_SUPPORT;
    snapshot = list();
    assert_true(driver_lacks(connection_driver(connection), DRIVER_NO_BULK_STATS));
    assert_int_equal(count_unread(snapshot), 0);
    snapshot_unref(snapshot);
    fake.stats = 0;
    snapshot_unref(list());
    assert_int_equal(fake.stats, 0);
}

static void a_few_rows_without_a_state_are_read_again(void **state)
{
    struct snapshot *snapshot;

    (void)state;
    need_bulk_stats();
    fake.unread = REPAIR_ROWS_MAX;
    snapshot = list();
    assert_int_equal(count_unread(snapshot), 0);
    assert_int_equal(mock.lookups, REPAIR_ROWS_MAX);
    snapshot_unref(snapshot);
}

static void only_64_rows_without_a_state_are_read_again(void **state)
{
    struct snapshot *snapshot;

    (void)state;
    need_bulk_stats();
    fake.unread = REPAIR_ROWS_MAX + 36;
    snapshot = list();
    assert_int_equal(count_unread(snapshot), 36);
    assert_int_equal(mock.lookups, REPAIR_ROWS_MAX);
    snapshot_unref(snapshot);
}

/* The domains are off and look transient, which no domain can be. */
static void contradictions_that_are_not_repaired_become_unknown(void **state)
{
    struct snapshot *snapshot;

    (void)state;
    fake.hide_word = FILTER_PERSISTENT;
    fake.hide_count = REPAIR_ROWS_MAX + 36;
    snapshot = list();
    assert_int_equal(mock.lookups, REPAIR_ROWS_MAX);
    assert_int_equal(count_truth(snapshot, offsetof(struct domain, persistent), TRISTATE_UNKNOWN), 36);
    assert_int_equal(count_truth(snapshot, offsetof(struct domain, persistent), TRISTATE_TRUE), DOMAINS - 36);
    assert_int_equal(count_unread(snapshot), 0);
    snapshot_unref(snapshot);
}

static void only_64_rows_that_events_touched_are_read_again(void **state)
{
    struct snapshot *before, *snapshot;

    (void)state;
    need_bulk_stats();
    before = list();
    for (size_t i = 0; i < before->count; i++)
        mailbox_put_event(mailbox, before->domains[i].uuid, MAIL_CHANGED);
    mock.lookups = 0;
    snapshot = list();
    assert_int_equal(mock.lookups, REPAIR_ROWS_MAX);
    assert_true(snapshot->calls < CALLS_MAX);
    assert_int_equal(count_unread(snapshot), 0);
    snapshot_unref(before);
    snapshot_unref(snapshot);
}

static void a_domain_that_vanishes_during_the_listing_is_left_out(void **state)
{
    struct snapshot *snapshot;

    (void)state;
    fake.undefine = "d7";
    snapshot = list();
    assert_int_equal(snapshot->count, DOMAINS - 1);
    for (size_t i = 0; i < snapshot->count; i++)
        assert_string_not_equal(snapshot->domains[i].name, "d7");
    assert_int_equal(count_unread(snapshot), 0);
    snapshot_unref(snapshot);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_listing_takes_seven_calls, begin, end),
        cmocka_unit_test_setup_teardown(an_attribute_that_cannot_be_read_is_unknown, begin, end),
        cmocka_unit_test_setup_teardown(a_flag_that_the_driver_rejects_is_not_asked_for_again, begin, end),
        cmocka_unit_test_setup_teardown(a_list_that_does_not_fit_on_the_wire_is_split, begin, end),
        cmocka_unit_test_setup_teardown(a_failed_list_of_domains_fails_the_listing, begin, end),
        cmocka_unit_test_setup_teardown(states_that_cannot_be_read_take_a_bounded_number_of_calls, begin, end),
        cmocka_unit_test_setup_teardown(a_driver_without_bulk_statistics_is_asked_domain_by_domain, begin, end),
        cmocka_unit_test_setup_teardown(a_few_rows_without_a_state_are_read_again, begin, end),
        cmocka_unit_test_setup_teardown(only_64_rows_without_a_state_are_read_again, begin, end),
        cmocka_unit_test_setup_teardown(contradictions_that_are_not_repaired_become_unknown, begin, end),
        cmocka_unit_test_setup_teardown(only_64_rows_that_events_touched_are_read_again, begin, end),
        cmocka_unit_test_setup_teardown(a_domain_that_vanishes_during_the_listing_is_left_out, begin, end),
    };

    return cmocka_run_group_tests(tests, make, drop);
}
