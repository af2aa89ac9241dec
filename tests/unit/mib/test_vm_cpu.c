/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vmCpuTable ("5.1") and vmCpuAffinityTable ("6.1"). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <malloc.h>

#include "agent/mib/vm_mib.h"
#include "lib/libvirt/domain_xml.h"
#include "tests/unit/mib/answers.h"

#define VCPUS(number) "<domain><vcpu>" number "</vcpu></domain>"

enum { OFF = DOMAIN_ID_INACTIVE };

/* Pins: a byte of bits for each vCPU. */
static void pin(struct domain *domain, size_t count, const unsigned char *maps)
{
    struct pinning *pinning = &domain->xml_facts->pinning;

    *pinning = (struct pinning){ .count = count, .bytes = 1, .maps = malloc(count) };
    assert_non_null(pinning->maps);
    memcpy(pinning->maps, maps, count);
}

/* vmIndex 2: running with vCPUs 0, 1 and 3; 5: off with two; 6: running, without statistics; 9: off, and its XML
 * is not known yet. */
static void make(struct answers *answers)
{
    struct device_stats *device_stats = answers_usage(3);

    device_stats->vcpus[2].number = 3;
    answers_init(answers, 2);
    (void)answers_add(answers, 2, 1, VCPUS("4"), device_stats);
    (void)answers_add(answers, 5, OFF, VCPUS("2"), NULL);
    (void)answers_add(answers, 6, 2, VCPUS("1"), NULL);
    (void)answers_add(answers, 9, OFF, NULL, NULL);
}

static void rows_are_the_vcpus_that_are_plugged_in(void **state)
{
    struct answers answers;

    (void)state;
    make(&answers);
    answers_begin(&answers, NULL);
    assert_string_equal(answers_walk(&answers, "5.1.2"), "2.1 2.2 2.4 5.1 5.2");
    assert_string_equal(answers_get(&answers, "5.1.2.2.1"), "1"); /* microseconds */
    assert_string_equal(answers_get(&answers, "5.1.2.2.4"), "3");
    assert_string_equal(answers_get(&answers, "5.1.2.2.3"), "none");
    assert_string_equal(answers_get(&answers, "5.1.2.5.2"), "0"); /* inactive */
    assert_string_equal(answers_get(&answers, "5.1.2.5.3"), "none");
    assert_string_equal(answers_get(&answers, "5.1.2.6.1"), "none");
    assert_string_equal(answers_get(&answers, "5.1.1.2.1"), "none"); /* vmCpuIndex is not accessible */
    answers_free(&answers);
}

static void an_inactive_domain_does_not_have_the_times_of_its_last_run(void **state)
{
    struct answers answers;

    (void)state;
    answers_init(&answers, 2);
    (void)answers_add(&answers, 1, OFF, VCPUS("3"), answers_usage(2));
    answers_begin(&answers, NULL);
    assert_string_equal(answers_walk(&answers, "5.1.2"),
                        "1.1 1.2 1.3"); /* as configured, not as in its last run */
    assert_string_equal(answers_get(&answers, "5.1.2.1.1"), "0");
    answers_free(&answers);
}

static void a_vcpu_without_a_time_is_a_hole(void **state)
{
    struct device_stats *device_stats = answers_usage(3);
    struct answers answers;

    (void)state;
    device_stats->vcpus[1].known = 0;
    answers_init(&answers, 2);
    (void)answers_add(&answers, 1, 7, VCPUS("3"), device_stats);
    answers_begin(&answers, NULL);
    assert_string_equal(answers_walk(&answers, "5.1.2"), "1.1 1.3");
    assert_string_equal(answers_get(&answers, "5.1.2.1.2"), "none");
    assert_string_equal(answers_walk(&answers, "6.1.3"),
                        "1.1.196608 1.1.196609 1.2.196608 1.2.196609 1.3.196608 1.3.196609");
    answers_free(&answers);
}

static void the_next_row_is_found_from_any_index(void **state)
{
    static const struct {
        const char *from, *next;
    } steps[] = {
        { "5", "5.1.2.2.1" },
        { "5.1.2", "5.1.2.2.1" },
        { "5.1.2.0", "5.1.2.2.1" },
        { "5.1.2.2", "5.1.2.2.1" },
        { "5.1.2.2.0", "5.1.2.2.1" },
        { "5.1.2.2.0.9", "5.1.2.2.1" },
        { "5.1.2.2.1", "5.1.2.2.2" },
        { "5.1.2.2.1.0", "5.1.2.2.2" },
        { "5.1.2.2.2", "5.1.2.2.4" },
        { "5.1.2.2.2.4294967295.1.1.1.1.1", "5.1.2.2.4" },
        { "5.1.2.2.3", "5.1.2.2.4" },
        { "5.1.2.2.4", "5.1.2.5.1" },
        { "5.1.2.2.2147483647", "5.1.2.5.1" },
        { "5.1.2.2.4294967294", "5.1.2.5.1" },
        { "5.1.2.2.4294967295", "5.1.2.5.1" },
        { "5.1.2.3.1", "5.1.2.5.1" },
        { "5.1.2.5.2", "6.1.3.2.1.196608" },
        { "5.1.2.4294967295.4294967295", "6.1.3.2.1.196608" },
        { "6.1.3.2.1.0", "6.1.3.2.1.196608" },
        { "6.1.3.2.0.196609", "6.1.3.2.1.196608" },
        { "6.1.3.2.1.196608", "6.1.3.2.1.196609" },
        { "6.1.3.2.1.196608.7", "6.1.3.2.1.196609" },
        { "6.1.3.2.1.196609", "6.1.3.2.2.196608" },
        { "6.1.3.2.1.4294967295", "6.1.3.2.2.196608" },
        { "6.1.3.2.2", "6.1.3.2.2.196608" },
        { "6.1.3.2.3.196608", "6.1.3.2.4.196608" }, /* there is no vCPU 3 */
        { "6.1.3.2.4.196609", "6.1.3.5.1.196608" },
        { "6.1.3.2.4294967295.4294967295", "6.1.3.5.1.196608" },
        { "6.1.3.2.4294967295", "6.1.3.5.1.196608" },
        { "6.1.3.6.1.196608", "6.1.3.6.1.196609" },
        { "6.1.3.6.1.196609", "9.0" },
    };
    struct answers answers;

    (void)state;
    make(&answers);
    answers_begin(&answers, NULL);
    for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++)
        assert_string_equal(answers_next(&answers, steps[i].from), steps[i].next);
    answers_free(&answers);
}

static void affinity_follows_the_pinning(void **state)
{
    static const unsigned char maps[] = { 0x01, 0x02, 0x03, 0x00 };
    struct answers answers;

    (void)state;
    make(&answers);
    pin(&answers.snapshot->domains[0], sizeof(maps), maps);
    pin(&answers.snapshot->domains[1], 1, maps); /* one of its two vCPUs */
    answers_begin(&answers, NULL);
    assert_string_equal(answers_get(&answers, "6.1.3.2.1.196608"), "1");
    assert_string_equal(answers_get(&answers, "6.1.3.2.1.196609"), "2");
    assert_string_equal(answers_get(&answers, "6.1.3.2.2.196608"), "2");
    assert_string_equal(answers_get(&answers, "6.1.3.2.2.196609"), "1");
    assert_string_equal(answers_get(&answers, "6.1.3.2.3.196608"), "none"); /* not plugged in */
    assert_string_equal(answers_get(&answers, "6.1.3.2.4.196608"), "2");
    assert_string_equal(answers_get(&answers, "6.1.3.5.1.196608"), "1");
    assert_string_equal(answers_get(&answers, "6.1.3.5.2.196608"), "0"); /* its pinning is not known */
    assert_string_equal(answers_get(&answers, "6.1.3.6.1.196608"), "0");
    assert_string_equal(answers_get(&answers, "6.1.3.2.1.196610"), "none");
    assert_string_equal(answers_get(&answers, "6.1.3.2.1.196607"), "none");
    assert_string_equal(answers_get(&answers, "6.1.2.2.1.196608"), "none"); /* vmCpuPhysIndex is not accessible, */
    assert_string_equal(answers_get(&answers, "6.1.1.2.1.196608"), "none"); /* and there is no column 1 */
    answers_free(&answers);
}

static void no_vcpu_runs_on_a_cpu_that_is_offline(void **state)
{
    static const unsigned char both[] = { 0x03, 0x03 };
    struct answers answers;

    (void)state;
    answers_init(&answers, 2);
    pin(answers_add(&answers, 1, 1, VCPUS("2"), answers_usage(2)), 2, both);
    answers.snapshot->source.online[0] = 0x01;
    answers_begin(&answers, NULL);
    assert_string_equal(answers_get(&answers, "6.1.3.1.2.196608"), "1");
    assert_string_equal(answers_get(&answers, "6.1.3.1.2.196609"), "2");
    answers_free(&answers);
}

static void host_cpus_have_the_numbers_of_their_host(void **state)
{
    struct answers answers;

    (void)state;
    answers_init(&answers, 2);
    (void)answers_add(&answers, 1, OFF, VCPUS("1"), NULL);
    answers_begin(&answers, NULL);
    assert_string_equal(answers_walk(&answers, "6.1.3"), "1.1.196608 1.1.196609");
    answers.snapshot->source.local = false;
    assert_string_equal(answers_walk(&answers, "6.1.3"), "1.1.1 1.1.2");
    answers.answer.settings.host_cpu_base = 768;
    assert_string_equal(answers_walk(&answers, "6.1.3"), "1.1.768 1.1.769");
    answers.snapshot->source.local = true;
    assert_string_equal(answers_walk(&answers, "6.1.3"), "1.1.768 1.1.769");
    answers.snapshot->source.cpus = 0; /* the driver does not report them */
    assert_string_equal(answers_walk(&answers, "6.1.3"), "");
    answers_free(&answers);
}

/* Walks a column. Returns how many rows it has. */
static size_t count_rows(const struct answers *answers, mib_subid table, mib_subid column)
{
    mib_subid oid[MIB_OID_MAX] = { VM_MIB_OID, 1, table, 1, column }, next[MIB_OID_MAX];
    size_t base = 11, length = base, next_length, count = 0;
    struct mib_value value;

    while (mib_next(&vm_mib, &answers->answer, NULL, oid, length, next, &next_length, &value) &&
           next[8] == table) {
        assert_true(mib_compare(next, next_length, oid, length) > 0);
        memcpy(oid, next, next_length * sizeof(*next));
        length = next_length;
        count++;
    }
    return count;
}

/* The octets in use. An older glibc has no mallinfo2(). Then the number wraps at 4 GiB, but differences are right.
 */
static unsigned heap_used(void)
{
#if __GLIBC_PREREQ(2, 33)
    return (unsigned)mallinfo2().uordblks;
#else
    return (unsigned)mallinfo().uordblks;
#endif
}

static void rows_are_made_on_request(void **state)
{
    unsigned char maps[64][16];
    struct answers answers;
    unsigned before;

    (void)state;
    answers_init(&answers, 128);
    memset(maps, 0xff, sizeof(maps));
    for (uint32_t i = 0; i < ANSWERS_DOMAINS_MAX; i++) {
        struct domain *domain = answers_add(&answers, i + 1, (int)i + 1, VCPUS("64"), answers_usage(64));
        struct pinning pinning = { .count = 64, .bytes = 16, .maps = malloc(sizeof(maps)) };

        assert_non_null(pinning.maps);
        memcpy(pinning.maps, maps, sizeof(maps));
        pinning.maps[63 * 16 + 15] = 0x7f;
        domain->xml_facts->pinning = pinning;
    }
    before = heap_used();
    answers_begin(&answers, NULL);
    assert_int_equal(count_rows(&answers, 6, 3), ANSWERS_DOMAINS_MAX * 64 * 128);
    assert_true(heap_used() - before < 64 * 1024);
    assert_string_equal(answers_get(&answers, "6.1.3.16.64.196734"), "1");
    assert_string_equal(answers_get(&answers, "6.1.3.16.64.196735"), "2");
    answers_free(&answers);
}

static void a_configuration_cannot_make_a_walk_endless(void **state)
{
    struct answers answers;

    (void)state;
    answers_init(&answers, 1);
    (void)answers_add(&answers, 1, OFF, VCPUS("9000000000000000"), NULL);
    (void)answers_add(&answers, 2, OFF, VCPUS("-1"), NULL);
    answers_begin(&answers, NULL);
    assert_int_equal(count_rows(&answers, 5, 2), 4096);
    assert_int_equal(count_rows(&answers, 6, 3), 4096);
    answers_free(&answers);
}

static void before_the_first_listing_there_are_no_rows(void **state)
{
    struct answers answers = { .text = "" };

    (void)state;
    assert_string_equal(answers_get(&answers, "5.1.2.1.1"), "none");
    assert_string_equal(answers_get(&answers, "6.1.3.1.1.196608"), "none");
    assert_string_equal(answers_get(&answers, "7.1.4.1.1"), "none");
    assert_string_equal(answers_get(&answers, "8.1.2.1.1"), "none");
    assert_string_equal(answers_next(&answers, "4"), "9.0");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_are_the_vcpus_that_are_plugged_in),
        cmocka_unit_test(an_inactive_domain_does_not_have_the_times_of_its_last_run),
        cmocka_unit_test(a_vcpu_without_a_time_is_a_hole),
        cmocka_unit_test(the_next_row_is_found_from_any_index),
        cmocka_unit_test(affinity_follows_the_pinning),
        cmocka_unit_test(no_vcpu_runs_on_a_cpu_that_is_offline),
        cmocka_unit_test(host_cpus_have_the_numbers_of_their_host),
        cmocka_unit_test(rows_are_made_on_request),
        cmocka_unit_test(a_configuration_cannot_make_a_walk_endless),
        cmocka_unit_test(before_the_first_listing_there_are_no_rows),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
