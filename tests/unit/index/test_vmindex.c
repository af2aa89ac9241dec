/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/unit/index/vmindex_stage.h"

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
    qsort(snapshot->domains, snapshot->count, sizeof(*snapshot->domains), uuid_compare);
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

static void new_domains_get_the_smallest_free_indexes(void **state)
{
    struct vmindex vmindex = { .count = 0 };
    uint32_t indexes[POOL];
    bool changed, seen[4] = { false };

    (void)state;
    assert_true(assign(&vmindex, 7, 1, indexes, &changed) && changed && vmindex.dirty);
    for (int i = 0; i < 3; i++) {
        assert_between(indexes[i], 1, 3);
        assert_false(seen[indexes[i]]);
        seen[indexes[i]] = true;
    }
    vmindex.dirty = false;
    assert_true(assign(&vmindex, 7, 2, indexes, &changed));
    assert_false(changed || vmindex.dirty);
    vmindex_clear(&vmindex);
}

static void a_domain_that_comes_back_has_its_index_which_no_other_had_meanwhile(void **state)
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

static void a_new_boot_frees_the_indexes_of_domains_that_are_gone(void **state)
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

/* A domain has the same index for ever, and no two domains have the same. */
static void domains_that_come_and_go_in_any_order_keep_their_indexes(void **state)
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
            assert_between(indexes[i], 1, POOL);
            assert_false(taken[indexes[i]]);
            taken[indexes[i]] = true;
        }
    }
    vmindex_clear(&vmindex);
}

static void only_so_many_indexes_stay_reserved(void **state)
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
    assert_int_equal(indexes[0], 1); /* of the domain that has been gone longest */
    assert_int_equal(vmindex.count, VMINDEX_GONE_MAX + 1);
    vmindex_clear(&vmindex);
}

static void new_domains_are_numbered_in_the_order_of_their_rows(void **state)
{
    struct snapshot *snapshot = fixture_all_guests();
    struct vmindex vmindex = { .count = 0 };
    uint32_t indexes[FIXTURE_GUESTS];
    bool changed;

    (void)state;
    assert_true(vmindex_assign(&vmindex, snapshot, 1, indexes, &changed));
    for (uint32_t i = 0; i < FIXTURE_GUESTS; i++) {
        const struct vmindex_entry *entry = vmindex_find(&vmindex, snapshot->domains[i].uuid);

        assert_int_equal(indexes[i], i + 1);
        assert_non_null(entry);
        assert_int_equal(entry->index, i + 1);
        assert_int_equal(entry->gone_real_s, 0);
    }
    snapshot_unref(snapshot);
    vmindex_clear(&vmindex);
    assert_int_equal(vmindex.count, 0);
    assert_null(vmindex.entries);
}

static void an_empty_listing_marks_all_as_gone_and_forgets_none(void **state)
{
    const unsigned numbers[] = { 3, 4 };
    struct snapshot *two = numbered(numbers, 2), *none = snapshot_new(0);
    struct vmindex vmindex = { .count = 0 };
    uint32_t indexes[2];
    bool changed;

    (void)state;
    assert_true(vmindex_assign(&vmindex, none, 1, indexes, &changed));
    assert_false(changed || vmindex.dirty);
    assert_true(vmindex_assign(&vmindex, two, 2, indexes, &changed) && changed);
    vmindex.dirty = false;
    assert_true(vmindex_assign(&vmindex, none, 33, indexes, &changed) && changed && vmindex.dirty);
    assert_int_equal(vmindex.count, 2);
    assert_int_equal(vmindex_find(&vmindex, two->domains[0].uuid)->gone_real_s, 33);
    vmindex.dirty = false;
    assert_true(vmindex_assign(&vmindex, none, 44, indexes, &changed));
    assert_false(changed || vmindex.dirty);
    assert_int_equal(vmindex_find(&vmindex, two->domains[1].uuid)->gone_real_s, 33); /* since then */
    assert_true(vmindex_assign(&vmindex, two, 55, indexes, &changed) && changed && vmindex.dirty);
    assert_int_equal(vmindex_find(&vmindex, two->domains[1].uuid)->gone_real_s, 0);
    snapshot_unref(none);
    snapshot_unref(two);
    vmindex_clear(&vmindex);
}

static void entries_are_added_in_any_order_and_each_uuid_once(void **state)
{
    enum { ENTRIES = 1009 };
    struct vmindex vmindex = { .count = 0 };
    unsigned char uuid[UUID_BYTES];

    (void)state;
    fixture_uuid(5, uuid);
    assert_null(vmindex_find(&vmindex, uuid));
    for (uint32_t i = 0; i < ENTRIES; i++)
        add_gone(&vmindex, 2 * (i * 463 % ENTRIES), i + 1, i);
    assert_int_equal(vmindex.count, ENTRIES);
    for (uint32_t i = 0; i < ENTRIES; i++) {
        struct vmindex_entry again = { .index = ENTRIES + 1 + i };
        const struct vmindex_entry *entry;

        fixture_uuid(2 * (i * 463 % ENTRIES), again.uuid);
        entry = vmindex_find(&vmindex, again.uuid);
        assert_non_null(entry);
        assert_int_equal(entry->index, i + 1);
        assert_int_equal(entry->gone_real_s, i);
        assert_false(vmindex_add(&vmindex, &again));
        fixture_uuid(2 * i + 1, uuid);
        assert_null(vmindex_find(&vmindex, uuid));
    }
    assert_int_equal(vmindex.count, ENTRIES);
    vmindex_clear(&vmindex);
}

static void free_indexes_are_assigned_from_the_smallest_on(void **state)
{
    const unsigned numbers[] = { 1, 2, 3, 4, 5, 6 };
    const uint32_t wanted[] = { 2, 7, 1, 3, 4, 5 };
    struct snapshot *snapshot = numbered(numbers, 6);
    struct vmindex vmindex = { .count = 0 };
    uint32_t indexes[6];
    bool changed;

    (void)state;
    add_gone(&vmindex, 1, 2, 0);
    add_gone(&vmindex, 2, 7, 0);
    assert_true(vmindex_assign(&vmindex, snapshot, 1, indexes, &changed) && changed);
    for (size_t i = 0; i < 6; i++)
        assert_int_equal(indexes[i], wanted[i]);
    snapshot_unref(snapshot);
    vmindex_clear(&vmindex);
}

static void the_highest_allowed_index_leaves_the_lower_ones_free(void **state)
{
    const unsigned numbers[] = { 1, 2 };
    struct snapshot *snapshot = numbered(numbers, 2);
    struct vmindex vmindex = { .count = 0 };
    uint32_t indexes[2];
    bool changed;

    (void)state;
    add_gone(&vmindex, 1, VMINDEX_HIGHEST, 0);
    assert_true(vmindex_assign(&vmindex, snapshot, 1, indexes, &changed));
    assert_int_equal(indexes[0], VMINDEX_HIGHEST);
    assert_int_equal(indexes[1], 1);
    snapshot_unref(snapshot);
    vmindex_clear(&vmindex);
}

static void a_compacted_map_keeps_the_listed_domains(void **state)
{
    const unsigned numbers[] = { 1, 2, 3 };
    struct snapshot *snapshot = numbered(numbers, 3);
    struct vmindex vmindex = { .count = 0 };
    uint32_t indexes[3];
    bool changed;

    (void)state;
    vmindex_compact(&vmindex);
    assert_false(vmindex.dirty);
    add_gone(&vmindex, 1, 9, 0);
    add_gone(&vmindex, 2, 3, 0);
    add_gone(&vmindex, 5, 1, 100);
    vmindex_compact(&vmindex);
    assert_true(vmindex.dirty);
    assert_int_equal(vmindex.count, 2);
    vmindex.dirty = false;
    vmindex_compact(&vmindex);
    assert_false(vmindex.dirty);
    assert_true(vmindex_assign(&vmindex, snapshot, 1, indexes, &changed));
    assert_int_equal(indexes[0], 9);
    assert_int_equal(indexes[1], 3);
    assert_int_equal(indexes[2], 1);
    snapshot_unref(snapshot);
    vmindex_clear(&vmindex);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(new_domains_get_the_smallest_free_indexes),
        cmocka_unit_test(a_domain_that_comes_back_has_its_index_which_no_other_had_meanwhile),
        cmocka_unit_test(a_new_boot_frees_the_indexes_of_domains_that_are_gone),
        cmocka_unit_test(domains_that_come_and_go_in_any_order_keep_their_indexes),
        cmocka_unit_test(only_so_many_indexes_stay_reserved),
        cmocka_unit_test(new_domains_are_numbered_in_the_order_of_their_rows),
        cmocka_unit_test(an_empty_listing_marks_all_as_gone_and_forgets_none),
        cmocka_unit_test(entries_are_added_in_any_order_and_each_uuid_once),
        cmocka_unit_test(free_indexes_are_assigned_from_the_smallest_on),
        cmocka_unit_test(the_highest_allowed_index_leaves_the_lower_ones_free),
        cmocka_unit_test(a_compacted_map_keeps_the_listed_domains),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
