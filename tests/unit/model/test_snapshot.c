/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <pthread.h>

#include "lib/libvirt/domain_xml.h"
#include "lib/model/filter.h"
#include "lib/model/snapshot.h"
#include "tests/unit/fixtures.h"

static struct xml_facts *parse_xml(const char *xml)
{
    struct domain_xml_parser *parser = domain_xml_parser_new(NULL);
    struct xml_facts *xml_facts;

    assert_non_null(parser);
    xml_facts = domain_xml_parse(parser, xml);
    assert_non_null(xml_facts);
    domain_xml_parser_free(parser);
    return xml_facts;
}

static void a_new_snapshot_is_an_empty_atomic_listing(void **state)
{
    struct snapshot *snapshot = snapshot_new(0);
    unsigned char uuid[UUID_BYTES] = { 0 };

    (void)state;
    assert_non_null(snapshot);
    assert_int_equal(snapshot->count, 0);
    assert_int_equal(snapshot->parts, 1);
    assert_int_equal(snapshot->serial, 0);
    assert_int_equal(snapshot->filter, 0);
    assert_null(snapshot_find(snapshot, uuid));
    assert_int_equal(fixture_count(snapshot, 0), 0);
    snapshot_unref(snapshot);
    snapshot_unref(NULL);
}

static void a_snapshot_has_room_for_all_domains(void **state)
{
    enum { ROOM = 1000 };
    struct snapshot *snapshot = snapshot_new(ROOM);

    (void)state;
    assert_non_null(snapshot);
    for (unsigned i = 0; i < ROOM; i++) {
        assert_int_equal(snapshot->domains[i].persistent, TRISTATE_UNKNOWN);
        assert_null(snapshot->domains[i].xml_facts);
        snapshot->domains[i] = fixture_domain(i, 1);
        snapshot->count++;
    }
    snapshot_unref(snapshot);
}

static void a_kept_text_is_a_copy_of_any_length_and_any_bytes(void **state)
{
    enum { TEXTS = 3000, LONGEST = 50 * 1000 };
    struct snapshot *snapshot = snapshot_new(0);
    const char **kept = calloc(TEXTS, sizeof(*kept));
    char *text = malloc(LONGEST + 1);

    (void)state;
    assert_non_null(snapshot);
    assert_non_null(kept);
    assert_non_null(text);
    for (size_t i = 0; i < TEXTS; i++) {
        size_t length = i % 700 == 699 ? LONGEST : i % 67;

        memset(text, (int)(i % 255 + 1), length);
        text[length] = '\0';
        kept[i] = snapshot_keep(snapshot, text);
        assert_non_null(kept[i]);
        assert_ptr_not_equal(kept[i], text);
    }
    for (size_t i = 0; i < TEXTS; i++) {
        size_t length = i % 700 == 699 ? LONGEST : i % 67;

        memset(text, (int)(i % 255 + 1), length);
        text[length] = '\0';
        assert_string_equal(kept[i], text);
    }
    free(text);
    free(kept);
    snapshot_unref(snapshot);
}

static void a_row_is_found_by_its_uuid_and_by_no_other(void **state)
{
    struct snapshot *snapshot = fixture_all_guests();
    unsigned char uuid[UUID_BYTES];

    (void)state;
    for (unsigned i = 0; i < FIXTURE_GUESTS; i++) {
        fixture_uuid(i, uuid);
        assert_ptr_equal(snapshot_find(snapshot, uuid), &snapshot->domains[i]);
        uuid[5] = 1; /* between the UUIDs of this row and of the next one */
        assert_null(snapshot_find(snapshot, uuid));
    }
    fixture_uuid(FIXTURE_GUESTS, uuid);
    assert_null(snapshot_find(snapshot, uuid));
    memset(uuid, 0, sizeof(uuid));
    assert_null(snapshot_find(snapshot, uuid));
    memset(uuid, 0xff, sizeof(uuid));
    assert_null(snapshot_find(snapshot, uuid));
    snapshot_unref(snapshot);
}

static void domains_that_match_a_filter_are_counted(void **state)
{
    enum { HOSTILE = FIXTURE_HOSTILE_NAMES, ALL = FIXTURE_GUESTS };
    static const struct {
        uint32_t filter;
        size_t count;
    } counts[] = {
        { 0, ALL },
        { FILTER_ACTIVE | FILTER_INACTIVE, ALL },
        { FILTER_INACTIVE, 6 },
        { FILTER_TRANSIENT, 2 }, /* one is transient; of the other, no attribute is known */
        { FILTER_PERSISTENT, ALL - 1 },
        { FILTER_STATE_RUNNING, 5 + HOSTILE },
        { FILTER_STATE_PAUSED, 1 },
        { FILTER_STATE_SHUTOFF, 5 },
        { FILTER_STATE_OTHER, 8 },
        { FILTER_STATE_OTHER | FILTER_INACTIVE, 1 },
        { FILTER_AUTOSTART, 3 },
        { FILTER_AUTOSTART | FILTER_INACTIVE, 1 },
        { FILTER_WITH_MANAGED_SAVE, 2 },
        { FILTER_WITH_SNAPSHOT | FILTER_WITH_CHECKPOINT, 2 },
        { FILTER_WITH_SNAPSHOT | FILTER_AUTOSTART, 1 },
        { FILTER_INACTIVE | FILTER_STATE_RUNNING, 0 },
    };
    struct snapshot *snapshot = fixture_all_guests();

    (void)state;
    for (size_t i = 0; i < sizeof(counts) / sizeof(*counts); i++)
        if (fixture_count(snapshot, counts[i].filter) != counts[i].count)
            fail_msg("filter 0x%04x fits %zu, not %zu", counts[i].filter,
                     fixture_count(snapshot, counts[i].filter), counts[i].count);
    snapshot_unref(snapshot);
}

static void fill_head(struct snapshot *snapshot)
{
    snapshot->source =
        (struct snapshot_source){ .software = "QEMU", .version = "9.0.0", .up_since_boot_ms = 5, .local = true };
    snapshot->filter = FILTER_PERSISTENT;
    snapshot->unsupported = FILTER_WITH_CHECKPOINT | FILTER_WITHOUT_CHECKPOINT;
    snapshot->serial = 7;
    snapshot->taken_boot_ms = 123;
    snapshot->taken_real_ms = 1700000000123;
    snapshot->duration_us = 456;
    snapshot->calls = 8;
    snapshot->parts = 2;
}

static void assert_same_head(const struct snapshot *one, const struct snapshot *other)
{
    assert_string_equal(one->source.software, other->source.software);
    assert_string_equal(one->source.version, other->source.version);
    assert_int_equal(one->source.up_since_boot_ms, other->source.up_since_boot_ms);
    assert_int_equal(one->source.local, other->source.local);
    assert_int_equal(one->source.cpus, other->source.cpus);
    assert_memory_equal(one->source.online, other->source.online, sizeof(one->source.online));
    assert_int_equal(one->filter, other->filter);
    assert_int_equal(one->unsupported, other->unsupported);
    assert_int_equal(one->serial, other->serial);
    assert_int_equal(one->taken_boot_ms, other->taken_boot_ms);
    assert_int_equal(one->taken_real_ms, other->taken_real_ms);
    assert_int_equal(one->duration_us, other->duration_us);
    assert_int_equal(one->calls, other->calls);
    assert_int_equal(one->parts, other->parts);
    assert_int_equal(one->count, other->count);
}

static void a_copy_has_all_rows_and_outlives_the_original(void **state)
{
    struct snapshot *snapshot = fixture_all_guests(), *again = fixture_all_guests(), *copy;

    (void)state;
    fill_head(snapshot);
    fill_head(again);
    copy = snapshot_copy(snapshot);
    assert_non_null(copy);
    assert_ptr_not_equal(copy->domains, snapshot->domains);
    snapshot_unref(snapshot);

    assert_same_head(copy, again);
    for (size_t i = 0; i < again->count; i++) {
        struct domain row;

        memcpy(&row, &copy->domains[i], sizeof(row)); /* with its padding */
        assert_string_equal(row.name, again->domains[i].name);
        row.name = again->domains[i].name;
        assert_memory_equal(&row, &again->domains[i], sizeof(row));
    }
    snapshot_unref(again);
    snapshot_unref(copy);
}

static void a_copy_shares_xml_facts_and_statistics(void **state)
{
    struct snapshot *snapshot = fixture_snapshot(fixture_guests, 3), *copy;
    struct xml_facts *xml_facts = parse_xml("<domain><title>shared</title></domain>");

    (void)state;
    snapshot->domains[1].xml_facts = xml_facts;
    copy = snapshot_copy(snapshot);
    assert_non_null(copy);
    assert_null(copy->domains[0].xml_facts);
    assert_ptr_equal(copy->domains[1].xml_facts, xml_facts);
    snapshot_unref(snapshot);
    assert_string_equal(copy->domains[1].xml_facts->title, "shared");

    /* A change of the copy does not change the original. */
    copy->domains[2].xml_facts = parse_xml("<domain/>");
    snapshot_unref(copy);
}

static void a_copy_of_an_empty_snapshot_is_empty(void **state)
{
    struct snapshot *snapshot = snapshot_new(5), *copy;

    (void)state;
    assert_non_null(snapshot);
    copy = snapshot_copy(snapshot);
    assert_non_null(copy);
    assert_int_equal(copy->count, 0);
    snapshot_unref(copy);
    snapshot_unref(snapshot);
}

enum { THREADS = 4, TURNS = 100000 };

struct holder {
    const struct snapshot *snapshot; /* the thread's own reference */
    pthread_barrier_t *all_ready;
    size_t seen;
};

static void *take_and_drop_references(void *data)
{
    struct holder *holder = data;

    (void)pthread_barrier_wait(holder->all_ready);
    for (int i = 0; i < TURNS; i++) {
        const struct snapshot *mine = snapshot_ref(holder->snapshot);

        holder->seen += mine->count;
        snapshot_unref(mine);
    }
    snapshot_unref(holder->snapshot);
    return NULL;
}

static void references_are_counted_across_threads(void **state)
{
    struct snapshot *snapshot = fixture_all_guests();
    struct holder holders[THREADS];
    pthread_t threads[THREADS];
    pthread_barrier_t all_ready;

    (void)state;
    snapshot->domains[0].xml_facts = parse_xml("<domain><title>t</title></domain>");
    assert_int_equal(pthread_barrier_init(&all_ready, NULL, THREADS), 0);
    for (int i = 0; i < THREADS; i++) {
        holders[i] = (struct holder){ .snapshot = snapshot_ref(snapshot), .all_ready = &all_ready };
        assert_int_equal(pthread_create(&threads[i], NULL, take_and_drop_references, &holders[i]), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        assert_int_equal(holders[i].seen, (size_t)TURNS * FIXTURE_GUESTS);
    }
    (void)pthread_barrier_destroy(&all_ready);
    /* The last reference is that of this thread. The sanitizers find a snapshot that is freed too early or never.
     */
    assert_string_equal(snapshot->domains[0].xml_facts->title, "t");
    assert_int_equal(snapshot->count, FIXTURE_GUESTS);
    snapshot_unref(snapshot);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_new_snapshot_is_an_empty_atomic_listing),
        cmocka_unit_test(a_snapshot_has_room_for_all_domains),
        cmocka_unit_test(a_kept_text_is_a_copy_of_any_length_and_any_bytes),
        cmocka_unit_test(a_row_is_found_by_its_uuid_and_by_no_other),
        cmocka_unit_test(domains_that_match_a_filter_are_counted),
        cmocka_unit_test(a_copy_has_all_rows_and_outlives_the_original),
        cmocka_unit_test(a_copy_shares_xml_facts_and_statistics),
        cmocka_unit_test(a_copy_of_an_empty_snapshot_is_empty),
        cmocka_unit_test(references_are_counted_across_threads),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
