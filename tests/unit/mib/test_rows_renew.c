/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A listing is published again after more was read about its domains. Renewed rows must then be equal to new ones.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "agent/mib/rows.h"
#include "lib/libvirt/domain_xml.h"
#include "tests/unit/fixtures.h"

enum { INDEX_STEP = 7, NUMBERS = 7 /* of a disk and two interfaces */ };

/* Gives the first domains devices: one disk and two interfaces for every second one. */
static void describe_some(struct snapshot *snapshot)
{
    static const char xml[] = "<domain><devices><disk type='file' device='disk'><target dev='vda'/></disk>"
                              "<interface type='user'/><interface type='user'/></devices></domain>";
    struct domain_xml_parser *parser = domain_xml_parser_new(NULL);

    assert_non_null(parser);
    for (size_t i = 0; i < snapshot->count; i += 2) {
        xml_facts_unref(snapshot->domains[i].xml_facts);
        snapshot->domains[i].xml_facts = domain_xml_parse(parser, xml);
        assert_non_null(snapshot->domains[i].xml_facts);
    }
    domain_xml_parser_free(parser);
}

/* 1, 2, 3, ... for all numbers of devices, in the order of the snapshot. */
static uint32_t *number_devices(const struct snapshot *snapshot)
{
    uint32_t *devices = calloc(NUMBERS * snapshot->count + 1, sizeof(*devices));

    assert_non_null(devices);
    for (size_t i = 0; i < NUMBERS * snapshot->count; i++)
        devices[i] = (uint32_t)i + 1;
    return devices;
}

/* The rows are not in the order of the UUIDs. */
static struct rows *rows_of(const struct snapshot *snapshot)
{
    uint32_t *indexes = calloc(snapshot->count + 1, sizeof(*indexes));
    struct rows *rows;

    assert_non_null(indexes);
    for (size_t i = 0; i < snapshot->count; i++)
        indexes[i] = (uint32_t)(i * INDEX_STEP % snapshot->count) + 1;
    rows = rows_new(snapshot, indexes, number_devices(snapshot), 77);
    assert_non_null(rows);
    free(indexes);
    return rows;
}

static void assert_same_rows(const struct rows *one, const struct rows *other)
{
    assert_int_equal(one->count, other->count);
    for (size_t i = 0; i < one->count; i++) {
        assert_int_equal(one->items[i].index, other->items[i].index);
        assert_ptr_equal(one->items[i].domain, other->items[i].domain);
        assert_int_equal(one->items[i].disks - one->devices, other->items[i].disks - other->devices);
        assert_int_equal(one->items[i].interfaces - one->items[i].disks,
                         other->items[i].interfaces - other->items[i].disks);
        assert_int_equal(one->items[i].host_interfaces - one->items[i].interfaces,
                         other->items[i].host_interfaces - other->items[i].interfaces);
        assert_int_equal(one->items[i].host_parents - one->items[i].interfaces,
                         other->items[i].host_parents - other->items[i].interfaces);
    }
}

static void assert_same_names(const struct rows *one, const struct rows *other)
{
    assert_int_equal(one->name_count, other->name_count);
    assert_true(one->name_count > 0);
    for (size_t i = 0; i < one->name_count; i++) {
        assert_string_equal(one->names[i].name, other->names[i].name);
        assert_int_equal(one->names[i].row->index, other->names[i].row->index);
    }
}

static void renewed_rows_equal_new_ones(void **state)
{
    struct snapshot *snapshot = fixture_all_guests(), *copy = snapshot_copy(snapshot);
    struct rows *old = rows_of(snapshot), *renewed, *fresh;

    (void)state;
    assert_non_null(copy);
    assert_true(snapshot_is_same_listing(snapshot, copy));
    describe_some(copy);
    copy->domains[0].autostart_once = TRISTATE_TRUE;
    copy->domains[0].answers = TRISTATE_FALSE;
    renewed = rows_renew(old, copy, number_devices(copy));
    fresh = rows_of(copy);
    assert_non_null(renewed);
    rows_unref(old); /* the renewed rows need nothing of the old ones */
    snapshot_unref(snapshot);
    assert_same_rows(renewed, fresh);
    assert_same_names(renewed, fresh);
    assert_memory_equal(renewed->fits, fresh->fits, sizeof(fresh->fits));
    assert_int_equal(renewed->autostart_inactive.domains, fresh->autostart_inactive.domains);
    assert_int_equal(renewed->active_no_autostart.domains, fresh->active_no_autostart.domains);
    assert_int_equal(renewed->not_answering.domains, fresh->not_answering.domains);
    assert_int_equal(renewed->last_change_cs, 77);
    assert_ptr_equal(renewed->snapshot, copy);
    rows_unref(renewed);
    rows_unref(fresh);
    snapshot_unref(copy);
}

static void another_listing_of_the_same_domains_is_not_the_same_listing(void **state)
{
    struct snapshot *one = fixture_all_guests(), *other = fixture_all_guests();

    (void)state;
    assert_false(snapshot_is_same_listing(one, other));
    snapshot_unref(one);
    snapshot_unref(other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(renewed_rows_equal_new_ones),
        cmocka_unit_test(another_listing_of_the_same_domains_is_not_the_same_listing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
