/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Managers walk while new rows are published. The model is slow and simple: each manager knows on which rows its
 * walk began. The agent sees only names and times, and must answer from the same rows.
 *
 * Managers of one kind keep their order, so no walk of theirs may be torn. Managers of different kinds overtake
 * each other. Two of them can then be at the same name at the same time, and the agent cannot distinguish them.
 * That must be rare. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "agent/mib/walks.h"
#include "tests/unit/fixtures.h"

enum { MS = 1000, SECOND = 1000 * MS, HOLD_US = 30 * SECOND };
enum { COLUMNS = 4, ROWS = 150, KINDS = 7, MANAGERS = 6, VIEWS = 400, STEPS = 10000, SEEDS = 10 };

/* A place in the table, column by column. */
struct place {
    unsigned column, row;
};

/* How a manager walks: how many columns it walks side by side, how many rows it asks for at once, and how many of
 * them fit into a response. */
struct kind {
    unsigned columns, repetitions, fit;
    int64_t pace_us;
};

static const struct kind kinds[KINDS] = {
    { 1, 1, 1, 300 },      { 1, 50, 50, 900 },   { 1, 20, 20, 500 },    { 4, 25, 25, 7 * MS },
    { 3, 10, 10, 4 * MS }, { 2, 1, 1, 40 * MS }, { 1, 60, 33, 2 * MS },
};

struct manager {
    const struct kind *kind;
    const struct rows *began; /* NULL: it starts a walk next */
    struct place at[COLUMNS];
    int64_t next_us;
};

struct world {
    struct walks *walks;
    int64_t now_us;
    uint32_t transaction;
    unsigned random;
    size_t rows_count;
    const struct rows *rowsets[VIEWS];
    bool has_row[VIEWS][ROWS];
    struct manager managers[MANAGERS];
    size_t walks_done, torn;
    size_t held; /* answers from rows that were not the newest ones */
};

static unsigned draw(struct world *world, unsigned below)
{
    world->random = world->random * 1103515245 + 12345;
    return (world->random >> 12) % below;
}

/* Publishes new rows, which differ from those before. */
static void publish(struct world *world)
{
    uint32_t *devices = calloc(1, sizeof(*devices));
    struct snapshot *snapshot = fixture_snapshot(NULL, 0);
    struct rows *rows = rows_new(snapshot, devices, devices, 0);
    size_t number = world->rows_count++;

    assert_non_null(rows);
    snapshot_unref(snapshot);
    for (unsigned row = 0; row < ROWS; row++)
        world->has_row[number][row] = draw(world, 8) != 0;
    world->rowsets[number] = rows;
    walks_publish(world->walks, rows, world->now_us);
}

/* Rows that were freed may have had the same address. So the latest rows with that address count. */
static size_t number_of(const struct world *world, const struct rows *rows)
{
    size_t number = world->rows_count;

    while (number-- > 0)
        if (world->rowsets[number] == rows)
            return number;
    fail_msg("unknown rows");
    return 0;
}

/* The next place in these rows; false at the end of the table. */
static bool find_next(const struct world *world, size_t rows, struct place *place)
{
    for (; place->column < COLUMNS; place->column++, place->row = 0)
        while (++place->row < ROWS)
            if (world->has_row[rows][place->row])
                return true;
    return false;
}

static size_t name_place(struct place place, mib_subid name[4])
{
    name[0] = 1;
    name[1] = 3;
    name[2] = place.column;
    name[3] = place.row;
    return place.row == 0 ? 3 : 4;
}

/* One repetition. Moves `at`; returns whether the first column goes on. */
static bool answer(struct world *world, unsigned columns, struct place at[COLUMNS], const struct rows **rows)
{
    bool goes_on = true;
    mib_subid name[4];
    size_t number;

    walks_begin(world->walks, world->transaction, world->now_us);
    for (unsigned i = 0; i < columns; i++)
        walks_ask(world->walks, name, name_place(at[i], name));
    *rows = walks_choose(world->walks);
    number = number_of(world, *rows);
    for (unsigned i = 0; i < columns; i++) {
        bool found = find_next(world, number, &at[i]);

        goes_on &= found;
        if (found)
            walks_returned(world->walks, name, name_place(at[i], name));
    }
    return goes_on;
}

static void start(struct world *world, struct manager *manager)
{
    manager->began = walks_newest(world->walks);
    for (unsigned i = 0; i < manager->kind->columns; i++)
        manager->at[i] = (struct place){ .column = manager->kind->columns == 1 ? 0 : i };
}

/* A row-wise walk ends when its first column does. */
static bool is_at_end(const struct manager *manager, bool goes_on)
{
    return !goes_on || (manager->kind->columns > 1 && manager->at[0].column > 0);
}

static void ask(struct world *world, struct manager *manager)
{
    struct place at[COLUMNS];
    bool ended = false;

    if (!manager->began)
        start(world, manager);
    memcpy(at, manager->at, sizeof(at));
    world->transaction++;
    for (unsigned i = 0; i < manager->kind->repetitions; i++) {
        const struct rows *rows;
        bool goes_on = answer(world, manager->kind->columns, at, &rows);

        world->held += rows != walks_newest(world->walks);
        world->torn += rows != manager->began;
        manager->began = rows;
        if (i < manager->kind->fit)
            memcpy(manager->at, at, sizeof(at));
        ended |= i < manager->kind->fit && is_at_end(manager, goes_on);
        if (!goes_on)
            break;
    }
    world->walks_done += ended;
    if (ended)
        manager->began = NULL;
    manager->next_us = world->now_us + manager->kind->pace_us;
}

/* The manager that is due first. */
static struct manager *next_manager(struct world *world)
{
    struct manager *first = &world->managers[0];

    for (unsigned i = 1; i < MANAGERS; i++)
        if (world->managers[i].next_us < first->next_us)
            first = &world->managers[i];
    return first;
}

/* How many walks there were in all worlds, and how often an answer came from other rows than the one before. */
struct result {
    size_t walks, torn;
};

static struct world *make_world(unsigned seed, const unsigned *chosen, size_t count)
{
    struct world *world = calloc(1, sizeof(*world));

    assert_non_null(world);
    *world = (struct world){ .walks = walks_new(HOLD_US), .now_us = SECOND, .random = seed };
    assert_non_null(world->walks);
    for (unsigned i = 0; i < MANAGERS; i++) {
        world->managers[i].kind = &kinds[chosen[i % count]];
        world->managers[i].next_us = world->now_us + draw(world, 20 * MS);
    }
    return world;
}

/* The managers are of the chosen kinds, in turn. */
static void walk_all(unsigned seed, const unsigned *chosen, size_t count, struct result *result)
{
    struct world *world = make_world(seed, chosen, count);
    int64_t publish_us = world->now_us;

    for (unsigned step = 0; step < STEPS; step++) {
        struct manager *manager = next_manager(world);

        for (; publish_us <= manager->next_us; publish_us += 50 * MS + draw(world, 100 * MS)) {
            if (world->rows_count == VIEWS)
                break;
            world->now_us = publish_us;
            publish(world);
        }
        world->now_us = manager->next_us;
        ask(world, manager);
    }
    assert_true(world->held > 0);
    result->walks += world->walks_done;
    result->torn += world->torn;
    walks_free(world->walks);
    free(world);
}

static struct result walk_often(const unsigned *chosen, size_t count)
{
    struct result result = { 0, 0 };

    for (unsigned seed = 1; seed <= SEEDS; seed++)
        walk_all(seed, chosen, count, &result);
    print_message("%zu walks, torn %zu times\n", result.walks, result.torn);
    assert_true(result.walks > 0);
    return result;
}

static void managers_of_one_kind_each_see_the_same_rows(void **state)
{
    (void)state;
    for (unsigned kind = 0; kind < 4; kind++)
        assert_int_equal(walk_often(&kind, 1).torn, 0);
}

static void managers_of_many_kinds_each_see_the_same_rows(void **state)
{
    static const unsigned chosen[] = { 0, 1, 2, 3, 4, 5 };
    struct result result = walk_often(chosen, MANAGERS);

    (void)state;
    assert_true(200 * result.torn < result.walks);
}

static void a_manager_whose_responses_are_truncated_walks_among_others(void **state)
{
    static const unsigned chosen[] = { 6, 3, 4, 3, 4, 5 };
    struct result result = walk_often(chosen, MANAGERS);

    (void)state;
    assert_true(20 * result.torn < result.walks);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(managers_of_one_kind_each_see_the_same_rows),
        cmocka_unit_test(managers_of_many_kinds_each_see_the_same_rows),
        cmocka_unit_test(a_manager_whose_responses_are_truncated_walks_among_others),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
