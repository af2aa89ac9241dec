/* SPDX-License-Identifier: GPL-2.0-or-later */
/* GUESTLIST-MIB over snapshots of the fixtures. */
#ifndef GUESTLIST_TESTS_UNIT_GUESTLIST_STAGE_H
#define GUESTLIST_TESTS_UNIT_GUESTLIST_STAGE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "agent/mib/guestlist_mib.h"
#include "agent/mib/rows.h"
#include "config.h"
#include "tests/unit/between.h"
#include "tests/unit/fixtures.h"

enum { DOMAINS = 2, FILTERS = 3, NAMES = 4 };

/* Guest n has vmIndex n + 1, but the first two are exchanged. */
static inline uint32_t index_of(size_t guest)
{
    return guest < 2 ? 2 - (uint32_t)guest : (uint32_t)guest + 1;
}

static inline struct answer answer_of(const struct snapshot *snapshot)
{
    uint32_t *indexes = calloc(snapshot->count + 1, sizeof(*indexes));
    uint32_t *devices = calloc(1, sizeof(*devices));
    struct answer answer = { .now_boot_ms = snapshot->taken_boot_ms };

    assert_non_null(indexes);
    for (size_t i = 0; i < snapshot->count; i++)
        indexes[i] = index_of(i);
    answer.rows = rows_new(snapshot, indexes, devices, 0);
    assert_non_null(answer.rows);
    free(indexes);
    return answer;
}

static inline void drop(struct answer *answer)
{
    rows_unref((struct rows *)(uintptr_t)answer->rows);
}

static inline size_t instance(mib_subid table, mib_subid column, const mib_subid *index, size_t length,
                              mib_subid *oid)
{
    static const mib_subid root[] = { GUESTLIST_ENTERPRISE_OID };
    const mib_subid under[] = { 1, table, 1, column };
    size_t at = sizeof(root) / sizeof(*root);

    memcpy(oid, root, sizeof(root));
    memcpy(oid + at, under, sizeof(under));
    memcpy(oid + at + 4, index, length * sizeof(*index));
    return at + 4 + length;
}

static inline bool get(const struct answer *answer, mib_subid table, mib_subid column, mib_subid index,
                       struct mib_value *value)
{
    mib_subid oid[MIB_OID_MAX];
    size_t length = instance(table, column, &index, 1, oid);

    return mib_get(&guestlist_mib, answer, oid, length, value) == MIB_FOUND;
}

/* The value, or -1 for no instance. */
static inline int64_t number(const struct answer *answer, mib_subid table, mib_subid column, mib_subid index)
{
    struct mib_value value;

    if (!get(answer, table, column, index, &value))
        return -1;
    return value.type == MIB_GAUGE32 ? (int64_t)value.unsigned32 : value.integer;
}

/* The Gauge32 or TimeTicks of that number below glListing, or -1 for no instance. */
static inline int64_t scalar(const struct answer *answer, mib_subid number)
{
    const mib_subid oid[] = { GUESTLIST_ENTERPRISE_OID, 1, 1, number, 0 };
    struct mib_value value;

    if (mib_get(&guestlist_mib, answer, oid, sizeof(oid) / sizeof(*oid), &value) != MIB_FOUND)
        return -1;
    return value.unsigned32;
}

static inline void assert_text(const struct answer *answer, mib_subid table, mib_subid column, mib_subid index,
                               const char *wanted)
{
    struct mib_value value;

    assert_true(get(answer, table, column, index, &value));
    assert_int_equal(value.length, strlen(wanted));
    assert_memory_equal(value.bytes, wanted, value.length);
}

/* The vmIndex that a name leads to, or -1. */
static inline int64_t look_up(const struct answer *answer, const char *name)
{
    mib_subid index[MIB_OID_MAX], oid[MIB_OID_MAX];
    size_t length = strlen(name);
    struct mib_value value;

    assert_true(length <= ROWS_NAME_MAX);
    for (size_t i = 0; i < length; i++)
        index[i] = (unsigned char)name[i];
    length = instance(NAMES, 2, index, length, oid);
    return mib_get(&guestlist_mib, answer, oid, length, &value) == MIB_FOUND ? value.integer : -1;
}

#endif
