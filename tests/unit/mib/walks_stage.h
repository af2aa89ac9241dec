/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Managers that ask, and rows that are published in between. For test_walks*.c. */
#ifndef GUESTLIST_TESTS_UNIT_WALKS_STAGE_H
#define GUESTLIST_TESTS_UNIT_WALKS_STAGE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "agent/mib/walks_state.h"
#include "tests/unit/fixtures.h"

enum { MS = 1000, SECOND = 1000 * MS, HOLD_US = 30 * SECOND };

/* Walks, a clock and a master that numbers its transactions. */
struct stage {
    struct walks *walks;
    int64_t now_us;
    uint32_t transaction;
    uint64_t manager; /* 0: not known */
};

static inline struct rows *make_rows(void)
{
    uint32_t *devices = calloc(1, sizeof(*devices));
    struct snapshot *snapshot = fixture_snapshot(NULL, 0);
    struct rows *rows = rows_new(snapshot, devices, devices, 0);

    assert_non_null(rows);
    snapshot_unref(snapshot);
    return rows;
}

static inline const struct rows *publish(struct stage *stage)
{
    walks_publish(stage->walks, make_rows(), stage->now_us);
    return walks_newest(stage->walks);
}

static inline int set_up(void **state)
{
    struct stage *stage = calloc(1, sizeof(*stage));

    assert_non_null(stage);
    *stage = (struct stage){ .walks = walks_new(HOLD_US), .now_us = 1000 * (int64_t)SECOND };
    assert_non_null(stage->walks);
    *state = stage;
    return 0;
}

static inline int tear_down(void **state)
{
    struct stage *stage = *state;

    walks_free(stage->walks);
    free(stage);
    return 0;
}

/* How many sets of rows are kept, with the newest ones. */
static inline size_t rows_kept(const struct stage *stage)
{
    size_t count = 0;

    for (size_t i = 0; i < WALKS_ROWS_MAX; i++)
        count += stage->walks->rowsets[i].rows != NULL;
    return count;
}

/* A name of a table: 1.3.COLUMN.ROW; row 0 is the column itself. */
struct name {
    mib_subid subids[4];
    size_t length;
};

static inline struct name name_of(unsigned column, unsigned row)
{
    return (struct name){ { 1, 3, column, row }, row == 0 ? 3 : 4 };
}

/* One AgentX request for the instances after row `row` in each of the columns from 1 on. Returns the rows. */
static inline const struct rows *next_row(struct stage *stage, unsigned columns, unsigned row)
{
    const struct rows *rows;

    walks_begin(stage->walks, stage->transaction, stage->now_us);
    walks_come_from(stage->walks, stage->manager);
    for (unsigned column = 1; column <= columns; column++) {
        struct name name = name_of(column, row);

        walks_ask(stage->walks, name.subids, name.length);
    }
    rows = walks_choose(stage->walks);
    for (unsigned column = 1; column <= columns; column++) {
        struct name name = name_of(column, row + 1);

        walks_returned(stage->walks, name.subids, name.length);
    }
    return rows;
}

/* A GETBULK of so many rows after `row`. All of it must come from the same rows, which it returns. */
static inline const struct rows *get_bulk(struct stage *stage, unsigned columns, unsigned row, unsigned count)
{
    const struct rows *first = NULL;

    stage->transaction++;
    for (unsigned i = 0; i < count; i++) {
        const struct rows *rows = next_row(stage, columns, row + i);

        stage->now_us += MS / 10;
        if (i == 0)
            first = rows;
        assert_ptr_equal(rows, first);
    }
    stage->now_us += MS;
    return first;
}

static inline const struct rows *get_next(struct stage *stage, unsigned row)
{
    return get_bulk(stage, 1, row, 1);
}

#endif
