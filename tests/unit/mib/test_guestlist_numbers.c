/* SPDX-License-Identifier: GPL-2.0-or-later */
/* glMemoryTable ("5.1"), glCpuTable ("6.1"), glStorageTable ("7.1") and glNetworkTable ("8.1"). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "agent/mib/guestlist_mib.h"
#include "tests/unit/mib/answers.h"

enum { OFF = DOMAIN_ID_INACTIVE };

/* Two vCPUs, a disk, an interface of type user and one of type bridge, whose device on the host is vnet3. */
#define DEVICES                                                                                                   \
    "<domain><vcpu>2</vcpu><devices><disk type='file'><source file='/a'/><target dev='vda'/></disk>"              \
    "<interface type='user'/><interface type='bridge'><target dev='vnet3'/></interface></devices></domain>"
#define DEVICES_OFF                                                                                               \
    "<domain><vcpu>2</vcpu><devices><disk type='file'><source file='/a'/><target dev='vda'/></disk>"              \
    "<interface type='user'/><interface type='bridge'/></devices></domain>"

/* Each number is different. */
static struct device_stats *all_numbers(void)
{
    struct device_stats *stats = answers_usage(2);
    struct disk_stats *disk = answers_add_disk(stats, "vda", "/a", 100, 70);

    stats->memory = (struct memory_stats){
        .known = MEMORY_UNUSED | MEMORY_AVAILABLE | MEMORY_USABLE | MEMORY_RSS | MEMORY_DISK_CACHES |
                 MEMORY_SWAPPED_IN | MEMORY_SWAPPED_OUT | MEMORY_MAJOR_FAULTS,
        .unused_kib = 11,
        .available_kib = 12,
        .usable_kib = 13,
        .rss_kib = 14,
        .disk_caches_kib = 15,
        .swapped_in_kib = 16,
        .swapped_out_kib = 17,
        .major_faults = UINT64_MAX,
    };
    stats->vcpus[0].known = stats->vcpus[1].known = VCPU_STATE | VCPU_WAIT | VCPU_DELAY;
    stats->vcpus[1].state = 2;
    stats->vcpus[1].wait_ns = 21999;
    stats->vcpus[1].delay_ns = 22000;
    disk->known |= DISK_FLUSHES | DISK_FLUSH_TIME | DISK_ALLOCATION;
    disk->flushes = 31;
    disk->flush_time_ns = 32999;
    disk->allocation_bytes = 33;
    stats->interfaces = calloc(1, sizeof(*stats->interfaces));
    assert_non_null(stats->interfaces);
    stats->interface_count = 1;
    stats->interfaces[0] = (struct net_stats){ .known = 0xff,
                                               .name = strdup("vnet3"),
                                               .rx_bytes = 41,
                                               .rx_packets = 42,
                                               .rx_errors = 43,
                                               .rx_drops = 44,
                                               .tx_bytes = 45,
                                               .tx_packets = 46,
                                               .tx_errors = 47,
                                               .tx_drops = 48 };
    return stats;
}

/* Compares the columns 1, 2, ... of a row with the words of `wanted`. */
static void assert_columns(struct answers *answers, const char *table, const char *row, const char *wanted)
{
    char found[ANSWERS_TEXT_MAX] = "", instance[64];
    size_t words = 1;

    for (const char *blank = wanted; (blank = strchr(blank, ' ')); blank++)
        words++;
    for (size_t column = 1; column <= words; column++) {
        size_t used = strlen(found);

        (void)snprintf(instance, sizeof(instance), "%s.%zu.%s", table, column, row);
        (void)snprintf(found + used, sizeof(found) - used, "%s%s", used ? " " : "",
                       answers_get(answers, instance));
    }
    assert_string_equal(found, wanted);
}

static void begin(struct answers *answers, int id, const char *xml, struct device_stats *stats)
{
    answers_init(answers, 1);
    answers->mib = &guestlist_mib;
    (void)answers_add(answers, 3, id, xml, stats);
    answers_begin(answers, NULL);
}

static void a_running_guest_has_all_numbers(void **state)
{
    struct answers answers;

    (void)state;
    begin(&answers, 7, DEVICES, all_numbers());
    assert_columns(&answers, "5.1", "3", "11 12 13 14 15 16 17 18446744073709551615");
    assert_columns(&answers, "6.1", "3.1", "0 0 0");
    assert_columns(&answers, "6.1", "3.2", "2 21 22"); /* microseconds */
    assert_columns(&answers, "7.1", "3.1", "31 32 33 70");
    assert_columns(&answers, "8.1", "3.2", "41 42 43 44 45 46 47 48");
    answers_free(&answers);
}

static void an_interface_without_statistics_has_no_row(void **state)
{
    struct answers answers;

    (void)state;
    begin(&answers, 7, DEVICES, all_numbers());
    assert_columns(&answers, "8.1", "3.1", "none none none none none none none none");
    assert_string_equal(answers_walk(&answers, "8.1.1"), "3.2");
    answers_free(&answers);
}

/* Counters begin at 0 in the next run. The sizes of the disk stay as they were. */
static void a_guest_that_is_off_has_no_numbers_of_its_last_run_but_sizes(void **state)
{
    struct answers answers;

    (void)state;
    begin(&answers, OFF, DEVICES_OFF, all_numbers());
    assert_columns(&answers, "5.1", "3", "none none none none none 0 0 0");
    assert_columns(&answers, "6.1", "3.1", "0 0 0");
    assert_columns(&answers, "6.1", "3.2", "0 0 0");
    assert_columns(&answers, "7.1", "3.1", "0 0 33 70");
    assert_columns(&answers, "8.1", "3.1", "0 0 0 0 0 0 0 0");
    assert_columns(&answers, "8.1", "3.2", "0 0 0 0 0 0 0 0");
    answers_free(&answers);
}

static void a_disk_with_another_file_has_no_sizes(void **state)
{
    struct device_stats *stats = all_numbers();
    struct answers answers;

    (void)state;
    free(stats->disks[0].path);
    stats->disks[0].path = strdup("/b");
    begin(&answers, OFF, DEVICES_OFF, stats);
    assert_columns(&answers, "7.1", "3.1", "0 0 none none");
    answers_free(&answers);
}

static void unknown_numbers_are_missing_and_not_zero(void **state)
{
    struct device_stats *stats = all_numbers();
    struct answers answers;

    (void)state;
    stats->memory.known = MEMORY_RSS;
    stats->vcpus[0].known = VCPU_TIME;
    stats->vcpus[1].state = 3; /* of a later libvirt */
    stats->disks[0].known = DISK_READS;
    stats->interfaces[0].known = NET_TX_DROPS;
    begin(&answers, 7, DEVICES, stats);
    assert_columns(&answers, "5.1", "3", "none none none 14 none none none none");
    assert_columns(&answers, "6.1", "3.1", "none none none");
    assert_columns(&answers, "6.1", "3.2", "none 21 22");
    assert_columns(&answers, "7.1", "3.1", "none none none none");
    assert_columns(&answers, "8.1", "3.2", "none none none none none none none 48");
    answers_free(&answers);
}

/* It reported when its system started, and does not report again. */
static void old_numbers_of_a_guest_without_a_period_are_missing(void **state)
{
    static const char *const xmls[] = {
        NULL, DEVICES, "<domain><devices><memballoon><stats period='0'/></memballoon></devices></domain>",
        "<domain><devices><memballoon><stats period='10'/></memballoon></devices></domain>"
    };

    (void)state;
    for (size_t i = 0; i < sizeof(xmls) / sizeof(*xmls); i++) {
        struct device_stats *stats = all_numbers();
        struct answers answers;

        stats->memory.known |= MEMORY_LAST_UPDATE;
        begin(&answers, 7, xmls[i], stats);
        assert_columns(&answers, "5.1", "3",
                       i == 3 ? "11 12 13 14 15 16 17 18446744073709551615"
                              : "none none none 14 none none none none");
        answers_free(&answers);
    }
}

static void a_guest_without_statistics_has_no_rows(void **state)
{
    struct answers answers;

    (void)state;
    begin(&answers, 7, DEVICES, NULL);
    assert_string_equal(answers_next(&answers, "5"), "end");
    answers_free(&answers);
}

/* Until the XML is read, disks and interfaces have no rows. */
static void a_guest_without_xml_has_memory_and_vcpus(void **state)
{
    struct answers answers;

    (void)state;
    begin(&answers, 7, NULL, all_numbers());
    assert_string_equal(answers_walk(&answers, "5.1.4"), "3");
    assert_string_equal(answers_walk(&answers, "6.1.1"), "3.1 3.2");
    assert_string_equal(answers_next(&answers, "6.1.3.3.2"), "end");
    answers_free(&answers);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_running_guest_has_all_numbers),
        cmocka_unit_test(an_interface_without_statistics_has_no_row),
        cmocka_unit_test(a_guest_that_is_off_has_no_numbers_of_its_last_run_but_sizes),
        cmocka_unit_test(a_disk_with_another_file_has_no_sizes),
        cmocka_unit_test(unknown_numbers_are_missing_and_not_zero),
        cmocka_unit_test(old_numbers_of_a_guest_without_a_period_are_missing),
        cmocka_unit_test(a_guest_without_statistics_has_no_rows),
        cmocka_unit_test(a_guest_without_xml_has_memory_and_vcpus),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
