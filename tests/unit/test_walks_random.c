/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Managers of many kinds walk for as long as they like while views come and go. The model is slow and obviously
 * right: each manager itself knows on which view it began. The agent, which sees names only, must answer it from
 * that one. */
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
enum { COLUMNS = 4, ROWS = 150, KINDS = 7, MANAGERS = 6, VIEWS = 400, STEPS = 20000 };

/* Where in the table, column by column. */
struct place {
    unsigned column, row;
};

/* How a manager walks: so many columns side by side, so many rows with each request, of which it gets `fit`. */
struct kind {
    unsigned columns, repetitions, fit;
    int64_t pace_us;
};

static const struct kind kinds[KINDS] = {
    { 1, 1, 1, 300 },      { 1, 50, 50, 900 },   { 1, 20, 20, 500 },    { 3, 10, 10, 4 * MS },
    { 1, 60, 33, 2 * MS }, { 2, 1, 1, 40 * MS }, { 4, 25, 25, 7 * MS },
};

struct manager {
    const struct kind *kind;
    const struct view *began; /* NULL: it starts a walk next */
    struct place at[COLUMNS];
    int64_t next_us;
};

struct world {
    struct walks *walks;
    int64_t now_us;
    uint32_t transaction;
    unsigned random;
    size_t view_count;
    const struct view *views[VIEWS];
    bool has_row[VIEWS][ROWS];
    struct manager managers[MANAGERS];
    size_t answers, continued;
};

static unsigned draw(struct world *world, unsigned below)
{
    world->random = world->random * 1103515245 + 12345;
    return (world->random >> 12) % below;
}

/* Each view has other rows than the one before. */
static void publish(struct world *world)
{
    uint32_t *devices = calloc(1, sizeof(*devices));
    struct snapshot *snapshot = fixture_snapshot(NULL, 0);
    struct view *view = view_new(snapshot, devices, devices, 0);
    size_t number = world->view_count++;

    assert_non_null(view);
    snapshot_unref(snapshot);
    for (unsigned row = 0; row < ROWS; row++)
        world->has_row[number][row] = draw(world, 8) != 0;
    world->views[number] = view;
    walks_publish(world->walks, view, world->now_us);
}

/* A view's address may be that of an older one that is gone: the latest one of that address is meant. */
static size_t number_of(const struct world *world, const struct view *view)
{
    size_t number = world->view_count;

    while (number-- > 0)
        if (world->views[number] == view)
            return number;
    fail_msg("an unknown view");
    return 0;
}

/* The next place in that view; false at the end of the table. */
static bool find_next(const struct world *world, size_t view, struct place *place)
{
    for (; place->column < COLUMNS; place->column++, place->row = 0)
        while (++place->row < ROWS)
            if (world->has_row[view][place->row])
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
static bool answer(struct world *world, unsigned columns, struct place at[COLUMNS], const struct view **view)
{
    bool goes_on = true;
    mib_subid name[4];
    size_t number;

    walks_begin(world->walks, world->transaction, world->now_us);
    for (unsigned i = 0; i < columns; i++)
        walks_ask(world->walks, name, name_place(at[i], name));
    *view = walks_choose(world->walks);
    number = number_of(world, *view);
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
    bool is_new = !manager->began, ended = false;

    if (is_new)
        start(world, manager);
    memcpy(at, manager->at, sizeof(at));
    world->transaction++;
    for (unsigned i = 0; i < manager->kind->repetitions; i++) {
        const struct view *view;
        bool goes_on = answer(world, manager->kind->columns, at, &view);

        world->answers++;
        world->continued += !is_new && view != walks_newest(world->walks);
        if (view != manager->began)
            fail_msg("manager %td began on view %zu and is answered from %zu", manager - world->managers,
                     number_of(world, manager->began), number_of(world, view));
        if (i < manager->kind->fit)
            memcpy(manager->at, at, sizeof(at));
        ended |= i < manager->kind->fit && is_at_end(manager, goes_on);
        if (!goes_on)
            break;
    }
    if (ended)
        manager->began = NULL;
    manager->next_us = world->now_us + manager->kind->pace_us;
}

/* Whoever is due first. */
static struct manager *next_manager(struct world *world)
{
    struct manager *first = &world->managers[0];

    for (unsigned i = 1; i < MANAGERS; i++)
        if (world->managers[i].next_us < first->next_us)
            first = &world->managers[i];
    return first;
}

static void walk_all(unsigned seed, bool alike)
{
    struct world *world = calloc(1, sizeof(*world));
    int64_t publish_us;

    assert_non_null(world);
    *world = (struct world){ .walks = walks_new(HOLD_US), .now_us = SECOND, .random = seed };
    assert_non_null(world->walks);
    publish(world);
    publish_us = world->now_us;
    for (unsigned i = 0; i < MANAGERS; i++)
        world->managers[i] = (struct manager){ .kind = &kinds[alike ? seed % KINDS : draw(world, KINDS)],
                                               .next_us = world->now_us + draw(world, 20 * MS) };
    for (unsigned step = 0; step < STEPS && world->view_count < VIEWS; step++) {
        struct manager *manager = next_manager(world);

        for (; publish_us < manager->next_us && world->view_count < VIEWS;
             publish_us += 50 * MS + draw(world, 100 * MS)) {
            world->now_us = publish_us;
            publish(world);
        }
        world->now_us = manager->next_us;
        ask(world, manager);
        assert_true(walks_view_count(world->walks) <= WALKS_VIEWS_MAX);
    }
    assert_true(world->continued > 0);
    walks_free(world->walks);
    free(world);
}

static void managers_of_all_kinds_each_see_one_view(void **state)
{
    (void)state;
    for (unsigned seed = 1; seed <= 40; seed++)
        walk_all(seed, false);
}

static void managers_of_one_kind_each_see_one_view(void **state)
{
    (void)state;
    for (unsigned seed = 1; seed <= 40; seed++)
        walk_all(seed, true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(managers_of_all_kinds_each_see_one_view),
        cmocka_unit_test(managers_of_one_kind_each_see_one_view),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
