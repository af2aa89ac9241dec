/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The metadata values of a collector's rules are read with the XML, also if nothing but states is read otherwise.
 */
#include <stdio.h>

#include "lib/model/xml_facts.h"
#include "tests/unit/collect/facts_stage.h"

static struct metadata_rules rules;

static int begin(void **state)
{
    char why[256];

    (void)state;
    rules = (struct metadata_rules){ .count = 0 };
    if (!metadata_rules_add(&rules, "urn:x /x/text() k", why, sizeof(why)) || stage_begin(true) != 0)
        return -1;
    (void)driver_learn(driver, DRIVER_NO_AUTOSTART_ONCE);
    return 0;
}

static int end(void **state)
{
    (void)state;
    return stage_end();
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

static void label(unsigned at, const char *value)
{
    virDomainPtr domain = look_up(at);
    char xml[64];

    (void)snprintf(xml, sizeof(xml), "<x>%s</x>", value);
    assert_int_equal(virDomainSetMetadata(domain, VIR_DOMAIN_METADATA_ELEMENT, xml, "x", "urn:x", 0), 0);
    (void)virDomainFree(domain);
}

/* Publishes one more listing. `mail` has the events before it. */
static void list_with(const struct mail *mail)
{
    struct domain domains[DOMAINS];

    for (unsigned i = 0; i < DOMAINS; i++) {
        virDomainPtr domain = look_up(i);

        domains[i] = fixture_domain(i, (int)virDomainGetID(domain));
        (void)virDomainFree(domain);
    }
    publish_listing(domains, DOMAINS, mail);
}

static void list(bool has_new_rules)
{
    const struct mail mail = { .overflowed = has_new_rules };

    list_with(&mail);
}

static bool has_value(unsigned at, const char *value)
{
    const struct xml_facts *facts_of_domain;

    if (facts_due(facts) <= clock_boot_ms())
        publish(facts_renew(facts, published));
    facts_of_domain = published->domains[at].xml_facts;
    return facts_of_domain && facts_of_domain->metadata_count == 1 &&
           strcmp(facts_of_domain->metadata_values[0].value, value) == 0;
}

static void values_are_read_if_there_are_rules(void **state)
{
    (void)state;
    label(1, "one");
    assert_true(facts_follow_rules(facts, &rules));
    assert_false(facts_follow_rules(facts, &rules)); /* the same */
    list(true);
    EVENTUALLY(has_value(1, "one"));
    assert_false(has_value(2, "one"));
    EVENTUALLY(facts_due(facts) == INT64_MAX);
    list(false);
    assert_true(has_value(1, "one"));
    assert_int_equal(gate_calls(&mock.every_xml), DOMAINS);
}

static void without_rules_no_xml_is_read(void **state)
{
    static const struct metadata_rules none = { .count = 0 };

    (void)state;
    label(1, "one");
    assert_false(facts_follow_rules(facts, &none));
    list(true);
    FOR_A_WHILE
    assert_false(has_value(1, "one"));
    assert_int_equal(gate_calls(&mock.every_xml), 0);
}

static void with_other_rules_the_values_are_read_again(void **state)
{
    struct metadata_rules others = { .count = 0 };
    char why[256];

    (void)state;
    label(1, "one");
    assert_true(facts_follow_rules(facts, &rules));
    list(true);
    EVENTUALLY(has_value(1, "one"));
    assert_true(metadata_rules_add(&others, "urn:x concat(/x, '!') k", why, sizeof(why)));
    assert_true(facts_follow_rules(facts, &others));
    standin_advance_clock(10);
    list(true);
    EVENTUALLY(has_value(1, "one!"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(values_are_read_if_there_are_rules, begin, end),
        cmocka_unit_test_setup_teardown(without_rules_no_xml_is_read, begin, end),
        cmocka_unit_test_setup_teardown(with_other_rules_the_values_are_read_again, begin, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
