/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/mib/walks_state.h"

#include <stdlib.h>
#include <string.h>

/* The shortest time after which a manager asks again because it got no response. */
static const int64_t walks_fit_retry_us = 100 * 1000;

/* A manager may be late by this much, because it shares its processor with others. */
static const int64_t walks_fit_slack_us = 5 * 1000;

static enum walks_match walks_fit_match(const struct walks *walks, size_t number, const struct walk_name *name)
{
    const struct walk *walk = &walks->walks[number];

    if (walks_bounds_is_over(walks, walk))
        return WALKS_UNKNOWN;
    if (walks_is_beginning(number) && name->waiting == 0)
        return name->passed > 0 ? WALKS_INSIDE : WALKS_UNKNOWN;
    if (name->response == walk->response)
        return name->waiting > 0 ? WALKS_LAST : WALKS_INSIDE;
    return name->response + 1 == walk->response && name->waiting > 0 ? WALKS_RETRY : WALKS_UNKNOWN;
}

/* If the responses are truncated, the manager continues from about the same place in each. */
static bool walks_fit_is_expected(const struct walk *walk, const struct walk_name *name, enum walks_match match)
{
    int distance = name->place - walk->truncated_at, most = 1 + walk->truncated_at / 8;

    if (!walk->is_truncated)
        return match == WALKS_LAST;
    return match == WALKS_INSIDE && (walk->truncated_at == 0 || abs(distance) <= most);
}

/* How likely it is that the walk's manager continues from this name; more is more likely. A manager does not
 * repeat its request at once. If it has continued from the end of a response, its responses are not truncated, and
 * it will hardly continue from inside one. */
static unsigned walks_fit_points(const struct walks *walks, size_t number, const struct walk_name *name,
                                 enum walks_match match)
{
    const struct walk *walk = &walks->walks[number];

    if (walks_fit_is_expected(walk, name, match))
        return match == WALKS_LAST ? 8 : 6;
    if (match == WALKS_RETRY)
        return walks->now_us - name->returned_us > walks_fit_retry_us ? 4 : 1;
    return walks_is_beginning(number) || walk->is_truncated ? 2 : 1;
}

/* A name counts more if its transaction asked for as many names in its first request as the current one. */
static void walks_fit_name(struct walks *walks, const struct walk_name *name)
{
    size_t number = walk_names_owner(&walks->names, name);
    enum walks_match match = walks_fit_match(walks, number, name);
    unsigned weight = name->width == walks->width ? 3 : 1;
    struct walks_fit *fit = &walks->fits[number];

    if (match == WALKS_UNKNOWN)
        return;
    fit->known++;
    fit->points += weight * walks_fit_points(walks, number, name, match);
    fit->is_sure |= walks_fit_is_expected(&walks->walks[number], name, match);
    fit->is_shared |= name->waiting > 1;
    if (match == WALKS_INSIDE)
        fit->place = name->place;
    if (match > fit->match)
        fit->match = match;
    if (name->returned_us > fit->returned_us)
        fit->returned_us = name->returned_us;
}

/* Counts a name that the request asks for, for each walk that returned it. */
static void walks_fit_count(struct walks *walks, uint64_t hash)
{
    for (const struct walk_name *name = walk_names_first(&walks->names, hash); name;
         name = walk_names_next(&walks->names, name))
        walks_fit_name(walks, name);
}

static int64_t walks_fit_pace(const struct walks *walks, size_t number)
{
    return walks_is_beginning(number) ? walks->pace_us : walks->walks[number].pace_us;
}

/* When the walk's manager is expected to ask. */
static int64_t walks_fit_due(const struct walks *walks, size_t number)
{
    return walks->fits[number].returned_us + walks_fit_pace(walks, number);
}

/* The manager should have asked long ago, so it may be gone. */
static bool walks_fit_is_late(const struct walks *walks, size_t number)
{
    int64_t waited_us = walks->now_us - walks->fits[number].returned_us;

    return waited_us > walks_fit_slack_us + 4 * walks_fit_pace(walks, number);
}

static unsigned walks_fit_score(const struct walks *walks, size_t number)
{
    return walks->fits[number].points * (walks_fit_is_late(walks, number) ? 1 : 2);
}

/* A manager continues with names of one response. So a walk that has returned fewer of them is less likely, even
 * if the manager of the other walk is late. The end of a walk in a short table has some names in common with the
 * beginning of the next walk: GETBULK goes on in the next columns. */
static int walks_fit_compare_known(const struct walks *walks, size_t one, size_t other)
{
    const struct walks_fit *a = &walks->fits[one], *b = &walks->fits[other];

    if (a->match != WALKS_LAST || b->match != WALKS_LAST || a->known == b->known)
        return 0;
    return a->known > b->known ? 1 : -1;
}

/* Is the request more likely to belong to `one` than to `other`? */
static bool walks_fit_is_better(const struct walks *walks, size_t one, size_t other)
{
    int known = walks_fit_compare_known(walks, one, other);
    unsigned score = walks_fit_score(walks, one), other_score = walks_fit_score(walks, other);

    if (known != 0)
        return known > 0;
    if (score != other_score)
        return score > other_score;
    /* Of two managers that are late, the one that has waited longer is more likely to be gone. */
    if (!walks->fits[one].is_sure || (walks_fit_is_late(walks, one) && walks_fit_is_late(walks, other)))
        return walks->fits[one].returned_us > walks->fits[other].returned_us;
    return walks_fit_due(walks, one) < walks_fit_due(walks, other);
}

/* If no manager is expected to continue from one of the names, the walk must have returned more than half of them:
 * a manager may ask for the same scalar in every request, also in the first request of a new walk. */
static bool walks_fit_is_possible(const struct walks *walks, size_t number)
{
    const struct walks_fit *fit = &walks->fits[number];

    return fit->is_sure || 2 * fit->known > walks->asked_count;
}

size_t walks_fit_best(struct walks *walks)
{
    size_t best = WALKS_NONE;

    memset(walks->fits, 0, sizeof(walks->fits));
    for (size_t i = 0; i < walks->asked_count; i++)
        walks_fit_count(walks, walks->asked[i]);
    for (size_t i = 0; i < WALKS_NUMBERS; i++)
        if (walks_fit_is_possible(walks, i) && (best == WALKS_NONE || walks_fit_is_better(walks, i, best)))
            best = i;
    return best;
}
