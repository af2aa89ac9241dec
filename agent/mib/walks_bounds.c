/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/mib/walks_state.h"

#include <stdlib.h>

/* After this time, a manager whose walk has reached its end does not continue it. */
static const int64_t walks_bounds_finished_us = 1000 * 1000;

/* A manager that does not continue from its first response within this time will not continue: many managers send
 * only one request, for a row or for a short column. */
static const int64_t walks_bounds_begun_us = 2 * 1000 * 1000;

/* A response is complete within this time. */
static const int64_t walks_bounds_response_us = 1000 * 1000;

void walks_bounds_forget_gaps(struct walks_rows *rows)
{
    for (size_t i = 0; i < WALKS_MIBS_MAX; i++) {
        free(rows->gaps[i]);
        rows->gaps[i] = NULL;
    }
}

bool walks_bounds_is_over(const struct walks *walks, const struct walk *walk)
{
    int64_t idle_us = walks->now_us - walk->active_us;
    bool is_beginning = walks_is_beginning((size_t)(walk - walks->walks));

    return (is_beginning && idle_us > walks_bounds_begun_us) || walks->now_us - walk->began_us >= walks->hold_us ||
           idle_us > WALKS_IDLE_US || (walk->is_finished && idle_us > walks_bounds_finished_us);
}

static void walks_bounds_end(struct walks *walks, size_t number)
{
    for (size_t i = 0; i < WALKS_TRANSACTIONS; i++)
        if (walks->transactions[i].walk == number)
            walks->transactions[i] = (struct walks_transaction){ .walk = WALKS_NONE };
    walk_names_clear(&walks->names, number);
    walks->walks[number].is_used = false;
}

/* If the hold ends inside a response, the rest of the response still comes from the same rows. */
static bool walks_bounds_is_in_response(const struct walks *walks, const struct walk *walk)
{
    return walks->now_us - walk->active_us <= walks_bounds_response_us;
}

void walks_bounds_sweep(struct walks *walks)
{
    for (size_t i = 0; i < WALKS_NUMBERS; i++) {
        const struct walk *walk = &walks->walks[i];

        if (walk->is_used && walks_bounds_is_over(walks, walk) && !walks_bounds_is_in_response(walks, walk))
            walks_bounds_end(walks, i);
    }
}

/* How long the walk was not continued, times a weight. The weight is high for a walk that will probably not go on:
 * many walks end with their first response, and a walk at its end hardly ever goes on. */
static int64_t walks_bounds_idleness(const struct walks *walks, size_t number)
{
    const struct walk *walk = &walks->walks[number];
    int64_t idle_us = walks->now_us - walk->active_us + 1;

    if (walk->is_finished)
        return 16 * idle_us;
    return walks_is_beginning(number) ? 4 * idle_us : idle_us;
}

static bool walks_bounds_needs_rows(const struct walks *walks, size_t number, size_t rows)
{
    return walks->walks[number].is_used && walks->walks[number].rows == rows;
}

/* The idleness of the rows' least idle walk; -1 if there is none. */
static int64_t walks_bounds_rows_idleness(const struct walks *walks, size_t rows)
{
    int64_t least = -1;

    for (size_t i = 0; i < WALKS_NUMBERS; i++) {
        int64_t idleness = walks_bounds_needs_rows(walks, i, rows) ? walks_bounds_idleness(walks, i) : -1;

        if (idleness >= 0 && (least < 0 || idleness < least))
            least = idleness;
    }
    return least;
}

static void walks_bounds_drop_rows(struct walks *walks, size_t rows)
{
    for (size_t i = 0; i < WALKS_NUMBERS; i++)
        if (walks_bounds_needs_rows(walks, i, rows))
            walks_bounds_end(walks, i);
    rows_unref(walks->rowsets[rows].rows);
    walks->rowsets[rows].rows = NULL;
    walks_bounds_forget_gaps(&walks->rowsets[rows]);
}

size_t walks_bounds_rows(struct walks *walks)
{
    size_t most = 0, free_place = WALKS_NONE;
    int64_t idleness[WALKS_ROWS_MAX];

    for (size_t i = 0; i < WALKS_ROWS_MAX; i++) {
        idleness[i] = walks_bounds_rows_idleness(walks, i);
        if (walks->rowsets[i].rows && idleness[i] < 0)
            walks_bounds_drop_rows(walks, i);
        if (!walks->rowsets[i].rows)
            free_place = i;
        if (idleness[i] > idleness[most])
            most = i;
    }
    if (free_place != WALKS_NONE)
        return free_place;
    walks_bounds_drop_rows(walks, most);
    return most;
}

size_t walks_bounds_walk(struct walks *walks)
{
    size_t most = WALKS_ROWS_MAX;

    for (size_t i = WALKS_ROWS_MAX; i < WALKS_NUMBERS; i++) {
        if (!walks->walks[i].is_used)
            return i;
        if (walks_bounds_idleness(walks, i) > walks_bounds_idleness(walks, most))
            most = i;
    }
    walks_bounds_end(walks, most);
    return most;
}
