/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "collectd-plugin/stats_metrics.h"
#include "lib/base/array.h"
#include "lib/model/device_stats.h"
#include "lib/model/xml_facts.h"
#include "tests/unit/fixtures.h"

enum {
    ALL_GROUPS = STATS_GROUP_CPU | STATS_GROUP_VCPU | STATS_GROUP_MEMORY | STATS_GROUP_DISK | STATS_GROUP_INTERFACE
};

static char why[256];

/* All metrics that were sent, one after the other: "type-instance=value,value ". */
static char sent[4096];

static void note(void *data, const struct metric *metric)
{
    size_t length = strlen(sent);
    const union metric_value *values = metric->values;

    assert_ptr_equal(data, sent);
    length +=
        (size_t)snprintf(sent + length, sizeof(sent) - length, "%s-%s=", metric->type, metric->type_instance);
    for (size_t i = 0; i < metric->count; i++)
        length +=
            metric->is_derive
                ? (size_t)snprintf(sent + length, sizeof(sent) - length, "%lldd,", (long long)values[i].derive)
                : (size_t)snprintf(sent + length, sizeof(sent) - length, "%.0fg,", values[i].gauge);
    (void)snprintf(sent + length - 1, sizeof(sent) - length + 1, " ");
}

static void assert_sends(const struct domain *domain, const struct stats_choice *choice, const char *wanted)
{
    sent[0] = '\0';
    stats_metrics_send(domain, choice, note, sent);
    assert_string_equal(sent, wanted);
}

static char vda[] = "vda", image[] = "/srv/images/one.qcow2", hdc[] = "hdc", vnet0[] = "vnet0", vnet7[] = "vnet7",
            other_mac[] = "52:54:00:00:00:01", mac[] = "52:54:00:00:00:02";

static struct vcpu_stats vcpus[] = { { .number = 0, .known = VCPU_TIME, .time_ns = 11 },
                                     { .number = 2, .known = VCPU_TIME | VCPU_WAIT, .time_ns = 22 } };
static struct disk_stats disks[] = {
    { .number = 0,
      .known = DISK_READS | DISK_WRITES | DISK_READ_BYTES | DISK_WRITE_BYTES | DISK_READ_TIME | DISK_WRITE_TIME |
               DISK_FLUSHES | DISK_FLUSH_TIME | DISK_CAPACITY,
      .target = vda,
      .path = image,
      .capacity_bytes = 100,
      .reads = 1,
      .writes = 2,
      .flushes = 3,
      .read_bytes = 4,
      .write_bytes = 5,
      .read_time_ns = 6,
      .write_time_ns = 7,
      .flush_time_ns = 8999 },
    { .number = 1, .known = DISK_READS, .target = hdc, .reads = 9 },
};
static struct net_stats interfaces[] = {
    { .number = 1,
      .known = 0xff,
      .name = vnet0,
      .rx_bytes = 1,
      .rx_packets = 2,
      .rx_errors = 3,
      .rx_drops = 4,
      .tx_bytes = 5,
      .tx_packets = 6,
      .tx_errors = 7,
      .tx_drops = 8 },
    { .number = 4, .known = NET_RX_BYTES | NET_TX_BYTES, .name = vnet7 },
};
static struct interface xml_interfaces[] = { { .mac = other_mac }, { .mac = mac, .target = vnet0 } };
static struct xml_facts xml_facts = { .interfaces = xml_interfaces, .interface_count = 2 };

static struct device_stats all_stats = {
    .vcpu_count = 2,
    .disk_count = 2,
    .interface_count = 2,
    .vcpus = vcpus,
    .disks = disks,
    .interfaces = interfaces,
    .memory = { .known = MEMORY_UNUSED | MEMORY_AVAILABLE | MEMORY_USABLE | MEMORY_RSS | MEMORY_DISK_CACHES |
                         MEMORY_SWAPPED_IN | MEMORY_SWAPPED_OUT | MEMORY_MAJOR_FAULTS | MEMORY_MINOR_FAULTS |
                         MEMORY_LAST_UPDATE,
                .unused_kib = 1,
                .available_kib = 2,
                .usable_kib = 3,
                .rss_kib = 4,
                .disk_caches_kib = 5,
                .swapped_in_kib = 6,
                .swapped_out_kib = 7,
                .major_faults = 8,
                .minor_faults = 9 },
    .cpu = { .known = CPU_USER | CPU_SYSTEM, .user_ns = 10, .system_ns = 20 },
};

static struct domain guest(struct device_stats *stats)
{
    struct domain domain = fixture_domain(1, 7);

    domain.name = "web";
    domain.stats.known = DOMAIN_STAT_CPU_TIME | DOMAIN_STAT_MEMORY;
    domain.stats.cpu_time_ns = 9007199254740993; /* no double has this value */
    domain.stats.memory_kib = 1000;
    domain.device_stats = stats;
    domain.xml_facts = &xml_facts;
    return domain;
}

static struct stats_choice choice_of(uint32_t groups)
{
    return (struct stats_choice){ .groups = groups };
}

static void each_group_has_the_metrics_of_virt(void **state)
{
    static const struct {
        enum stats_group group;
        const char *wanted;
    } groups[] = {
        { STATS_GROUP_CPU, "virt_cpu_total-=9007199254740993d ps_cputime-=10d,20d " },
        { STATS_GROUP_VCPU, "virt_vcpu-0=11d virt_vcpu-2=22d " },
        { STATS_GROUP_MEMORY,
          "memory-total=1024000g memory-actual_balloon=1024000g memory-rss=4096g "
          "memory-unused=1024g memory-available=2048g memory-usable=3072g "
          "memory-disk_caches=5120g swap_io-in=6144d swap_io-out=7168d ps_pagefaults-=9d,8d " },
        { STATS_GROUP_DISK, "disk_ops-vda=1d,2d disk_octets-vda=4d,5d disk_time-vda=6d,7d "
                            "total_requests-flush-vda=3d total_time_in_ms-flush-vda=8d disk_capacity-vda=100g " },
        { STATS_GROUP_INTERFACE, "if_octets-vnet0=1d,5d if_packets-vnet0=2d,6d if_errors-vnet0=3d,7d "
                                 "if_dropped-vnet0=4d,8d if_octets-vnet7=0d,0d " },
    };
    struct domain domain = guest(&all_stats);

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(groups); i++) {
        struct stats_choice choice = choice_of(groups[i].group);

        assert_sends(&domain, &choice, groups[i].wanted);
    }
}

static void without_a_group_nothing_is_sent(void **state)
{
    struct domain domain = guest(&all_stats);
    struct stats_choice choice = choice_of(0);

    (void)state;
    assert_sends(&domain, &choice, "");
}

static void what_is_not_known_is_not_sent(void **state)
{
    struct device_stats few = { .memory = { .known = MEMORY_RSS, .rss_kib = 4 },
                                .cpu = { .known = CPU_USER, .user_ns = 10 } };
    struct stats_choice choice = choice_of(ALL_GROUPS);
    struct domain domain = guest(&few);

    (void)state;
    assert_sends(&domain, &choice, "virt_cpu_total-=9007199254740993d memory-total=1024000g memory-rss=4096g ");
    domain.device_stats = NULL;
    assert_sends(&domain, &choice, "virt_cpu_total-=9007199254740993d memory-total=1024000g ");
    domain.stats.known = 0;
    assert_sends(&domain, &choice, "");
}

static void a_disk_is_named_by_target_or_source(void **state)
{
    struct domain domain = guest(&all_stats);
    struct stats_choice choice = choice_of(STATS_GROUP_DISK);

    (void)state;
    choice.disk_by_basename = true; /* of no effect for targets */
    assert_sends(&domain, &choice,
                 "disk_ops-vda=1d,2d disk_octets-vda=4d,5d disk_time-vda=6d,7d total_requests-flush-vda=3d "
                 "total_time_in_ms-flush-vda=8d disk_capacity-vda=100g ");
    choice.disk_by_source = true;
    stats_metrics_send(&domain, &choice, note, sent);
    assert_non_null(strstr(sent, "disk_ops-one.qcow2=1d,2d "));
    choice.disk_by_basename = false;
    stats_metrics_send(&domain, &choice, note, sent);
    assert_non_null(strstr(sent, "disk_ops-/srv/images/one.qcow2=1d,2d "));
    assert_non_null(strstr(sent, "total_requests-flush-/srv/images/one.qcow2=3d "));
}

static void an_interface_is_named_by_device_address_or_number(void **state)
{
    struct domain domain = guest(&all_stats);
    struct stats_choice choice = choice_of(STATS_GROUP_INTERFACE);

    (void)state;
    assert_false(stats_metrics_need_xml(&choice));
    choice.interface_format = STATS_INTERFACE_NUMBER;
    assert_sends(&domain, &choice,
                 "if_octets-interface-1=1d,5d if_packets-interface-1=2d,6d if_errors-interface-1=3d,7d "
                 "if_dropped-interface-1=4d,8d if_octets-interface-2=0d,0d ");
    choice.interface_format = STATS_INTERFACE_ADDRESS; /* of vnet7, it is not known */
    assert_true(stats_metrics_need_xml(&choice));
    assert_sends(&domain, &choice,
                 "if_octets-52:54:00:00:00:02=1d,5d if_packets-52:54:00:00:00:02=2d,6d "
                 "if_errors-52:54:00:00:00:02=3d,7d if_dropped-52:54:00:00:00:02=4d,8d ");
    domain.xml_facts = NULL;
    assert_sends(&domain, &choice, "");
}

static void devices_are_selected_by_domain_and_name(void **state)
{
    struct domain domain = guest(&all_stats);
    struct stats_choice choice = choice_of(STATS_GROUP_DISK | STATS_GROUP_INTERFACE);

    (void)state;
    assert_true(selection_add(&choice.disks, "web:hdc", why, sizeof(why)));
    assert_true(selection_add(&choice.interfaces, "/^web:.*7$/", why, sizeof(why)));
    assert_sends(&domain, &choice, "if_octets-vnet7=0d,0d ");
    domain.name = "db";
    assert_sends(&domain, &choice, "");
    choice.disks.ignore = choice.interfaces.ignore = true;
    domain.name = "web";
    stats_metrics_send(&domain, &choice, note, sent);
    assert_non_null(strstr(sent, "disk_ops-vda"));
    assert_non_null(strstr(sent, "if_octets-vnet0"));
    assert_null(strstr(sent, "vnet7"));
    selection_clear(&choice.disks);
    selection_clear(&choice.interfaces);
}

static void a_hostile_name_is_escaped(void **state)
{
    char path[] = "/srv/a\n\033b";
    struct disk_stats disk = { .known = DISK_CAPACITY, .path = path };
    struct device_stats stats = { .disk_count = 1, .disks = &disk };
    struct domain domain = guest(&stats);
    struct stats_choice choice = { .groups = STATS_GROUP_DISK, .disk_by_source = true };

    (void)state;
    assert_sends(&domain, &choice, "disk_capacity-/srv/a\\x0a\\x1bb=0g ");
}

static void a_long_name_is_cut_to_collectds_size(void **state)
{
    char path[512];
    struct disk_stats disk = { .known = DISK_FLUSHES, .path = path };
    struct device_stats stats = { .disk_count = 1, .disks = &disk };
    struct domain domain = guest(&stats);
    struct stats_choice choice = { .groups = STATS_GROUP_DISK, .disk_by_source = true };

    (void)state;
    memset(path, 'p', sizeof(path) - 1);
    path[sizeof(path) - 1] = '\0';
    sent[0] = '\0';
    stats_metrics_send(&domain, &choice, note, sent);
    assert_int_equal(strlen(sent), strlen("total_requests-") + 127 + strlen("=0d "));
}

static void words_become_groups(void **state)
{
    uint32_t groups = 0;

    (void)state;
    assert_true(stats_metrics_parse_groups("cpu VCPU,memory\tdisk interface", &groups, why, sizeof(why)));
    assert_int_equal(groups, ALL_GROUPS);
    assert_true(stats_metrics_parse_groups(" disk disk ", &groups, why, sizeof(why)));
    assert_int_equal(groups, STATS_GROUP_DISK);
}

static void a_wrong_word_is_refused_and_changes_nothing(void **state)
{
    static const char *const wrong[] = { "", " ,", "cpus", "cp", "disk net", "all" };
    uint32_t groups = STATS_GROUP_CPU;

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(wrong); i++) {
        assert_false(stats_metrics_parse_groups(wrong[i], &groups, why, sizeof(why)));
        assert_non_null(strstr(why, "expected some of: cpu vcpu memory disk interface"));
    }
    assert_int_equal(groups, STATS_GROUP_CPU);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_group_has_the_metrics_of_virt),
        cmocka_unit_test(without_a_group_nothing_is_sent),
        cmocka_unit_test(what_is_not_known_is_not_sent),
        cmocka_unit_test(a_disk_is_named_by_target_or_source),
        cmocka_unit_test(an_interface_is_named_by_device_address_or_number),
        cmocka_unit_test(devices_are_selected_by_domain_and_name),
        cmocka_unit_test(a_hostile_name_is_escaped),
        cmocka_unit_test(a_long_name_is_cut_to_collectds_size),
        cmocka_unit_test(words_become_groups),
        cmocka_unit_test(a_wrong_word_is_refused_and_changes_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
