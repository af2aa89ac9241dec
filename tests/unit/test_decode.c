/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/decode.h"

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
    decode_stats(parameters, 10, &domain);
    assert_int_equal(domain.numbers.facts,
                     FACT_CPU_TIME | FACT_MEMORY | FACT_MEMORY_MAXIMUM | FACT_VCPUS | FACT_VCPUS_MAXIMUM);
    assert_int_equal(domain.numbers.cpu_time_ns, 1234567890);
    assert_int_equal(domain.numbers.memory_kib, 40960);
    assert_int_equal(domain.numbers.memory_maximum_kib, 49152);
    assert_int_equal(domain.numbers.vcpus, 2);
    assert_int_equal(domain.numbers.vcpus_maximum, 3);
    assert_true(domain.answered);
}

static void a_guest_that_hangs_has_not_answered(void **state)
{
    const virTypedParameter parameters[] = { number("cpu.time", 5), number("balloon.current", 1024),
                                             count("vcpu.current", 1) };
    struct domain domain = { .id = 7 };

    (void)state;
    decode_stats(parameters, 3, &domain);
    assert_false(domain.answered);
    assert_int_equal(domain.numbers.memory_kib, 1024);
}

static void cpu_time_of_what_is_off_is_libvirtds_own_and_not_taken(void **state)
{
    const virTypedParameter parameters[] = { number("cpu.time", 11070000000), number("balloon.current", 40000) };
    struct domain domain = { .id = DOMAIN_ID_INACTIVE };

    (void)state;
    decode_stats(parameters, 2, &domain);
    assert_int_equal(domain.numbers.facts, FACT_MEMORY);
    assert_true(domain.answered);
}

static void states_come_by_themselves(void **state)
{
    const virTypedParameter parameters[] = { integer("state.state", 3), integer("state.reason", 1) };
    struct domain domain = { .id = 7, .state = DOMAIN_STATE_UNREAD };

    (void)state;
    decode_stats(parameters, 2, &domain);
    assert_int_equal(domain.state, DOMAIN_PAUSED);
    assert_int_equal(domain.reason, 1);
    assert_int_equal(domain.numbers.facts, 0);
    assert_false(domain.answered); /* its numbers are still to come */
}

static void what_cannot_be_is_passed_over(void **state)
{
    virTypedParameter text = { .type = VIR_TYPED_PARAM_STRING, .field = "balloon.current", .value.s = NULL };
    const virTypedParameter parameters[] = { integer("state.state", -2), integer("cpu.time", -5), text,
                                             number("vcpu.current", 1ull << 40), number("nonsense", 1) };
    struct domain domain = { .id = 7, .state = DOMAIN_STATE_UNREAD };

    (void)state;
    decode_stats(parameters, 5, &domain);
    assert_int_equal(domain.state, DOMAIN_STATE_UNREAD);
    assert_int_equal(domain.numbers.facts, 0);
    assert_false(domain.answered);
}

static void the_info_struct_stands_in_for_bulk_statistics(void **state)
{
    const virDomainInfo info = {
        .state = VIR_DOMAIN_RUNNING, .maxMem = 2048, .memory = 1024, .nrVirtCpu = 2, .cpuTime = 9
    };
    struct domain active = { .id = 1 }, inactive = { .id = DOMAIN_ID_INACTIVE };

    (void)state;
    decode_info(&info, &active);
    decode_info(&info, &inactive);
    assert_int_equal(active.numbers.facts, FACT_CPU_TIME | FACT_MEMORY | FACT_MEMORY_MAXIMUM | FACT_VCPUS);
    assert_int_equal(active.numbers.memory_maximum_kib, 2048);
    assert_int_equal(inactive.numbers.facts & FACT_CPU_TIME, 0);
}

static void states_and_details_are_asked_for_apart(void **state)
{
    (void)state;
    assert_int_equal(decode_states_wanted(), VIR_DOMAIN_STATS_STATE);
    assert_int_equal(decode_details_wanted(),
                     VIR_DOMAIN_STATS_CPU_TOTAL | VIR_DOMAIN_STATS_BALLOON | VIR_DOMAIN_STATS_VCPU);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_running_guest_is_read),
        cmocka_unit_test(a_guest_that_hangs_has_not_answered),
        cmocka_unit_test(cpu_time_of_what_is_off_is_libvirtds_own_and_not_taken),
        cmocka_unit_test(states_come_by_themselves),
        cmocka_unit_test(what_cannot_be_is_passed_over),
        cmocka_unit_test(the_info_struct_stands_in_for_bulk_statistics),
        cmocka_unit_test(states_and_details_are_asked_for_apart),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
