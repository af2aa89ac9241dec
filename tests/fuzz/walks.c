/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which rows answer a GETNEXT, while new rows are published. Either one manager walks a table again and again:
 * each of its walks must see one set of rows, the newest one at its start. Or strangers send any requests: they
 * must get rows that are not too old, and the newest ones if no name of a request was seen before. */
#include <stdlib.h>
#include <string.h>

#include "agent/mib/vm_mib.h"
#include "agent/mib/walks.h"
#include "tests/fuzz/fuzz.h"
#include "tests/unit/fixtures.h"

enum { MS = 1000, SECOND = 1000 * MS, HOLD_US = 30 * SECOND, TRANSACTION_US = 5 * SECOND };
enum { COLUMNS = 4, ROWS = 24, VIEWS_MAX = 120, STEPS_MAX = 400, NAMES_MAX = 70 };

struct place {
    unsigned column, row;
};

/* One set of rows, with a reference, so that no later one has the same address. */
struct view {
    struct rows *rows;
    bool has_row[ROWS + 1];
    int64_t superseded_us; /* 0: it is the newest */
};

struct stage {
    struct walks *walks;
    int64_t now_us, hold_us;
    uint32_t transaction;
    size_t view_count;
    struct view views[VIEWS_MAX];
    bool is_known[COLUMNS + 1][ROWS + 1]; /* that name was in a request or in an answer */
};

static void publish(struct fuzz_input *input, struct stage *stage)
{
    uint32_t *devices = calloc(1, sizeof(*devices));
    struct snapshot *snapshot = fixture_snapshot(NULL, 0);
    struct rows *rows = rows_new(snapshot, devices, devices, 0);
    struct view *view = &stage->views[stage->view_count];

    fuzz_require(rows, "out of memory");
    snapshot_unref(snapshot);
    if (stage->view_count > 0)
        view[-1].superseded_us = stage->now_us;
    *view = (struct view){ .rows = rows_ref(rows) };
    for (unsigned row = 1; row <= ROWS; row++)
        view->has_row[row] = fuzz_below(input, 4) != 0;
    stage->view_count++;
    walks_publish(stage->walks, rows, stage->now_us);
}

static const struct view *view_of(const struct stage *stage, const struct rows *rows)
{
    for (size_t i = 0; i < stage->view_count; i++)
        if (stage->views[i].rows == rows)
            return &stage->views[i];
    fuzz_require(false, "these rows were never published");
    return NULL;
}

static void pass_time(struct fuzz_input *input, struct stage *stage, unsigned kinds)
{
    static const int64_t times[] = {
        MS / 10, MS, 10 * MS, 200 * MS, 900 * MS, 3 * SECOND, 11 * SECOND, 31 * SECOND
    };

    stage->now_us += times[fuzz_below(input, kinds)];
}

static size_t name_place(struct place place, mib_subid name[4])
{
    name[0] = 1;
    name[1] = 3;
    name[2] = place.column;
    name[3] = place.row;
    return place.row == 0 ? 3 : 4;
}

/* The next place in these rows, column by column; false at the end of the table. */
static bool find_next(const struct view *view, struct place *place)
{
    for (; place->column < COLUMNS; place->column++, place->row = 0)
        while (++place->row <= ROWS)
            if (view->has_row[place->row])
                return true;
    return false;
}

/* One AgentX request of a stranger. */
static void ask_anything(struct fuzz_input *input, struct stage *stage)
{
    unsigned count = fuzz_bool(input) ? 1 : fuzz_below(input, NAMES_MAX);
    bool is_new = fuzz_below(input, 4) != 0, is_unknown = is_new;
    const struct view *view;
    mib_subid name[4];

    stage->transaction += is_new;
    walks_begin(stage->walks, fuzz_below(input, 8) == 7 ? 0 : stage->transaction, stage->now_us);
    for (unsigned i = 0; i < count; i++) {
        struct place place = { fuzz_below(input, COLUMNS + 1), fuzz_below(input, ROWS + 1) };

        is_unknown &= !stage->is_known[place.column][place.row];
        stage->is_known[place.column][place.row] = true;
        walks_ask(stage->walks, name, name_place(place, name));
    }
    view = view_of(stage, walks_choose(stage->walks));
    fuzz_require(!is_unknown || view->superseded_us == 0, "old rows for names that were not returned");
    fuzz_require(stage->hold_us > 0 || view->superseded_us == 0, "old rows without a hold");
    fuzz_require(view->superseded_us == 0 ||
                     view->superseded_us >= stage->now_us - stage->hold_us - TRANSACTION_US,
                 "rows that are too old");
    for (unsigned i = fuzz_below(input, count + 1); i > 0; i--) {
        struct place place = { fuzz_below(input, COLUMNS + 1), fuzz_below(input, ROWS + 1) };

        stage->is_known[place.column][place.row] = true;
        walks_returned(stage->walks, name, name_place(place, name));
    }
}

static void send_anything(struct fuzz_input *input, struct stage *stage)
{
    for (unsigned i = 0; i < STEPS_MAX && input->size > 0; i++) {
        unsigned step = fuzz_below(input, 8);

        if (step == 0 && stage->view_count < VIEWS_MAX)
            publish(input, stage);
        else if (step == 1)
            pass_time(input, stage, 8);
        else if (step == 2)
            (void)walks_gaps(stage->walks, fuzz_below(input, WALKS_MIBS_MAX), &vm_mib);
        else
            ask_anything(input, stage);
    }
}

/* One repetition of the manager's request. */
static bool answer(struct stage *stage, struct place *at, const struct rows *began)
{
    mib_subid name[4];
    const struct rows *rows;
    bool found;

    walks_begin(stage->walks, stage->transaction, stage->now_us);
    walks_ask(stage->walks, name, name_place(*at, name));
    rows = walks_choose(stage->walks);
    fuzz_require(rows == began, "a walk sees two sets of rows");
    found = find_next(view_of(stage, rows), at);
    if (found)
        walks_returned(stage->walks, name, name_place(*at, name));
    return found;
}

/* A GETBULK, of whose response only the first `fit` answers fit into a packet. Returns whether the walk goes on.
 */
static bool get_bulk(struct fuzz_input *input, struct stage *stage, struct place *at, const struct rows *began)
{
    unsigned repetitions = 1 + (fuzz_bool(input) ? fuzz_below(input, 4) : fuzz_below(input, 40)),
             fit = 1 + fuzz_below(input, repetitions);
    struct place next = *at;
    bool has_more = true, goes_on = true;

    stage->transaction++;
    for (unsigned i = 0; i < repetitions && has_more; i++) {
        has_more = answer(stage, &next, began);
        if (i >= fit)
            continue;
        *at = next;
        goes_on = has_more;
    }
    return goes_on;
}

/* The manager walks from the first column to the end of the table. When the hold is over, a walk goes on as a new
 * one, on the newest rows. If a response is lost, the manager repeats its request and gets it again; but a walk
 * whose first response is lost begins again. */
static void walk_once(struct fuzz_input *input, struct stage *stage)
{
    const struct rows *began = walks_newest(stage->walks);
    int64_t end_us = stage->now_us + HOLD_US;
    struct place at = { .column = 0 }, asked;
    bool goes_on = true, is_first = true;

    while (goes_on && input->size > 0) {
        asked = at;
        goes_on = get_bulk(input, stage, &at, began);
        if (fuzz_below(input, 4) == 0 && stage->view_count < VIEWS_MAX)
            publish(input, stage);
        pass_time(input, stage, 5);
        if (!is_first && fuzz_below(input, 8) == 7) {
            stage->now_us += 100 * MS;
            at = asked;
            goes_on = true;
        }
        is_first = stage->now_us >= end_us;
        if (is_first) {
            began = walks_newest(stage->walks);
            end_us = stage->now_us + HOLD_US;
        }
    }
}

static void walk_again_and_again(struct fuzz_input *input, struct stage *stage)
{
    while (input->size > 0) {
        walk_once(input, stage);
        stage->now_us += 40LL * SECOND; /* the walk is over, so the next one does not continue it */
    }
}

void fuzz_one(struct fuzz_input *input)
{
    static struct stage stage;
    bool is_alone = fuzz_bool(input);
    int64_t hold_us = is_alone || fuzz_below(input, 4) > 0 ? HOLD_US : 0;

    stage = (struct stage){ .walks = walks_new(hold_us), .now_us = SECOND, .hold_us = hold_us };
    fuzz_require(stage.walks, "out of memory");
    publish(input, &stage);
    if (is_alone)
        walk_again_and_again(input, &stage);
    else
        send_anything(input, &stage);
    walks_free(stage.walks);
    for (size_t i = 0; i < stage.view_count; i++)
        rows_unref(stage.views[i].rows);
}
