/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/mib/walks_state.h"

static enum walks_match walks_fit_match(const struct walks *walks, size_t number, const struct walk_name *name)
{
    const struct walk *walk = &walks->walks[number];

    if (walks_bounds_is_over(walks, walk))
        return WALKS_UNKNOWN;
    if (walks_is_beginning(number))
        return name->waiting > 0 ? WALKS_LAST : WALKS_INSIDE;
    if (name->response == walk->response)
        return name->waiting > 0 ? WALKS_LAST : WALKS_INSIDE;
    return name->response + 1 == walk->response && name->waiting > 0 ? WALKS_RETRY : WALKS_UNKNOWN;
}

/* A name in the middle of a response is where a manager continues whose responses are truncated. */
static bool walks_fit_is_expected(const struct walk *walk, enum walks_match match)
{
    return match == WALKS_LAST || (match == WALKS_INSIDE && walk->is_truncated);
}

static void walks_fit_name(struct walks *walks, const struct walk_name *name)
{
    size_t number = walk_names_owner(&walks->names, name);
    enum walks_match match = walks_fit_match(walks, number, name);
    struct walks_fit *fit = &walks->fits[number];
    bool is_expected = walks_fit_is_expected(&walks->walks[number], match);

    if (match == WALKS_UNKNOWN)
        return;
    fit->known++;
    fit->is_sure |= is_expected;
    fit->points += is_expected ? 4 : match == WALKS_RETRY ? 2 : 1;
    if (match > fit->match)
        fit->match = match;
    if (name->returned_us > fit->returned_us)
        fit->returned_us = name->returned_us;
}

void walks_fit_count(struct walks *walks, uint64_t hash)
{
    for (const struct walk_name *name = walk_names_first(&walks->names, hash); name;
         name = walk_names_next(&walks->names, name))
        walks_fit_name(walks, name);
}

int64_t walks_fit_pace(const struct walks *walks, size_t number)
{
    return walks_is_beginning(number) ? walks->pace_us : walks->walks[number].pace_us;
}

/* Could the walk's manager ask only now? */
static bool walks_fit_is_due(const struct walks *walks, size_t number)
{
    return walks->now_us - walks->fits[number].returned_us <= 20000 + 4 * walks_fit_pace(walks, number);
}

/* A program that asks again at once is faster than one that is far away, or that waits. Small differences say
 * nothing. */
static bool walks_fit_is_faster(const struct walks *walks, size_t one, size_t other)
{
    return 3 * walks_fit_pace(walks, one) + 100 < walks_fit_pace(walks, other);
}

/* Is the request more likely to belong to `one` than to `other`? */
static bool walks_fit_is_better(const struct walks *walks, size_t one, size_t other)
{
    const struct walks_fit *a = &walks->fits[one], *b = &walks->fits[other];
    bool is_due = walks_fit_is_due(walks, one);

    if (a->points != b->points)
        return a->points > b->points;
    if (is_due != walks_fit_is_due(walks, other))
        return is_due;
    if (!is_due)
        return a->returned_us > b->returned_us;
    if (walks_fit_is_faster(walks, one, other) || walks_fit_is_faster(walks, other, one))
        return walks_fit_is_faster(walks, one, other);
    return a->returned_us < b->returned_us;
}

/* One known name among others is not enough if nobody is expected to continue from it: a manager may ask for the
 * same scalar with every request, also with the one that starts a walk. */
static bool walks_fit_is_possible(const struct walks *walks, size_t number)
{
    const struct walks_fit *fit = &walks->fits[number];

    return fit->is_sure || 2 * fit->known > walks->asked_count;
}

size_t walks_fit_best(const struct walks *walks)
{
    size_t best = WALKS_NONE;

    for (size_t i = 0; i < WALKS_NUMBERS; i++)
        if (walks_fit_is_possible(walks, i) && (best == WALKS_NONE || walks_fit_is_better(walks, i, best)))
            best = i;
    return best;
}
