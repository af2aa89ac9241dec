/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Random lives of a few domains, in random batches, with rows that run ahead of events: what is told of each of
 * them must be one life, with nothing twice. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/notify/stories.h"

enum { DOMAINS = 4, STEPS = 60, LIVES = 3000, ROUNDS_MAX = 400 };

/* What may happen to a domain that looks so, in the order of libvirt's events. */
/* clang-format off: an action a row. */
static const struct {
    enum look from;
    unsigned count;
    struct step steps[3];
} actions[] = {
    { LOOK_GONE, 1, { { DOMAIN_EVENT_DEFINED, 0, LOOK_OFF } } },
    { LOOK_GONE,
      2,
      { { DOMAIN_EVENT_RESUMED, 0, LOOK_TRANSIENT_ON }, { DOMAIN_EVENT_STARTED, 0, LOOK_TRANSIENT_ON } } },
    { LOOK_OFF, 2, { { DOMAIN_EVENT_RESUMED, 0, LOOK_ON }, { DOMAIN_EVENT_STARTED, 0, LOOK_ON } } },
    { LOOK_OFF,
      2,
      { { DOMAIN_EVENT_STARTED, 0, LOOK_USER_PAUSED }, { DOMAIN_EVENT_SUSPENDED, 0, LOOK_USER_PAUSED } } },
    { LOOK_OFF, 1, { { DOMAIN_EVENT_UNDEFINED, 0, LOOK_GONE } } },
    { LOOK_OFF, 2, { { DOMAIN_EVENT_UNDEFINED, 1, LOOK_OFF }, { DOMAIN_EVENT_DEFINED, 2, LOOK_OFF } } },
    { LOOK_ON, 1, { { DOMAIN_EVENT_SUSPENDED, 0, LOOK_USER_PAUSED } } },
    { LOOK_ON, 2, { { DOMAIN_EVENT_SHUTDOWN, 2, LOOK_GOING_DOWN }, { DOMAIN_EVENT_STOPPED, 1, LOOK_OFF } } },
    { LOOK_ON, 1, { { DOMAIN_EVENT_STOPPED, 5, LOOK_CRASHED } } },
    { LOOK_ON, 2, { { DOMAIN_EVENT_SUSPENDED, 0, LOOK_SAVING }, { DOMAIN_EVENT_STOPPED, 4, LOOK_SAVED } } },
    /* The same as libvirt 11 tells it. */
    { LOOK_ON,
      3,
      { { DOMAIN_EVENT_SUSPENDED, 0, LOOK_SAVING },
        { DOMAIN_EVENT_SHUTDOWN, 2, LOOK_GOING_DOWN },
        { DOMAIN_EVENT_STOPPED, 4, LOOK_SAVED } } },
    { LOOK_ON, 1, { { DOMAIN_EVENT_UNDEFINED, 0, LOOK_TRANSIENT_ON } } },
    { LOOK_USER_PAUSED, 1, { { DOMAIN_EVENT_RESUMED, 0, LOOK_ON } } },
    { LOOK_CRASHED, 2, { { DOMAIN_EVENT_RESUMED, 0, LOOK_ON }, { DOMAIN_EVENT_STARTED, 0, LOOK_ON } } },
    { LOOK_CRASHED, 1, { { DOMAIN_EVENT_UNDEFINED, 0, LOOK_GONE } } },
    { LOOK_SAVED, 2, { { DOMAIN_EVENT_STARTED, 2, LOOK_RESTORING }, { DOMAIN_EVENT_RESUMED, 2, LOOK_ON } } },
    { LOOK_TRANSIENT_ON, 1, { { DOMAIN_EVENT_DEFINED, 1, LOOK_ON } } },
    { LOOK_TRANSIENT_ON,
      2,
      { { DOMAIN_EVENT_SHUTDOWN, 2, LOOK_TRANSIENT_GOING_DOWN }, { DOMAIN_EVENT_STOPPED, 1, LOOK_GONE } } },
};
/* clang-format on */

/* One domain: all that happens to it, how far its row and its events have come, and what was told. */
struct life {
    struct step steps[STEPS + 3];
    unsigned count, row, events;
    enum vm_oper_state state; /* as told */
    unsigned told, deleted;
};

static unsigned seed;

static unsigned draw(unsigned below)
{
    seed = seed * 1103515245u + 12345u;
    return (seed >> 16) % below;
}

static void live(struct life *life)
{
    enum look look = LOOK_GONE;

    *life = (struct life){ .state = VM_OPER_SHUTDOWN };
    while (life->count < STEPS) {
        unsigned which = draw(sizeof(actions) / sizeof(*actions));

        if (actions[which].from != look)
            continue;
        for (unsigned i = 0; i < actions[which].count; i++)
            life->steps[life->count++] = actions[which].steps[i];
        look = life->steps[life->count - 1].look;
    }
}

static enum look look_of(const struct life *life)
{
    return life->row == 0 ? LOOK_GONE : life->steps[life->row - 1].look;
}

/* Rows are up to `ahead` steps ahead of their events, or up to `behind` steps behind them. */
struct distance {
    unsigned ahead, behind;
};

static void move_row(struct life *life, struct distance distance)
{
    unsigned behind = draw(distance.behind + 1);

    if (life->row + behind < life->events)
        life->row = life->events - behind;
    if (life->row == life->events && distance.ahead > 0)
        life->row += draw(distance.ahead + 1);
    if (life->row > life->count)
        life->row = life->count;
}

/* A listing with the next events of some. */
static struct snapshot *list(struct life lives[DOMAINS], struct distance distance, int64_t now)
{
    enum look looks[DOMAINS];
    unsigned first[DOMAINS];
    struct snapshot *snapshot;

    for (unsigned d = 0; d < DOMAINS; d++) {
        unsigned left = lives[d].count - lives[d].events;

        first[d] = lives[d].events;
        lives[d].events += left > 0 ? draw(left < 4 ? left + 1 : 4) : 0;
        move_row(&lives[d], distance);
        looks[d] = look_of(&lives[d]);
    }
    snapshot = story_listing(looks, DOMAINS, now);
    for (unsigned d = 0; d < DOMAINS; d++)
        for (unsigned i = first[d]; i < lives[d].events; i++)
            story_event(snapshot, d, &lives[d].steps[i], now - 50 + i - first[d]);
    return snapshot;
}

static void hear(struct life lives[DOMAINS], const struct change *change)
{
    struct life *life = &lives[change->uuid[UUID_BYTES - 1]];

    if (change->before != life->state)
        fail_msg("a change from %d, which was %d", (int)change->before, (int)life->state);
    if (change->kind == CHANGE_STATE && change->after == change->before)
        fail_msg("a change to %d, which it was", (int)change->after);
    life->told += change->kind == CHANGE_STATE;
    life->state = change->after;
    if (change->kind == CHANGE_DELETED) {
        life->deleted++;
        life->state = VM_OPER_SHUTDOWN;
    }
}

static void hear_all(struct life lives[DOMAINS], struct transitions *transitions, const struct snapshot *now)
{
    struct changes changes = transitions_follow(transitions, now);
    int64_t last = 0;

    for (size_t i = 0; i < changes.count; i++) {
        assert_true(changes.items[i].boot_ms >= last);
        assert_int_equal(changes.items[i].index, 0);
        last = changes.items[i].boot_ms;
        hear(lives, &changes.items[i]);
    }
    assert_int_equal(changes.lost, 0);
    changes_clear(&changes);
}

/* How often a life truly changed its state, and how often it ended. A start as paused that is resumed before
 * anybody looks reads like a start and a pause: `more` for each. */
static unsigned count_true_changes(const struct life *life, unsigned more, unsigned *ends)
{
    enum vm_oper_state state = VM_OPER_SHUTDOWN;
    unsigned count = 0;

    *ends = 0;
    for (unsigned i = 0; i < life->count; i++) {
        const struct step *step = &life->steps[i];
        enum vm_oper_state next = story_state(step->look);

        count += next != state;
        count += step->event == DOMAIN_EVENT_STARTED && step->look == LOOK_USER_PAUSED ? more : 0;
        state = next;
        *ends += step->look == LOOK_GONE;
    }
    return count;
}

static void check_whole(const struct life *life, unsigned more, unsigned number)
{
    unsigned ends, most = count_true_changes(life, more, &ends);

    if (life->state != story_state(look_of(life)))
        fail_msg("%u: told as %d at last, and is %d", number, (int)life->state, (int)story_state(look_of(life)));
    if (life->told > most)
        fail_msg("%u: %u changes are told of %u", number, life->told, most);
    if (life->deleted > ends)
        fail_msg("%u: %u ends are told of %u", number, life->deleted, ends);
}

static void tell_lives(unsigned number, struct distance distance)
{
    struct life lives[DOMAINS];
    struct transitions *transitions = transitions_new();
    int64_t now = STORY_BEGIN;

    assert_non_null(transitions);
    seed = number;
    for (unsigned d = 0; d < DOMAINS; d++)
        live(&lives[d]);
    for (unsigned round = 0; round <= ROUNDS_MAX; round++) {
        const enum look gone[DOMAINS] = { LOOK_GONE };
        struct snapshot *snapshot =
            round == 0 ? story_listing(gone, DOMAINS, now) : list(lives, distance, now += 100);

        hear_all(lives, transitions, snapshot);
        snapshot_unref(snapshot);
    }
    for (unsigned d = 0; d < DOMAINS; d++) {
        assert_int_equal(lives[d].events, lives[d].count);
        check_whole(&lives[d], distance.ahead + distance.behind, number);
    }
    assert_int_equal(transitions_due(transitions), 0);
    transitions_free(transitions);
}

static void rows_as_far_as_their_events_tell_each_life_once(void **state)
{
    (void)state;
    for (unsigned number = 1; number <= LIVES; number++)
        tell_lives(number, (struct distance){ 0, 0 });
}

static void rows_ahead_of_their_events_tell_each_life_once(void **state)
{
    (void)state;
    for (unsigned number = 1; number <= LIVES; number++) {
        tell_lives(number, (struct distance){ 1, 0 });
        tell_lives(number, (struct distance){ 2, 0 });
    }
}

static void rows_behind_their_events_tell_each_life_once(void **state)
{
    (void)state;
    for (unsigned number = 1; number <= LIVES; number++)
        tell_lives(number, (struct distance){ 0, 1 });
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_as_far_as_their_events_tell_each_life_once),
        cmocka_unit_test(rows_ahead_of_their_events_tell_each_life_once),
        cmocka_unit_test(rows_behind_their_events_tell_each_life_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
