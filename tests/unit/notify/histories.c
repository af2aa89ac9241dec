/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base/array.h"
#include "tests/unit/notify/histories.h"
#include "tests/unit/notify/scenario.h"

enum { DOMAINS = 4, STEPS = 60, ROUNDS_MAX = 400, LATE_ROUNDS_MAX = 10 };

/* Actions that a domain with such a row can begin, with libvirt's events in order. */
/* clang-format off: an action a row. */
static const struct {
    enum row_kind from;
    unsigned count;
    struct step steps[3];
} actions[] = {
    { ROW_GONE, 1, { { DOMAIN_EVENT_DEFINED, 0, ROW_OFF } } },
    { ROW_GONE,
      2,
      { { DOMAIN_EVENT_RESUMED, 0, ROW_TRANSIENT_ON }, { DOMAIN_EVENT_STARTED, 0, ROW_TRANSIENT_ON } } },
    { ROW_OFF, 2, { { DOMAIN_EVENT_RESUMED, 0, ROW_ON }, { DOMAIN_EVENT_STARTED, 0, ROW_ON } } },
    { ROW_OFF,
      2,
      { { DOMAIN_EVENT_STARTED, 0, ROW_USER_PAUSED }, { DOMAIN_EVENT_SUSPENDED, 0, ROW_USER_PAUSED } } },
    { ROW_OFF, 1, { { DOMAIN_EVENT_UNDEFINED, 0, ROW_GONE } } },
    { ROW_OFF, 2, { { DOMAIN_EVENT_UNDEFINED, 1, ROW_OFF }, { DOMAIN_EVENT_DEFINED, 2, ROW_OFF } } },
    { ROW_ON, 1, { { DOMAIN_EVENT_SUSPENDED, 0, ROW_USER_PAUSED } } },
    { ROW_ON, 2, { { DOMAIN_EVENT_SHUTDOWN, 2, ROW_GOING_DOWN }, { DOMAIN_EVENT_STOPPED, 1, ROW_OFF } } },
    { ROW_ON, 1, { { DOMAIN_EVENT_STOPPED, 5, ROW_CRASHED } } },
    { ROW_ON, 2, { { DOMAIN_EVENT_SUSPENDED, 0, ROW_SAVING }, { DOMAIN_EVENT_STOPPED, 4, ROW_SAVED } } },
    /* The same with libvirt 11. */
    { ROW_ON,
      3,
      { { DOMAIN_EVENT_SUSPENDED, 0, ROW_SAVING },
        { DOMAIN_EVENT_SHUTDOWN, 2, ROW_GOING_DOWN },
        { DOMAIN_EVENT_STOPPED, 4, ROW_SAVED } } },
    { ROW_ON, 1, { { DOMAIN_EVENT_UNDEFINED, 0, ROW_TRANSIENT_ON } } },
    { ROW_USER_PAUSED, 1, { { DOMAIN_EVENT_RESUMED, 0, ROW_ON } } },
    { ROW_CRASHED, 2, { { DOMAIN_EVENT_RESUMED, 0, ROW_ON }, { DOMAIN_EVENT_STARTED, 0, ROW_ON } } },
    { ROW_CRASHED, 1, { { DOMAIN_EVENT_UNDEFINED, 0, ROW_GONE } } },
    { ROW_SAVED, 2, { { DOMAIN_EVENT_STARTED, 2, ROW_RESTORING }, { DOMAIN_EVENT_RESUMED, 2, ROW_ON } } },
    { ROW_TRANSIENT_ON, 1, { { DOMAIN_EVENT_DEFINED, 1, ROW_ON } } },
    { ROW_TRANSIENT_ON,
      2,
      { { DOMAIN_EVENT_SHUTDOWN, 2, ROW_TRANSIENT_GOING_DOWN }, { DOMAIN_EVENT_STOPPED, 1, ROW_GONE } } },
};
/* clang-format on */

/* One domain: its steps, how many of them its row and its events have reached, and what was reported. */
struct history {
    struct step steps[STEPS + 3];
    unsigned count, row, events;
    enum vm_oper_state state; /* as reported */
    unsigned changes, deletions;
    unsigned late_rounds; /* for how many listings its next event has been due */
};

static unsigned dice_draw(const struct dice *dice, unsigned below)
{
    return dice->draw(dice->data, below);
}

/* One of the actions that begin with such a row. */
static unsigned choose_action(const struct dice *dice, enum row_kind from)
{
    unsigned fitting[ARRAY_COUNT(actions)], count = 0;

    for (unsigned i = 0; i < ARRAY_COUNT(actions); i++)
        if (actions[i].from == from)
            fitting[count++] = i;
    return fitting[dice_draw(dice, count)];
}

static void make_history(const struct dice *dice, struct history *history)
{
    enum row_kind row = ROW_GONE;

    *history = (struct history){ .state = VM_OPER_SHUTDOWN };
    while (history->count < STEPS) {
        unsigned which = choose_action(dice, row);

        for (unsigned i = 0; i < actions[which].count; i++)
            history->steps[history->count++] = actions[which].steps[i];
        row = history->steps[history->count - 1].row;
    }
}

static enum row_kind row_kind_of(const struct history *history)
{
    return history->row == 0 ? ROW_GONE : history->steps[history->row - 1].row;
}

/* `seen` events had arrived before this listing began. Its row is no older than they are. */
static void move_row(const struct dice *dice, struct history *history, struct distance distance, unsigned seen)
{
    unsigned behind = dice_draw(dice, distance.behind + 1);

    if (history->row < seen)
        history->row = seen;
    if (history->row + behind < history->events)
        history->row = history->events - behind;
    if (history->row == history->events && distance.ahead > 0)
        history->row += dice_draw(dice, distance.ahead + 1);
    if (history->row > history->count)
        history->row = history->count;
}

/* True if the next event arrives soon: its row was listed already, or the domain is being restored. A domain that
 * is being restored for long has a job, which these rows do not have. */
static bool is_awaiting_event(const struct history *history)
{
    return history->row > history->events ||
           (history->events > 0 && history->steps[history->events - 1].row == ROW_RESTORING);
}

/* How many events arrive before the next listing. */
static unsigned count_new_events(const struct dice *dice, struct history *history)
{
    unsigned left = history->count - history->events;
    unsigned count = left > 0 ? dice_draw(dice, left < 4 ? left + 1 : 4) : 0;

    history->late_rounds = is_awaiting_event(history) ? history->late_rounds + 1 : 0;
    if (history->late_rounds < LATE_ROUNDS_MAX || (count > 0 && history->events + count >= history->row))
        return count;
    return history->row > history->events ? history->row - history->events : 1;
}

/* A listing with the next events of some domains. */
static struct snapshot *list(const struct dice *dice, struct history histories[DOMAINS], struct distance distance,
                             int64_t now)
{
    enum row_kind rows[DOMAINS];
    unsigned first[DOMAINS];
    struct snapshot *snapshot;

    for (unsigned d = 0; d < DOMAINS; d++) {
        first[d] = histories[d].events;
        histories[d].events += count_new_events(dice, &histories[d]);
        move_row(dice, &histories[d], distance, first[d]);
        rows[d] = row_kind_of(&histories[d]);
    }
    snapshot = scenario_listing(rows, DOMAINS, now);
    for (unsigned d = 0; d < DOMAINS; d++)
        for (unsigned i = first[d]; i < histories[d].events; i++)
            scenario_event(snapshot, d, &histories[d].steps[i], now - 50 + i - first[d]);
    return snapshot;
}

static void collect(struct history histories[DOMAINS], const struct change *change)
{
    struct history *history = &histories[change->uuid[UUID_BYTES - 1]];

    if (change->before != history->state)
        fail_msg("a change from %d, which was %d", (int)change->before, (int)history->state);
    if (change->kind == CHANGE_STATE && change->after == change->before)
        fail_msg("a change to %d, which it was", (int)change->after);
    history->changes += change->kind == CHANGE_STATE;
    history->state = change->after;
    if (change->kind == CHANGE_DELETED) {
        history->deletions++;
        history->state = VM_OPER_SHUTDOWN;
    }
}

static void collect_all(struct history histories[DOMAINS], struct transitions *transitions,
                        const struct snapshot *now)
{
    struct changes changes = transitions_follow(transitions, now);
    int64_t last = 0;

    for (size_t i = 0; i < changes.count; i++) {
        assert_true(changes.items[i].boot_ms >= last);
        assert_int_equal(changes.items[i].index, 0);
        last = changes.items[i].boot_ms;
        collect(histories, &changes.items[i]);
    }
    assert_int_equal(changes.lost, 0);
    changes_clear(&changes);
}

/* How often the state of a domain changed, and how often the domain was deleted. A domain that is started as
 * paused and resumed before the next listing can be reported as started and paused: `more` changes for each of
 * these. */
static unsigned count_changes(const struct history *history, unsigned more, unsigned *ends)
{
    enum vm_oper_state state = VM_OPER_SHUTDOWN;
    unsigned count = 0;

    *ends = 0;
    for (unsigned i = 0; i < history->count; i++) {
        const struct step *step = &history->steps[i];
        enum vm_oper_state next = scenario_state(step->row);

        count += next != state;
        count += step->event == DOMAIN_EVENT_STARTED && step->row == ROW_USER_PAUSED ? more : 0;
        state = next;
        *ends += step->row == ROW_GONE;
    }
    return count;
}

static void check_whole(const struct history *history, unsigned more, unsigned number)
{
    unsigned ends, most = count_changes(history, more, &ends);

    if (history->state != scenario_state(row_kind_of(history)))
        fail_msg("%u: reported as %d at last, and is %d", number, (int)history->state,
                 (int)scenario_state(row_kind_of(history)));
    if (history->changes > most)
        fail_msg("%u: %u changes are reported of %u", number, history->changes, most);
    if (history->deletions > ends)
        fail_msg("%u: %u deletions are reported of %u", number, history->deletions, ends);
}

void histories_run(const struct dice *dice, struct distance distance, unsigned number)
{
    struct history histories[DOMAINS];
    struct transitions *transitions = transitions_new();
    int64_t now = SCENARIO_BEGIN;

    assert_non_null(transitions);
    for (unsigned d = 0; d < DOMAINS; d++)
        make_history(dice, &histories[d]);
    for (unsigned round = 0; round <= ROUNDS_MAX; round++) {
        const enum row_kind gone[DOMAINS] = { ROW_GONE };
        struct snapshot *snapshot =
            round == 0 ? scenario_listing(gone, DOMAINS, now) : list(dice, histories, distance, now += 100);

        collect_all(histories, transitions, snapshot);
        snapshot_unref(snapshot);
    }
    for (unsigned d = 0; d < DOMAINS; d++) {
        assert_int_equal(histories[d].events, histories[d].count);
        check_whole(&histories[d], distance.ahead + distance.behind, number);
    }
    assert_int_equal(transitions_due(transitions), 0);
    transitions_free(transitions);
}
