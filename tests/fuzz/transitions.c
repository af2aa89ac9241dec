/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is reported about domains. Either the input chooses a possible life of each domain
 * (tests/unit/notify/histories.h), or it chooses any rows and any events, in any order, with listings that missed
 * some. Nothing may be reported twice, and after the rows have stayed the same for some time, what was reported
 * last is what they show. */
#include <stdlib.h>
#include <string.h>

#include "tests/fuzz/fuzz.h"
#include "tests/unit/notify/histories.h"
#include "tests/unit/notify/scenario.h"

enum { DOMAINS = 3, ROUNDS_MAX = 60, EVENTS_MAX = 6, QUIET_ROUNDS = 60 };

/* At the end of the input, chance goes on, because a life must reach its end. */
struct chance {
    struct fuzz_input *input;
    unsigned seed;
};

static unsigned draw(void *data, unsigned below)
{
    struct chance *chance = data;

    if (chance->input->size > 0)
        return fuzz_below(chance->input, below);
    chance->seed = chance->seed * 1103515245u + 12345u;
    return (chance->seed >> 16) % below;
}

static void live(struct fuzz_input *input)
{
    static const struct distance distances[] = { { 0, 0 }, { 1, 0 }, { 2, 0 }, { 0, 1 } };
    struct chance chance = { input, (unsigned)fuzz_number(input) };
    struct distance distance = distances[fuzz_below(input, 4)];

    histories_run(&(struct dice){ draw, &chance }, distance, 0);
}

/* What was reported last about a domain. */
struct reported {
    enum vm_oper_state state;
    bool exists;
};

static void collect(struct reported reported[DOMAINS], const struct change *change)
{
    struct reported *one = &reported[change->uuid[UUID_BYTES - 1]];

    fuzz_require(change->before == one->state, "a change from %d, but %d was reported", (int)change->before,
                 (int)one->state);
    fuzz_require(change->kind != CHANGE_STATE || change->after != change->before, "%d is reported twice",
                 (int)change->after);
    one->state = change->kind == CHANGE_DELETED ? VM_OPER_SHUTDOWN : change->after;
    one->exists = change->kind != CHANGE_DELETED;
}

static void follow(struct transitions *transitions, struct snapshot *snapshot, struct reported reported[DOMAINS])
{
    unsigned events_lost = snapshot->events_lost;
    struct changes changes = scenario_follow(transitions, snapshot);

    fuzz_require(changes.lost == events_lost, "%u changes are lost", changes.lost);
    for (size_t i = 0; i < changes.count; i++)
        collect(reported, &changes.items[i]);
    changes_clear(&changes);
}

/* Events arrive in the order of their times. Some arrive after the listing has begun. */
static void add_events(struct fuzz_input *input, struct snapshot *snapshot, int64_t *last)
{
    for (unsigned i = fuzz_below(input, EVENTS_MAX); i > 0; i--) {
        struct step step = { (int)fuzz_below(input, 11), (int)fuzz_below(input, 9), ROW_GONE };
        int64_t boot_ms = snapshot->taken_boot_ms + 50 - fuzz_below(input, 250);

        *last = boot_ms > *last ? boot_ms : *last;
        scenario_event(snapshot, fuzz_below(input, DOMAINS), &step, *last);
    }
    snapshot->events_missed = fuzz_below(input, 16) == 15;
    snapshot->events_lost = fuzz_below(input, 16) == 15;
}

static void send_anything(struct fuzz_input *input)
{
    struct transitions *transitions = transitions_new();
    struct reported reported[DOMAINS] = { { VM_OPER_SHUTDOWN, false },
                                          { VM_OPER_SHUTDOWN, false },
                                          { VM_OPER_SHUTDOWN, false } };
    enum row_kind rows[DOMAINS] = { ROW_GONE };
    bool is_without_events = fuzz_below(input, 8) == 7;
    int64_t now = SCENARIO_BEGIN, last = 0;

    fuzz_require(transitions, "out of memory");
    follow(transitions, scenario_listing(rows, DOMAINS, now), reported);
    for (unsigned round = 0; round < ROUNDS_MAX + QUIET_ROUNDS; round++) {
        bool is_quiet = round >= ROUNDS_MAX || input->size == 0;
        struct snapshot *snapshot;

        now += is_quiet ? 100 : 1 + (int64_t)fuzz_below(input, 3000);
        for (unsigned i = 0; i < DOMAINS && !is_quiet; i++)
            if (fuzz_bool(input))
                rows[i] = fuzz_below(input, ROW_KINDS);
        snapshot = scenario_listing(rows, DOMAINS, now);
        snapshot->without_events = is_without_events;
        if (!is_quiet && !is_without_events)
            add_events(input, snapshot, &last);
        follow(transitions, snapshot, reported);
    }
    for (unsigned i = 0; i < DOMAINS; i++)
        fuzz_require(reported[i].state == scenario_state(rows[i]), "domain %u: reported as %d, and is %d", i,
                     (int)reported[i].state, (int)scenario_state(rows[i]));
    fuzz_require(transitions_due(transitions) == 0, "something is still due");
    transitions_free(transitions);
}

void fuzz_one(struct fuzz_input *input)
{
    if (fuzz_bool(input))
        live(input);
    else
        send_anything(input);
}
