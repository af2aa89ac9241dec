/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/describe.h"
#include "core/history.h"

enum { NOW = 5000000 };

static struct snapshot *one_domain(int id, int state, int64_t taken_boot_ms)
{
    struct snapshot *snapshot = snapshot_new(1);

    assert_non_null(snapshot);
    snapshot->count = 1;
    snapshot->taken_boot_ms = taken_boot_ms;
    snapshot->taken_real_ms = 1700000000000 + taken_boot_ms;
    snapshot->domains[0] =
        (struct domain){ .uuid = { 1 }, .id = id, .state = state, .last_state = state, .name = "one" };
    return snapshot;
}

static const struct mail nothing;

static void the_same_run_keeps_its_start_and_a_new_one_begins_anew(void **state)
{
    struct snapshot *first = one_domain(3, DOMAIN_RUNNING, NOW), *same = one_domain(3, DOMAIN_PAUSED, NOW + 1000);
    struct snapshot *off = one_domain(DOMAIN_ID_INACTIVE, DOMAIN_SHUTOFF, NOW + 2000);
    struct snapshot *again = one_domain(4, DOMAIN_RUNNING, NOW + 3000);

    (void)state;
    history_inherit(first, NULL, &nothing, true);
    assert_int_equal(first->domains[0].started_boot_ms, NOW);
    history_inherit(same, first, &nothing, true);
    assert_int_equal(same->domains[0].started_boot_ms, NOW);
    history_inherit(off, same, &nothing, true);
    history_inherit(again, off, &nothing, true);
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
    history_inherit(first, NULL, &nothing, true);
    history_inherit(same, first, &nothing, true);
    history_inherit(paused, same, &nothing, true);
    assert_int_equal(same->domains[0].state_since_real_ms, first->taken_real_ms);
    assert_int_equal(paused->domains[0].state_since_real_ms, paused->taken_real_ms);
    snapshot_unref(first);
    snapshot_unref(same);
    snapshot_unref(paused);
}

static void a_state_that_cannot_be_read_remembers_the_last(void **state)
{
    struct snapshot *first = one_domain(3, DOMAIN_PAUSED, NOW),
                    *unread = one_domain(3, DOMAIN_STATE_UNREAD, NOW + 1);

    (void)state;
    first->domains[0].last_reason = 5;
    history_inherit(unread, first, &nothing, true);
    assert_int_equal(unread->domains[0].last_state, DOMAIN_PAUSED);
    assert_int_equal(unread->domains[0].last_reason, 5);
    snapshot_unref(first);
    snapshot_unref(unread);
}

static void numbers_are_handed_on_within_one_run_only(void **state)
{
    struct snapshot *first = one_domain(3, DOMAIN_RUNNING, NOW), *same = one_domain(3, DOMAIN_RUNNING, NOW + 1);
    struct snapshot *other = one_domain(4, DOMAIN_RUNNING, NOW + 2);

    (void)state;
    first->domains[0].numbers = (struct domain_numbers){ .facts = FACT_VCPUS, .vcpus = 8 };
    history_inherit(same, first, &nothing, true);
    assert_int_equal(same->domains[0].numbers.vcpus, 8);
    assert_false(same->domains[0].answered);
    history_inherit(other, same, &nothing, true);
    assert_int_equal(other->domains[0].numbers.facts, 0);
    snapshot_unref(first);
    snapshot_unref(same);
    snapshot_unref(other);
}

static struct snapshot *described(int64_t read_boot_ms)
{
    struct snapshot *snapshot = one_domain(3, DOMAIN_RUNNING, NOW);
    struct describer *describer = describer_new();

    assert_non_null(describer);
    snapshot->domains[0].description = describe(describer, "<domain/>");
    assert_non_null(snapshot->domains[0].description);
    snapshot->domains[0].description->read_boot_ms = read_boot_ms;
    describer_free(describer);
    return snapshot;
}

/* Whether what was read of the XML is to be read again. */
static bool is_asked_again(int64_t read_boot_ms, int id, const struct mail *mail, bool has_events)
{
    struct snapshot *before = described(read_boot_ms), *after = one_domain(id, DOMAIN_RUNNING, NOW + 1);
    bool again;

    history_inherit(after, before, mail, has_events);
    assert_ptr_equal(after->domains[0].description, before->domains[0].description);
    again = after->domains[0].describe_again;
    snapshot_unref(before);
    snapshot_unref(after);
    return again;
}

static void xml_is_read_again_when_something_says_so(void **state)
{
    struct mail_item item = { .uuid = { 1 }, .kinds = MAIL_DESCRIBED };
    const struct mail described_mail = { .count = 1, .items = &item }, overflowed = { .overflowed = true };
    struct mail_item change = { .uuid = { 1 }, .kinds = MAIL_CHANGED };
    const struct mail changed_mail = { .count = 1, .items = &change };

    (void)state;
    assert_false(is_asked_again(NOW, 3, &nothing, true));
    assert_false(is_asked_again(NOW, 3, &changed_mail, true));
    assert_true(is_asked_again(NOW, 3, &described_mail, true));
    assert_true(is_asked_again(NOW, 3, &overflowed, true));
    assert_true(is_asked_again(NOW, 4, &nothing, true));
    assert_false(is_asked_again(NOW - 3600000, 3, &nothing, true));
    assert_true(is_asked_again(NOW - 3600000, 3, &nothing, false)); /* nothing else would tell */
    assert_false(is_asked_again(NOW - 60000, 3, &nothing, false));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_run_keeps_its_start_and_a_new_one_begins_anew),
        cmocka_unit_test(a_state_is_dated_when_it_is_first_seen),
        cmocka_unit_test(a_state_that_cannot_be_read_remembers_the_last),
        cmocka_unit_test(numbers_are_handed_on_within_one_run_only),
        cmocka_unit_test(xml_is_read_again_when_something_says_so),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
