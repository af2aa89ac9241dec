/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/libvirt/stats_decode.h"
#include "tests/unit/between.h"
#include "tests/unit/fixtures.h"

static virTypedParameter integer(const char *name, int value)
{
    virTypedParameter parameter = { .type = VIR_TYPED_PARAM_INT, .value.i = value };

    (void)snprintf(parameter.field, sizeof(parameter.field), "%s", name);
    return parameter;
}

static virTypedParameter number(const char *name, unsigned long long value)
{
    virTypedParameter parameter = { .type = VIR_TYPED_PARAM_ULLONG, .value.ul = value };

    (void)snprintf(parameter.field, sizeof(parameter.field), "%s", name);
    return parameter;
}

static virTypedParameter count(const char *name, unsigned value)
{
    virTypedParameter parameter = { .type = VIR_TYPED_PARAM_UINT, .value.ui = value };

    (void)snprintf(parameter.field, sizeof(parameter.field), "%s", name);
    return parameter;
}

/* What libvirt 9.0.0 sent for a QEMU guest that ran. */
static void a_running_guest_is_read(void **state)
{
    const virTypedParameter parameters[] = {
        number("cpu.time", 1234567890),   number("cpu.user", 10),           number("cpu.haltpoll.fail.time", 0),
        number("balloon.current", 40960), number("balloon.maximum", 49152), number("balloon.rss", 61000),
        count("vcpu.current", 2),         count("vcpu.maximum", 3),         integer("vcpu.0.state", 1),
        number("vcpu.0.time", 77),
    };
    struct domain domain = { .id = 7 };

    (void)state;
    stats_decode_stats(parameters, 10, &domain);
    assert_true(stats_decode_has(parameters, 10, "balloon.rss"));
    assert_int_equal(domain.stats.known, DOMAIN_STAT_CPU_TIME | DOMAIN_STAT_MEMORY | DOMAIN_STAT_MEMORY_MAXIMUM |
                                             DOMAIN_STAT_VCPUS | DOMAIN_STAT_VCPUS_MAXIMUM);
    assert_int_equal(domain.stats.cpu_time_ns, 1234567890);
    assert_int_equal(domain.stats.memory_kib, 40960);
    assert_int_equal(domain.stats.memory_maximum_kib, 49152);
    assert_int_equal(domain.stats.vcpus, 2);
    assert_int_equal(domain.stats.vcpus_maximum, 3);
}

static void a_guest_that_hangs_lacks_what_only_it_could_say(void **state)
{
    const virTypedParameter parameters[] = { number("cpu.time", 5), number("balloon.current", 1024),
                                             count("vcpu.current", 1) };
    struct domain domain = { .id = 7 };

    (void)state;
    stats_decode_stats(parameters, 3, &domain);
    assert_false(stats_decode_has(parameters, 3, "balloon.rss"));
    assert_false(stats_decode_has(parameters, 0, "cpu.time"));
    assert_int_equal(domain.stats.memory_kib, 1024);
}

static void cpu_time_of_what_is_off_is_libvirtds_own_and_not_taken(void **state)
{
    const virTypedParameter parameters[] = { number("cpu.time", 11070000000), number("balloon.current", 40000) };
    struct domain domain = { .id = DOMAIN_ID_INACTIVE };

    (void)state;
    stats_decode_stats(parameters, 2, &domain);
    assert_int_equal(domain.stats.known, DOMAIN_STAT_MEMORY);
}

static void states_come_by_themselves(void **state)
{
    const virTypedParameter parameters[] = { integer("state.state", 3), integer("state.reason", 1) };
    struct domain domain = { .id = 7, .state = DOMAIN_STATE_UNREAD };

    (void)state;
    stats_decode_stats(parameters, 2, &domain);
    assert_int_equal(domain.state, DOMAIN_PAUSED);
    assert_int_equal(domain.reason, 1);
    assert_int_equal(domain.stats.known, 0);
}

static void what_cannot_be_is_passed_over(void **state)
{
    virTypedParameter text = { .type = VIR_TYPED_PARAM_STRING, .field = "balloon.current", .value.s = NULL };
    const virTypedParameter parameters[] = { integer("state.state", -2), integer("cpu.time", -5), text,
                                             number("vcpu.current", 1ull << 40), number("nonsense", 1) };
    struct domain domain = { .id = 7, .state = DOMAIN_STATE_UNREAD };

    (void)state;
    stats_decode_stats(parameters, 5, &domain);
    assert_int_equal(domain.state, DOMAIN_STATE_UNREAD);
    assert_int_equal(domain.stats.known, 0);
}

static void the_info_struct_stands_in_for_bulk_statistics(void **state)
{
    const virDomainInfo info = {
        .state = VIR_DOMAIN_RUNNING, .maxMem = 2048, .memory = 1024, .nrVirtCpu = 2, .cpuTime = 9
    };
    struct domain active = { .id = 1 }, inactive = { .id = DOMAIN_ID_INACTIVE };

    (void)state;
    stats_decode_info(&info, &active);
    stats_decode_info(&info, &inactive);
    assert_int_equal(active.stats.known,
                     DOMAIN_STAT_CPU_TIME | DOMAIN_STAT_MEMORY | DOMAIN_STAT_MEMORY_MAXIMUM | DOMAIN_STAT_VCPUS);
    assert_int_equal(active.stats.memory_maximum_kib, 2048);
    assert_int_equal(inactive.stats.known & DOMAIN_STAT_CPU_TIME, 0);
}

static void states_and_numbers_are_asked_for_apart(void **state)
{
    (void)state;
    assert_int_equal(stats_decode_states_wanted(), VIR_DOMAIN_STATS_STATE);
    assert_int_equal(stats_decode_inactive_wanted(),
                     VIR_DOMAIN_STATS_CPU_TOTAL | VIR_DOMAIN_STATS_BALLOON | VIR_DOMAIN_STATS_VCPU);
    assert_int_equal(stats_decode_active_wanted(), stats_decode_inactive_wanted() | VIR_DOMAIN_STATS_BLOCK);
    assert_int_equal(stats_decode_careful_wanted(), VIR_DOMAIN_STATS_CPU_TOTAL);
}

/* Records of virDomainListGetStats(NOWAIT) as libvirt 9.0.0 sent them, states and details in one; only the first
 * guest's balloon was full. */
struct recorded {
    const char *name;
    int type;
    unsigned long long value;
};
#define INT    VIR_TYPED_PARAM_INT
#define UINT   VIR_TYPED_PARAM_UINT
#define ULLONG VIR_TYPED_PARAM_ULLONG

static const struct recorded running_record[] = {
    { "state.state", INT, 1 },
    { "state.reason", INT, 1 },
    { "cpu.time", ULLONG, 390000000 },
    { "cpu.user", ULLONG, 200000000 },
    { "cpu.system", ULLONG, 190000000 },
    { "cpu.cache.monitor.count", UINT, 0 },
    { "cpu.haltpoll.success.time", ULLONG, 0 },
    { "cpu.haltpoll.fail.time", ULLONG, 0 },
    { "balloon.current", ULLONG, 40960 },
    { "balloon.maximum", ULLONG, 49152 },
    { "balloon.last-update", ULLONG, 0 },
    { "balloon.rss", ULLONG, 42140 },
    { "vcpu.current", UINT, 2 },
    { "vcpu.maximum", UINT, 3 },
    { "vcpu.0.state", INT, 1 },
    { "vcpu.0.time", ULLONG, 150000000 },
    { "vcpu.0.wait", ULLONG, 0 },
    { "vcpu.0.delay", ULLONG, 91841184 },
    { "vcpu.1.state", INT, 1 },
    { "vcpu.1.time", ULLONG, 0 },
};

/* The same guest, its process stopped and another call waiting for it. */
static const struct recorded hung_record[] = {
    { "state.state", INT, 1 },
    { "state.reason", INT, 1 },
    { "cpu.time", ULLONG, 410000000 },
    { "cpu.user", ULLONG, 190000000 },
    { "cpu.system", ULLONG, 220000000 },
    { "cpu.cache.monitor.count", UINT, 0 },
    { "balloon.current", ULLONG, 49152 },
    { "balloon.maximum", ULLONG, 49152 },
    { "vcpu.current", UINT, 2 },
    { "vcpu.maximum", UINT, 3 },
    { "vcpu.0.state", INT, 1 },
    { "vcpu.0.time", ULLONG, 150000000 },
};

/* Before it was started: what CPU time there is, is that of the process that was asked. */
static const struct recorded inactive_record[] = {
    { "state.state", INT, 5 },
    { "state.reason", INT, 0 },
    { "cpu.time", ULLONG, 30000000 },
    { "cpu.user", ULLONG, 10000000 },
    { "cpu.system", ULLONG, 20000000 },
    { "balloon.current", ULLONG, 40960 },
    { "balloon.maximum", ULLONG, 49152 },
    { "vcpu.current", UINT, 2 },
    { "vcpu.maximum", UINT, 3 },
};

/* The test driver knows states and nothing else. */
static const struct recorded test_driver_record[] = { { "state.state", INT, 1 }, { "state.reason", INT, 0 } };

static virTypedParameter parameter_of(const struct recorded *recorded)
{
    virTypedParameter parameter = { .type = recorded->type };

    (void)snprintf(parameter.field, sizeof(parameter.field), "%s", recorded->name);
    switch (recorded->type) {
    case VIR_TYPED_PARAM_INT:
        parameter.value.i = (int)recorded->value;
        break;
    case VIR_TYPED_PARAM_UINT:
        parameter.value.ui = (unsigned)recorded->value;
        break;
    default:
        parameter.value.ul = recorded->value;
        break;
    }
    return parameter;
}

static void play(const struct recorded *record, size_t count, struct domain *domain)
{
    virTypedParameter parameters[32] = { { .type = 0 } };

    assert_between(count, 0, 32);
    for (size_t i = 0; i < count; i++)
        parameters[i] = parameter_of(&record[i]);
    stats_decode_stats(parameters, (int)count, domain);
}

#define PLAY(record, domain) play(record, sizeof(record) / sizeof(*(record)), domain)

static void a_recorded_running_guest_is_read_whole(void **state)
{
    struct domain domain = { .id = 1, .state = DOMAIN_STATE_UNREAD };

    (void)state;
    PLAY(running_record, &domain);
    assert_int_equal(domain.state, DOMAIN_RUNNING);
    assert_int_equal(domain.reason, 1);
    assert_int_equal(domain.stats.known, DOMAIN_STAT_CPU_TIME | DOMAIN_STAT_MEMORY | DOMAIN_STAT_MEMORY_MAXIMUM |
                                             DOMAIN_STAT_VCPUS | DOMAIN_STAT_VCPUS_MAXIMUM);
    assert_int_equal(domain.stats.cpu_time_ns, 390000000);
    assert_int_equal(domain.stats.memory_kib, 40960);
    assert_int_equal(domain.stats.memory_maximum_kib, 49152);
    assert_int_equal(domain.stats.vcpus, 2);
    assert_int_equal(domain.stats.vcpus_maximum, 3);
}

static void a_recorded_hung_guest_has_the_numbers_that_libvirtd_knows(void **state)
{
    struct domain domain = { .id = 1, .state = DOMAIN_STATE_UNREAD };

    (void)state;
    PLAY(hung_record, &domain);
    assert_int_equal(domain.state, DOMAIN_RUNNING);
    assert_int_equal(domain.stats.cpu_time_ns, 410000000);
    assert_true(domain.stats.known & DOMAIN_STAT_VCPUS);
}

static void a_recorded_inactive_domain_has_no_cpu_time(void **state)
{
    struct domain domain = { .id = DOMAIN_ID_INACTIVE, .state = DOMAIN_STATE_UNREAD };

    (void)state;
    PLAY(inactive_record, &domain);
    assert_int_equal(domain.state, DOMAIN_SHUTOFF);
    assert_int_equal(domain.reason, 0);
    assert_int_equal(domain.stats.known, DOMAIN_STAT_MEMORY | DOMAIN_STAT_MEMORY_MAXIMUM | DOMAIN_STAT_VCPUS |
                                             DOMAIN_STAT_VCPUS_MAXIMUM);
    assert_int_equal(domain.stats.memory_kib, 40960);
    assert_int_equal(domain.stats.vcpus_maximum, 3);
}

static void a_recorded_domain_of_the_test_driver_has_a_state(void **state)
{
    struct domain domain = { .id = 1, .state = DOMAIN_STATE_UNREAD, .reason = 7 };

    (void)state;
    PLAY(test_driver_record, &domain);
    assert_int_equal(domain.state, DOMAIN_RUNNING);
    assert_int_equal(domain.reason, 0);
    assert_int_equal(domain.stats.known, 0);
}

static void an_empty_record_leaves_all_as_it_was(void **state)
{
    struct domain domain = fixture_domain(1, 5);

    (void)state;
    stats_decode_stats(NULL, 0, &domain);
    assert_int_equal(domain.state, DOMAIN_RUNNING);
    assert_int_equal(domain.reason, 1);
    assert_int_equal(domain.id, 5);
    assert_int_equal(domain.stats.known, 0);
}

static void each_integer_type_is_taken_and_no_other(void **state)
{
    static const struct {
        virTypedParameter parameter;
        bool taken;
    } parameters[] = {
        { { .type = VIR_TYPED_PARAM_INT, .value.i = 77 }, true },
        { { .type = VIR_TYPED_PARAM_UINT, .value.ui = 77 }, true },
        { { .type = VIR_TYPED_PARAM_LLONG, .value.l = 77 }, true },
        { { .type = VIR_TYPED_PARAM_ULLONG, .value.ul = 77 }, true },
        { { .type = VIR_TYPED_PARAM_DOUBLE, .value.d = 77 }, false },
        { { .type = VIR_TYPED_PARAM_BOOLEAN, .value.b = 1 }, false },
        { { .type = 0, .value.ul = 77 }, false },
        { { .type = 99, .value.ul = 77 }, false },
        { { .type = VIR_TYPED_PARAM_INT, .value.i = -1 }, false },
        { { .type = VIR_TYPED_PARAM_LLONG, .value.l = -1 }, false },
        { { .type = VIR_TYPED_PARAM_LLONG, .value.l = INT64_MIN }, false },
    };
    static const char *const names[] = { "cpu.time", "balloon.maximum", "vcpu.current" };

    (void)state;
    for (size_t i = 0; i < sizeof(parameters) / sizeof(*parameters); i++)
        for (size_t n = 0; n < sizeof(names) / sizeof(*names); n++) {
            virTypedParameter parameter = parameters[i].parameter;
            struct domain domain = { .id = 1 };

            (void)strcpy(parameter.field, names[n]);
            stats_decode_stats(&parameter, 1, &domain);
            if ((domain.stats.known != 0) != parameters[i].taken)
                fail_msg("%s of type %d: taken %d", names[n], parameter.type, !parameters[i].taken);
            if (parameters[i].taken)
                assert_int_equal(domain.stats.cpu_time_ns + domain.stats.memory_maximum_kib + domain.stats.vcpus,
                                 77);
        }
}

static void wide_numbers_are_whole_and_narrow_ones_are_not_cut(void **state)
{
    const struct recorded wide[] = {
        { "cpu.time", ULLONG, UINT64_MAX },        { "balloon.current", ULLONG, 1ull << 62 },
        { "vcpu.current", UINT, 0x80000000u },     { "vcpu.maximum", ULLONG, 1ull << 32 | 2 },
        { "state.state", ULLONG, 1ull << 32 | 3 }, { "state.reason", UINT, UINT32_MAX }
    };
    const struct recorded fitting[] = { { "vcpu.maximum", ULLONG, INT32_MAX }, { "state.state", UINT, 99 } };
    struct domain domain = { .id = 1, .state = DOMAIN_STATE_UNREAD, .reason = 5 };

    (void)state;
    PLAY(wide, &domain);
    assert_int_equal(domain.stats.known, DOMAIN_STAT_CPU_TIME | DOMAIN_STAT_MEMORY);
    assert_true(domain.stats.cpu_time_ns == UINT64_MAX);
    assert_true(domain.stats.memory_kib == 1ull << 62);
    assert_int_equal(domain.state, DOMAIN_STATE_UNREAD);
    assert_int_equal(domain.reason, 5);
    PLAY(fitting, &domain);
    assert_int_equal(domain.stats.vcpus_maximum, INT32_MAX);
    assert_int_equal(domain.state, 99); /* of a libvirt to come: kept as it is */
}

static void names_that_only_resemble_a_wanted_one_are_passed_over(void **state)
{
    static const struct recorded record[] = { { "cpu.times", ULLONG, 1 },        { "cpu.tim", ULLONG, 1 },
                                              { "CPU.time", ULLONG, 1 },         { "", ULLONG, 1 },
                                              { "balloon.currentx", ULLONG, 1 }, { "vcpu.0.current", UINT, 1 },
                                              { "xballoon.rss", ULLONG, 1 },     { "state", INT, 3 } };
    struct domain domain = { .id = 1, .state = DOMAIN_STATE_UNREAD };

    (void)state;
    PLAY(record, &domain);
    assert_int_equal(domain.stats.known, 0);
    assert_int_equal(domain.state, DOMAIN_STATE_UNREAD);
}

static void a_name_of_the_full_length_is_no_trap(void **state)
{
    virTypedParameter parameter = { .type = VIR_TYPED_PARAM_INT, .value.i = 1 };
    struct domain domain = { .id = 1 };

    (void)state;
    memset(parameter.field, 'c', sizeof(parameter.field) - 1);
    stats_decode_stats(&parameter, 1, &domain);
    assert_int_equal(domain.stats.known, 0);
}

static void the_info_struct_keeps_the_reason_and_large_numbers(void **state)
{
    const virDomainInfo info = { .state = VIR_DOMAIN_PAUSED,
                                 .maxMem = 1ul << 40,
                                 .memory = 1ul << 39,
                                 .nrVirtCpu = UINT16_MAX,
                                 .cpuTime = 1795524090463371000 };
    struct domain domain = { .id = 1, .reason = 5 };

    (void)state;
    stats_decode_info(&info, &domain);
    assert_int_equal(domain.state, DOMAIN_PAUSED);
    assert_int_equal(domain.reason, 5);
    assert_int_equal(domain.stats.memory_kib, 1ll << 39);
    assert_int_equal(domain.stats.memory_maximum_kib, 1ll << 40);
    assert_int_equal(domain.stats.vcpus, UINT16_MAX);
    assert_int_equal(domain.stats.cpu_time_ns, 1795524090463371000);
    assert_false(domain.stats.known & DOMAIN_STAT_VCPUS_MAXIMUM);
}

static void a_job_is_a_migration_a_restore_or_none(void **state)
{
    static const struct {
        int operation;
        enum domain_job job;
    } facts[] = {
        { VIR_DOMAIN_JOB_OPERATION_UNKNOWN, DOMAIN_JOB_NONE },
        { VIR_DOMAIN_JOB_OPERATION_SAVE, DOMAIN_JOB_NONE },
        { VIR_DOMAIN_JOB_OPERATION_RESTORE, DOMAIN_JOB_RESTORE },
        { VIR_DOMAIN_JOB_OPERATION_MIGRATION_IN, DOMAIN_JOB_MIGRATION_IN },
        { VIR_DOMAIN_JOB_OPERATION_MIGRATION_OUT, DOMAIN_JOB_MIGRATION_OUT },
        { VIR_DOMAIN_JOB_OPERATION_BACKUP, DOMAIN_JOB_NONE },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(facts) / sizeof(*facts); i++) {
        const virTypedParameter parameters[] = { number("time_elapsed", 5),
                                                 integer("operation", facts[i].operation) };

        assert_int_equal(stats_decode_job(VIR_DOMAIN_JOB_UNBOUNDED, parameters, 2), facts[i].job);
        assert_int_equal(stats_decode_job(VIR_DOMAIN_JOB_BOUNDED, parameters, 2), facts[i].job);
        assert_int_equal(stats_decode_job(VIR_DOMAIN_JOB_COMPLETED, parameters, 2), DOMAIN_JOB_NONE);
        assert_int_equal(stats_decode_job(VIR_DOMAIN_JOB_UNBOUNDED, parameters, 1), DOMAIN_JOB_NONE);
    }
    assert_int_equal(stats_decode_job(VIR_DOMAIN_JOB_NONE, NULL, 0), DOMAIN_JOB_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_running_guest_is_read),
        cmocka_unit_test(a_guest_that_hangs_lacks_what_only_it_could_say),
        cmocka_unit_test(cpu_time_of_what_is_off_is_libvirtds_own_and_not_taken),
        cmocka_unit_test(states_come_by_themselves),
        cmocka_unit_test(what_cannot_be_is_passed_over),
        cmocka_unit_test(the_info_struct_stands_in_for_bulk_statistics),
        cmocka_unit_test(states_and_numbers_are_asked_for_apart),
        cmocka_unit_test(a_recorded_running_guest_is_read_whole),
        cmocka_unit_test(a_recorded_hung_guest_has_the_numbers_that_libvirtd_knows),
        cmocka_unit_test(a_recorded_inactive_domain_has_no_cpu_time),
        cmocka_unit_test(a_recorded_domain_of_the_test_driver_has_a_state),
        cmocka_unit_test(an_empty_record_leaves_all_as_it_was),
        cmocka_unit_test(each_integer_type_is_taken_and_no_other),
        cmocka_unit_test(wide_numbers_are_whole_and_narrow_ones_are_not_cut),
        cmocka_unit_test(names_that_only_resemble_a_wanted_one_are_passed_over),
        cmocka_unit_test(a_name_of_the_full_length_is_no_trap),
        cmocka_unit_test(the_info_struct_keeps_the_reason_and_large_numbers),
        cmocka_unit_test(a_job_is_a_migration_a_restore_or_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
