/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Statistics of vCPUs and disks, also some that libvirt never sends. */
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
        INTEGER("state.state", 1),      NUMBER("cpu.time", 12),          INTEGER("vcpu.current", 2),
        INTEGER("vcpu.maximum", 4),     INTEGER("vcpu.0.state", 1),      NUMBER("vcpu.0.time", 1000),
        NUMBER("vcpu.0.wait", 5),       INTEGER("vcpu.3.state", 1),      NUMBER("vcpu.3.time", 3000),
        INTEGER("block.count", 2),      TEXT("block.0.name", "vda"),     TEXT("block.0.path", "/a.qcow2"),
        NUMBER("block.0.rd.reqs", 1),   NUMBER("block.0.rd.bytes", 2),   NUMBER("block.0.rd.times", 3),
        NUMBER("block.0.wr.reqs", 4),   NUMBER("block.0.wr.bytes", 5),   NUMBER("block.0.wr.times", 6),
        NUMBER("block.0.fl.reqs", 7),   NUMBER("block.0.allocation", 8), NUMBER("block.0.capacity", 9),
        NUMBER("block.0.physical", 10), TEXT("block.1.name", "hdc"),     NUMBER("block.1.rd.reqs", 0),
    };
    struct device_stats *device_stats = stats_decode_devices(parameters, ARRAY_COUNT(parameters));
    const struct disk_stats *disk;

    (void)state;
    assert_non_null(device_stats);
    assert_int_equal(device_stats->vcpu_count, 2);
    assert_int_equal(device_stats->vcpus[0].number, 0);
    assert_int_equal(device_stats->vcpus[1].number, 3);
    assert_int_equal(device_stats->vcpus[1].known, VCPU_TIME);
    assert_int_equal(device_stats->vcpus[1].time_ns, 3000);
    assert_int_equal(device_stats->disk_count, 2);
    disk = device_stats_disk(device_stats, "vda");
    assert_non_null(disk);
    assert_string_equal(disk->path, "/a.qcow2");
    assert_int_equal(disk->known, 0xff);
    assert_int_equal(disk->reads, 1);
    assert_int_equal(disk->read_bytes, 2);
    assert_int_equal(disk->read_time_ns, 3);
    assert_int_equal(disk->writes, 4);
    assert_int_equal(disk->write_bytes, 5);
    assert_int_equal(disk->write_time_ns, 6);
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
    assert_int_equal(device_stats->vcpus[0].known, 0);
    assert_int_equal(device_stats->vcpus[1].known, VCPU_TIME);
    device_stats_unref(device_stats);
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
        "net.0.rx.bytes",
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
        INTEGER("block.1.capacity", 2048),
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
        cmocka_unit_test(a_record_without_devices_is_null),
        cmocka_unit_test(names_of_another_form_are_ignored),
        cmocka_unit_test(values_of_another_type_are_ignored),
        cmocka_unit_test(the_maximum_of_devices_is_read),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
