/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Results of statistics calls, in order and late, and how their rows are merged into a snapshot. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/model/stats_table.h"
#include "lib/model/device_stats.h"
#include "lib/model/xml_facts.h"
#include "tests/unit/fixtures.h"

enum { FRESH_MS = 20000 };

/* An empty result of a call that began at that time. */
static struct stats_table *result_at(int64_t asked_boot_ms)
{
    struct stats_table *table = stats_table_new(8);

    assert_non_null(table);
    table->asked_boot_ms = asked_boot_ms;
    table->duration_us = 1000;
    table->fresh_ms = FRESH_MS;
    return table;
}

static struct stats_row *add_row(struct stats_table *table, unsigned number, int id, uint64_t cpu_time_ns)
{
    struct stats_row *row = &table->rows[table->count++];

    fixture_uuid(number, row->uuid);
    row->id = id;
    row->is_complete = true;
    row->read_boot_ms = table->asked_boot_ms;
    row->stats = (struct domain_stats){ .known = DOMAIN_STAT_CPU_TIME | DOMAIN_STAT_MEMORY,
                                        .cpu_time_ns = cpu_time_ns,
                                        .memory_kib = 1024 };
    row->device_stats = device_stats_new();
    assert_non_null(row->device_stats);
    row->device_stats->cpu = (struct cpu_stats){ .known = CPU_USER, .user_ns = cpu_time_ns };
    row->device_stats->memory = (struct memory_stats){ .known = MEMORY_RSS, .rss_kib = 2048 };
    return row;
}

/* Adds the statistics that libvirtd itself knows of a domain that does not answer. */
static struct stats_row *add_partial(struct stats_table *table, unsigned number, int id, uint64_t cpu_time_ns)
{
    struct stats_row *row = &table->rows[table->count++];

    fixture_uuid(number, row->uuid);
    row->id = id;
    row->stats = (struct domain_stats){ .known = DOMAIN_STAT_CPU_TIME, .cpu_time_ns = cpu_time_ns };
    row->device_stats = device_stats_new();
    assert_non_null(row->device_stats);
    row->device_stats->cpu = (struct cpu_stats){ .known = CPU_USER, .user_ns = cpu_time_ns };
    return row;
}

/* Replaces `table` by one that is combined with `result`. Drops the reference to `result`. */
static void combine(const struct stats_table **table, struct stats_table *result, bool is_of_active)
{
    struct stats_table *combined;

    stats_table_sort(result);
    combined = stats_table_combine(*table, result, is_of_active);
    assert_non_null(combined);
    stats_table_unref(*table);
    stats_table_unref(result);
    *table = combined;
}

/* The index of the domain's row; the table's count if it has no row. */
static size_t place_of(const struct stats_table *table, unsigned number)
{
    unsigned char uuid[UUID_BYTES];
    size_t at = 0;

    fixture_uuid(number, uuid);
    while (at < table->count && memcmp(table->rows[at].uuid, uuid, sizeof(uuid)) != 0)
        at++;
    return at;
}

static bool has_row(const struct stats_table *table, unsigned number)
{
    return place_of(table, number) < table->count;
}

static const struct stats_row *row_of(const struct stats_table *table, unsigned number)
{
    assert_true(has_row(table, number));
    return &table->rows[place_of(table, number)];
}

static void a_newer_result_replaces_the_rows_of_its_kind(void **state)
{
    const struct stats_table *table = NULL;
    struct stats_table *result = result_at(100);

    (void)state;
    add_row(result, 2, 7, 5);
    add_row(result, 1, 6, 4); /* out of order */
    combine(&table, result, true);
    assert_int_equal(table->count, 2);
    result = result_at(150);
    add_row(result, 3, DOMAIN_ID_INACTIVE, 0);
    result->duration_us = 1;
    result->fresh_ms = 1;
    combine(&table, result, false);
    assert_int_equal(table->count, 3); /* the rows of active domains are kept */
    assert_int_equal(table->asked_boot_ms, 150);
    assert_int_equal(table->duration_us, 1000); /* so is the duration of the call about active domains */
    assert_int_equal(table->fresh_ms, FRESH_MS);
    result = result_at(200);
    add_row(result, 2, 7, 50);
    combine(&table, result, true);
    assert_int_equal(table->count, 2); /* domain 1 is not active any more; domain 3 is inactive and is kept */
    assert_int_equal(row_of(table, 2)->stats.cpu_time_ns, 50);
    assert_int_equal(row_of(table, 2)->read_boot_ms, 200);
    assert_true(has_row(table, 3));
    assert_int_equal(table->asked_boot_ms, 200);
    stats_table_unref(table);
}

static void a_late_result_updates_older_rows_and_adds_none(void **state)
{
    const struct stats_table *table = NULL;
    struct stats_table *result = result_at(100);

    (void)state;
    add_row(result, 1, 6, 10);
    add_row(result, 2, 7, 10);
    combine(&table, result, true);
    result = result_at(300); /* the call that began at 200 still hangs, because of domain 2 */
    add_row(result, 1, 6, 30);
    (void)add_partial(result, 2, 7, 31);
    combine(&table, result, true);
    assert_int_equal(row_of(table, 2)->read_boot_ms, 100);
    assert_int_equal(row_of(table, 2)->stats.cpu_time_ns, 31); /* libvirtd knows it by itself */
    assert_int_equal(row_of(table, 2)->stats.memory_kib, 1024);
    assert_int_equal(row_of(table, 2)->device_stats->cpu.user_ns, 31);
    assert_int_equal(row_of(table, 2)->device_stats->memory.rss_kib, 2048);
    result = result_at(200); /* the call that hung has ended */
    add_row(result, 1, 6, 20);
    add_row(result, 2, 7, 20);
    add_row(result, 4, 9, 20); /* this domain was gone at 300 */
    combine(&table, result, true);
    assert_int_equal(row_of(table, 1)->stats.cpu_time_ns, 30);
    assert_int_equal(row_of(table, 2)->read_boot_ms, 200);
    assert_int_equal(row_of(table, 2)->stats.cpu_time_ns, 31); /* read before the call hung; it does not go back */
    assert_false(has_row(table, 4));
    assert_int_equal(table->asked_boot_ms, 300);
    stats_table_unref(table);
}

static void a_new_run_keeps_no_statistics_of_the_old_run(void **state)
{
    const struct stats_table *table = NULL;
    struct stats_table *result = result_at(100);

    (void)state;
    add_row(result, 1, 6, 10);
    combine(&table, result, true);
    result = result_at(200);
    (void)add_partial(result, 1, 8, 2);
    combine(&table, result, true);
    assert_int_equal(row_of(table, 1)->id, 8);
    assert_int_equal(row_of(table, 1)->stats.known, DOMAIN_STAT_CPU_TIME);
    assert_int_equal(row_of(table, 1)->read_boot_ms, 0); /* it never answered */
    assert_int_equal(row_of(table, 1)->device_stats->cpu.user_ns, 2);
    assert_int_equal(row_of(table, 1)->device_stats->memory.known, 0);
    stats_table_unref(table);
}

static void a_uuid_that_occurs_twice_has_one_row(void **state)
{
    struct stats_table *result = result_at(100);

    (void)state;
    add_row(result, 1, 6, 10);
    add_row(result, 1, 6, 10);
    add_row(result, 2, 7, 10);
    stats_table_sort(result);
    assert_int_equal(result->count, 2);
    stats_table_unref(result);
}

static void domains_get_the_statistics_of_their_own_run(void **state)
{
    const struct domain domains[] = { fixture_domain(1, 6), fixture_domain(2, 8), fixture_domain(3, 9) };
    struct snapshot *snapshot = fixture_snapshot(domains, 3);
    struct stats_table *table = result_at(5000);

    (void)state;
    snapshot->domains[2].stats_boot_ms = 4000;
    add_row(table, 1, 6, 10);
    add_row(table, 2, 7, 20); /* an earlier run */
    (void)add_partial(table, 3, 9, 30);
    stats_table_sort(table);
    stats_table_fill(NULL, snapshot);
    assert_int_equal(snapshot->stats_fresh_ms, 0);
    stats_table_fill(table, snapshot);
    assert_int_equal(snapshot->domains[0].stats.cpu_time_ns, 10);
    assert_non_null(snapshot->domains[0].device_stats);
    assert_int_equal(snapshot->domains[0].stats_boot_ms, 5000);
    assert_int_equal(snapshot->domains[1].stats.known, 0);
    assert_int_equal(snapshot->domains[2].stats.cpu_time_ns, 30);
    assert_int_equal(snapshot->domains[2].stats_boot_ms, 4000);
    assert_int_equal(snapshot->stats_boot_ms, 5000);
    assert_int_equal(snapshot->stats_duration_us, 1000);
    assert_false(snapshot_stats_are_partial(snapshot, &snapshot->domains[0], 5000 + FRESH_MS));
    assert_true(snapshot_stats_are_partial(snapshot, &snapshot->domains[0], 5001 + FRESH_MS));
    assert_true(snapshot_stats_are_partial(snapshot, &snapshot->domains[2], 4001 + FRESH_MS));
    snapshot_unref(snapshot);
    stats_table_unref(table);
}

static void statistics_of_an_older_configuration_are_not_used(void **state)
{
    const struct domain domains[] = { fixture_domain(1, DOMAIN_ID_INACTIVE),
                                      fixture_domain(2, DOMAIN_ID_INACTIVE) };
    struct snapshot *snapshot = fixture_snapshot(domains, 2);
    struct stats_table *table = result_at(5000);

    (void)state;
    snapshot->domains[0].xml_changed_boot_ms = 5001;
    snapshot->domains[1].xml_changed_boot_ms = 5000;
    add_row(table, 1, DOMAIN_ID_INACTIVE, 0);
    add_row(table, 2, DOMAIN_ID_INACTIVE, 0);
    stats_table_fill(table, snapshot);
    assert_int_equal(snapshot->domains[0].stats.known, 0);
    assert_true(snapshot->domains[1].stats.known & DOMAIN_STAT_MEMORY);
    assert_false(snapshot_stats_are_partial(snapshot, &snapshot->domains[0],
                                            1000000)); /* no process has to answer for an inactive domain */
    snapshot_unref(snapshot);
    stats_table_unref(table);
}

static void release_facts(struct xml_facts *facts)
{
    free(facts);
}

/* Merges two calls about a guest whose XML has that period, and whose last reports were at these times; -1: not
 * known. Returns when its XML is known to have changed. */
static int64_t xml_changed_at(int64_t period_s, int64_t first_report, int64_t second_report)
{
    const int64_t reports[] = { first_report, second_report };
    const struct domain domains[] = { fixture_domain(1, 6) };
    struct snapshot *snapshot = fixture_snapshot(domains, 1);
    struct xml_facts *facts = calloc(1, sizeof(*facts));
    int64_t changed;

    assert_non_null(facts);
    *facts = (struct xml_facts){ .memory_report_period_s = period_s, .release = release_facts };
    refcount_init(&facts->refcount);
    snapshot->domains[0].xml_facts = facts;
    for (int call = 0; call < 2; call++) {
        struct stats_table *table = result_at(5000 + call);
        struct memory_stats *memory = &add_row(table, 1, 6, 10)->device_stats->memory;

        memory->known = reports[call] >= 0 ? MEMORY_LAST_UPDATE : 0;
        memory->last_update_real_s = (uint64_t)reports[call];
        stats_table_fill(table, snapshot);
        stats_table_unref(table);
    }
    changed = snapshot->domains[0].xml_changed_boot_ms;
    snapshot_unref(snapshot);
    return changed;
}

static void a_guest_without_a_period_that_reports_again_has_another_xml(void **state)
{
    (void)state;
    assert_int_equal(xml_changed_at(-1, 7, 8), 5001);
    assert_int_equal(xml_changed_at(0, 7, 8), 5001);
    assert_int_equal(xml_changed_at(10, 7, 8), 0);
    assert_int_equal(xml_changed_at(-1, 7, 7), 0);
    assert_int_equal(xml_changed_at(-1, 0, 7), 0); /* its system has just started */
    assert_int_equal(xml_changed_at(-1, 7, 0), 0);
    assert_int_equal(xml_changed_at(-1, -1, 7), 0);
    assert_int_equal(xml_changed_at(-1, 7, -1), 0);
}

/* Combines the table with a row of domain 1 that did not answer. */
static void add_control(const struct stats_table **table, int64_t asked_boot_ms, enum domain_control control,
                        int64_t since_boot_ms)
{
    struct stats_table *result = result_at(asked_boot_ms);
    struct stats_row *row = add_partial(result, 1, 6, 1);

    row->control = control;
    row->control_since_boot_ms = since_boot_ms;
    combine(table, result, true);
}

static void assert_control(const struct stats_table *table, enum domain_control control, int64_t since_boot_ms)
{
    assert_int_equal(row_of(table, 1)->control, control);
    assert_int_equal(row_of(table, 1)->control_since_boot_ms, since_boot_ms);
}

/* libvirt says since when a process has not answered, but not since when there was an error. */
static void control_is_the_newest_and_lasts_since_it_began(void **state)
{
    const struct stats_table *table = NULL;
    struct stats_table *result = result_at(1000);

    (void)state;
    add_row(result, 1, 6, 10);
    combine(&table, result, true);
    assert_control(table, DOMAIN_CONTROL_UNKNOWN, 0);
    add_control(&table, 2000, DOMAIN_CONTROL_OCCUPIED, 1500);
    assert_control(table, DOMAIN_CONTROL_OCCUPIED, 1500);
    add_control(&table, 3000, DOMAIN_CONTROL_OCCUPIED, 2500); /* another command */
    assert_control(table, DOMAIN_CONTROL_OCCUPIED, 2500);
    add_control(&table, 4000, DOMAIN_CONTROL_ERROR, 4000);
    assert_control(table, DOMAIN_CONTROL_ERROR, 4000);
    add_control(&table, 5000, DOMAIN_CONTROL_ERROR, 5000);
    assert_control(table, DOMAIN_CONTROL_ERROR, 4000);
    result = result_at(6000);
    add_row(result, 1, 6, 11);
    combine(&table, result, true);
    assert_control(table, DOMAIN_CONTROL_UNKNOWN, 0);
    stats_table_unref(table);
}

static void control_is_ok_unless_the_statistics_are_too_old(void **state)
{
    const struct domain domain = fixture_domain(1, 6);
    struct snapshot *snapshot = fixture_snapshot(&domain, 1);
    const struct stats_table *table = NULL;

    (void)state;
    snapshot->domains[0].stats_boot_ms = 1000;
    add_control(&table, 2000, DOMAIN_CONTROL_JOB, 1500);
    stats_table_fill(table, snapshot);
    assert_int_equal(snapshot->domains[0].control_since_boot_ms, 1500);
    assert_int_equal(snapshot_control(snapshot, &snapshot->domains[0], 1000 + FRESH_MS), DOMAIN_CONTROL_OK);
    assert_int_equal(snapshot_control(snapshot, &snapshot->domains[0], 1001 + FRESH_MS), DOMAIN_CONTROL_JOB);
    snapshot->domains[0].id = DOMAIN_ID_INACTIVE;
    assert_int_equal(snapshot_control(snapshot, &snapshot->domains[0], 1001 + FRESH_MS), DOMAIN_CONTROL_OK);
    snapshot_unref(snapshot);
    stats_table_unref(table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_newer_result_replaces_the_rows_of_its_kind),
        cmocka_unit_test(a_late_result_updates_older_rows_and_adds_none),
        cmocka_unit_test(a_new_run_keeps_no_statistics_of_the_old_run),
        cmocka_unit_test(a_uuid_that_occurs_twice_has_one_row),
        cmocka_unit_test(domains_get_the_statistics_of_their_own_run),
        cmocka_unit_test(a_guest_without_a_period_that_reports_again_has_another_xml),
        cmocka_unit_test(control_is_the_newest_and_lasts_since_it_began),
        cmocka_unit_test(control_is_ok_unless_the_statistics_are_too_old),
        cmocka_unit_test(statistics_of_an_older_configuration_are_not_used),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
