/* SPDX-License-Identifier: GPL-2.0-or-later */
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
#include "tests/unit/between.h"
#include "tests/unit/fixtures.h"

/* Records of virDomainListGetStats(NOWAIT) that libvirt 9.0.0 sent, states and other groups together. */
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

/* The same guest. Its process was stopped, and another call was waiting for it. */
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

/* The same guest before it was started. The CPU time is that of libvirtd. */
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

/* The test driver has only states. */
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

/* Decodes the record. True if the guest's process answered. */
static bool play(const struct recorded *record, size_t count, struct domain *domain)
{
    virTypedParameter parameters[32] = { { .type = 0 } };

    assert_between(count, 0, 32);
    for (size_t i = 0; i < count; i++)
        parameters[i] = parameter_of(&record[i]);
    stats_decode_stats(parameters, (int)count, domain);
    assert_false(stats_decode_has(parameters, 0, "state.state"));
    return stats_decode_has(parameters, (int)count, "balloon.rss");
}

#define PLAY(record, domain) play(record, ARRAY_COUNT(record), domain)

static void impossible_values_are_ignored(void **state)
{
    static const struct recorded record[] = { { "state.state", INT, (unsigned long long)-2 },
                                              { "cpu.time", INT, (unsigned long long)-5 },
                                              { "balloon.current", VIR_TYPED_PARAM_STRING, 0 },
                                              { "vcpu.current", ULLONG, 1ull << 40 },
                                              { "nonsense", ULLONG, 1 } };
    struct domain domain = { .id = 7, .state = DOMAIN_STATE_UNREAD };

    (void)state;
    (void)PLAY(record, &domain);
    assert_int_equal(domain.state, DOMAIN_STATE_UNREAD);
    assert_int_equal(domain.stats.known, 0);
}

static void the_info_struct_has_statistics(void **state)
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

static void states_are_a_group_of_their_own(void **state)
{
    (void)state;
    assert_int_equal(stats_decode_states_wanted(), VIR_DOMAIN_STATS_STATE);
    assert_int_equal(stats_decode_inactive_wanted(),
                     VIR_DOMAIN_STATS_CPU_TOTAL | VIR_DOMAIN_STATS_BALLOON | VIR_DOMAIN_STATS_VCPU);
    assert_int_equal(stats_decode_active_wanted(),
                     stats_decode_inactive_wanted() | VIR_DOMAIN_STATS_BLOCK | VIR_DOMAIN_STATS_INTERFACE);
    assert_int_equal(stats_decode_careful_wanted(), VIR_DOMAIN_STATS_CPU_TOTAL | VIR_DOMAIN_STATS_INTERFACE);
}

static void all_statistics_of_a_running_guest_are_read(void **state)
{
    struct domain domain = { .id = 1, .state = DOMAIN_STATE_UNREAD };

    (void)state;
    assert_true(PLAY(running_record, &domain));
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

static void a_guest_that_hangs_has_the_statistics_that_libvirtd_knows(void **state)
{
    struct domain domain = { .id = 1, .state = DOMAIN_STATE_UNREAD };

    (void)state;
    assert_false(PLAY(hung_record, &domain));
    assert_int_equal(domain.state, DOMAIN_RUNNING);
    assert_int_equal(domain.stats.cpu_time_ns, 410000000);
    assert_true(domain.stats.known & DOMAIN_STAT_VCPUS);
}

static void an_inactive_domain_has_no_cpu_time(void **state)
{
    struct domain domain = { .id = DOMAIN_ID_INACTIVE, .state = DOMAIN_STATE_UNREAD };

    (void)state;
    (void)PLAY(inactive_record, &domain);
    assert_int_equal(domain.state, DOMAIN_SHUTOFF);
    assert_int_equal(domain.reason, 0);
    assert_int_equal(domain.stats.known, DOMAIN_STAT_MEMORY | DOMAIN_STAT_MEMORY_MAXIMUM | DOMAIN_STAT_VCPUS |
                                             DOMAIN_STAT_VCPUS_MAXIMUM);
    assert_int_equal(domain.stats.memory_kib, 40960);
    assert_int_equal(domain.stats.vcpus_maximum, 3);
}

static void a_domain_of_the_test_driver_has_only_a_state(void **state)
{
    struct domain domain = { .id = 1, .state = DOMAIN_STATE_UNREAD, .reason = 7 };

    (void)state;
    (void)PLAY(test_driver_record, &domain);
    assert_int_equal(domain.state, DOMAIN_RUNNING);
    assert_int_equal(domain.reason, 0);
    assert_int_equal(domain.stats.known, 0);
}

static void an_empty_record_changes_nothing(void **state)
{
    struct domain domain = fixture_domain(1, 5);

    (void)state;
    stats_decode_stats(NULL, 0, &domain);
    assert_int_equal(domain.state, DOMAIN_RUNNING);
    assert_int_equal(domain.reason, 1);
    assert_int_equal(domain.id, 5);
    assert_int_equal(domain.stats.known, 0);
}

static void only_integer_types_are_read(void **state)
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
    for (size_t i = 0; i < ARRAY_COUNT(parameters); i++)
        for (size_t n = 0; n < ARRAY_COUNT(names); n++) {
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

static void numbers_that_do_not_fit_are_ignored(void **state)
{
    const struct recorded wide[] = {
        { "cpu.time", ULLONG, UINT64_MAX },        { "balloon.current", ULLONG, 1ull << 62 },
        { "vcpu.current", UINT, 0x80000000u },     { "vcpu.maximum", ULLONG, 1ull << 32 | 2 },
        { "state.state", ULLONG, 1ull << 32 | 3 }, { "state.reason", UINT, UINT32_MAX }
    };
    const struct recorded fitting[] = { { "vcpu.maximum", ULLONG, INT32_MAX }, { "state.state", UINT, 99 } };
    struct domain domain = { .id = 1, .state = DOMAIN_STATE_UNREAD, .reason = 5 };

    (void)state;
    (void)PLAY(wide, &domain);
    assert_int_equal(domain.stats.known, DOMAIN_STAT_CPU_TIME | DOMAIN_STAT_MEMORY);
    assert_true(domain.stats.cpu_time_ns == UINT64_MAX);
    assert_true(domain.stats.memory_kib == 1ull << 62);
    assert_int_equal(domain.state, DOMAIN_STATE_UNREAD);
    assert_int_equal(domain.reason, 5);
    (void)PLAY(fitting, &domain);
    assert_int_equal(domain.stats.vcpus_maximum, INT32_MAX);
    assert_int_equal(domain.state, 99); /* a state of a later libvirt is kept as it is */
}

static void similar_names_are_ignored(void **state)
{
    static const struct recorded record[] = { { "cpu.times", ULLONG, 1 },        { "cpu.tim", ULLONG, 1 },
                                              { "CPU.time", ULLONG, 1 },         { "", ULLONG, 1 },
                                              { "balloon.currentx", ULLONG, 1 }, { "vcpu.0.current", UINT, 1 },
                                              { "xballoon.rss", ULLONG, 1 },     { "state", INT, 3 } };
    struct domain domain = { .id = 1, .state = DOMAIN_STATE_UNREAD };

    (void)state;
    (void)PLAY(record, &domain);
    assert_int_equal(domain.stats.known, 0);
    assert_int_equal(domain.state, DOMAIN_STATE_UNREAD);
}

static void a_name_of_the_maximum_length_is_ignored(void **state)
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(impossible_values_are_ignored),
        cmocka_unit_test(the_info_struct_has_statistics),
        cmocka_unit_test(states_are_a_group_of_their_own),
        cmocka_unit_test(all_statistics_of_a_running_guest_are_read),
        cmocka_unit_test(a_guest_that_hangs_has_the_statistics_that_libvirtd_knows),
        cmocka_unit_test(an_inactive_domain_has_no_cpu_time),
        cmocka_unit_test(a_domain_of_the_test_driver_has_only_a_state),
        cmocka_unit_test(an_empty_record_changes_nothing),
        cmocka_unit_test(only_integer_types_are_read),
        cmocka_unit_test(numbers_that_do_not_fit_are_ignored),
        cmocka_unit_test(similar_names_are_ignored),
        cmocka_unit_test(a_name_of_the_maximum_length_is_ignored),
        cmocka_unit_test(the_info_struct_keeps_the_reason_and_large_numbers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
