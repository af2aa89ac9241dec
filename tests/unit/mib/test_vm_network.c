/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vmNetworkTable ("8.1"). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/mib/answers.h"

#define DOMAIN(cards) "<domain><devices>" cards "</devices></domain>"

enum { OFF = DOMAIN_ID_INACTIVE };

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

        (void)snprintf(xml, sizeof(xml), DOMAIN("<interface type='user'><mac address='%s'/></interface>"),
                       addresses[i].mac);
        answers_init(&answers, 1);
        (void)answers_add(&answers, 1, 1, xml, NULL);
        answers_begin(&answers, NULL);
        assert_string_equal(answers_get_hex(&answers, "8.1.5.1.1"), addresses[i].octets);
        answers_free(&answers);
    }
}

static void rows_are_in_the_order_of_their_indexes(void **state)
{
    /* A disk and two interfaces, and the host's numbers for the latter; then an interface. */
    static const uint32_t devices[] = { 9, 5, 3, 21, 22, 31, 0, 1, 0, 32 };
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
    assert_string_equal(answers_get(&answers, "8.1.2.2.5"), "21");
    assert_string_equal(answers_get(&answers, "8.1.2.2.3"), "22");
    assert_string_equal(answers_get(&answers, "8.1.2.4.1"), "0");
    assert_string_equal(answers_get(&answers, "8.1.3.2.5"), "31");
    assert_string_equal(answers_get(&answers, "8.1.3.2.3"), "0");
    assert_string_equal(answers_get(&answers, "8.1.3.4.1"), "32");
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
        cmocka_unit_test(addresses_are_six_octets_or_none),
        cmocka_unit_test(rows_are_in_the_order_of_their_indexes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
