/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/collect/inherit.h"
#include "lib/libvirt/domain_xml.h"
#include "tests/unit/fixtures.h"
#include "lib/base/array.h"
#include "tests/unit/collect/inherit_stage.h"

static void the_same_run_keeps_its_start_time_and_a_new_run_gets_a_new_one(void **state)
{
    struct snapshot *first = one_domain(3, DOMAIN_RUNNING, NOW), *same = one_domain(3, DOMAIN_PAUSED, NOW + 1000);
    struct snapshot *off = one_domain(DOMAIN_ID_INACTIVE, DOMAIN_SHUTOFF, NOW + 2000);
    struct snapshot *again = one_domain(4, DOMAIN_RUNNING, NOW + 3000);

    (void)state;
    inherit_all(first, NULL, &nothing, true);
    assert_int_equal(first->domains[0].started_boot_ms, NOW);
    inherit_all(same, first, &nothing, true);
    assert_int_equal(same->domains[0].started_boot_ms, NOW);
    inherit_all(off, same, &nothing, true);
    inherit_all(again, off, &nothing, true);
    assert_int_equal(again->domains[0].started_boot_ms, NOW + 3000);
    snapshot_unref(first);
    snapshot_unref(same);
    snapshot_unref(off);
    snapshot_unref(again);
}

static void a_state_is_dated_when_it_is_first_seen(void **state)
{
    struct snapshot *first = one_domain(3, DOMAIN_RUNNING, NOW), *same = one_domain(3, DOMAIN_RUNNING, NOW + 1000);
    struct snapshot *paused = one_domain(3, DOMAIN_PAUSED, NOW + 2000);

    (void)state;
    inherit_all(first, NULL, &nothing, true);
    inherit_all(same, first, &nothing, true);
    inherit_all(paused, same, &nothing, true);
    assert_int_equal(same->domains[0].state_since_real_ms, first->taken_real_ms);
    assert_int_equal(paused->domains[0].state_since_real_ms, paused->taken_real_ms);
    snapshot_unref(first);
    snapshot_unref(same);
    snapshot_unref(paused);
}

static void an_unreadable_state_keeps_the_last_state(void **state)
{
    struct snapshot *first = one_domain(3, DOMAIN_PAUSED, NOW),
                    *unread = one_domain(3, DOMAIN_STATE_UNREAD, NOW + 1);

    (void)state;
    first->domains[0].last_reason = 5;
    inherit_all(unread, first, &nothing, true);
    assert_int_equal(unread->domains[0].last_state, DOMAIN_PAUSED);
    assert_int_equal(unread->domains[0].last_reason, 5);
    snapshot_unref(first);
    snapshot_unref(unread);
}

static void a_state_that_is_unreadable_for_a_while_keeps_its_date(void **state)
{
    struct snapshot *first = one_domain(3, DOMAIN_PAUSED, NOW),
                    *unread = one_domain(3, DOMAIN_STATE_UNREAD, NOW + 1000);
    struct snapshot *again = one_domain(3, DOMAIN_PAUSED, NOW + 2000);

    (void)state;
    inherit_all(first, NULL, &nothing, true);
    inherit_all(unread, first, &nothing, true);
    inherit_all(again, unread, &nothing, true);
    assert_int_equal(unread->domains[0].state_since_real_ms, first->taken_real_ms);
    assert_int_equal(again->domains[0].state_since_real_ms, first->taken_real_ms);
    snapshot_unref(first);
    snapshot_unref(unread);
    snapshot_unref(again);
}

/* A host that booted without a clock uses dates in 1970 until its clock is set. */
static void a_date_is_corrected_when_the_clock_is_set(void **state)
{
    static const int64_t steps[] = { 3600000, -7200000, 600, -600, 50, -50 };

    (void)state;
    for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++) {
        struct snapshot *first = one_domain(3, DOMAIN_RUNNING, NOW);
        struct snapshot *later = one_domain(3, DOMAIN_RUNNING, NOW + 1000);
        bool is_step = steps[i] > 500 || steps[i] < -500; /* a smaller step may be the time between two readings */

        inherit_all(first, NULL, &nothing, true);
        later->taken_real_ms += steps[i];
        inherit_all(later, first, &nothing, true);
        assert_int_equal(later->domains[0].state_since_real_ms, first->taken_real_ms + (is_step ? steps[i] : 0));
        snapshot_unref(first);
        snapshot_unref(later);
    }
}

/* Whether the domain is being saved, if one listing has the first id and image, and the next one the second. */
static bool is_saved(int id_before, enum tristate image_before, int id, enum tristate image)
{
    struct snapshot *before = one_domain(id_before, DOMAIN_PAUSED, NOW),
                    *now = one_domain(id, DOMAIN_PAUSED, NOW + 1);
    bool is_saved_now;

    before->domains[0].managed_save = image_before;
    now->domains[0].managed_save = image;
    inherit_all(now, before, &nothing, true);
    is_saved_now = now->domains[0].is_saved_now;
    snapshot_unref(before);
    snapshot_unref(now);
    return is_saved_now;
}

static void an_image_that_appears_while_a_domain_runs_means_that_it_is_being_saved(void **state)
{
    (void)state;
    assert_true(is_saved(3, TRISTATE_FALSE, 3, TRISTATE_TRUE));
    assert_false(is_saved(3, TRISTATE_TRUE, 3, TRISTATE_TRUE)); /* the image existed before */
    assert_false(
        is_saved(DOMAIN_ID_INACTIVE, TRISTATE_TRUE, 3, TRISTATE_TRUE)); /* it is restored from the image */
    assert_false(is_saved(DOMAIN_ID_INACTIVE, TRISTATE_FALSE, 3, TRISTATE_TRUE));
    assert_false(is_saved(3, TRISTATE_UNKNOWN, 3, TRISTATE_TRUE));
    assert_false(is_saved(3, TRISTATE_FALSE, 3, TRISTATE_FALSE));
    assert_false(is_saved(3, TRISTATE_FALSE, DOMAIN_ID_INACTIVE, TRISTATE_TRUE)); /* it has been saved already */
}

static void statistics_are_inherited_within_one_run_only(void **state)
{
    struct snapshot *first = one_domain(3, DOMAIN_RUNNING, NOW), *same = one_domain(3, DOMAIN_RUNNING, NOW + 1);
    struct snapshot *other = one_domain(4, DOMAIN_RUNNING, NOW + 2);

    (void)state;
    first->domains[0].stats = (struct domain_stats){ .known = DOMAIN_STAT_VCPUS, .vcpus = 8 };
    inherit_all(same, first, &nothing, true);
    assert_int_equal(same->domains[0].stats.vcpus, 8);
    inherit_all(other, same, &nothing, true);
    assert_int_equal(other->domains[0].stats.known, 0);
    snapshot_unref(first);
    snapshot_unref(same);
    snapshot_unref(other);
}

/* The statistics of a domain that is off are its configuration. */
static void a_domain_that_is_off_keeps_its_statistics_until_its_configuration_changes(void **state)
{
    static struct mail_item items[] = { { .uuid = { 1 }, .kinds = MAIL_XML_CHANGED } };
    static const struct mail changed = { .count = 1, .items = items }, lost = { .overflowed = true };
    static const struct {
        const struct mail *mail;
        int id;
        uint32_t known;
    } rows[] = {
        { &nothing, DOMAIN_ID_INACTIVE, DOMAIN_STAT_MEMORY },
        { &changed, DOMAIN_ID_INACTIVE, 0 },
        { &lost, DOMAIN_ID_INACTIVE, 0 },
        { &nothing, 3, 0 }, /* it was running, so the statistics are about that run */
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        struct snapshot *before = one_domain(rows[i].id, DOMAIN_SHUTOFF, NOW);
        struct snapshot *after = one_domain(DOMAIN_ID_INACTIVE, DOMAIN_SHUTOFF, NOW + 1);

        before->domains[0].stats = (struct domain_stats){ .known = DOMAIN_STAT_MEMORY, .memory_kib = 64 };
        inherit_all(after, before, rows[i].mail, true);
        assert_int_equal(after->domains[0].stats.known, rows[i].known);
        snapshot_unref(before);
        snapshot_unref(after);
    }
}

static void in_the_first_listing_everything_begins_now(void **state)
{
    struct snapshot *snapshot = taken(fixture_all_guests(), NOW);

    (void)state;
    for (size_t i = 0; i < snapshot->count; i++) {
        snapshot->domains[i].started_boot_ms = 0;
        snapshot->domains[i].state_since_real_ms = 0;
    }
    inherit_all(snapshot, NULL, &nothing, true);
    for (size_t i = 0; i < snapshot->count; i++) {
        const struct domain *domain = &snapshot->domains[i];

        assert_int_equal(domain->started_boot_ms, domain_active(domain) ? NOW : 0);
        assert_int_equal(domain->state_since_real_ms, snapshot->taken_real_ms);
        assert_null(domain->xml_facts);
        assert_int_equal(domain->xml_changed_boot_ms, 0);
        assert_int_equal(domain->stats_boot_ms, domain_active(domain) ? NOW : 0);
    }
    snapshot_unref(snapshot);
}

/* An active or inactive row that has its number in all its facts. */
static struct domain numbered(struct domain_xml_parser *parser, unsigned number)
{
    struct domain domain = fixture_domain(number, number % 2 ? (int)number + 1 : DOMAIN_ID_INACTIVE);
    char xml[64];

    (void)snprintf(xml, sizeof(xml), "<domain><memory>%u</memory></domain>", number);
    domain.xml_facts = domain_xml_parse(parser, xml);
    assert_non_null(domain.xml_facts);
    domain.started_boot_ms = number % 2 ? 100 + number : 0;
    domain.state_since_real_ms = 500 + number;
    domain.stats = (struct domain_stats){ .known = DOMAIN_STAT_VCPUS, .vcpus = number };
    return domain;
}

static void assert_inherited(const struct domain *domain, bool is_new, const struct snapshot *after)
{
    unsigned number = domain->uuid[UUID_BYTES - 1];

    assert_int_equal(domain->state_since_real_ms, is_new ? after->taken_real_ms : 500 + number);
    assert_int_equal(domain->stats.known, is_new ? 0 : DOMAIN_STAT_VCPUS);
    assert_int_equal(domain->stats.vcpus, is_new ? 0 : number);
    if (domain_active(domain))
        assert_int_equal(domain->started_boot_ms, is_new ? after->taken_boot_ms : 100 + number);
    if (is_new)
        assert_null(domain->xml_facts);
    else
        assert_int_equal(domain->xml_facts->memory_kib, number);
}

/* Rows are added and removed before, between and after those that remain. */
static void each_row_inherits_from_the_row_of_the_same_domain(void **state)
{
    enum { ROWS = 40 };
    struct domain old_rows[ROWS], new_rows[ROWS];
    struct domain_xml_parser *parser = domain_xml_parser_new(NULL);
    size_t old_count = 0, new_count = 0;
    struct snapshot *before, *after;

    (void)state;
    assert_non_null(parser);
    for (unsigned i = 0; i < ROWS; i++) {
        if (i % 3 != 0)
            old_rows[old_count++] = numbered(parser, i);
        if (i % 5 != 1)
            new_rows[new_count++] = fixture_domain(i, i % 2 ? (int)i + 1 : DOMAIN_ID_INACTIVE);
    }
    before = taken(fixture_snapshot(old_rows, old_count), NOW);
    after = taken(fixture_snapshot(new_rows, new_count), NOW + 1000);
    inherit_all(after, before, &nothing, true);
    for (size_t i = 0; i < after->count; i++)
        assert_inherited(&after->domains[i], after->domains[i].uuid[UUID_BYTES - 1] % 3 == 0, after);
    snapshot_unref(before);
    snapshot_unref(after);
    domain_xml_parser_free(parser);
}

static void a_domain_that_restarted_between_two_listings_has_a_new_state_date(void **state)
{
    struct snapshot *first = one_domain(3, DOMAIN_RUNNING, NOW),
                    *again = one_domain(4, DOMAIN_RUNNING, NOW + 1000);

    (void)state;
    inherit_all(first, NULL, &nothing, true);
    inherit_all(again, first, &nothing, true);
    assert_int_equal(again->domains[0].started_boot_ms, NOW + 1000);
    assert_int_equal(again->domains[0].state_since_real_ms, again->taken_real_ms);
    snapshot_unref(first);
    snapshot_unref(again);
}

static void an_inactive_domain_has_no_start_time(void **state)
{
    struct snapshot *first = one_domain(3, DOMAIN_RUNNING, NOW);
    struct snapshot *off = one_domain(DOMAIN_ID_INACTIVE, DOMAIN_SHUTOFF, NOW + 1000);

    (void)state;
    inherit_all(first, NULL, &nothing, true);
    inherit_all(off, first, &nothing, true);
    assert_int_equal(off->domains[0].started_boot_ms, 0);
    assert_int_equal(off->domains[0].stats_boot_ms, 0);
    snapshot_unref(first);
    snapshot_unref(off);
}

static void the_last_state_is_kept_over_many_listings(void **state)
{
    struct snapshot *before = one_domain(3, DOMAIN_PAUSED, NOW), *after;

    (void)state;
    before->domains[0].last_reason = 7;
    for (int i = 1; i < 5; i++) {
        after = one_domain(3, DOMAIN_STATE_UNREAD, NOW + i);
        inherit_all(after, before, &nothing, true);
        assert_int_equal(after->domains[0].state, DOMAIN_STATE_UNREAD);
        assert_int_equal(after->domains[0].last_state, DOMAIN_PAUSED);
        assert_int_equal(after->domains[0].last_reason, 7);
        snapshot_unref(before);
        before = after;
    }
    after = one_domain(3, DOMAIN_RUNNING, NOW + 10);
    inherit_all(after, before, &nothing, true);
    assert_int_equal(after->domains[0].last_state, DOMAIN_RUNNING);
    snapshot_unref(before);
    snapshot_unref(after);
}

static void old_statistics_do_not_replace_new_ones(void **state)
{
    struct snapshot *before = one_domain(3, DOMAIN_RUNNING, NOW), *after = one_domain(3, DOMAIN_RUNNING, NOW + 1);

    (void)state;
    before->domains[0].stats =
        (struct domain_stats){ .known = DOMAIN_STAT_VCPUS | DOMAIN_STAT_MEMORY, .vcpus = 8 };
    after->domains[0].stats = (struct domain_stats){ .known = DOMAIN_STAT_VCPUS, .vcpus = 2 };
    inherit_all(after, before, &nothing, true);
    assert_int_equal(after->domains[0].stats.vcpus, 2);
    assert_int_equal(after->domains[0].stats.known, DOMAIN_STAT_VCPUS);
    snapshot_unref(before);
    snapshot_unref(after);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_run_keeps_its_start_time_and_a_new_run_gets_a_new_one),
        cmocka_unit_test(a_state_is_dated_when_it_is_first_seen),
        cmocka_unit_test(an_unreadable_state_keeps_the_last_state),
        cmocka_unit_test(a_state_that_is_unreadable_for_a_while_keeps_its_date),
        cmocka_unit_test(a_date_is_corrected_when_the_clock_is_set),
        cmocka_unit_test(an_image_that_appears_while_a_domain_runs_means_that_it_is_being_saved),
        cmocka_unit_test(statistics_are_inherited_within_one_run_only),
        cmocka_unit_test(a_domain_that_is_off_keeps_its_statistics_until_its_configuration_changes),
        cmocka_unit_test(in_the_first_listing_everything_begins_now),
        cmocka_unit_test(each_row_inherits_from_the_row_of_the_same_domain),
        cmocka_unit_test(a_domain_that_restarted_between_two_listings_has_a_new_state_date),
        cmocka_unit_test(an_inactive_domain_has_no_start_time),
        cmocka_unit_test(the_last_state_is_kept_over_many_listings),
        cmocka_unit_test(old_statistics_do_not_replace_new_ones),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
