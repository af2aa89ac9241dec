/* SPDX-License-Identifier: GPL-2.0-or-later */
/* LIBVIRT-MIB's table over snapshots: values, the order of the rows, GETNEXT between them, and which rows are
 * shown. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "agent/mib/libvirt_mib.h"
#include "agent/mib/rows.h"
#include "lib/libvirt/domain_xml.h"
#include "tests/unit/fixtures.h"

enum { NAME = 2, STATE, CPUS, MEMORY, MEMORY_LIMIT, CPU_TIME, ROW_STATUS = 9, ENTRY = 10, ROOM = 40 };

static const mib_subid base[ENTRY] = { LIBVIRT_MIB_OID, 1, 1, 1 };

/* A name in the table: a column, and an index of any length. */
struct name {
    mib_subid oid[ROOM];
    size_t length;
};

static struct name name_of(mib_subid column, const unsigned char *uuid, size_t octets)
{
    struct name name = { .length = ENTRY + 1 + octets };

    memcpy(name.oid, base, sizeof(base));
    name.oid[ENTRY] = column;
    for (size_t i = 0; i < octets; i++)
        name.oid[ENTRY + 1 + i] = uuid[i];
    return name;
}

static struct name row_name(mib_subid column, unsigned number)
{
    unsigned char uuid[UUID_BYTES];

    fixture_uuid(number, uuid);
    return name_of(column, uuid, sizeof(uuid));
}

static struct rows *rows_of(const struct snapshot *snapshot)
{
    uint32_t indexes[FIXTURE_GUESTS];
    struct rows *rows;

    /* The vmIndexes are in the reverse order of the UUIDs. So a table in the order of vmIndex fails the test. */
    for (size_t i = 0; i < snapshot->count; i++)
        indexes[i] = (uint32_t)(snapshot->count - i);
    rows = rows_new(snapshot, indexes, calloc(1, sizeof(*indexes)), 0);
    assert_non_null(rows);
    snapshot_unref(snapshot);
    return rows;
}

static enum mib_found get(const struct answer *answer, mib_subid column, unsigned number, struct mib_value *value)
{
    struct name name = row_name(column, number);

    return mib_get(&libvirt_mib, answer, name.oid, name.length, value);
}

static void check_next(const struct answer *answer, const struct name *name, mib_subid column, unsigned number)
{
    struct name next = { .length = 0 }, wanted = row_name(column, number);
    struct mib_value value;

    assert_true(mib_next(&libvirt_mib, answer, NULL, name->oid, name->length, next.oid, &next.length, &value));
    assert_int_equal(mib_compare(next.oid, next.length, wanted.oid, wanted.length), 0);
}

static void check_text(const struct mib_value *value, const char *wanted)
{
    assert_int_equal(value->length, strlen(wanted));
    assert_memory_equal(value->bytes, wanted, value->length);
}

static void one_row_of_a_running_domain(void **state)
{
    struct domain domain = fixture_domain(7, 3);
    struct answer answer = { .rows = NULL };
    struct rows *rows;
    struct mib_value value;

    (void)state;
    domain.name = "web01";
    domain.stats = (struct domain_stats){ .known = DOMAIN_STAT_CPU_TIME | DOMAIN_STAT_MEMORY |
                                                   DOMAIN_STAT_MEMORY_MAXIMUM | DOMAIN_STAT_VCPUS,
                                          .vcpus = 2,
                                          .cpu_time_ns = UINT64_C(12345678901234567),
                                          .memory_kib = 1024 * 512 + 1023,
                                          .memory_maximum_kib = 1024 * 1024 };
    answer.rows = rows = rows_of(fixture_snapshot(&domain, 1));
    assert_int_equal(get(&answer, NAME, 7, &value), MIB_FOUND);
    check_text(&value, "web01");
    assert_int_equal(get(&answer, STATE, 7, &value), MIB_FOUND);
    assert_int_equal(value.integer, 1);
    assert_int_equal(get(&answer, CPUS, 7, &value), MIB_FOUND);
    assert_int_equal(value.unsigned32, 2);
    assert_int_equal(get(&answer, MEMORY, 7, &value), MIB_FOUND);
    assert_int_equal(value.unsigned32, 512);
    assert_int_equal(get(&answer, MEMORY_LIMIT, 7, &value), MIB_FOUND);
    assert_int_equal(value.unsigned32, 1024);
    assert_int_equal(get(&answer, CPU_TIME, 7, &value), MIB_FOUND);
    assert_true(value.counter64 == UINT64_C(12345678901234567));
    assert_int_equal(get(&answer, ROW_STATUS, 7, &value), MIB_FOUND);
    assert_int_equal(value.integer, 1);
    assert_int_not_equal(get(&answer, 1, 7, &value), MIB_FOUND); /* the UUID is not readable */
    assert_int_not_equal(get(&answer, 8, 7, &value), MIB_FOUND);
    rows_unref(rows);
}

static void unknown_values_are_missing_and_an_inactive_domain_has_used_no_time(void **state)
{
    struct answer answer = { .rows = NULL };
    struct rows *rows = rows_of(fixture_all_guests());
    struct mib_value value;

    (void)state;
    answer.rows = rows;
    for (mib_subid column = CPUS; column <= CPU_TIME; column++)
        assert_int_equal(get(&answer, column, GUEST_HUNG, &value), MIB_NO_INSTANCE);
    assert_int_equal(get(&answer, CPU_TIME, GUEST_SHUTOFF, &value), MIB_FOUND);
    assert_true(value.counter64 == 0);
    rows_unref(rows);
}

static void numbers_that_are_too_large_are_the_largest(void **state)
{
    struct domain domain = fixture_domain(1, 3);
    struct answer answer = { .rows = NULL };
    struct rows *rows;
    struct mib_value value;

    (void)state;
    domain.stats =
        (struct domain_stats){ .known = DOMAIN_STAT_MEMORY | DOMAIN_STAT_MEMORY_MAXIMUM | DOMAIN_STAT_VCPUS,
                               .vcpus = 65536,
                               .memory_kib = UINT64_C(4294967295) * 1024,
                               .memory_maximum_kib = UINT64_MAX };
    answer.rows = rows = rows_of(fixture_snapshot(&domain, 1));
    assert_int_equal(get(&answer, CPUS, 1, &value), MIB_FOUND);
    assert_int_equal(value.unsigned32, 65535);
    assert_int_equal(get(&answer, MEMORY, 1, &value), MIB_FOUND);
    assert_true(value.unsigned32 == UINT32_MAX);
    assert_int_equal(get(&answer, MEMORY_LIMIT, 1, &value), MIB_FOUND);
    assert_true(value.unsigned32 == UINT32_MAX);
    rows_unref(rows);
}

static void values_that_the_statistics_lack_come_from_the_xml(void **state)
{
    static const char xml[] = "<domain><memory unit='KiB'>2048000</memory><currentMemory>1024000</currentMemory>"
                              "<vcpu current='3'>4</vcpu></domain>";
    struct domain domain = fixture_domain(1, DOMAIN_ID_INACTIVE);
    struct domain_xml_parser *parser = domain_xml_parser_new(NULL);
    struct answer answer = { .rows = NULL };
    struct rows *rows;
    struct mib_value value;

    (void)state;
    assert_non_null(parser);
    domain.xml_facts = domain_xml_parse(parser, xml);
    assert_non_null(domain.xml_facts);
    domain_xml_parser_free(parser);
    answer.rows = rows = rows_of(fixture_snapshot(&domain, 1));
    assert_int_equal(get(&answer, CPUS, 1, &value), MIB_FOUND);
    assert_int_equal(value.unsigned32, 3);
    assert_int_equal(get(&answer, MEMORY, 1, &value), MIB_FOUND);
    assert_int_equal(value.unsigned32, 1000);
    assert_int_equal(get(&answer, MEMORY_LIMIT, 1, &value), MIB_FOUND);
    assert_int_equal(value.unsigned32, 2000);
    rows_unref(rows);
}

static void each_state_has_the_nearest_number(void **state)
{
    static const int32_t numbers[DOMAIN_STATES] = { 1, 1, 2, 3, 4, 5, 6, 3 };
    struct answer answer = { .rows = NULL };
    struct rows *rows = rows_of(fixture_all_guests());
    struct mib_value value;

    (void)state;
    answer.rows = rows;
    for (int i = 0; i < DOMAIN_STATES; i++) {
        assert_int_equal(libvirt_mib_state(i), numbers[i]);
        assert_int_equal(get(&answer, STATE, (unsigned)i, &value), MIB_FOUND);
        assert_int_equal(value.integer, numbers[i]);
    }
    assert_int_equal(libvirt_mib_state(DOMAIN_STATE_UNREAD), 0);
    assert_int_equal(libvirt_mib_state(DOMAIN_STATES), 0);
    assert_int_equal(get(&answer, STATE, GUEST_UNREAD, &value), MIB_NO_INSTANCE);
    assert_int_equal(get(&answer, STATE, GUEST_LATER, &value), MIB_NO_INSTANCE);
    assert_int_equal(get(&answer, NAME, GUEST_LATER, &value), MIB_FOUND);
    rows_unref(rows);
}

static void a_state_that_cannot_be_read_is_the_last_one(void **state)
{
    struct domain domain = fixture_domain(1, 3);
    struct answer answer = { .rows = NULL };
    struct rows *rows;
    struct mib_value value;

    (void)state;
    domain.state = DOMAIN_STATE_UNREAD;
    domain.last_state = DOMAIN_PAUSED;
    answer.rows = rows = rows_of(fixture_snapshot(&domain, 1));
    assert_int_equal(get(&answer, STATE, 1, &value), MIB_FOUND);
    assert_int_equal(value.integer, 3);
    rows_unref(rows);
}

static void a_walk_goes_by_uuid_and_ends(void **state)
{
    struct answer answer = { .rows = NULL };
    struct rows *rows = rows_of(fixture_all_guests());
    struct name at = { .length = ENTRY }, after = { .length = 0 };
    struct mib_value value;

    (void)state;
    answer.rows = rows;
    memcpy(at.oid, base, sizeof(base));
    for (unsigned i = 0; i < FIXTURE_GUESTS; i++) {
        check_next(&answer, &at, NAME, i);
        at = row_name(NAME, i);
    }
    check_next(&answer, &at, STATE, 0);
    at = row_name(CPU_TIME, FIXTURE_GUESTS);
    check_next(&answer, &at, ROW_STATUS, 0);
    at = row_name(ROW_STATUS, FIXTURE_GUESTS - 1);
    assert_false(mib_next(&libvirt_mib, &answer, NULL, at.oid, at.length, after.oid, &after.length, &value));
    rows_unref(rows);
}

/* Rows 10, 20 and 30; their UUIDs differ in the last octet. */
static struct rows *three_rows(void)
{
    struct domain domains[] = { fixture_domain(10, 1), fixture_domain(20, DOMAIN_ID_INACTIVE),
                                fixture_domain(30, 2) };

    return rows_of(fixture_snapshot(domains, 3));
}

static void any_index_has_a_next_row(void **state)
{
    struct rows *rows = three_rows();
    struct answer answer = { .rows = rows };
    struct mib_value value;
    struct name name;

    (void)state;
    for (size_t octets = 0; octets < UUID_BYTES; octets++) {
        name = row_name(NAME, 20);
        name.length = ENTRY + 1 + octets;
        check_next(&answer, &name, NAME, 10); /* it comes before all indexes that begin with it */
        assert_int_equal(mib_get(&libvirt_mib, &answer, name.oid, name.length, &value), MIB_NO_INSTANCE);
    }
    name = row_name(NAME, 15);
    check_next(&answer, &name, NAME, 20);
    name = row_name(NAME, 10);
    name.oid[name.length++] = 0;
    check_next(&answer, &name, NAME, 20);
    assert_int_equal(mib_get(&libvirt_mib, &answer, name.oid, name.length, &value), MIB_NO_INSTANCE);
    name.oid[name.length - 2] = 9;
    check_next(&answer, &name, NAME, 10);
    name = row_name(NAME, 10);
    name.oid[name.length - 1] = 256 + 20; /* not an octet, and not taken for 20 */
    check_next(&answer, &name, STATE, 10);
    assert_int_equal(mib_get(&libvirt_mib, &answer, name.oid, name.length, &value), MIB_NO_INSTANCE);
    name = row_name(NAME, 10);
    name.oid[ENTRY + 1] = UINT32_MAX;
    check_next(&answer, &name, STATE, 10);
    name = row_name(NAME, 10);
    name.oid[ENTRY + 1]--;
    name.oid[ENTRY + 2] = 300;
    check_next(&answer, &name, NAME, 10);
    assert_int_equal(get(&answer, NAME, 15, &value), MIB_NO_INSTANCE);
    rows_unref(rows);
}

static void active_only_leaves_out_inactive_domains(void **state)
{
    struct rows *rows = three_rows();
    struct answer answer = { .rows = rows, .settings = { .active_only = true } };
    struct mib_value value;
    struct name name = row_name(NAME, 10);

    (void)state;
    assert_int_equal(get(&answer, NAME, 20, &value), MIB_NO_INSTANCE);
    assert_int_equal(get(&answer, NAME, 30, &value), MIB_FOUND);
    check_next(&answer, &name, NAME, 30);
    name = row_name(NAME, 30);
    check_next(&answer, &name, STATE, 10);
    answer.settings.active_only = false;
    assert_int_equal(get(&answer, NAME, 20, &value), MIB_FOUND);
    rows_unref(rows);
}

static void before_the_first_listing_there_is_nothing(void **state)
{
    const struct answer answer = { .rows = NULL };
    struct name name = row_name(NAME, 1), next = { .length = 0 };
    struct mib_value value;

    (void)state;
    assert_int_equal(mib_get(&libvirt_mib, &answer, name.oid, name.length, &value), MIB_NO_INSTANCE);
    assert_false(mib_next(&libvirt_mib, &answer, NULL, base, ENTRY, next.oid, &next.length, &value));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_row_of_a_running_domain),
        cmocka_unit_test(unknown_values_are_missing_and_an_inactive_domain_has_used_no_time),
        cmocka_unit_test(numbers_that_are_too_large_are_the_largest),
        cmocka_unit_test(values_that_the_statistics_lack_come_from_the_xml),
        cmocka_unit_test(each_state_has_the_nearest_number),
        cmocka_unit_test(a_state_that_cannot_be_read_is_the_last_one),
        cmocka_unit_test(a_walk_goes_by_uuid_and_ends),
        cmocka_unit_test(any_index_has_a_next_row),
        cmocka_unit_test(active_only_leaves_out_inactive_domains),
        cmocka_unit_test(before_the_first_listing_there_is_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
