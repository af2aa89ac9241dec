/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The sequences of events that libvirt was measured to send, in one batch and split into up to three at every
 * point, with rows that are as far as their events or ahead of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/between.h"
#include "tests/unit/notify/stories.h"

enum { STEPS_MAX = 8, TOLD_MAX = 10, DELETED = 100 };

struct sequence {
    const char *what;
    enum look before;
    struct step steps[STEPS_MAX];
    int told[TOLD_MAX]; /* the states, if all comes at once */
    int fine[TOLD_MAX]; /* the most that can be told if it comes bit by bit; empty: the same */
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
    { "define", LOOK_GONE, { { DEFINED(0), LOOK_OFF } }, { 0 }, { 0 } },
    { "start", LOOK_OFF, { { RESUMED(0), LOOK_ON }, { STARTED(0), LOOK_ON } }, { VM_OPER_RUNNING }, { 0 } },
    { "define and start",
      LOOK_GONE,
      { { DEFINED(0), LOOK_OFF }, { RESUMED(0), LOOK_ON }, { STARTED(0), LOOK_ON } },
      { VM_OPER_RUNNING },
      { 0 } },
    { "start as paused",
      LOOK_OFF,
      { { STARTED(0), LOOK_USER_PAUSED }, { SUSPENDED(0), LOOK_USER_PAUSED } },
      { VM_OPER_PAUSED },
      { 0 } },
    { "suspend", LOOK_ON, { { SUSPENDED(0), LOOK_USER_PAUSED } }, { VM_OPER_PAUSED }, { 0 } },
    { "resume", LOOK_USER_PAUSED, { { RESUMED(0), LOOK_ON } }, { VM_OPER_RUNNING }, { 0 } },
    { "suspend and resume",
      LOOK_ON,
      { { SUSPENDED(0), LOOK_USER_PAUSED }, { RESUMED(0), LOOK_ON } },
      { VM_OPER_PAUSED, VM_OPER_RUNNING },
      { 0 } },
    { "managed save",
      LOOK_ON,
      { { SUSPENDED(0), LOOK_SAVING }, { STOPPED(4), LOOK_SAVED } },
      { VM_OPER_SUSPENDED },
      { VM_OPER_SUSPENDING, VM_OPER_SUSPENDED } },
    { "start from the managed save",
      LOOK_SAVED,
      { { STARTED(2), LOOK_RESTORING }, { RESUMED(2), LOOK_ON } },
      { VM_OPER_RESUMING, VM_OPER_RUNNING },
      { 0 } },
    { "start from a managed save of a paused one",
      LOOK_SAVED,
      { { STARTED(2), LOOK_RESTORING }, { SUSPENDED(4), LOOK_RESTORING } },
      { VM_OPER_RESUMING, VM_OPER_PAUSED },
      { 0 } },
    { "save to a file",
      LOOK_ON,
      { { SUSPENDED(0), LOOK_SAVING }, { STOPPED(4), LOOK_SAVED_FILE } },
      { VM_OPER_SHUTDOWN },
      { VM_OPER_SUSPENDING, VM_OPER_SHUTDOWN } },
    { "restore from a file",
      LOOK_SAVED_FILE,
      { { STARTED(2), LOOK_RESTORING }, { RESUMED(2), LOOK_ON } },
      { VM_OPER_RESUMING, VM_OPER_RUNNING },
      { 0 } },
    { "save and start again",
      LOOK_ON,
      { { SUSPENDED(0), LOOK_SAVING },
        { STOPPED(4), LOOK_SAVED },
        { STARTED(2), LOOK_RESTORING },
        { RESUMED(2), LOOK_ON } },
      { VM_OPER_SUSPENDED, VM_OPER_RESUMING, VM_OPER_RUNNING },
      { VM_OPER_PAUSED, VM_OPER_SUSPENDING, VM_OPER_SUSPENDED, VM_OPER_SHUTDOWN, VM_OPER_RESUMING,
        VM_OPER_RUNNING } },
    { "managed save, libvirt 11",
      LOOK_ON,
      { { SUSPENDED(0), LOOK_SAVING }, { SHUTDOWN(2), LOOK_GOING_DOWN }, { STOPPED(4), LOOK_SAVED } },
      { VM_OPER_SUSPENDED },
      { VM_OPER_SUSPENDING, VM_OPER_SUSPENDED } },
    { "save to a file, libvirt 11",
      LOOK_ON,
      { { SUSPENDED(0), LOOK_SAVING }, { SHUTDOWN(2), LOOK_GOING_DOWN }, { STOPPED(4), LOOK_SAVED_FILE } },
      { VM_OPER_SHUTDOWN },
      { VM_OPER_SUSPENDING, VM_OPER_SHUTDOWN } },
    { "dump --crash",
      LOOK_ON,
      { { SUSPENDED(0), LOOK_DUMPING }, { STOPPED(2), LOOK_CRASHED } },
      { VM_OPER_PAUSED, VM_OPER_CRASHED },
      { 0 } },
    { "dump --crash, libvirt 11",
      LOOK_ON,
      { { SUSPENDED(0), LOOK_DUMPING }, { SHUTDOWN(2), LOOK_GOING_DOWN }, { STOPPED(2), LOOK_CRASHED } },
      { VM_OPER_PAUSED, VM_OPER_CRASHED },
      { 0 } },
    { "migration out",
      LOOK_ON,
      { { SUSPENDED(1), LOOK_RESTORING }, { STOPPED(3), LOOK_OFF } },
      { VM_OPER_MIGRATING, VM_OPER_SHUTDOWN },
      { 0 } },
    { "migration out, libvirt 11",
      LOOK_ON,
      { { SUSPENDED(1), LOOK_RESTORING }, { SHUTDOWN(2), LOOK_GOING_DOWN }, { STOPPED(3), LOOK_OFF } },
      { VM_OPER_MIGRATING, VM_OPER_SHUTDOWN },
      { 0 } },
    { "migration out of what is undefined here, libvirt 11",
      LOOK_ON,
      { { SUSPENDED(1), LOOK_RESTORING },
        { SHUTDOWN(2), LOOK_GOING_DOWN },
        { STOPPED(3), LOOK_OFF },
        { UNDEFINED(0), LOOK_GONE } },
      { VM_OPER_MIGRATING, VM_OPER_SHUTDOWN, DELETED },
      { 0 } },
    { "migration in",
      LOOK_GONE,
      { { STARTED(1), LOOK_RESTORING }, { RESUMED(1), LOOK_TRANSIENT_ON }, { DEFINED(0), LOOK_ON } },
      { VM_OPER_MIGRATING, VM_OPER_RUNNING },
      { 0 } },
    { "migration in that is given up, libvirt 11",
      LOOK_OFF,
      { { STARTED(1), LOOK_RESTORING }, { SHUTDOWN(2), LOOK_GOING_DOWN }, { STOPPED(5), LOOK_OFF } },
      { VM_OPER_MIGRATING, VM_OPER_SHUTDOWN },
      { 0 } },
    { "recreated, libvirt 11.6",
      LOOK_TRANSIENT_ON,
      { { STOPPED(7), LOOK_TRANSIENT_GOING_DOWN }, { STARTED(5), LOOK_TRANSIENT_ON } },
      { VM_OPER_SHUTDOWN, VM_OPER_RUNNING },
      { 0 } },
    { "the guest shuts down, libvirt 11.10",
      LOOK_ON,
      { { SUSPENDED(9), LOOK_ENDING }, { STOPPED(0), LOOK_OFF } },
      { VM_OPER_SHUTTINGDOWN, VM_OPER_SHUTDOWN },
      { 0 } },
    { "reverted to a snapshot as paused",
      LOOK_ON,
      { { STOPPED(6), LOOK_OFF }, { STARTED(3), LOOK_USER_PAUSED }, { SUSPENDED(5), LOOK_USER_PAUSED } },
      { VM_OPER_SHUTDOWN, VM_OPER_PAUSED },
      { 0 } },
    { "an event of a later libvirt",
      LOOK_ON,
      { { 100, 0, LOOK_ON }, { SUSPENDED(0), LOOK_USER_PAUSED }, { 9, 7, LOOK_USER_PAUSED } },
      { VM_OPER_PAUSED },
      { 0 } },
    { "undefine while it runs", LOOK_ON, { { UNDEFINED(0), LOOK_TRANSIENT_ON } }, { 0 }, { 0 } },
    { "define again while it runs", LOOK_TRANSIENT_ON, { { DEFINED(1), LOOK_ON } }, { 0 }, { 0 } },
    { "destroy",
      LOOK_ON,
      { { SHUTDOWN(2), LOOK_GOING_DOWN }, { STOPPED(1), LOOK_OFF } },
      { VM_OPER_SHUTTINGDOWN, VM_OPER_SHUTDOWN },
      { 0 } },
    { "rename", LOOK_OFF, { { UNDEFINED(1), LOOK_OFF }, { DEFINED(2), LOOK_OFF } }, { 0 }, { 0 } },
    { "its process is killed", LOOK_ON, { { STOPPED(5), LOOK_CRASHED } }, { VM_OPER_CRASHED }, { 0 } },
    { "its process is killed and it starts again",
      LOOK_ON,
      { { STOPPED(5), LOOK_CRASHED }, { RESUMED(0), LOOK_ON }, { STARTED(0), LOOK_ON } },
      { VM_OPER_CRASHED, VM_OPER_RUNNING },
      { 0 } },
    { "a transient one comes",
      LOOK_GONE,
      { { RESUMED(0), LOOK_TRANSIENT_ON }, { STARTED(0), LOOK_TRANSIENT_ON } },
      { VM_OPER_RUNNING },
      { 0 } },
    { "a transient one is destroyed",
      LOOK_TRANSIENT_ON,
      { { SHUTDOWN(2), LOOK_TRANSIENT_GOING_DOWN }, { STOPPED(1), LOOK_GONE } },
      { VM_OPER_SHUTTINGDOWN, VM_OPER_SHUTDOWN, DELETED },
      { 0 } },
    { "undefine while it runs, then destroy",
      LOOK_ON,
      { { UNDEFINED(0), LOOK_TRANSIENT_ON },
        { SHUTDOWN(2), LOOK_TRANSIENT_GOING_DOWN },
        { STOPPED(1), LOOK_GONE } },
      { VM_OPER_SHUTTINGDOWN, VM_OPER_SHUTDOWN, DELETED },
      { 0 } },
    { "destroy and undefine",
      LOOK_ON,
      { { SHUTDOWN(2), LOOK_GOING_DOWN }, { STOPPED(1), LOOK_OFF }, { UNDEFINED(0), LOOK_GONE } },
      { VM_OPER_SHUTTINGDOWN, VM_OPER_SHUTDOWN, DELETED },
      { 0 } },
    { "undefine what is off", LOOK_OFF, { { UNDEFINED(0), LOOK_GONE } }, { DELETED }, { 0 } },
    { "undefine and define again",
      LOOK_OFF,
      { { UNDEFINED(0), LOOK_GONE }, { DEFINED(0), LOOK_OFF } },
      { DELETED },
      { 0 } },
};
/* clang-format on */

static unsigned count_steps(const struct sequence *sequence)
{
    unsigned count = 0;

    while (count < STEPS_MAX && sequence->steps[count].look + (unsigned)sequence->steps[count].event +
                                        (unsigned)sequence->steps[count].detail >
                                    0)
        count++;
    return count;
}

static enum look look_at(const struct sequence *sequence, unsigned step)
{
    return step == 0 ? sequence->before : sequence->steps[step - 1].look;
}

/* All that is told over some listings, of one domain. */
struct told {
    unsigned count, facts;
    int states[32], before[32];
    enum tristate persistent; /* of the last */
};

static void hear(struct told *told, struct transitions *transitions, struct snapshot *snapshot)
{
    struct changes changes = transitions_follow(transitions, snapshot);

    snapshot_unref(snapshot);
    for (size_t i = 0; i < changes.count; i++) {
        const struct change *change = &changes.items[i];

        if (change->kind == CHANGE_FACTS) {
            told->facts++;
            continue;
        }
        assert_between(told->count, 0, 31);
        told->before[told->count] = change->before;
        told->states[told->count++] = change->kind == CHANGE_DELETED ? DELETED : (int)change->after;
        told->persistent = change->persistent;
    }
    assert_int_equal(changes.lost, 0);
    changes_clear(&changes);
}

/* The collector's way: one listing behind the other. Listing `i` has the events before `ends[i]` and rows as
 * behind step `rows[i]`. */
static struct told run(const struct sequence *sequence, const unsigned *ends, const unsigned *rows, unsigned count)
{
    struct told told = { .count = 0 };
    struct transitions *transitions = transitions_new();
    int64_t now = STORY_BEGIN;
    unsigned all;

    assert_non_null(transitions);
    hear(&told, transitions, story_listing(&sequence->before, 1, now));
    for (unsigned i = 0, at = 0; i < count; i++) {
        enum look look = look_at(sequence, rows[i]);
        struct snapshot *snapshot = story_listing(&look, 1, now += 300);

        for (; at < ends[i]; at++)
            story_event(snapshot, 0, &sequence->steps[at], now - 50 + at);
        hear(&told, transitions, snapshot);
    }
    all = told.count + told.facts;
    /* Two listings later, and much later, nothing is left to tell. */
    for (unsigned i = 0; i < 2; i++) {
        enum look look = look_at(sequence, rows[count - 1]);

        hear(&told, transitions, story_listing(&look, 1, now += 10000));
    }
    assert_int_equal(told.count + told.facts, all);
    assert_int_equal(transitions_due(transitions), 0);
    transitions_free(transitions);
    return told;
}

static unsigned count_told(const int *states)
{
    unsigned count = 0;

    while (count < TOLD_MAX && states[count] != 0)
        count++;
    return count;
}

/* Each begins where the one before it ended; a new domain as shutdown. */
static void check_chain(const struct sequence *sequence, const struct told *told)
{
    int state = story_state(sequence->before);

    for (unsigned i = 0; i < told->count; i++) {
        if (told->before[i] != state)
            fail_msg("%s: change %u is from %d, which was %d", sequence->what, i, told->before[i], state);
        state = told->states[i] == DELETED ? state : told->states[i];
    }
}

static void all_at_once_is_told_as_it_was(void **state)
{
    (void)state;
    for (size_t s = 0; s < sizeof(sequences) / sizeof(*sequences); s++) {
        const struct sequence *sequence = &sequences[s];
        unsigned count = count_steps(sequence);
        struct told told = run(sequence, &count, &count, 1);

        check_chain(sequence, &told);
        if (told.count != count_told(sequence->told))
            fail_msg("%s: %u are told", sequence->what, told.count);
        for (unsigned i = 0; i < told.count; i++)
            if (told.states[i] != sequence->told[i])
                fail_msg("%s: change %u goes to %d", sequence->what, i, told.states[i]);
    }
}

/* What is told in pieces, by rows or by events, is nothing that did not happen, nothing twice, and ends well. */
static void check_pieces(const struct sequence *sequence, const unsigned ends[3], const unsigned rows[3])
{
    struct told told = run(sequence, ends, rows, 3);
    const int *fine = sequence->fine[0] ? sequence->fine : sequence->told;
    unsigned at = 0, most = count_told(fine);
    char where[200];

    (void)snprintf(where, sizeof(where), "%s, events to %u %u %u, rows at %u %u %u", sequence->what, ends[0],
                   ends[1], ends[2], rows[0], rows[1], rows[2]);
    check_chain(sequence, &told);
    for (unsigned i = 0; i < told.count; i++, at++) {
        while (at < most && fine[at] != told.states[i])
            at++;
        if (at == most)
            fail_msg("%s: change %u goes to %d", where, i, told.states[i]);
    }
    if (most > 0 && (told.count == 0 || told.states[told.count - 1] != fine[most - 1]))
        fail_msg("%s: the end is not told", where);
}

static void in_pieces_nothing_is_told_twice_or_made_up(void **state)
{
    (void)state;
    for (size_t s = 0; s < sizeof(sequences) / sizeof(*sequences); s++) {
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
        cmocka_unit_test(all_at_once_is_told_as_it_was),
        cmocka_unit_test(in_pieces_nothing_is_told_twice_or_made_up),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
