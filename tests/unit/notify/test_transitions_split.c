/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sequences of events that libvirt sends, as recorded from it: in one listing, and split over up to three listings
 * at every point, with rows that are as new as their events or newer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base/array.h"
#include "tests/unit/between.h"
#include "tests/unit/notify/scenario.h"

enum { STEPS_MAX = 8, CHANGES_WANTED_MAX = 10, DELETED = 100 };

struct sequence {
    const char *what;
    enum row_kind before;
    struct step steps[STEPS_MAX];
    int at_once[CHANGES_WANTED_MAX]; /* the reported states, if all events are in one listing */
    int split[CHANGES_WANTED_MAX];   /* the most that can be reported if they are split; empty: the same */
};

#define DEFINED(detail)   DOMAIN_EVENT_DEFINED, detail
#define UNDEFINED(detail) DOMAIN_EVENT_UNDEFINED, detail
#define STARTED(detail)   DOMAIN_EVENT_STARTED, detail
#define SUSPENDED(detail) DOMAIN_EVENT_SUSPENDED, detail
#define RESUMED(detail)   DOMAIN_EVENT_RESUMED, detail
#define STOPPED(detail)   DOMAIN_EVENT_STOPPED, detail
#define SHUTDOWN(detail)  DOMAIN_EVENT_SHUTDOWN, detail

/* clang-format off: a sequence a row. */
static const struct sequence sequences[] = {
    { "define", ROW_GONE, { { DEFINED(0), ROW_OFF } }, { 0 }, { 0 } },
    { "start", ROW_OFF, { { RESUMED(0), ROW_ON }, { STARTED(0), ROW_ON } }, { VM_OPER_RUNNING }, { 0 } },
    { "define and start",
      ROW_GONE,
      { { DEFINED(0), ROW_OFF }, { RESUMED(0), ROW_ON }, { STARTED(0), ROW_ON } },
      { VM_OPER_RUNNING },
      { 0 } },
    { "start as paused",
      ROW_OFF,
      { { STARTED(0), ROW_USER_PAUSED }, { SUSPENDED(0), ROW_USER_PAUSED } },
      { VM_OPER_PAUSED },
      { 0 } },
    { "suspend", ROW_ON, { { SUSPENDED(0), ROW_USER_PAUSED } }, { VM_OPER_PAUSED }, { 0 } },
    { "resume", ROW_USER_PAUSED, { { RESUMED(0), ROW_ON } }, { VM_OPER_RUNNING }, { 0 } },
    { "suspend and resume",
      ROW_ON,
      { { SUSPENDED(0), ROW_USER_PAUSED }, { RESUMED(0), ROW_ON } },
      { VM_OPER_PAUSED, VM_OPER_RUNNING },
      { 0 } },
    { "managed save",
      ROW_ON,
      { { SUSPENDED(0), ROW_SAVING }, { STOPPED(4), ROW_SAVED } },
      { VM_OPER_SUSPENDED },
      { VM_OPER_SUSPENDING, VM_OPER_SUSPENDED } },
    { "start from the managed save",
      ROW_SAVED,
      { { STARTED(2), ROW_RESTORING }, { RESUMED(2), ROW_ON } },
      { VM_OPER_RESUMING, VM_OPER_RUNNING },
      { 0 } },
    { "start from a managed save of a paused one",
      ROW_SAVED,
      { { STARTED(2), ROW_RESTORING }, { SUSPENDED(4), ROW_RESTORING } },
      { VM_OPER_RESUMING, VM_OPER_PAUSED },
      { 0 } },
    { "save to a file",
      ROW_ON,
      { { SUSPENDED(0), ROW_SAVING }, { STOPPED(4), ROW_SAVED_FILE } },
      { VM_OPER_SHUTDOWN },
      { VM_OPER_SUSPENDING, VM_OPER_SHUTDOWN } },
    { "restore from a file",
      ROW_SAVED_FILE,
      { { STARTED(2), ROW_RESTORING }, { RESUMED(2), ROW_ON } },
      { VM_OPER_RESUMING, VM_OPER_RUNNING },
      { 0 } },
    { "save and start again",
      ROW_ON,
      { { SUSPENDED(0), ROW_SAVING },
        { STOPPED(4), ROW_SAVED },
        { STARTED(2), ROW_RESTORING },
        { RESUMED(2), ROW_ON } },
      { VM_OPER_SUSPENDED, VM_OPER_RESUMING, VM_OPER_RUNNING },
      { VM_OPER_PAUSED, VM_OPER_SUSPENDING, VM_OPER_SUSPENDED, VM_OPER_SHUTDOWN, VM_OPER_RESUMING,
        VM_OPER_RUNNING } },
    { "managed save, libvirt 11",
      ROW_ON,
      { { SUSPENDED(0), ROW_SAVING }, { SHUTDOWN(2), ROW_GOING_DOWN }, { STOPPED(4), ROW_SAVED } },
      { VM_OPER_SUSPENDED },
      { VM_OPER_SUSPENDING, VM_OPER_SUSPENDED } },
    { "save to a file, libvirt 11",
      ROW_ON,
      { { SUSPENDED(0), ROW_SAVING }, { SHUTDOWN(2), ROW_GOING_DOWN }, { STOPPED(4), ROW_SAVED_FILE } },
      { VM_OPER_SHUTDOWN },
      { VM_OPER_SUSPENDING, VM_OPER_SHUTDOWN } },
    { "dump --crash",
      ROW_ON,
      { { SUSPENDED(0), ROW_DUMPING }, { STOPPED(2), ROW_CRASHED } },
      { VM_OPER_PAUSED, VM_OPER_CRASHED },
      { 0 } },
    { "dump --crash, libvirt 11",
      ROW_ON,
      { { SUSPENDED(0), ROW_DUMPING }, { SHUTDOWN(2), ROW_GOING_DOWN }, { STOPPED(2), ROW_CRASHED } },
      { VM_OPER_PAUSED, VM_OPER_CRASHED },
      { 0 } },
    { "migration out",
      ROW_ON,
      { { SUSPENDED(1), ROW_RESTORING }, { STOPPED(3), ROW_OFF } },
      { VM_OPER_MIGRATING, VM_OPER_SHUTDOWN },
      { 0 } },
    { "migration out, libvirt 11",
      ROW_ON,
      { { SUSPENDED(1), ROW_RESTORING }, { SHUTDOWN(2), ROW_GOING_DOWN }, { STOPPED(3), ROW_OFF } },
      { VM_OPER_MIGRATING, VM_OPER_SHUTDOWN },
      { 0 } },
    { "migration out of what is undefined here, libvirt 11",
      ROW_ON,
      { { SUSPENDED(1), ROW_RESTORING },
        { SHUTDOWN(2), ROW_GOING_DOWN },
        { STOPPED(3), ROW_OFF },
        { UNDEFINED(0), ROW_GONE } },
      { VM_OPER_MIGRATING, VM_OPER_SHUTDOWN, DELETED },
      { 0 } },
    { "migration in",
      ROW_GONE,
      { { STARTED(1), ROW_RESTORING }, { RESUMED(1), ROW_TRANSIENT_ON }, { DEFINED(0), ROW_ON } },
      { VM_OPER_MIGRATING, VM_OPER_RUNNING },
      { 0 } },
    { "migration in that is given up, libvirt 11",
      ROW_OFF,
      { { STARTED(1), ROW_RESTORING }, { SHUTDOWN(2), ROW_GOING_DOWN }, { STOPPED(5), ROW_OFF } },
      { VM_OPER_MIGRATING, VM_OPER_SHUTDOWN },
      { 0 } },
    { "recreated, libvirt 11.6",
      ROW_TRANSIENT_ON,
      { { STOPPED(7), ROW_TRANSIENT_GOING_DOWN }, { STARTED(5), ROW_TRANSIENT_ON } },
      { VM_OPER_SHUTDOWN, VM_OPER_RUNNING },
      { 0 } },
    { "the guest shuts down, libvirt 11.10",
      ROW_ON,
      { { SUSPENDED(9), ROW_ENDING }, { STOPPED(0), ROW_OFF } },
      { VM_OPER_SHUTTINGDOWN, VM_OPER_SHUTDOWN },
      { 0 } },
    { "reverted to a snapshot as paused",
      ROW_ON,
      { { STOPPED(6), ROW_OFF }, { STARTED(3), ROW_USER_PAUSED }, { SUSPENDED(5), ROW_USER_PAUSED } },
      { VM_OPER_SHUTDOWN, VM_OPER_PAUSED },
      { 0 } },
    { "an event of a later libvirt",
      ROW_ON,
      { { 100, 0, ROW_ON }, { SUSPENDED(0), ROW_USER_PAUSED }, { 9, 7, ROW_USER_PAUSED } },
      { VM_OPER_PAUSED },
      { 0 } },
    { "undefine while it runs", ROW_ON, { { UNDEFINED(0), ROW_TRANSIENT_ON } }, { 0 }, { 0 } },
    { "define again while it runs", ROW_TRANSIENT_ON, { { DEFINED(1), ROW_ON } }, { 0 }, { 0 } },
    { "destroy",
      ROW_ON,
      { { SHUTDOWN(2), ROW_GOING_DOWN }, { STOPPED(1), ROW_OFF } },
      { VM_OPER_SHUTTINGDOWN, VM_OPER_SHUTDOWN },
      { 0 } },
    { "rename", ROW_OFF, { { UNDEFINED(1), ROW_OFF }, { DEFINED(2), ROW_OFF } }, { 0 }, { 0 } },
    { "its process is killed", ROW_ON, { { STOPPED(5), ROW_CRASHED } }, { VM_OPER_CRASHED }, { 0 } },
    { "its process is killed and it starts again",
      ROW_ON,
      { { STOPPED(5), ROW_CRASHED }, { RESUMED(0), ROW_ON }, { STARTED(0), ROW_ON } },
      { VM_OPER_CRASHED, VM_OPER_RUNNING },
      { 0 } },
    { "a transient one comes",
      ROW_GONE,
      { { RESUMED(0), ROW_TRANSIENT_ON }, { STARTED(0), ROW_TRANSIENT_ON } },
      { VM_OPER_RUNNING },
      { 0 } },
    { "a transient one is destroyed",
      ROW_TRANSIENT_ON,
      { { SHUTDOWN(2), ROW_TRANSIENT_GOING_DOWN }, { STOPPED(1), ROW_GONE } },
      { VM_OPER_SHUTTINGDOWN, VM_OPER_SHUTDOWN, DELETED },
      { 0 } },
    { "undefine while it runs, then destroy",
      ROW_ON,
      { { UNDEFINED(0), ROW_TRANSIENT_ON }, { SHUTDOWN(2), ROW_TRANSIENT_GOING_DOWN }, { STOPPED(1), ROW_GONE } },
      { VM_OPER_SHUTTINGDOWN, VM_OPER_SHUTDOWN, DELETED },
      { 0 } },
    { "destroy and undefine",
      ROW_ON,
      { { SHUTDOWN(2), ROW_GOING_DOWN }, { STOPPED(1), ROW_OFF }, { UNDEFINED(0), ROW_GONE } },
      { VM_OPER_SHUTTINGDOWN, VM_OPER_SHUTDOWN, DELETED },
      { 0 } },
    { "undefine what is off", ROW_OFF, { { UNDEFINED(0), ROW_GONE } }, { DELETED }, { 0 } },
    { "undefine and define again",
      ROW_OFF,
      { { UNDEFINED(0), ROW_GONE }, { DEFINED(0), ROW_OFF } },
      { DELETED },
      { 0 } },
};
/* clang-format on */

static unsigned count_steps(const struct sequence *sequence)
{
    unsigned count = 0;

    while (count < STEPS_MAX && sequence->steps[count].row + (unsigned)sequence->steps[count].event +
                                        (unsigned)sequence->steps[count].detail >
                                    0)
        count++;
    return count;
}

static enum row_kind row_kind_at(const struct sequence *sequence, unsigned step)
{
    return step == 0 ? sequence->before : sequence->steps[step - 1].row;
}

/* All changes of one domain over some listings. */
struct reported {
    unsigned count, facts;
    int states[32], before[32];
    enum tristate persistent; /* of the last */
};

static void collect(struct reported *reported, struct transitions *transitions, struct snapshot *snapshot)
{
    struct changes changes = transitions_follow(transitions, snapshot);

    snapshot_unref(snapshot);
    for (size_t i = 0; i < changes.count; i++) {
        const struct change *change = &changes.items[i];

        if (change->kind == CHANGE_FACTS) {
            reported->facts++;
            continue;
        }
        assert_between(reported->count, 0, 31);
        reported->before[reported->count] = change->before;
        reported->states[reported->count++] = change->kind == CHANGE_DELETED ? DELETED : (int)change->after;
        reported->persistent = change->persistent;
    }
    assert_int_equal(changes.lost, 0);
    changes_clear(&changes);
}

/* One listing after the other. Listing `i` has the events before `ends[i]`, and the row after step `rows[i]`. */
static struct reported run(const struct sequence *sequence, const unsigned *ends, const unsigned *rows,
                           unsigned count)
{
    struct reported reported = { .count = 0 };
    struct transitions *transitions = transitions_new();
    int64_t now = SCENARIO_BEGIN;
    unsigned all;

    assert_non_null(transitions);
    collect(&reported, transitions, scenario_listing(&sequence->before, 1, now));
    for (unsigned i = 0, at = 0; i < count; i++) {
        enum row_kind row = row_kind_at(sequence, rows[i]);
        struct snapshot *snapshot = scenario_listing(&row, 1, now += 300);

        for (; at < ends[i]; at++)
            scenario_event(snapshot, 0, &sequence->steps[at], now - 50 + at);
        collect(&reported, transitions, snapshot);
    }
    all = reported.count + reported.facts;
    /* Later listings have no changes. */
    for (unsigned i = 0; i < 2; i++) {
        enum row_kind row = row_kind_at(sequence, rows[count - 1]);

        collect(&reported, transitions, scenario_listing(&row, 1, now += 10000));
    }
    assert_int_equal(reported.count + reported.facts, all);
    assert_int_equal(transitions_due(transitions), 0);
    transitions_free(transitions);
    return reported;
}

static unsigned count_states(const int *states)
{
    unsigned count = 0;

    while (count < CHANGES_WANTED_MAX && states[count] != 0)
        count++;
    return count;
}

/* Each change begins with the state in which the one before it ended. A new domain begins shut down. */
static void check_chain(const struct sequence *sequence, const struct reported *reported)
{
    int state = scenario_state(sequence->before);

    for (unsigned i = 0; i < reported->count; i++) {
        if (reported->before[i] != state)
            fail_msg("%s: change %u is from %d, which was %d", sequence->what, i, reported->before[i], state);
        state = reported->states[i] == DELETED ? state : reported->states[i];
    }
}

static void events_in_one_listing_give_exactly_the_expected_changes(void **state)
{
    (void)state;
    for (size_t s = 0; s < ARRAY_COUNT(sequences); s++) {
        const struct sequence *sequence = &sequences[s];
        unsigned count = count_steps(sequence);
        struct reported reported = run(sequence, &count, &count, 1);

        check_chain(sequence, &reported);
        if (reported.count != count_states(sequence->at_once))
            fail_msg("%s: %u changes are reported", sequence->what, reported.count);
        for (unsigned i = 0; i < reported.count; i++)
            if (reported.states[i] != sequence->at_once[i])
                fail_msg("%s: change %u goes to %d", sequence->what, i, reported.states[i]);
    }
}

/* The changes are in the right order and not repeated, and the last one is reported. */
static void check_pieces(const struct sequence *sequence, const unsigned ends[3], const unsigned rows[3])
{
    struct reported reported = run(sequence, ends, rows, 3);
    const int *wanted = sequence->split[0] ? sequence->split : sequence->at_once;
    unsigned at = 0, most = count_states(wanted);
    char where[200];

    (void)snprintf(where, sizeof(where), "%s, events to %u %u %u, rows at %u %u %u", sequence->what, ends[0],
                   ends[1], ends[2], rows[0], rows[1], rows[2]);
    check_chain(sequence, &reported);
    for (unsigned i = 0; i < reported.count; i++, at++) {
        while (at < most && wanted[at] != reported.states[i])
            at++;
        if (at == most)
            fail_msg("%s: change %u goes to %d", where, i, reported.states[i]);
    }
    if (most > 0 && (reported.count == 0 || reported.states[reported.count - 1] != wanted[most - 1]))
        fail_msg("%s: the last change is not reported", where);
}

static void split_events_give_no_change_twice_and_none_that_did_not_happen(void **state)
{
    (void)state;
    for (size_t s = 0; s < ARRAY_COUNT(sequences); s++) {
        unsigned n = count_steps(&sequences[s]);

        for (unsigned first = 0; first <= n; first++)
            for (unsigned second = first; second <= n; second++)
                for (unsigned row = first; row <= n; row++)
                    for (unsigned later = row > second ? row : second; later <= n; later++)
                        check_pieces(&sequences[s], (unsigned[]){ first, second, n },
                                     (unsigned[]){ row, later, n });
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(events_in_one_listing_give_exactly_the_expected_changes),
        cmocka_unit_test(split_events_give_no_change_twice_and_none_that_did_not_happen),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
