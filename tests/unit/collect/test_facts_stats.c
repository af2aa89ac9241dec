/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Listings with the statistics of active domains and nothing else, as the collectd plugin wants them. */
#include "lib/model/filter.h"
#include "tests/unit/collect/facts_stage.h"

enum { INTERVAL_MS = 60 * 60 * 1000 };

static int ids[DOMAINS];

static int begin_with(const struct facts_settings *settings)
{
    if (stage_begin_with(settings) != 0)
        return -1;
    (void)driver_learn(driver, DRIVER_NO_AUTOSTART_ONCE); /* a later libvirt supports it */
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
    const struct facts_settings settings = { .states_only = true, .with_active_stats = true };

    (void)state;
    return begin_with(&settings);
}

static int begin_with_xml(void **state)
{
    const struct facts_settings settings = { .states_only = true, .with_active_stats = true, .with_xml = true };

    (void)state;
    return begin_with(&settings);
}

static int end(void **state)
{
    (void)state;
    return stage_end();
}

static void list(void)
{
    struct domain domains[DOMAINS];
    struct mail mail = { 0 };

    for (unsigned i = 0; i < DOMAINS; i++)
        domains[i] = fixture_domain(i, ids[i]);
    publish_listing(domains, DOMAINS, &mail);
}

static bool renew(void)
{
    if (facts_due(facts) <= clock_boot_ms())
        publish(facts_renew(facts, published));
    return true;
}

static void connect(uint32_t filter)
{
    facts_connected(facts);
    facts_poll(facts, filter, INTERVAL_MS);
}

static void only_statistics_of_active_domains_are_read(void **state)
{
    (void)state;
    list();
    connect(0);
    EVENTUALLY(renew() && published->stats_boot_ms > 0);
    list();
    assert_true(published->domains[1].stats.known & DOMAIN_STAT_CPU_TIME);
    assert_true(published->domains[1].stats_boot_ms >= published->stats_boot_ms);
    assert_null(published->domains[1].xml_facts);
    assert_int_equal(published->domains[1].pending, 0);
    assert_string_equal(published->source.version, "");
    assert_int_equal(mock_read(&mock.inactive_calls), 0);
    assert_int_equal(gate_calls(&mock.every_xml), 0);
    assert_int_equal(gate_calls(&mock.version), 0);
}

static void xml_is_read_if_it_is_wanted(void **state)
{
    (void)state;
    list();
    connect(0);
    EVENTUALLY(renew() && published->domains[1].xml_facts && published->stats_boot_ms > 0);
    assert_int_equal(gate_calls(&mock.version), 0);
}

static void a_caller_sets_the_time_of_the_next_read(void **state)
{
    (void)state;
    list();
    connect(FILTER_ACTIVE | FILTER_INACTIVE);
    EVENTUALLY(mock_read(&mock.stats_calls) == 1);
    facts_poll_at(facts, clock_boot_ms() + INTERVAL_MS);
    facts_poll_at(facts, clock_boot_ms());
    EVENTUALLY(mock_read(&mock.stats_calls) == 2);
    facts_poll_at(facts, clock_boot_ms() + 30);
    EVENTUALLY(mock_read(&mock.stats_calls) == 3);
    assert_int_equal(mock_read(&mock.inactive_calls), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(only_statistics_of_active_domains_are_read, begin, end),
        cmocka_unit_test_setup_teardown(xml_is_read_if_it_is_wanted, begin_with_xml, end),
        cmocka_unit_test_setup_teardown(a_caller_sets_the_time_of_the_next_read, begin, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
