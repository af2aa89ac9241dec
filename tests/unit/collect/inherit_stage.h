/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Listings for test_inherit*.c. */
#ifndef GUESTLIST_TESTS_UNIT_COLLECT_INHERIT_STAGE_H
#define GUESTLIST_TESTS_UNIT_COLLECT_INHERIT_STAGE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/collect/inherit.h"
#include "lib/libvirt/domain_xml.h"
#include "tests/unit/fixtures.h"

enum { NOW = 5000000 };

static inline struct snapshot *one_domain(int id, int state, int64_t taken_boot_ms)
{
    struct snapshot *snapshot = snapshot_new(1);

    assert_non_null(snapshot);
    snapshot->count = 1;
    snapshot->taken_boot_ms = taken_boot_ms;
    snapshot->taken_real_ms = 1700000000000 + taken_boot_ms;
    snapshot->domains[0] =
        (struct domain){ .uuid = { 1 }, .id = id, .state = state, .last_state = state, .name = "one" };
    return snapshot;
}

static const struct mail nothing;

static inline struct snapshot *taken(struct snapshot *snapshot, int64_t boot_ms)
{
    snapshot->taken_boot_ms = boot_ms;
    snapshot->taken_real_ms = 1700000000000 + boot_ms;
    return snapshot;
}

#endif
