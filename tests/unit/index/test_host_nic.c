/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The host's interfaces that lead to those of a guest. The tests use lo, which each host has. Its address is all
 * zeros. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>
#include <net/if.h>

#include "agent/index/host_nic.h"
#include "lib/base/array.h"
#include "lib/base/cleanup.h"
#include "lib/libvirt/domain_xml.h"
#include "lib/model/xml_facts.h"
#include "tests/unit/fixtures.h"

#define INTERFACE(type, mac, devices)                                                                             \
    "<domain><devices><interface type='" type "'><mac address='" mac "'/>" devices                                \
    "</interface></devices></domain>"
#define ZEROS     "fe:00:00:00:00:00" /* libvirt changes the first octet */
#define OTHER     "52:54:00:12:34:56"
#define ON_LO     "<target dev='lo'/>"
#define BRIDGE_LO "<source bridge='lo'/>"

struct found {
    uint32_t host, parent;
};

static struct found find(int id, const char *xml)
{
    struct domain_xml_parser *parser = domain_xml_parser_new(NULL);
    struct domain domain = fixture_domain(1, id);
    struct found found = { UINT32_MAX, UINT32_MAX };
    AUTO_CLOSE int host = host_nic_socket();

    assert_non_null(parser);
    assert_true(host >= 0);
    domain.xml_facts = domain_xml_parse(parser, xml);
    assert_non_null(domain.xml_facts);
    assert_int_equal(domain.xml_facts->interface_count, 1);
    host_nic_find(host, &domain, &found.host, &found.parent);
    xml_facts_unref(domain.xml_facts);
    domain_xml_parser_free(parser);
    return found;
}

static void assert_found(int id, const char *xml, uint32_t host, uint32_t parent)
{
    struct found found = find(id, xml);

    assert_int_equal(found.host, host);
    assert_int_equal(found.parent, parent);
}

static void a_device_with_the_guests_address_and_its_parent_are_found(void **state)
{
    static const char *const types[] = { "bridge", "network", "direct" };
    uint32_t lo = if_nametoindex("lo");

    (void)state;
    assert_true(lo > 0);
    for (size_t i = 0; i < ARRAY_COUNT(types); i++) {
        char xml[512];

        (void)snprintf(xml, sizeof(xml), INTERFACE("%s", ZEROS, BRIDGE_LO ON_LO), types[i]);
        assert_found(1, xml, lo, lo);
    }
    assert_found(1, INTERFACE("direct", ZEROS, "<source dev='lo'/>" ON_LO), lo, lo);
}

static void a_device_whose_address_libvirt_does_not_set_is_found_by_its_name(void **state)
{
    (void)state;
    assert_found(1, INTERFACE("ethernet", OTHER, ON_LO), if_nametoindex("lo"), 0);
    assert_found(1, INTERFACE("bridge", "nonsense", ON_LO), if_nametoindex("lo"), 0);
}

static void a_device_with_another_address_is_in_another_namespace(void **state)
{
    (void)state;
    assert_found(1, INTERFACE("bridge", OTHER, BRIDGE_LO ON_LO), 0, 0);
}

static void a_device_that_the_host_does_not_have_is_zero(void **state)
{
    (void)state;
    assert_found(1, INTERFACE("user", OTHER, ""), 0, 0);
    assert_found(1, INTERFACE("bridge", ZEROS, "<source bridge='no-such'/><target dev='none'/>"), 0, 0);
    assert_found(1, INTERFACE("bridge", ZEROS, BRIDGE_LO "<target dev='longer-than-names-of-interfaces'/>"), 0, 0);
}

static void an_inactive_domain_has_no_device_but_a_bridge(void **state)
{
    (void)state;
    assert_found(DOMAIN_ID_INACTIVE, INTERFACE("bridge", ZEROS, BRIDGE_LO ON_LO), 0, if_nametoindex("lo"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_device_with_the_guests_address_and_its_parent_are_found),
        cmocka_unit_test(a_device_whose_address_libvirt_does_not_set_is_found_by_its_name),
        cmocka_unit_test(a_device_with_another_address_is_in_another_namespace),
        cmocka_unit_test(a_device_that_the_host_does_not_have_is_zero),
        cmocka_unit_test(an_inactive_domain_has_no_device_but_a_bridge),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
