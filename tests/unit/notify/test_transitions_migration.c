/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Changes in a migration, with rows and events that were recorded from libvirt 9.0.0 with two QEMU hosts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "agent/notify/transitions.h"
#include "tests/unit/fixtures.h"

enum { DELETED = -1, CHANGES_WANTED_MAX = 4 };

static const struct domain runs = {
    .id = 1, .state = 1, .reason = 1, .last_state = 1, .last_reason = 1, .name = "d"
};
static const struct domain goes = { .id = 1,
                                    .state = 1,
                                    .reason = 1,
                                    .last_state = 1,
                                    .last_reason = 1,
                                    .name = "d",
                                    .job = DOMAIN_JOB_MIGRATION_OUT };
static const struct domain went = {
    .id = DOMAIN_ID_INACTIVE, .state = 5, .reason = 4, .last_state = 5, .last_reason = 4, .name = "d"
};
static const struct domain comes = { .id = 1,
                                     .state = 3,
                                     .reason = 2,
                                     .last_state = 3,
                                     .last_reason = 2,
                                     .name = "d",
                                     .job = DOMAIN_JOB_MIGRATION_IN };
static const struct domain came = {
    .id = 1, .state = 1, .reason = 2, .last_state = 1, .last_reason = 2, .name = "d"
};

static struct snapshot *snapshot_of(const struct domain *row, int64_t taken_boot_ms)
{
    struct snapshot *snapshot = fixture_snapshot(row, row != NULL);

    snapshot->taken_boot_ms = taken_boot_ms;
    return snapshot;
}

/* Two listings have these rows (NULL: none), with these events between them: pairs of number and detail. Checks
 * that these states are reported, up to a 0. A third listing is for changes that only the row shows. */
static void assert_reported(const struct domain *before, const struct domain *now, const int events[][2],
                            size_t count, const int wanted[CHANGES_WANTED_MAX])
{
    struct transitions *transitions = transitions_new();
    size_t reported = 0;

    assert_non_null(transitions);
    for (int i = 0; i < 3; i++) {
        struct snapshot *snapshot = snapshot_of(i == 0 ? before : now, 90000 + 10000 * i);
        struct changes changes;

        if (i == 1) {
            snapshot->events = calloc(count + 1, sizeof(*snapshot->events));
            assert_non_null(snapshot->events);
            for (; snapshot->event_count < count; snapshot->event_count++)
                snapshot->events[snapshot->event_count] =
                    (struct domain_event){ .event = events[snapshot->event_count][0],
                                           .detail = events[snapshot->event_count][1],
                                           .boot_ms = 99900 };
        }
        changes = transitions_follow(transitions, snapshot);
        for (size_t c = 0; c < changes.count; c++) {
            const struct change *change = &changes.items[c];

            if (change->kind == CHANGE_FACTS)
                continue;
            assert_true(reported < CHANGES_WANTED_MAX);
            assert_int_equal(change->kind == CHANGE_DELETED ? DELETED : (int)change->after, wanted[reported++]);
        }
        changes_clear(&changes);
        snapshot_unref(snapshot);
    }
    assert_true(reported == CHANGES_WANTED_MAX || !wanted[reported]);
    transitions_free(transitions);
}

static void the_source_migrates_once_and_is_shut_down(void **state)
{
    static const int end[][2] = { { 3, 1 }, { 5, 3 } }, new_end[][2] = { { 3, 1 }, { 6, 2 }, { 5, 3 } };

    (void)state;
    assert_reported(&runs, &goes, NULL, 0, (int[CHANGES_WANTED_MAX]){ VM_OPER_MIGRATING });
    assert_reported(&goes, &goes, NULL, 0, (int[CHANGES_WANTED_MAX]){ 0 });
    assert_reported(&goes, &goes, end, 1, (int[CHANGES_WANTED_MAX]){ 0 });
    assert_reported(&goes, &went, end, 2, (int[CHANGES_WANTED_MAX]){ VM_OPER_SHUTDOWN });
    assert_reported(&goes, NULL, end, 2, (int[CHANGES_WANTED_MAX]){ VM_OPER_SHUTDOWN, DELETED });
    assert_reported(&runs, &went, end, 2, (int[CHANGES_WANTED_MAX]){ VM_OPER_MIGRATING, VM_OPER_SHUTDOWN });
    /* libvirt 11.3 sends SHUTDOWN host before the stop. */
    assert_reported(&goes, &went, new_end, 3, (int[CHANGES_WANTED_MAX]){ VM_OPER_SHUTDOWN });
    assert_reported(&goes, NULL, new_end, 3, (int[CHANGES_WANTED_MAX]){ VM_OPER_SHUTDOWN, DELETED });
}

static void a_source_whose_migration_is_canceled_runs_again(void **state)
{
    (void)state;
    assert_reported(&goes, &runs, NULL, 0,
                    (int[CHANGES_WANTED_MAX]){ VM_OPER_RUNNING }); /* there is no event for this */
}

static void the_target_migrates_and_runs(void **state)
{
    static const int events[][2] = { { 2, 1 }, { 4, 1 } };

    (void)state;
    assert_reported(NULL, &comes, events, 1, (int[CHANGES_WANTED_MAX]){ VM_OPER_MIGRATING });
    assert_reported(&comes, &came, events + 1, 1, (int[CHANGES_WANTED_MAX]){ VM_OPER_RUNNING });
    assert_reported(NULL, &came, events, 2, (int[CHANGES_WANTED_MAX]){ VM_OPER_MIGRATING, VM_OPER_RUNNING });
}

static void a_canceled_migration_to_this_host_is_no_crash(void **state)
{
    static const int given_up[][2] = { { 5, 5 } }, crashed[][2] = { { 4, 1 }, { 5, 5 } };
    static const int new_given_up[][2] = { { 6, 2 }, { 5, 5 } };

    (void)state;
    assert_reported(&comes, NULL, given_up, 1, (int[CHANGES_WANTED_MAX]){ VM_OPER_SHUTDOWN, DELETED });
    assert_reported(&comes, NULL, new_given_up, 2, (int[CHANGES_WANTED_MAX]){ VM_OPER_SHUTDOWN, DELETED });
    assert_reported(&comes, NULL, crashed, 2,
                    (int[CHANGES_WANTED_MAX]){ VM_OPER_RUNNING, VM_OPER_CRASHED, DELETED });
    assert_reported(&goes, NULL, given_up, 1, (int[CHANGES_WANTED_MAX]){ VM_OPER_CRASHED, DELETED });
    assert_reported(&runs, NULL, given_up, 1, (int[CHANGES_WANTED_MAX]){ VM_OPER_CRASHED, DELETED });
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_source_migrates_once_and_is_shut_down),
        cmocka_unit_test(a_source_whose_migration_is_canceled_runs_again),
        cmocka_unit_test(the_target_migrates_and_runs),
        cmocka_unit_test(a_canceled_migration_to_this_host_is_no_crash),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
