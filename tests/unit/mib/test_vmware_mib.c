/* SPDX-License-Identifier: GPL-2.0-or-later */
/* VMWARE-VMINFO-MIB's table over snapshots: the values that managers know, and that no row lacks a column. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "agent/mib/rows.h"
#include "agent/mib/vm_state.h"
#include "agent/mib/vmware_mib.h"
#include "lib/libvirt/domain_xml.h"
#include "tests/unit/fixtures.h"

enum { NAME = 2, OS = 4, MEMORY, STATE, CPUS = 9, ENTRY = 10, NAME_LENGTH = ENTRY + 2 };

static const mib_subid columns[] = { NAME, OS, MEMORY, STATE, CPUS };

enum { COLUMNS = sizeof(columns) / sizeof(*columns) };

/* vmIndex of domain number n is n + 1. */
static struct rows *rows_of(const struct snapshot *snapshot)
{
    uint32_t indexes[FIXTURE_GUESTS];
    struct rows *rows;

    for (size_t i = 0; i < snapshot->count; i++)
        indexes[i] = (uint32_t)i + 1;
    rows = rows_new(snapshot, indexes, calloc(1, sizeof(*indexes)), 0);
    assert_non_null(rows);
    snapshot_unref(snapshot);
    return rows;
}

static enum mib_found get(const struct answer *answer, mib_subid column, size_t number, struct mib_value *value)
{
    const mib_subid name[NAME_LENGTH] = { VMWARE_MIB_OID, 1, column, number + 1 };

    return mib_get(&vmware_mib, answer, name, NAME_LENGTH, value);
}

static void check_text(const struct answer *answer, mib_subid column, size_t number, const char *wanted)
{
    struct mib_value value;

    assert_int_equal(get(answer, column, number, &value), MIB_FOUND);
    assert_int_equal(value.type, MIB_OCTETS);
    assert_int_equal(value.length, strlen(wanted));
    assert_memory_equal(value.bytes, wanted, value.length);
}

static void check_number(const struct answer *answer, mib_subid column, size_t number, int32_t wanted)
{
    struct mib_value value;

    assert_int_equal(get(answer, column, number, &value), MIB_FOUND);
    assert_int_equal(value.type, MIB_INTEGER);
    assert_int_equal(value.integer, wanted);
}

static void one_row_of_a_running_domain(void **state)
{
    static const char xml[] =
        "<domain><os><type>hvm</type></os>"
        "<metadata><libosinfo:libosinfo xmlns:libosinfo='http://libosinfo.org/xmlns/libvirt/domain/1.0'>"
        "<libosinfo:os id='http://debian.org/debian/12'/></libosinfo:libosinfo></metadata></domain>";
    struct domain domain = fixture_domain(0, 3);
    struct domain_xml_parser *parser = domain_xml_parser_new(NULL);
    struct answer answer = { .rows = NULL };
    struct rows *rows;

    (void)state;
    assert_non_null(parser);
    domain.name = "web01";
    domain.xml_facts = domain_xml_parse(parser, xml);
    domain_xml_parser_free(parser);
    domain.stats =
        (struct domain_stats){ .known = DOMAIN_STAT_MEMORY | DOMAIN_STAT_MEMORY_MAXIMUM | DOMAIN_STAT_VCPUS,
                               .vcpus = 2,
                               .memory_kib = 512 * 1024,
                               .memory_maximum_kib = 2048 * 1024 + 1023 };
    answer.rows = rows = rows_of(fixture_snapshot(&domain, 1));
    check_text(&answer, NAME, 0, "web01");
    check_text(&answer, OS, 0, "http://debian.org/debian/12");
    check_number(&answer, MEMORY, 0, 2048);
    check_text(&answer, STATE, 0, "powered on");
    check_number(&answer, CPUS, 0, 2);
    rows_unref(rows);
}

static void without_a_known_system_the_os_is_its_type(void **state)
{
    struct domain domain = fixture_domain(0, 3);
    struct domain_xml_parser *parser = domain_xml_parser_new(NULL);
    struct answer answer = { .rows = NULL };
    struct rows *rows;

    (void)state;
    assert_non_null(parser);
    domain.xml_facts =
        domain_xml_parse(parser, "<domain><memory unit='KiB'>2097152</memory><vcpu current='3'>4</vcpu>"
                                 "<os><type>hvm</type></os></domain>");
    domain_xml_parser_free(parser);
    answer.rows = rows = rows_of(fixture_snapshot(&domain, 1));
    check_text(&answer, OS, 0, "hvm");
    check_number(&answer, MEMORY, 0, 2048);
    check_number(&answer, CPUS, 0, 3);
    rows_unref(rows);
}

static void each_state_is_one_of_the_words_that_managers_know(void **state)
{
    static const struct {
        enum fixture_guest guest;
        const char *word;
    } wanted[] = {
        { GUEST_NOSTATE, "unknown" },      { GUEST_RUNNING, "powered on" },
        { GUEST_BLOCKED, "powered on" },   { GUEST_PAUSED, "suspended" },
        { GUEST_SHUTDOWN, "powered on" },  { GUEST_SHUTOFF, "powered off" },
        { GUEST_CRASHED, "powered off" },  { GUEST_PMSUSPENDED, "suspended" },
        { GUEST_TRANSIENT, "powered on" }, { GUEST_CRASHED_OFF, "powered off" },
        { GUEST_SAVED, "suspended" },      { GUEST_BOOTS, "powered off" },
        { GUEST_UNREAD, "unknown" },       { GUEST_LATER, "unknown" },
        { GUEST_HUNG, "powered on" },
    };
    struct rows *rows = rows_of(fixture_all_guests());
    struct answer answer = { .rows = rows };

    (void)state;
    for (size_t i = 0; i < sizeof(wanted) / sizeof(*wanted); i++) {
        assert_string_equal(vmware_mib_state(&fixture_guests[wanted[i].guest]), wanted[i].word);
        check_text(&answer, STATE, wanted[i].guest, wanted[i].word);
    }
    answer.stale = true;
    for (size_t i = 0; i < FIXTURE_GUESTS; i++)
        check_text(&answer, STATE, i, "unknown");
    rows_unref(rows);
}

/* States that a job or a restore changes. */
static void a_guest_that_migrates_or_resumes_has_a_word(void **state)
{
    struct domain domain = fixture_domain(0, 3);

    (void)state;
    domain.job = DOMAIN_JOB_MIGRATION_OUT;
    assert_int_equal(vm_state_oper(&domain), VM_OPER_MIGRATING);
    assert_string_equal(vmware_mib_state(&domain), "powered on");
    domain.state = DOMAIN_PAUSED;
    domain.reason = 2;
    domain.job = DOMAIN_JOB_RESTORE;
    assert_int_equal(vm_state_oper(&domain), VM_OPER_RESUMING);
    assert_string_equal(vmware_mib_state(&domain), "suspended");
    domain.reason = 11;
    domain.job = DOMAIN_JOB_NONE;
    assert_int_equal(vm_state_oper(&domain), VM_OPER_PREPARING);
    assert_string_equal(vmware_mib_state(&domain), "powered on");
    domain.reason = 3;
    assert_int_equal(vm_state_oper(&domain), VM_OPER_SUSPENDING);
    assert_string_equal(vmware_mib_state(&domain), "suspended");
}

static void an_unknown_value_is_never_missing(void **state)
{
    struct rows *rows = rows_of(fixture_all_guests());
    struct answer answer = { .rows = rows };
    struct mib_value value;

    (void)state;
    check_text(&answer, OS, GUEST_HUNG, "");
    check_number(&answer, MEMORY, GUEST_HUNG, -1);
    check_number(&answer, CPUS, GUEST_HUNG, -1);
    for (size_t guest = 0; guest < FIXTURE_GUESTS; guest++)
        for (size_t column = 0; column < COLUMNS; column++)
            assert_int_equal(get(&answer, columns[column], guest, &value), MIB_FOUND);
    rows_unref(rows);
}

static void numbers_that_are_too_large_are_the_largest(void **state)
{
    struct domain domain = fixture_domain(0, 3);
    struct answer answer = { .rows = NULL };
    struct rows *rows;

    (void)state;
    domain.stats = (struct domain_stats){ .known = DOMAIN_STAT_MEMORY_MAXIMUM, .memory_maximum_kib = UINT64_MAX };
    answer.rows = rows = rows_of(fixture_snapshot(&domain, 1));
    check_number(&answer, MEMORY, 0, INT32_MAX);
    rows_unref(rows);
}

static void a_walk_goes_column_by_column_by_vm_index(void **state)
{
    struct rows *rows = rows_of(fixture_all_guests());
    const struct answer answer = { .rows = rows };
    mib_subid at[MIB_OID_MAX] = { VMWARE_MIB_OID };
    size_t length = ENTRY - 1;
    struct mib_value value;

    (void)state;
    for (size_t column = 0; column < COLUMNS; column++)
        for (mib_subid index = 1; index <= FIXTURE_GUESTS; index++) {
            assert_true(mib_next(&vmware_mib, &answer, NULL, at, length, at, &length, &value));
            assert_int_equal(length, NAME_LENGTH);
            assert_int_equal(at[ENTRY], columns[column]);
            assert_int_equal(at[ENTRY + 1], index);
        }
    assert_false(mib_next(&vmware_mib, &answer, NULL, at, length, at, &length, &value));
    rows_unref(rows);
}

static void before_the_first_listing_there_is_nothing(void **state)
{
    const struct answer answer = { .rows = NULL };
    const mib_subid root[] = { VMWARE_MIB_OID };
    mib_subid next[MIB_OID_MAX];
    struct mib_value value;
    size_t length;

    (void)state;
    assert_int_equal(get(&answer, NAME, 0, &value), MIB_NO_INSTANCE);
    assert_false(mib_next(&vmware_mib, &answer, NULL, root, ENTRY - 1, next, &length, &value));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_row_of_a_running_domain),
        cmocka_unit_test(without_a_known_system_the_os_is_its_type),
        cmocka_unit_test(each_state_is_one_of_the_words_that_managers_know),
        cmocka_unit_test(a_guest_that_migrates_or_resumes_has_a_word),
        cmocka_unit_test(an_unknown_value_is_never_missing),
        cmocka_unit_test(numbers_that_are_too_large_are_the_largest),
        cmocka_unit_test(a_walk_goes_column_by_column_by_vm_index),
        cmocka_unit_test(before_the_first_listing_there_is_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
