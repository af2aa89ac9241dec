/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "agent/vmindex.h"

enum { POOL = 60, ROUNDS = 400 };

/* A snapshot of the domains whose bits are set, in the order of their UUIDs. */
static struct snapshot *listing(uint64_t present)
{
    struct snapshot *snapshot = snapshot_new(POOL);

    assert_non_null(snapshot);
    for (unsigned i = 0; i < POOL; i++)
        if (present & (uint64_t)1 << i) {
            snapshot->domains[snapshot->count].uuid[0] = (unsigned char)(i * 7 % POOL);
            snapshot->domains[snapshot->count++].uuid[1] = (unsigned char)i;
        }
    qsort(snapshot->domains, snapshot->count, sizeof(*snapshot->domains), domain_compare_uuid);
    return snapshot;
}

static bool assign(struct vmindex *vmindex, uint64_t present, int64_t now, uint32_t indexes[POOL], bool *changed)
{
    struct snapshot *snapshot = listing(present);
    uint32_t by_row[POOL + 1];
    bool fine = vmindex_assign(vmindex, snapshot, now, by_row, changed);

    memset(indexes, 0, POOL * sizeof(*indexes));
    for (size_t i = 0; i < snapshot->count; i++)
        indexes[snapshot->domains[i].uuid[1]] = by_row[i];
    snapshot_unref(snapshot);
    return fine;
}

static void new_domains_get_the_smallest_free_numbers(void **state)
{
    struct vmindex vmindex = { .count = 0 };
    uint32_t indexes[POOL];
    bool changed, seen[4] = { false };

    (void)state;
    assert_true(assign(&vmindex, 7, 1, indexes, &changed) && changed && vmindex.dirty);
    for (int i = 0; i < 3; i++) {
        assert_in_range(indexes[i], 1, 3);
        assert_false(seen[indexes[i]]);
        seen[indexes[i]] = true;
    }
    vmindex.dirty = false;
    assert_true(assign(&vmindex, 7, 2, indexes, &changed));
    assert_false(changed || vmindex.dirty);
    vmindex_clear(&vmindex);
}

static void one_that_comes_back_has_its_number_and_nobody_had_it_meanwhile(void **state)
{
    struct vmindex vmindex = { .count = 0 };
    uint32_t first[POOL], second[POOL], third[POOL];
    bool changed;

    (void)state;
    assert_true(assign(&vmindex, 3, 1, first, &changed));
    assert_true(assign(&vmindex, 1 | 4, 2, second, &changed) && changed);
    assert_int_equal(second[0], first[0]);
    assert_int_equal(second[2], 3);
    assert_true(assign(&vmindex, 7, 3, third, &changed) && changed);
    assert_int_equal(third[1], first[1]);
    vmindex_clear(&vmindex);
}

static void a_new_boot_frees_the_numbers_of_those_that_are_gone(void **state)
{
    struct vmindex vmindex = { .count = 0 };
    uint32_t first[POOL], second[POOL];
    bool changed;

    (void)state;
    assert_true(assign(&vmindex, 3, 1, first, &changed));
    assert_true(assign(&vmindex, 1, 2, second, &changed));
    vmindex_compact(&vmindex);
    assert_int_equal(vmindex.count, 1);
    assert_true(assign(&vmindex, 1 | 8, 3, second, &changed));
    assert_int_equal(second[0], first[0]);
    assert_int_equal(second[3], first[1]);
    vmindex_clear(&vmindex);
}

/* Against a model: whatever comes and goes, a domain has one number for good, and no two have the same. */
static void any_order_of_coming_and_going_keeps_the_numbers(void **state)
{
    struct vmindex vmindex = { .count = 0 };
    uint32_t known[POOL] = { 0 };
    uint64_t random = 42;

    (void)state;
    for (int round = 0; round < ROUNDS; round++) {
        uint32_t indexes[POOL];
        bool changed, taken[POOL + 1] = { false };

        random = random * 6364136223846793005ull + 1442695040888963407ull;
        assert_true(assign(&vmindex, random >> 4, round + 1, indexes, &changed));
        for (unsigned i = 0; i < POOL; i++) {
            if (indexes[i] == 0)
                continue;
            if (known[i] == 0)
                known[i] = indexes[i];
            assert_int_equal(indexes[i], known[i]);
            assert_in_range(indexes[i], 1, POOL);
            assert_false(taken[indexes[i]]);
            taken[indexes[i]] = true;
        }
    }
    vmindex_clear(&vmindex);
}

static void only_so_many_numbers_stay_reserved(void **state)
{
    struct vmindex vmindex = { .count = 0 };
    uint32_t indexes[POOL];
    bool changed;

    (void)state;
    for (uint32_t i = 0; i < VMINDEX_GONE_MAX + 10; i++) {
        struct vmindex_entry entry = { .index = i + 1, .gone_real_s = 1000 + i };

        entry.uuid[0] = 0xff;
        memcpy(entry.uuid + 8, &i, sizeof(i));
        assert_true(vmindex_add(&vmindex, &entry));
        assert_false(vmindex_add(&vmindex, &entry));
    }
    assert_true(assign(&vmindex, 1, 5000, indexes, &changed));
    assert_int_equal(indexes[0], 1); /* of the one gone longest */
    assert_int_equal(vmindex.count, VMINDEX_GONE_MAX + 1);
    vmindex_clear(&vmindex);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(new_domains_get_the_smallest_free_numbers),
        cmocka_unit_test(one_that_comes_back_has_its_number_and_nobody_had_it_meanwhile),
        cmocka_unit_test(a_new_boot_frees_the_numbers_of_those_that_are_gone),
        cmocka_unit_test(any_order_of_coming_and_going_keeps_the_numbers),
        cmocka_unit_test(only_so_many_numbers_stay_reserved),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
