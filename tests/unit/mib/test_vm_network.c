/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vmNetworkTable ("8.1"), and the interfaces of this host: lo is always there, and its address is all zeros. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <net/if.h>

#include "agent/mib/host_nic.h"
#include "tests/unit/mib/answers.h"

#define CARD(type, mac, source, target)                                                                           \
    "<interface type='" type "'><mac address='" mac "'/>" source target "<model type='virtio'/></interface>"
#define DOMAIN(cards) "<domain><devices>" cards "</devices></domain>"
#define ZEROS         "fe:00:00:00:00:00" /* libvirt changes the first octet, so that one does not count */
#define OTHER         "52:54:00:12:34:56"
#define ON_LO         "<target dev='lo'/>"
#define BRIDGE_LO     "<source bridge='lo'/>"

enum { OFF = DOMAIN_ID_INACTIVE };

static const char *column_of(struct answers *answers, bool local, int id, const char *xml, const char *column)
{
    char instance[32];

    answers_init(answers, 1);
    answers->snapshot->source.local = local;
    (void)answers_add(answers, 1, id, xml, NULL);
    answers_begin(answers, NULL);
    (void)snprintf(instance, sizeof(instance), "8.1.%s.1.1", column);
    (void)answers_get(answers, instance);
    answers_free(answers);
    return answers->text;
}

static void a_hosts_interface_is_known_by_name_and_address(void **state)
{
    static const unsigned char zeros[6] = { 0xfe }, other[6] = { 0, 0, 0, 0, 0, 1 };

    (void)state;
    assert_int_equal(host_nic_with_mac("lo", zeros), if_nametoindex("lo"));
    assert_int_equal(host_nic_with_mac("lo", other), 0);
    assert_int_equal(host_nic_with_mac("no-such", zeros), 0);
    assert_int_equal(host_nic_with_mac("", zeros), 0);
    assert_int_equal(host_nic_with_mac("a-name-that-is-much-longer-than-names-of-interfaces", zeros), 0);
}

static void both_interfaces_of_the_host_are_found(void **state)
{
    static const char *const types[] = { "bridge", "network", "direct" };
    char lo[16], xml[512];
    struct answers answers;

    (void)state;
    (void)snprintf(lo, sizeof(lo), "%u", if_nametoindex("lo"));
    for (size_t i = 0; i < 3; i++) {
        (void)snprintf(xml, sizeof(xml), DOMAIN(CARD("%s", ZEROS, BRIDGE_LO, ON_LO)), types[i]);
        assert_string_equal(column_of(&answers, true, 1, xml, "2"), lo);
        assert_string_equal(column_of(&answers, true, 1, xml, "3"), lo);
    }
    assert_string_equal(
        column_of(&answers, true, 1, DOMAIN(CARD("direct", ZEROS, "<source dev='lo'/>", ON_LO)), "3"), lo);
    /* What libvirt gives another address is known by its name alone. */
    assert_string_equal(column_of(&answers, true, 1, DOMAIN(CARD("ethernet", OTHER, "", ON_LO)), "2"), lo);
}

static void what_is_not_to_be_seen_is_zero(void **state)
{
    static const char namesake[] = DOMAIN(CARD("bridge", OTHER, BRIDGE_LO, ON_LO));
    static const char here[] = DOMAIN(CARD("bridge", ZEROS, BRIDGE_LO, ON_LO));
    static const char user[] = DOMAIN(CARD("user", OTHER, "", ""));
    static const char gone[] = DOMAIN(CARD("bridge", ZEROS, "<source bridge='no-such'/>", "<target dev='none'/>"));
    static const char *const columns[] = { "2", "3" };
    struct answers answers;

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        assert_string_equal(column_of(&answers, true, 1, namesake, columns[i]), "0"); /* in another namespace */
        assert_string_equal(column_of(&answers, false, 1, here, columns[i]), "0");    /* on another host */
        assert_string_equal(column_of(&answers, true, 1, user, columns[i]), "0");
        assert_string_equal(column_of(&answers, true, 1, gone, columns[i]), "0");
    }
}

static void a_domain_that_is_off_has_no_interface_but_a_bridge(void **state)
{
    static const char xml[] = DOMAIN(CARD("bridge", ZEROS, BRIDGE_LO, ON_LO));
    struct answers answers;
    char lo[16];

    (void)state;
    (void)snprintf(lo, sizeof(lo), "%u", if_nametoindex("lo"));
    assert_string_equal(column_of(&answers, true, OFF, xml, "2"), "0");
    assert_string_equal(column_of(&answers, true, OFF, xml, "3"), lo);
    assert_string_equal(column_of(&answers, false, OFF, xml, "3"), "0");
}

static void addresses_are_six_octets_or_none(void **state)
{
    static const struct {
        const char *mac, *octets;
    } addresses[] = {
        { "52:54:00:AB:cd:ef", "525400abcdef" },
        { "00:00:00:00:00:00", "000000000000" },
        { "52:54:00:ab:cd", "" },
        { "52:54:00:ab:cd:ef:01", "" },
        { "52-54-00-ab-cd-ef", "" },
        { "nonsense", "" },
        { "", "" },
        { "52:54:00:ab:cd:ef ", "" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(addresses) / sizeof(*addresses); i++) {
        char xml[256];
        struct answers answers;

        (void)snprintf(xml, sizeof(xml), DOMAIN(CARD("user", "%s", "", "")), addresses[i].mac);
        answers_init(&answers, 1);
        (void)answers_add(&answers, 1, 1, xml, NULL);
        answers_begin(&answers, NULL);
        assert_string_equal(answers_get_hex(&answers, "8.1.5.1.1"), addresses[i].octets);
        answers_free(&answers);
    }
}

static void rows_stand_in_the_order_of_their_indexes(void **state)
{
    static const uint32_t devices[] = { 9, 5, 3, 1 }; /* a disk, and two interfaces; then one */
    struct answers answers;

    (void)state;
    answers_init(&answers, 1);
    (void)answers_add(&answers, 2, 1,
                      DOMAIN("<disk><target dev='vda'/></disk><interface><model type='a'/></interface>"
                             "<interface><model type='b'/></interface>"),
                      NULL);
    (void)answers_add(&answers, 4, OFF, DOMAIN("<interface/>"), NULL);
    answers_begin(&answers, devices);
    assert_string_equal(answers_walk(&answers, "8.1.2"), "2.3 2.5 4.1");
    assert_string_equal(answers_walk(&answers, "7.1.3"), "2.9");
    assert_string_equal(answers_get(&answers, "8.1.4.2.5"), "a");
    assert_string_equal(answers_get(&answers, "8.1.4.2.3"), "b");
    assert_string_equal(answers_get(&answers, "8.1.4.4.1"), "");
    assert_string_equal(answers_get(&answers, "8.1.1.2.3"), "none"); /* vmNetworkIndex */
    assert_string_equal(answers_next(&answers, "8.1.5.4.1"), "9.0");
    assert_string_equal(answers_next(&answers, "8.1.5.4.0.1.2.3"), "8.1.5.4.1");
    answers_free(&answers);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_hosts_interface_is_known_by_name_and_address),
        cmocka_unit_test(both_interfaces_of_the_host_are_found),
        cmocka_unit_test(what_is_not_to_be_seen_is_zero),
        cmocka_unit_test(a_domain_that_is_off_has_no_interface_but_a_bridge),
        cmocka_unit_test(addresses_are_six_octets_or_none),
        cmocka_unit_test(rows_stand_in_the_order_of_their_indexes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
