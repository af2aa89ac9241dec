/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <math.h>

#include "collectd-plugin/metrics.h"
#include "tests/unit/fixtures.h"

enum { NOW = 1000000 };

static const struct collector_status fresh = { .state = HYPERVISOR_CONNECTED,
                                               .listed_boot_ms = NOW - 1500,
                                               .duration_us = 250000 };

static const struct metric *find_metric(const struct metric *metrics, size_t count, const char *type,
                                        const char *type_instance)
{
    const struct metric *found = NULL;

    for (size_t i = 0; i < count; i++)
        if (strcmp(metrics[i].type, type) == 0 && strcmp(metrics[i].type_instance, type_instance) == 0) {
            assert_null(found); /* each metric occurs only once */
            found = &metrics[i];
        }
    if (!found)
        fail_msg("no %s-%s", type, type_instance);
    return found;
}

static void assert_value(double value, double wanted, const char *what)
{
    if (isnan(wanted) ? !isnan(value) : !(fabs(value - wanted) < 1e-9))
        fail_msg("%s is %f, not %f", what, value, wanted);
}

static double domain_value(const struct domain *domain, bool stale, const char *type, const char *type_instance,
                           size_t source)
{
    struct metric metrics[METRICS_MAX];
    size_t count = metrics_of_domain(domain, stale, NOW, metrics);
    const struct metric *metric = find_metric(metrics, count, type, type_instance);

    assert_int_equal(count, 7);
    assert_int_equal(metric->count, strcmp(type, "domain_state") == 0 ? 2 : 1);
    return metric->values[source].gauge;
}

static bool is_any(const void *data, const struct domain *domain)
{
    (void)data;
    (void)domain;
    return true;
}

static bool has_name(const void *data, const struct domain *domain)
{
    return strcmp(domain->name, data) == 0;
}

static double hypervisor_value(const struct snapshot *snapshot, const struct collector_status *status,
                               const char *type, const char *type_instance)
{
    struct metric metrics[METRICS_MAX];
    size_t count = metrics_of_hypervisor(snapshot, status, NOW, is_any, NULL, metrics);

    assert_int_equal(count, 14);
    return find_metric(metrics, count, type, type_instance)->values[0].gauge;
}

static void states_and_reasons_are_libvirts_numbers(void **state)
{
    (void)state;
    for (int guest = GUEST_NOSTATE; guest <= GUEST_PMSUSPENDED; guest++)
        assert_value(domain_value(&fixture_guests[guest], false, "domain_state", "", 0), guest, "state");
    assert_value(domain_value(&fixture_guests[GUEST_SAVED], false, "domain_state", "", 1), 5, "reason");
    assert_value(domain_value(&fixture_guests[GUEST_LATER], false, "domain_state", "", 0), DOMAIN_STATES + 1,
                 "state");
    assert_value(domain_value(&fixture_guests[GUEST_UNREAD], false, "domain_state", "", 0), (double)NAN,
                 "unread state");
    assert_value(domain_value(&fixture_guests[GUEST_UNREAD], false, "domain_state", "", 1), (double)NAN,
                 "unread reason");
}

static void attributes_are_zero_one_or_nan(void **state)
{
    static const struct {
        enum fixture_guest guest;
        double persistent, autostart, starts_at_boot, managed_save, snapshot;
    } rows[] = {
        { GUEST_RUNNING, 1, 1, 1, 0, 0 },
        { GUEST_TRANSIENT, 0, 0, 0, 0, 0 },
        { GUEST_SAVED, 1, 0, 0, 1, 0 },
        { GUEST_SNAPSHOT, 1, 0, 0, 0, 1 },
        { GUEST_BOOTS, 1, 1, 1, 0, 0 },
        { GUEST_BOOTS_ONCE, 1, 0, 1, 0, 0 },
        { GUEST_ONCE_UNTOLD, 1, 0, (double)NAN, 0, 0 },
        { GUEST_UNTOLD, (double)NAN, (double)NAN, (double)NAN, (double)NAN, (double)NAN },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        const struct domain *domain = &fixture_guests[rows[i].guest];

        assert_value(domain_value(domain, false, "bool", "persistent", 0), rows[i].persistent, domain->name);
        assert_value(domain_value(domain, false, "bool", "autostart", 0), rows[i].autostart, domain->name);
        assert_value(domain_value(domain, false, "bool", "starts_at_boot", 0), rows[i].starts_at_boot,
                     domain->name);
        assert_value(domain_value(domain, false, "bool", "managed_save", 0), rows[i].managed_save, domain->name);
        assert_value(domain_value(domain, false, "bool", "snapshot", 0), rows[i].snapshot, domain->name);
    }
}

static void uptime_is_in_seconds_and_zero_if_inactive(void **state)
{
    struct domain domain = fixture_guests[GUEST_RUNNING];

    (void)state;
    domain.started_boot_ms = NOW - 12500;
    assert_value(domain_value(&domain, false, "uptime", "", 0), 12.5, "uptime");
    domain.started_boot_ms = NOW + 1000;
    assert_value(domain_value(&domain, false, "uptime", "", 0), 0, "uptime of one that starts later");
    assert_value(domain_value(&fixture_guests[GUEST_SHUTOFF], false, "uptime", "", 0), 0, "uptime while off");
}

static void all_metrics_of_a_stale_domain_are_unknown(void **state)
{
    struct metric metrics[METRICS_MAX];
    size_t count = metrics_of_domain(&fixture_guests[GUEST_RUNNING], true, NOW, metrics);

    (void)state;
    for (size_t i = 0; i < count; i++)
        for (size_t source = 0; source < metrics[i].count; source++)
            assert_value(metrics[i].values[source].gauge, (double)NAN, metrics[i].type);
}

static void counts_are_over_all_domains(void **state)
{
    static const struct {
        const char *type_instance;
        double wanted;
    } rows[] = {
        { "running", 3 },
        { "paused", 1 },
        { "shutoff", 3 },
        { "other", 6 },
        { "total", 13 },
        { "persistent", 12 },
        { "transient", 1 },
        { "autostart", 2 },
        { "autostart_inactive", 1 },
        { "active_no_autostart", 8 },
    };
    struct snapshot *snapshot = fixture_snapshot(fixture_guests, GUEST_UNTOLD);

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        assert_value(hypervisor_value(snapshot, &fresh, "count", rows[i].type_instance), rows[i].wanted,
                     rows[i].type_instance);
    snapshot_unref(snapshot);
}

static void the_four_states_add_up_to_the_total(void **state)
{
    struct snapshot *snapshot = fixture_all_guests();
    double sum = hypervisor_value(snapshot, &fresh, "count", "running") +
                 hypervisor_value(snapshot, &fresh, "count", "paused") +
                 hypervisor_value(snapshot, &fresh, "count", "shutoff") +
                 hypervisor_value(snapshot, &fresh, "count", "other");

    (void)state;
    assert_value(sum, FIXTURE_GUESTS, "the sum");
    assert_value(hypervisor_value(snapshot, &fresh, "count", "total"), FIXTURE_GUESTS, "the total");
    snapshot_unref(snapshot);
}

static void an_attribute_that_is_unknown_for_one_domain_has_no_count(void **state)
{
    struct snapshot *snapshot = fixture_snapshot(fixture_guests, GUEST_UNTOLD + 1);

    (void)state;
    assert_value(hypervisor_value(snapshot, &fresh, "count", "persistent"), (double)NAN, "persistent");
    assert_value(hypervisor_value(snapshot, &fresh, "count", "transient"), (double)NAN, "transient");
    assert_value(hypervisor_value(snapshot, &fresh, "count", "autostart"), (double)NAN, "autostart");
    assert_value(hypervisor_value(snapshot, &fresh, "count", "active_no_autostart"), (double)NAN,
                 "active_no_autostart");
    /* The domain with unknown attributes runs, so it is not one of these. */
    assert_value(hypervisor_value(snapshot, &fresh, "count", "autostart_inactive"), 1, "autostart_inactive");
    assert_value(hypervisor_value(snapshot, &fresh, "count", "total"), GUEST_UNTOLD + 1, "total");
    snapshot_unref(snapshot);
}

static void autostart_once_counts_as_starting_at_boot(void **state)
{
    const struct domain domains[] = { fixture_guests[GUEST_BOOTS_ONCE], fixture_guests[GUEST_ONCE_UNTOLD] };
    struct snapshot *known = fixture_snapshot(domains, 1), *not_known = fixture_snapshot(domains, 2);

    (void)state;
    assert_value(hypervisor_value(known, &fresh, "count", "autostart_inactive"), 1, "autostart_inactive");
    assert_value(hypervisor_value(known, &fresh, "count", "autostart"), 0, "autostart");
    assert_value(hypervisor_value(not_known, &fresh, "count", "autostart_inactive"), (double)NAN,
                 "autostart_inactive");
    /* The second domain is inactive, so it is not one of these. */
    assert_value(hypervisor_value(not_known, &fresh, "count", "active_no_autostart"), 0, "active_no_autostart");
    snapshot_unref(known);
    snapshot_unref(not_known);
}

static void domains_that_do_not_answer_are_counted_if_it_is_known(void **state)
{
    struct domain domains[] = { fixture_guests[GUEST_RUNNING], fixture_guests[GUEST_PAUSED],
                                fixture_guests[GUEST_SHUTOFF] };
    struct snapshot *snapshot = fixture_snapshot(domains, 3);

    (void)state;
    assert_value(hypervisor_value(snapshot, &fresh, "count", "not_answering"), (double)NAN, "without statistics");
    snapshot->domains[0].answers = TRISTATE_TRUE;
    snapshot->domains[1].answers = TRISTATE_FALSE;
    assert_value(hypervisor_value(snapshot, &fresh, "count", "not_answering"), 1, "not_answering");
    snapshot_unref(snapshot);
}

static void only_selected_domains_are_counted(void **state)
{
    struct metric metrics[METRICS_MAX];
    struct snapshot *snapshot = fixture_all_guests();
    size_t count = metrics_of_hypervisor(snapshot, &fresh, NOW, has_name, "boots", metrics);

    (void)state;
    assert_value(find_metric(metrics, count, "count", "total")->values[0].gauge, 1, "total");
    assert_value(find_metric(metrics, count, "count", "autostart_inactive")->values[0].gauge, 1,
                 "autostart_inactive");
    assert_value(find_metric(metrics, count, "count", "running")->values[0].gauge, 0, "running");
    snapshot_unref(snapshot);
}

static void ages_are_in_seconds(void **state)
{
    struct snapshot *snapshot = fixture_snapshot(fixture_guests, 1);

    (void)state;
    assert_value(hypervisor_value(snapshot, &fresh, "duration", "listing_age"), 1.5, "listing_age");
    assert_value(hypervisor_value(snapshot, &fresh, "duration", "listing"), 0.25, "listing");
    assert_value(hypervisor_value(snapshot, &fresh, "bool", "connected"), 1, "connected");
    snapshot_unref(snapshot);
}

static void counts_are_unknown_before_the_first_listing(void **state)
{
    const struct collector_status none = { .state = HYPERVISOR_CONNECTING };

    (void)state;
    assert_value(hypervisor_value(NULL, &none, "count", "total"), (double)NAN, "total");
    assert_value(hypervisor_value(NULL, &none, "count", "running"), (double)NAN, "running");
    assert_value(hypervisor_value(NULL, &none, "bool", "connected"), 0, "connected");
    assert_value(hypervisor_value(NULL, &none, "duration", "listing_age"), (double)NAN, "listing_age");
    assert_value(hypervisor_value(NULL, &none, "duration", "listing"), (double)NAN, "listing");
}

static void a_stale_listing_has_an_age_but_no_counts(void **state)
{
    struct snapshot *snapshot = fixture_snapshot(fixture_guests, GUEST_UNTOLD);
    struct collector_status old = fresh;

    (void)state;
    old.stale = true;
    old.listed_boot_ms = NOW - 31000;
    for (int down = HYPERVISOR_STALE; down <= HYPERVISOR_DISCONNECTED; down++) {
        old.state = (enum hypervisor_state)down;
        assert_value(hypervisor_value(snapshot, &old, "count", "total"), (double)NAN, "total");
        assert_value(hypervisor_value(snapshot, &old, "bool", "connected"), 0, "connected");
        assert_value(hypervisor_value(snapshot, &old, "duration", "listing_age"), 31, "listing_age");
    }
    snapshot_unref(snapshot);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(states_and_reasons_are_libvirts_numbers),
        cmocka_unit_test(attributes_are_zero_one_or_nan),
        cmocka_unit_test(uptime_is_in_seconds_and_zero_if_inactive),
        cmocka_unit_test(all_metrics_of_a_stale_domain_are_unknown),
        cmocka_unit_test(counts_are_over_all_domains),
        cmocka_unit_test(the_four_states_add_up_to_the_total),
        cmocka_unit_test(an_attribute_that_is_unknown_for_one_domain_has_no_count),
        cmocka_unit_test(autostart_once_counts_as_starting_at_boot),
        cmocka_unit_test(domains_that_do_not_answer_are_counted_if_it_is_known),
        cmocka_unit_test(only_selected_domains_are_counted),
        cmocka_unit_test(ages_are_in_seconds),
        cmocka_unit_test(counts_are_unknown_before_the_first_listing),
        cmocka_unit_test(a_stale_listing_has_an_age_but_no_counts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
