/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Listings of numbered domains, and maps that have some of them. */
#ifndef GUESTLIST_TESTS_UNIT_VMINDEX_STAGE_H
#define GUESTLIST_TESTS_UNIT_VMINDEX_STAGE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "agent/index/vmindex.h"
#include "tests/unit/between.h"
#include "tests/unit/fixtures.h"

/* A listing of the domains with these numbers, which are in ascending order. */
static inline struct snapshot *numbered(const unsigned *numbers, size_t count)
{
    struct snapshot *snapshot = snapshot_new(count);

    assert_non_null(snapshot);
    for (size_t i = 0; i < count; i++)
        fixture_uuid(numbers[i], snapshot->domains[i].uuid);
    snapshot->count = count;
    return snapshot;
}

static inline void add_gone(struct vmindex *vmindex, unsigned number, uint32_t index, int64_t gone)
{
    struct vmindex_entry entry = { .index = index, .gone_real_s = gone };

    fixture_uuid(number, entry.uuid);
    assert_true(vmindex_add(vmindex, &entry));
}

#endif
