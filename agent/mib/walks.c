/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/mib/walks_state.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static_assert((int)WALKS_NUMBERS == (int)WALK_NAMES_OWNERS, "each walk has its ring of names");

/* A transaction ends within this time. Transaction numbers start again when the master restarts. */
static const int64_t walks_transaction_us = 5 * 1000 * 1000;

/* The pace of managers before it is known. */
static const int64_t walks_first_pace_us = 5000;

struct walks *walks_new(int64_t hold_us)
{
    struct walks *walks = calloc(1, sizeof(*walks));

    if (!walks)
        return NULL;
    walks->hold_us = hold_us;
    walks->pace_us = walks_first_pace_us;
    walks->newest = WALKS_NONE;
    walks->at = WALKS_NONE;
    return walks;
}

void walks_free(struct walks *walks)
{
    if (!walks)
        return;
    for (size_t i = 0; i < WALKS_ROWS_MAX; i++) {
        rows_unref(walks->rowsets[i].rows);
        walks_bounds_forget_gaps(&walks->rowsets[i]);
    }
    free(walks);
}

void walks_change(struct walks *walks, int64_t hold_us)
{
    walks->hold_us = hold_us;
    for (size_t i = 0; i < WALKS_ROWS_MAX; i++)
        walks_bounds_forget_gaps(&walks->rowsets[i]);
}

void walks_publish(struct walks *walks, struct rows *rows, int64_t now_us)
{
    walks->now_us = now_us;
    walks->at = WALKS_NONE;
    walks_bounds_sweep(walks);
    walks->newest = walks_bounds_rows(walks);
    walks->rowsets[walks->newest].rows = rows;
}

const struct rows *walks_newest(const struct walks *walks)
{
    return walks->newest == WALKS_NONE ? NULL : walks->rowsets[walks->newest].rows;
}

/* The walk of the current transaction, WALKS_NONE if the transaction is new. */
static size_t walks_find_transaction(struct walks *walks)
{
    for (size_t i = 0; i < WALKS_TRANSACTIONS && walks->transaction != 0; i++) {
        struct walks_transaction *known = &walks->transactions[i];

        if (known->number != walks->transaction || walks->now_us - known->active_us > walks_transaction_us)
            continue;
        known->active_us = walks->now_us;
        walks->width = known->width;
        return known->walk;
    }
    return WALKS_NONE;
}

/* Keeps the current transaction. It replaces the one whose last request is the oldest. */
static void walks_keep_transaction(struct walks *walks)
{
    struct walks_transaction *oldest = &walks->transactions[0];

    for (size_t i = 1; i < WALKS_TRANSACTIONS; i++)
        if (walks->transactions[i].active_us < oldest->active_us)
            oldest = &walks->transactions[i];
    *oldest = (struct walks_transaction){ walks->transaction, walks->at, walks->now_us, walks->width };
}

void walks_begin(struct walks *walks, uint32_t transaction, int64_t now_us)
{
    walks->now_us = now_us;
    walks->transaction = transaction;
    walks->manager = 0;
    walks->asked_count = 0;
    walks->width = 0;
    walks->first_length = 0;
    walks->at = walks_find_transaction(walks);
}

void walks_come_from(struct walks *walks, uint64_t manager)
{
    walks->manager = manager;
}

/* The same name is another one for each manager. */
static uint64_t walks_hash(const struct walks *walks, const mib_subid *name, size_t length)
{
    return walk_names_hash(name, length) ^ walks->manager;
}

/* The response goes on after this name, so this was not its last name. */
static void walks_pass(struct walks *walks, size_t number, uint64_t hash)
{
    struct walk_name *name = walk_names_find(&walks->names, number, hash);

    if (!name || name->waiting == 0 || name->response != walks->walks[number].response)
        return;
    name->waiting--;
    name->passed += name->passed < UINT8_MAX;
}

void walks_ask(struct walks *walks, const mib_subid *name, size_t length)
{
    uint64_t hash;

    if (walks->hold_us == 0 || walks->asked_count == WALKS_ASKED_MAX || length > MIB_OID_MAX)
        return;
    hash = walks_hash(walks, name, length);
    if (walks->asked_count == 0) {
        memcpy(walks->first, name, length * sizeof(*name));
        walks->first_length = length;
    }
    walks->asked[walks->asked_count++] = hash;
    if (walks->at != WALKS_NONE)
        walks_pass(walks, walks->at, hash);
    else
        walks->width = walks->asked_count;
}

static bool walks_is_below(const mib_subid *name, size_t length, const mib_subid *root, size_t root_length)
{
    return length >= root_length && mib_compare(name, root_length, root, root_length) == 0;
}

static void walks_set_root(struct walk *walk, const mib_subid *root, size_t length)
{
    walk->root_length = length;
    memcpy(walk->root, root, length * sizeof(*root));
}

/* The request continues no walk. */
static size_t walks_start(struct walks *walks)
{
    struct walk *walk = &walks->walks[walks->newest];

    walk->rows = walks->newest;
    walk->is_used = true;
    walk->began_us = walks->now_us;
    walks_set_root(walk, walks->first, walks->first_length);
    return walks->newest;
}

/* Drops the names of the request that the walk has not returned. */
static void walks_drop_unknown(struct walks *walks, size_t number)
{
    size_t kept = 0;

    for (size_t i = 0; i < walks->asked_count; i++)
        if (walk_names_find(&walks->names, number, walks->asked[i]))
            walks->asked[kept++] = walks->asked[i];
    walks->asked_count = kept;
}

/* Keeps the names of the request: if the response is lost, the manager asks for them again. */
static void walks_keep_asked(struct walks *walks, size_t number)
{
    for (size_t i = 0; i < walks->asked_count; i++) {
        struct walk_name *name = walk_names_put(&walks->names, number, walks->asked[i]);

        name->response = walks->walks[number].response - 1;
        name->waiting = 1;
        name->returned_us = walks->now_us;
        name->width = (uint8_t)walks->width;
    }
}

/* Makes a new walk for a manager that continues from walk `from`, which other managers may still continue: `from`
 * is a beginning, or the manager continues from inside its response. */
static size_t walks_branch(struct walks *walks, size_t from, bool is_truncated, int64_t pace_us)
{
    const struct walk old = walks->walks[from]; /* a copy: its place may be the one that becomes free */
    size_t number = walks_bounds_walk(walks);
    struct walk *walk = &walks->walks[number];

    *walk = (struct walk){ .rows = old.rows, .is_used = true, .is_truncated = is_truncated, .response = 1 };
    walk->began_us = old.began_us;
    walk->pace_us = pace_us;
    if (walks_is_below(walks->first, walks->first_length, old.root, old.root_length))
        walks_set_root(walk, old.root, old.root_length);
    return number;
}

static void walks_learn_pace(int64_t *pace_us, int64_t took_us)
{
    *pace_us += (took_us - *pace_us) / 4;
}

/* A manager has continued from this name, so one manager fewer is expected to do so. */
static void walks_take(struct walks *walks, size_t beginning, uint64_t hash)
{
    struct walk_name *name = walk_names_find(&walks->names, beginning, hash);

    if (name && name->waiting > 0)
        name->waiting--;
    else if (name && name->passed > 0)
        name->passed--;
}

static size_t walks_go_on_from_beginning(struct walks *walks, size_t from)
{
    const struct walks_fit *fit = &walks->fits[from];
    int64_t pace_us = fit->is_shared ? walks->pace_us : walks->now_us - fit->returned_us;

    walks_learn_pace(&walks->pace_us, pace_us);
    for (size_t i = 0; i < walks->asked_count; i++)
        walks_take(walks, from, walks->asked[i]);
    return walks_branch(walks, from, fit->match == WALKS_INSIDE, pace_us);
}

/* The manager repeats its request. It gets the same response again. */
static size_t walks_repeat(struct walks *walks, size_t number)
{
    walks->walks[number].place = 0;
    return number;
}

static size_t walks_go_on(struct walks *walks, size_t from)
{
    struct walk *walk = &walks->walks[from];
    const struct walks_fit *fit = &walks->fits[from];

    walks_drop_unknown(walks, from);
    if (walks_is_beginning(from))
        return walks_go_on_from_beginning(walks, from);
    if (fit->match == WALKS_RETRY)
        return walks_repeat(walks, from);
    if (fit->match == WALKS_INSIDE && !walk->is_truncated)
        return walks_branch(walks, from, true, walks->now_us - fit->returned_us);
    walks_learn_pace(&walk->pace_us, walks->now_us - fit->returned_us);
    walk->response++;
    walk->is_truncated = fit->match == WALKS_INSIDE;
    walk->truncated_at = fit->place;
    walk->place = 0;
    if (walk->is_finished)
        walk->root_length = 0; /* it goes on, so its root is not known */
    return from;
}

/* The first request of a transaction decides to which walk all its requests belong. */
static void walks_decide(struct walks *walks)
{
    size_t best = walks_fit_best(walks);

    walks->at = best == WALKS_NONE ? walks_start(walks) : walks_go_on(walks, best);
    if (!walks_is_beginning(walks->at))
        walks_keep_asked(walks, walks->at);
    if (walks->transaction != 0)
        walks_keep_transaction(walks);
}

/* A walk ends when it leaves its root. Other tables that its manager walks side by side do not end it. */
static void walks_expect_end(const struct walks *walks, struct walk *walk)
{
    bool is_beginning = walks_is_beginning(walks->at);

    if (walks_is_below(walks->first, walks->first_length, walk->root, walk->root_length))
        walk->is_finished = !is_beginning;
    else if (is_beginning)
        walk->root_length = 0; /* several tables side by side: it is not known which one ends last */
}

const struct rows *walks_choose(struct walks *walks)
{
    struct walk *walk;

    if (walks->newest == WALKS_NONE || walks->hold_us == 0)
        walks->at = WALKS_NONE;
    else if (walks->at == WALKS_NONE)
        walks_decide(walks);
    if (walks->at == WALKS_NONE)
        return walks_newest(walks);
    walk = &walks->walks[walks->at];
    walk->active_us = walks->now_us;
    walk->place += walk->place < UINT16_MAX && !walks_is_beginning(walks->at);
    walks_expect_end(walks, walk);
    return walks->rowsets[walk->rows].rows;
}

void walks_returned(struct walks *walks, const mib_subid *name, size_t length)
{
    struct walk_name *entry;
    struct walk *walk;

    if (walks->at == WALKS_NONE)
        return;
    walk = &walks->walks[walks->at];
    if (walk->is_finished && walks_is_below(name, length, walk->root, walk->root_length))
        walk->is_finished = false;
    entry = walk_names_put(&walks->names, walks->at, walks_hash(walks, name, length));
    entry->returned_us = walks->now_us;
    entry->width = (uint8_t)walks->width;
    entry->place = walk->place;
    if (!walks_is_beginning(walks->at))
        entry->waiting = 1;
    else if (entry->waiting < UINT8_MAX)
        entry->waiting++;
    entry->response = walk->response;
}

struct mib_gap *walks_gaps(struct walks *walks, size_t number, const struct mib *mib)
{
    size_t rows = walks->at == WALKS_NONE ? walks->newest : walks->walks[walks->at].rows;
    struct mib_gap **gaps;

    if (rows == WALKS_NONE)
        return NULL;
    gaps = &walks->rowsets[rows].gaps[number];
    if (!*gaps)
        *gaps = calloc(mib_gap_count(mib), sizeof(**gaps));
    return *gaps;
}
