/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <libvirt/virterror.h>

#include "lib/base/array.h"
#include "lib/base/clock.h"
#include "lib/libvirt/control_info.h"
#include "lib/libvirt/driver.h"
#include "lib/libvirt/xml_reader.h"
#include "tests/unit/fixtures.h"
#include "tests/unit/libvirt/connection_stage.h"
#include "tests/unit/libvirt/mock_libvirt.h"

enum { DOMAINS = 3 };

static struct xml_reader *reader;

static int begin(void **state)
{
    (void)state;
    if (!mock_begin(DOMAINS))
        return -1;
    reader = xml_reader_new(NULL);
    return reader && connection_stage_begin() ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    xml_reader_free(reader);
    connection_stage_end();
    return mock_end() ? 0 : -1;
}

static struct xml_facts *read_xml(unsigned at)
{
    unsigned char uuid[UUID_BYTES];

    fixture_uuid(at, uuid);
    return xml_reader_read(reader, connection, uuid);
}

static virDomainPtr look_up(unsigned at)
{
    unsigned char uuid[UUID_BYTES];
    virDomainPtr domain;

    fixture_uuid(at, uuid);
    domain = virDomainLookupByUUID(mock.conn, uuid);
    assert_non_null(domain);
    return domain;
}

static void occupy(unsigned at, int64_t ms)
{
    mock.domains[at].occupied_boot_ms = clock_boot_ms() - ms;
}

static int64_t occupied_ms(unsigned at)
{
    virDomainPtr domain = look_up(at);
    int64_t ms = control_info_occupied_ms(connection, domain);

    (void)virDomainFree(domain);
    return ms;
}

static void xml_has_the_time_before_the_call(void **state)
{
    int64_t began = clock_boot_ms();
    struct xml_facts *xml_facts = read_xml(1);

    (void)state;
    assert_non_null(xml_facts);
    assert_string_equal(xml_facts->title, "domain 1");
    assert_int_equal(xml_facts->vcpus_maximum, 2);
    assert_true(xml_facts->read_boot_ms >= began && xml_facts->read_boot_ms <= clock_boot_ms());
    xml_facts_unref(xml_facts);
}

static void a_domain_that_is_gone_has_no_xml(void **state)
{
    (void)state;
    assert_null(read_xml(200));
    mock.xml_error = VIR_ERR_NO_DOMAIN;
    assert_null(read_xml(1));
}

static void a_domain_whose_process_does_not_answer_is_not_asked(void **state)
{
    (void)state;
    occupy(1, 60 * 1000);
    assert_null(read_xml(1));
    assert_int_equal(gate_calls(&mock.every_xml), 0);
}

static void a_domain_that_is_busy_for_a_moment_is_asked(void **state)
{
    struct xml_facts *xml_facts;

    (void)state;
    occupy(1, 200);
    xml_facts = read_xml(1);
    assert_non_null(xml_facts);
    xml_facts_unref(xml_facts);
}

static void a_domain_that_is_off_is_asked(void **state)
{
    virDomainPtr domain = look_up(1);
    struct xml_facts *xml_facts;

    (void)state;
    assert_int_equal(virDomainDestroy(domain), 0);
    (void)virDomainFree(domain);
    occupy(1, 60 * 1000);
    xml_facts = read_xml(1);
    assert_non_null(xml_facts);
    xml_facts_unref(xml_facts);
    assert_int_equal(mock.control_calls, 0);
}

static void pinning_is_read_with_the_xml(void **state)
{
    virDomainPtr domain = look_up(1);
    unsigned char map[] = { 0x02 };
    struct xml_facts *xml_facts;

    (void)state;
    assert_int_equal(virDomainPinVcpu(domain, 1, map, sizeof(map)), 0);
    (void)virDomainFree(domain);
    xml_facts = read_xml(1);
    assert_non_null(xml_facts);
    assert_int_equal(xml_facts->pinning.count, 2);
    assert_int_equal(xml_facts->pinning.bytes, (connection_source(connection)->cpus + 7) / 8);
    assert_int_equal(xml_facts->pinning.maps[xml_facts->pinning.bytes], 0x02);
    assert_true(xml_facts->pinning.maps[0] & 0x01);
    xml_facts_unref(xml_facts);
}

static void a_monitor_that_answers_is_not_occupied(void **state)
{
    static const int states[] = { VIR_DOMAIN_CONTROL_OK, VIR_DOMAIN_CONTROL_JOB, VIR_DOMAIN_CONTROL_ERROR };

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(states); i++) {
        mock.domains[1].control_state = states[i];
        assert_int_equal(occupied_ms(1), 0);
    }
}

static void the_time_of_a_busy_monitor_is_known(void **state)
{
    (void)state;
    occupy(1, 5000);
    assert_true(occupied_ms(1) >= 5000 && occupied_ms(1) < 60 * 1000);
    assert_int_equal(occupied_ms(2), 0);
}

static void a_driver_without_control_information_is_asked_once(void **state)
{
    (void)state;
    mock.control_error = VIR_ERR_NO_DOMAIN;
    assert_int_equal(occupied_ms(1), 0);
    assert_false(driver_lacks(connection_driver(connection), DRIVER_NO_CONTROL_INFO));
    mock.control_error = VIR_ERR_NO_SUPPORT;
    occupy(1, 5000);
    assert_int_equal(occupied_ms(1), 0);
    assert_true(driver_lacks(connection_driver(connection), DRIVER_NO_CONTROL_INFO));
    assert_int_equal(occupied_ms(1), 0);
    assert_int_equal(mock.control_calls, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(xml_has_the_time_before_the_call, begin, end),
        cmocka_unit_test_setup_teardown(a_domain_that_is_gone_has_no_xml, begin, end),
        cmocka_unit_test_setup_teardown(a_domain_whose_process_does_not_answer_is_not_asked, begin, end),
        cmocka_unit_test_setup_teardown(a_domain_that_is_busy_for_a_moment_is_asked, begin, end),
        cmocka_unit_test_setup_teardown(a_domain_that_is_off_is_asked, begin, end),
        cmocka_unit_test_setup_teardown(pinning_is_read_with_the_xml, begin, end),
        cmocka_unit_test_setup_teardown(a_monitor_that_answers_is_not_occupied, begin, end),
        cmocka_unit_test_setup_teardown(the_time_of_a_busy_monitor_is_known, begin, end),
        cmocka_unit_test_setup_teardown(a_driver_without_control_information_is_asked_once, begin, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
