/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A domain whose process does not answer keeps what only the process knows, and gets what libvirtd knows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/model/device_stats.h"

/* One vCPU, one disk and one interface, and all numbers are `number`. */
static struct device_stats *stats_of(uint64_t number)
{
    struct device_stats *stats = device_stats_new();

    assert_non_null(stats);
    stats->vcpus = calloc(1, sizeof(*stats->vcpus));
    stats->disks = calloc(1, sizeof(*stats->disks));
    stats->interfaces = calloc(1, sizeof(*stats->interfaces));
    assert_true(stats->vcpus && stats->disks && stats->interfaces);
    stats->vcpu_count = stats->disk_count = stats->interface_count = 1;
    stats->vcpus[0] = (struct vcpu_stats){ .known = VCPU_TIME, .time_ns = number };
    stats->disks[0] =
        (struct disk_stats){ .known = DISK_READS, .reads = number, .target = strdup("vda"), .path = strdup("/a") };
    stats->interfaces[0] =
        (struct net_stats){ .known = NET_RX_BYTES, .rx_bytes = number, .name = strdup("vnet0") };
    stats->memory = (struct memory_stats){ .known = MEMORY_RSS, .rss_kib = number };
    stats->cpu = (struct cpu_stats){ .known = CPU_USER | CPU_SYSTEM, .user_ns = number, .system_ns = number };
    return stats;
}

static void the_process_s_numbers_are_kept_and_the_others_are_new(void **state)
{
    struct device_stats *old = stats_of(1), *newer = stats_of(2);
    struct device_stats *both = device_stats_combine(old, newer);

    (void)state;
    device_stats_unref(old);
    device_stats_unref(newer);
    assert_int_equal(both->vcpus[0].time_ns, 2);
    assert_int_equal(device_stats_interface(both, "vnet0")->rx_bytes, 2);
    assert_int_equal(both->cpu.user_ns, 2);
    assert_int_equal(both->cpu.system_ns, 2);
    assert_int_equal(device_stats_disk(both, "vda")->reads, 1);
    assert_string_equal(device_stats_disk(both, "vda")->path, "/a");
    assert_int_equal(both->memory.rss_kib, 1);
    device_stats_unref(both);
}

/* A careful call asks for CPU time and interfaces only. */
static void what_the_newer_statistics_lack_is_kept(void **state)
{
    struct device_stats *old = stats_of(1), *newer = device_stats_new(), *both;

    (void)state;
    assert_non_null(newer);
    newer->cpu = (struct cpu_stats){ .known = CPU_USER, .user_ns = 9 };
    both = device_stats_combine(old, newer);
    device_stats_unref(old);
    device_stats_unref(newer);
    assert_int_equal(both->vcpu_count, 1);
    assert_int_equal(both->vcpus[0].time_ns, 1);
    assert_int_equal(device_stats_interface(both, "vnet0")->rx_bytes, 1);
    assert_int_equal(both->cpu.known, CPU_USER | CPU_SYSTEM);
    assert_int_equal(both->cpu.user_ns, 9);
    assert_int_equal(both->cpu.system_ns, 1);
    device_stats_unref(both);
}

static void empty_lists_are_combined(void **state)
{
    struct device_stats *old = device_stats_new(), *newer = device_stats_new(), *both;

    (void)state;
    assert_true(old && newer);
    both = device_stats_combine(old, newer);
    device_stats_unref(old);
    device_stats_unref(newer);
    assert_int_equal(both->vcpu_count + both->disk_count + both->interface_count, 0);
    device_stats_unref(both);
}

static void a_disk_without_texts_is_combined(void **state)
{
    struct device_stats *old = stats_of(1), *newer = stats_of(2), *both;

    (void)state;
    free(old->disks[0].path);
    free(old->disks[0].target);
    old->disks[0].path = old->disks[0].target = NULL;
    both = device_stats_combine(old, newer);
    device_stats_unref(old);
    device_stats_unref(newer);
    assert_int_equal(both->disk_count, 1);
    assert_null(both->disks[0].target);
    assert_null(both->disks[0].path);
    device_stats_unref(both);
}

static void one_alone_is_the_result(void **state)
{
    struct device_stats *stats = stats_of(1);
    struct device_stats *as_old = device_stats_combine(stats, NULL), *as_new = device_stats_combine(NULL, stats);

    (void)state;
    assert_ptr_equal(as_old, stats);
    assert_ptr_equal(as_new, stats);
    assert_null(device_stats_combine(NULL, NULL));
    device_stats_unref(as_old);
    device_stats_unref(as_new);
    device_stats_unref(stats);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_process_s_numbers_are_kept_and_the_others_are_new),
        cmocka_unit_test(what_the_newer_statistics_lack_is_kept),
        cmocka_unit_test(empty_lists_are_combined),
        cmocka_unit_test(a_disk_without_texts_is_combined),
        cmocka_unit_test(one_alone_is_the_result),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
