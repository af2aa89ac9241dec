/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Statistics of vCPUs, disks, interfaces and memory, also some that libvirt never sends. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base/array.h"
#include "lib/libvirt/stats_decode.h"

#define NUMBER(name, number)                                                                                      \
    {                                                                                                             \
        .field = (name), .type = VIR_TYPED_PARAM_ULLONG, .value.ul = (number)                                     \
    }
#define INTEGER(name, number)                                                                                     \
    {                                                                                                             \
        .field = (name), .type = VIR_TYPED_PARAM_INT, .value.i = (number)                                         \
    }
#define TEXT(name, text)                                                                                          \
    {                                                                                                             \
        .field = (name), .type = VIR_TYPED_PARAM_STRING, .value.s = (char *)(uintptr_t)(text)                     \
    }

static void a_running_guest_is_read(void **state)
{
    const virTypedParameter parameters[] = {
        INTEGER("state.state", 1),        NUMBER("cpu.time", 12),        INTEGER("vcpu.current", 2),
        INTEGER("vcpu.maximum", 4),       INTEGER("vcpu.0.state", 1),    NUMBER("vcpu.0.time", 1000),
        INTEGER("vcpu.3.state", 2),       NUMBER("vcpu.3.time", 3000),   NUMBER("vcpu.3.wait", 41),
        NUMBER("vcpu.3.delay", 42),       INTEGER("block.count", 2),     TEXT("block.0.name", "vda"),
        TEXT("block.0.path", "/a.qcow2"), NUMBER("block.0.rd.reqs", 1),  NUMBER("block.0.rd.bytes", 2),
        NUMBER("block.0.rd.times", 3),    NUMBER("block.0.wr.reqs", 4),  NUMBER("block.0.wr.bytes", 5),
        NUMBER("block.0.wr.times", 6),    NUMBER("block.0.fl.reqs", 7),  NUMBER("block.0.fl.times", 11),
        NUMBER("block.0.allocation", 8),  NUMBER("block.0.capacity", 9), NUMBER("block.0.physical", 10),
        TEXT("block.1.name", "hdc"),      NUMBER("block.1.rd.reqs", 0),
    };
    struct device_stats *device_stats = stats_decode_devices(parameters, ARRAY_COUNT(parameters));
    const struct disk_stats *disk;

    (void)state;
    assert_non_null(device_stats);
    assert_int_equal(device_stats->vcpu_count, 2);
    assert_int_equal(device_stats->vcpus[0].number, 0);
    assert_int_equal(device_stats->vcpus[1].number, 3);
    assert_int_equal(device_stats->vcpus[0].known, VCPU_STATE | VCPU_TIME);
    assert_int_equal(device_stats->vcpus[1].known, VCPU_STATE | VCPU_TIME | VCPU_WAIT | VCPU_DELAY);
    assert_int_equal(device_stats->vcpus[1].state, 2);
    assert_int_equal(device_stats->vcpus[1].time_ns, 3000);
    assert_int_equal(device_stats->vcpus[1].wait_ns, 41);
    assert_int_equal(device_stats->vcpus[1].delay_ns, 42);
    assert_int_equal(device_stats->disk_count, 2);
    disk = device_stats_disk(device_stats, "vda");
    assert_non_null(disk);
    assert_string_equal(disk->path, "/a.qcow2");
    assert_int_equal(disk->known, 0x7ff);
    assert_int_equal(disk->reads, 1);
    assert_int_equal(disk->read_bytes, 2);
    assert_int_equal(disk->read_time_ns, 3);
    assert_int_equal(disk->writes, 4);
    assert_int_equal(disk->write_bytes, 5);
    assert_int_equal(disk->write_time_ns, 6);
    assert_int_equal(disk->flushes, 7);
    assert_int_equal(disk->flush_time_ns, 11);
    assert_int_equal(disk->allocation_bytes, 8);
    assert_int_equal(disk->capacity_bytes, 9);
    assert_int_equal(disk->physical_bytes, 10);
    disk = device_stats_disk(device_stats, "hdc"); /* an empty drive has no capacity and no path */
    assert_non_null(disk);
    assert_null(disk->path);
    assert_int_equal(disk->known, DISK_READS);
    assert_null(device_stats_disk(device_stats, "vdb"));
    assert_null(device_stats_disk(NULL, "vda"));
    device_stats_unref(device_stats);
}

static void vcpus_are_sorted_by_number(void **state)
{
    const virTypedParameter parameters[] = {
        NUMBER("vcpu.10.time", 10), INTEGER("vcpu.2.state", 1), NUMBER("vcpu.0.time", 1),
        NUMBER("vcpu.2.time", 2),   NUMBER("vcpu.10.time", 11),
    };
    struct device_stats *device_stats = stats_decode_devices(parameters, ARRAY_COUNT(parameters));

    (void)state;
    assert_non_null(device_stats);
    assert_int_equal(device_stats->vcpu_count, 3);
    assert_int_equal(device_stats->vcpus[0].number, 0);
    assert_int_equal(device_stats->vcpus[1].number, 2);
    assert_int_equal(device_stats->vcpus[1].time_ns, 2);
    assert_int_equal(device_stats->vcpus[2].number, 10);
    assert_int_equal(device_stats->vcpus[2].time_ns, 11);
    device_stats_unref(device_stats);
}

static void a_vcpu_with_only_a_state_has_no_time(void **state)
{
    const virTypedParameter parameters[] = { INTEGER("vcpu.0.state", 1), INTEGER("vcpu.1.state", 1),
                                             NUMBER("vcpu.1.time", 0) };
    struct device_stats *device_stats = stats_decode_devices(parameters, ARRAY_COUNT(parameters));

    (void)state;
    assert_non_null(device_stats);
    assert_int_equal(device_stats->vcpu_count, 2);
    assert_int_equal(device_stats->vcpus[0].known, VCPU_STATE);
    assert_int_equal(device_stats->vcpus[1].known, VCPU_STATE | VCPU_TIME);
    device_stats_unref(device_stats);
}

static void each_interface_has_its_numbers(void **state)
{
    const virTypedParameter parameters[] = {
        INTEGER("net.count", 2),     TEXT("net.0.name", "vnet7"),    NUMBER("net.0.rx.bytes", 1),
        NUMBER("net.0.rx.pkts", 2),  NUMBER("net.0.rx.errs", 3),     NUMBER("net.0.rx.drop", 4),
        NUMBER("net.0.tx.bytes", 5), NUMBER("net.0.tx.pkts", 6),     NUMBER("net.0.tx.errs", 7),
        NUMBER("net.0.tx.drop", 8),  TEXT("net.2.name", "macvtap0"), NUMBER("net.2.tx.bytes", UINT64_MAX),
    };
    struct device_stats *device_stats = stats_decode_devices(parameters, ARRAY_COUNT(parameters));
    const struct net_stats *interface;

    (void)state;
    assert_non_null(device_stats);
    assert_int_equal(device_stats->interface_count, 2);
    interface = device_stats_interface(device_stats, "vnet7");
    assert_non_null(interface);
    assert_int_equal(interface->known, 0xff);
    assert_int_equal(interface->rx_bytes, 1);
    assert_int_equal(interface->rx_packets, 2);
    assert_int_equal(interface->rx_errors, 3);
    assert_int_equal(interface->rx_drops, 4);
    assert_int_equal(interface->tx_bytes, 5);
    assert_int_equal(interface->tx_packets, 6);
    assert_int_equal(interface->tx_errors, 7);
    assert_int_equal(interface->tx_drops, 8);
    interface = device_stats_interface(device_stats, "macvtap0");
    assert_non_null(interface);
    assert_int_equal(interface->number, 2);
    assert_int_equal(interface->known, NET_TX_BYTES);
    assert_true(interface->tx_bytes == UINT64_MAX);
    assert_null(device_stats_interface(device_stats, "vnet8"));
    assert_null(device_stats_interface(device_stats, NULL)); /* an interface without a device on the host */
    assert_null(device_stats_interface(NULL, "vnet7"));
    device_stats_unref(device_stats);
}

static void memory_and_cpu_have_their_numbers(void **state)
{
    const virTypedParameter parameters[] = {
        NUMBER("cpu.time", 1),
        NUMBER("cpu.user", 2),
        NUMBER("cpu.system", 3),
        NUMBER("balloon.current", 4),
        NUMBER("balloon.maximum", 5),
        NUMBER("balloon.swap_in", 6),
        NUMBER("balloon.swap_out", 7),
        NUMBER("balloon.major_fault", 8),
        NUMBER("balloon.minor_fault", 9),
        NUMBER("balloon.unused", 10),
        NUMBER("balloon.available", 11),
        NUMBER("balloon.usable", 12),
        NUMBER("balloon.last-update", 13),
        NUMBER("balloon.disk_caches", 14),
        NUMBER("balloon.rss", 15),
    };
    struct device_stats *device_stats = stats_decode_devices(parameters, ARRAY_COUNT(parameters));

    (void)state;
    assert_non_null(device_stats);
    assert_int_equal(device_stats->cpu.known, CPU_USER | CPU_SYSTEM);
    assert_int_equal(device_stats->cpu.user_ns, 2);
    assert_int_equal(device_stats->cpu.system_ns, 3);
    assert_int_equal(device_stats->memory.known, 0x3ff);
    assert_int_equal(device_stats->memory.swapped_in_kib, 6);
    assert_int_equal(device_stats->memory.swapped_out_kib, 7);
    assert_int_equal(device_stats->memory.major_faults, 8);
    assert_int_equal(device_stats->memory.minor_faults, 9);
    assert_int_equal(device_stats->memory.unused_kib, 10);
    assert_int_equal(device_stats->memory.available_kib, 11);
    assert_int_equal(device_stats->memory.usable_kib, 12);
    assert_int_equal(device_stats->memory.last_update_real_s, 13);
    assert_int_equal(device_stats->memory.disk_caches_kib, 14);
    assert_int_equal(device_stats->memory.rss_kib, 15);
    assert_int_equal(device_stats->vcpu_count + device_stats->disk_count + device_stats->interface_count, 0);
    device_stats_unref(device_stats);
}

static void one_number_of_memory_or_cpu_is_enough(void **state)
{
    const virTypedParameter memory[] = { NUMBER("balloon.rss", 0) }, cpu[] = { NUMBER("cpu.system", 0) };
    struct device_stats *of_memory = stats_decode_devices(memory, 1), *of_cpu = stats_decode_devices(cpu, 1);

    (void)state;
    assert_non_null(of_memory);
    assert_int_equal(of_memory->memory.known, MEMORY_RSS);
    assert_non_null(of_cpu);
    assert_int_equal(of_cpu->cpu.known, CPU_SYSTEM);
    device_stats_unref(of_memory);
    device_stats_unref(of_cpu);
}

static void a_record_without_devices_is_null(void **state)
{
    const virTypedParameter inactive[] = { INTEGER("state.state", 5), INTEGER("vcpu.current", 2),
                                           INTEGER("vcpu.maximum", 4), INTEGER("block.count", 0) };

    (void)state;
    assert_null(stats_decode_devices(NULL, 0));
    assert_null(stats_decode_devices(inactive, ARRAY_COUNT(inactive)));
}

static void names_of_another_form_are_ignored(void **state)
{
    static const char *const names[] = {
        "vcpu.",
        "vcpu.time",
        "vcpu.-1.time",
        "vcpu.+1.time",
        "vcpu. 1.time",
        "vcpu.1",
        "vcpu.1.",
        "vcpu.1time",
        "vcpu.x.time",
        "vcpu.4096.time",
        "vcpu.4294967296.time",
        "vcpu.18446744073709551616.time",
        "vcpu.1.time.more",
        "block.0x1.capacity",
        "block.1.rd",
        "block..capacity",
        "Block.1.capacity",
        "xblock.1.capacity",
        "net.0.rx",
        "net.rx.bytes",
        "balloon.0.rss",
        "balloon.",
        "cpu.time",
        "cpu.users",
        "vcpu.1.later",
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(names); i++) {
        virTypedParameter parameter = NUMBER("", 1);

        (void)snprintf(parameter.field, sizeof(parameter.field), "%s", names[i]);
        assert_null(stats_decode_devices(&parameter, 1));
    }
}

static void values_of_another_type_are_ignored(void **state)
{
    const virTypedParameter parameters[] = {
        TEXT("vcpu.0.time", "many"),       NUMBER("block.0.name", 1),    NUMBER("block.0.path", 1),
        INTEGER("block.0.capacity", -1),   TEXT("block.0.rd.reqs", "1"), TEXT("block.1.name", "vda"),
        TEXT("block.1.name", "vdb"), /* a second name: the first one is kept */
        INTEGER("block.1.capacity", 2048), TEXT("balloon.rss", "5"),     INTEGER("cpu.user", -5),
        NUMBER("net.0.name", 7),           TEXT("net.0.rx.bytes", "5"),
    };
    struct device_stats *device_stats = stats_decode_devices(parameters, ARRAY_COUNT(parameters));

    (void)state;
    assert_non_null(device_stats);
    assert_int_equal(device_stats->vcpu_count, 1);
    assert_int_equal(device_stats->vcpus[0].known, 0);
    assert_int_equal(device_stats->disk_count, 2);
    assert_null(device_stats->disks[0].target);
    assert_null(device_stats->disks[0].path);
    assert_int_equal(device_stats->disks[0].known, 0);
    assert_null(device_stats_disk(device_stats, "vdb")); /* no disk has this name */
    assert_non_null(device_stats_disk(device_stats, "vda"));
    assert_int_equal(device_stats_disk(device_stats, "vda")->capacity_bytes, 2048);
    assert_int_equal(device_stats->memory.known, 0);
    assert_int_equal(device_stats->cpu.known, 0);
    assert_int_equal(device_stats->interface_count, 1);
    assert_null(device_stats->interfaces[0].name);
    assert_int_equal(device_stats->interfaces[0].known, 0);
    device_stats_unref(device_stats);
}

static void the_maximum_of_devices_is_read(void **state)
{
    virTypedParameter *parameters = calloc(4096, sizeof(*parameters));
    struct device_stats *device_stats;

    (void)state;
    assert_non_null(parameters);
    for (int i = 0; i < 4096; i++) {
        parameters[i] = (virTypedParameter)NUMBER("", (unsigned long long)i);
        (void)snprintf(parameters[i].field, sizeof(parameters[i].field), "vcpu.%d.time", 4095 - i);
    }
    device_stats = stats_decode_devices(parameters, 4096);
    assert_non_null(device_stats);
    assert_int_equal(device_stats->vcpu_count, 4096);
    for (unsigned i = 0; i < 4096; i++) {
        assert_int_equal(device_stats->vcpus[i].number, i);
        assert_int_equal(device_stats->vcpus[i].time_ns, 4095 - i);
    }
    device_stats_unref(device_stats);
    free(parameters);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_running_guest_is_read),
        cmocka_unit_test(vcpus_are_sorted_by_number),
        cmocka_unit_test(a_vcpu_with_only_a_state_has_no_time),
        cmocka_unit_test(each_interface_has_its_numbers),
        cmocka_unit_test(memory_and_cpu_have_their_numbers),
        cmocka_unit_test(one_number_of_memory_or_cpu_is_enough),
        cmocka_unit_test(a_record_without_devices_is_null),
        cmocka_unit_test(names_of_another_form_are_ignored),
        cmocka_unit_test(values_of_another_type_are_ignored),
        cmocka_unit_test(the_maximum_of_devices_is_read),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
