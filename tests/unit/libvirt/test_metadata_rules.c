/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which metadata is read, and what a parser finds with these rules. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base/array.h"
#include "lib/base/text.h"
#include "lib/libvirt/domain_xml.h"
#include "lib/libvirt/metadata_rules.h"

static char why[512];

static bool add(struct metadata_rules *rules, const char *text)
{
    why[0] = '\0';
    return metadata_rules_add(rules, text, why, sizeof(why));
}

static void assert_rule(const struct metadata_rule *rule, const char *namespace, const char *xpath,
                        const char *key)
{
    assert_string_equal(rule->namespace, namespace);
    assert_string_equal(rule->xpath, xpath);
    assert_string_equal(rule->key, key);
}

static void assert_refused(const char *text, const char *expected)
{
    struct metadata_rules rules = { .count = 0 }, before;

    assert_true(add(&rules, "urn:x /a taken"));
    memcpy(&before, &rules, sizeof(rules));
    assert_false(add(&rules, text));
    assert_memory_equal(&rules, &before, sizeof(rules));
    if (!strstr(why, expected))
        fail_msg("\"%s\" is refused with \"%s\", without \"%s\"", text, why, expected);
}

static void a_rule_has_a_namespace_a_path_and_a_key(void **state)
{
    struct metadata_rules rules = { .count = 0 };

    (void)state;
    assert_true(add(&rules, "urn:z /z/text() zone"));
    assert_true(add(&rules, "  http://a.example/1.0 \t /a[@b = 'c d'] | //e   cost-centre.id_2  "));
    assert_true(add(&rules, "openstack /instance/owner/user user"));
    assert_int_equal(rules.count, 3);
    assert_rule(&rules.rules[0], "http://a.example/1.0", "/a[@b = 'c d'] | //e", "cost-centre.id_2");
    assert_rule(&rules.rules[1], "", "/instance/owner/user", "user");
    assert_rule(&rules.rules[2], "urn:z", "/z/text()", "zone");
}

static void openstack_alone_is_a_preset(void **state)
{
    struct metadata_rules rules = { .count = 0 };

    (void)state;
    assert_true(add(&rules, "openstack"));
    assert_int_equal(rules.count, 3);
    assert_string_equal(rules.rules[0].key, "flavor");
    assert_string_equal(rules.rules[1].key, "name");
    assert_string_equal(rules.rules[2].key, "project");
    assert_false(add(&rules, " openstack "));
    assert_non_null(strstr(why, "\"name\" is given twice"));
    assert_int_equal(rules.count, 3);
}

static void a_wrong_rule_is_refused_with_what_was_expected(void **state)
{
    char text[1000];

    (void)state;
    assert_refused("", "openstack alone, or NAMESPACE XPATH KEY");
    assert_refused("nova", "openstack alone, or NAMESPACE XPATH KEY");
    assert_refused("openstack key", "openstack alone, or NAMESPACE XPATH KEY");
    assert_refused("nova /instance/name key", "a URI, such as http://openstack.org/xmlns/libvirt/nova/1.1");
    assert_refused("/instance urn:x key", "a URI");
    assert_refused("urn: /a key", "a URI");
    assert_refused("urn:x //[ key", "XPath expression without prefixes");
    assert_refused("urn:x /nova:instance key", "XPath expression without prefixes");
    assert_refused("urn:x /a ключ", "a KEY of 1 to 64 letters");
    assert_refused("urn:x /a a/b", "a KEY of 1 to 64 letters");
    assert_refused("urn:x /b taken", "each KEY once, and \"taken\" is given twice");
    (void)snprintf(text, sizeof(text), "urn:%0252d /a key", 7);
    assert_refused(text, "NAMESPACE of at most 255 octets");
    (void)snprintf(text, sizeof(text), "urn:x /a%0254d key", 7);
    assert_refused(text, "XPATH of at most 255 octets");
    (void)snprintf(text, sizeof(text), "urn:x /a %065d", 7);
    assert_refused(text, "KEY of 1 to 64 letters");
}

static void the_longest_words_are_taken(void **state)
{
    struct metadata_rules rules = { .count = 0 };
    char text[1000];

    (void)state;
    (void)snprintf(text, sizeof(text), "urn:%0251d /a%0253d %064d", 1, 2, 3);
    assert_true(add(&rules, text));
    assert_int_equal(strlen(rules.rules[0].namespace), 255);
    assert_int_equal(strlen(rules.rules[0].xpath), 255);
    assert_int_equal(strlen(rules.rules[0].key), 64);
}

static void there_are_at_most_16_keys(void **state)
{
    struct metadata_rules rules = { .count = 0 };

    (void)state;
    for (int i = 0; i < METADATA_RULES_MAX; i++) {
        char text[64];

        if (i == METADATA_RULES_MAX - 2)
            assert_false(add(&rules, "openstack")); /* has three */
        (void)snprintf(text, sizeof(text), "urn:x /a key%d", i);
        assert_true(add(&rules, text));
    }
    assert_false(add(&rules, "urn:x /a another"));
    assert_non_null(strstr(why, "at most 16 keys"));
    assert_int_equal(rules.count, METADATA_RULES_MAX);
}

static void rules_are_compared_by_all_their_words(void **state)
{
    static const char *const others[] = { "urn:y /a k", "urn:x /b k", "urn:x /a l", "openstack" };
    struct metadata_rules one = { .count = 0 }, same = { .count = 0 };

    (void)state;
    assert_true(metadata_rules_are_same(&one, &same));
    assert_true(add(&one, "urn:x /a k") && add(&same, " urn:x  /a  k"));
    assert_true(metadata_rules_are_same(&one, &same));
    for (size_t i = 0; i < ARRAY_COUNT(others); i++) {
        struct metadata_rules other = { .count = 0 };

        assert_true(add(&other, others[i]));
        assert_false(metadata_rules_are_same(&one, &other));
    }
}

/* As Nova writes it. */
#define INSTANCE(version)                                                                                         \
    "<domain type='kvm'><name>instance-00000001</name><metadata>"                                                 \
    "<nova:instance xmlns:nova=\"http://openstack.org/xmlns/libvirt/nova/" version "\">\n"                        \
    "  <nova:package version=\"25.0.1\"/>\n  <nova:name>web &amp; shop</nova:name>\n"                             \
    "  <nova:flavor name=\"m1.small\">\n    <nova:memory>512</nova:memory>\n  </nova:flavor>\n"                   \
    "  <nova:owner>\n    <nova:user uuid=\"u1\">alice</nova:user>\n"                                              \
    "    <nova:project uuid=\"p1\">sales</nova:project>\n  </nova:owner>\n"                                       \
    "</nova:instance></metadata></domain>"

static struct xml_facts *parse(struct domain_xml_parser *parser, const char *xml)
{
    struct xml_facts *facts = domain_xml_parse(parser, xml);

    assert_non_null(facts);
    return facts;
}

static void novas_values_are_found_in_both_namespaces(void **state)
{
    static const char *const xml[] = { INSTANCE("1.1"), INSTANCE("1.0") };
    static const char *const wanted[][2] = {
        { "flavor", "m1.small" }, { "name", "web & shop" }, { "project", "sales" }, { "project_id", "p1" }
    };
    struct metadata_rules rules = { .count = 0 };
    struct domain_xml_parser *parser = domain_xml_parser_new(NULL);

    (void)state;
    assert_non_null(parser);
    assert_true(add(&rules, "openstack") && add(&rules, "openstack /instance/owner/project/@uuid project_id") &&
                add(&rules, "openstack /instance/nosuch none"));
    assert_true(domain_xml_parser_set_rules(parser, &rules));
    for (size_t i = 0; i < ARRAY_COUNT(xml); i++) {
        struct xml_facts *facts = parse(parser, xml[i]);

        assert_int_equal(facts->metadata_count, ARRAY_COUNT(wanted));
        for (size_t w = 0; w < ARRAY_COUNT(wanted); w++) {
            assert_string_equal(facts->metadata_values[w].key, wanted[w][0]);
            assert_string_equal(facts->metadata_values[w].value, wanted[w][1]);
        }
        xml_facts_unref(facts);
    }
    domain_xml_parser_free(parser);
}

static void values_are_read_only_while_there_are_rules(void **state)
{
    static const struct metadata_rules none = { .count = 0 };
    struct metadata_rules rules = { .count = 0 };
    struct domain_xml_parser *parser = domain_xml_parser_new(NULL);
    struct xml_facts *before, *with, *after;

    (void)state;
    assert_non_null(parser);
    before = parse(parser, INSTANCE("1.1"));
    assert_true(add(&rules, "openstack") && domain_xml_parser_set_rules(parser, &rules));
    with = parse(parser, INSTANCE("1.1"));
    assert_true(domain_xml_parser_set_rules(parser, &none));
    after = parse(parser, INSTANCE("1.1"));
    domain_xml_parser_free(parser);
    assert_int_equal(before->metadata_count, 0);
    assert_int_equal(with->metadata_count, 3);
    assert_string_equal(with->metadata_values[2].value, "sales"); /* without the parser */
    assert_int_equal(after->metadata_count, 0);
    xml_facts_unref(before);
    xml_facts_unref(with);
    xml_facts_unref(after);
}

static void a_value_is_cut_between_two_characters(void **state)
{
    char xml[2000] = "<domain><metadata><x:a xmlns:x='urn:x'>-";
    struct metadata_rules rules = { .count = 0 };
    struct domain_xml_parser *parser = domain_xml_parser_new(NULL);
    struct xml_facts *facts;

    (void)state;
    assert_non_null(parser);
    for (int i = 0; i < 400; i++)
        (void)strcat(xml, "\xe4\xb8\xad");
    (void)strcat(xml, "</x:a></metadata></domain>");
    assert_true(add(&rules, "urn:x /a long") && domain_xml_parser_set_rules(parser, &rules));
    facts = parse(parser, xml);
    assert_int_equal(strlen(facts->metadata_values[0].value), 253); /* 1 + 84 * 3 */
    assert_true(strlen(facts->metadata_values[0].value) <= TEXT_SNMP_MAX);
    xml_facts_unref(facts);
    domain_xml_parser_free(parser);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_rule_has_a_namespace_a_path_and_a_key),
        cmocka_unit_test(openstack_alone_is_a_preset),
        cmocka_unit_test(a_wrong_rule_is_refused_with_what_was_expected),
        cmocka_unit_test(the_longest_words_are_taken),
        cmocka_unit_test(there_are_at_most_16_keys),
        cmocka_unit_test(rules_are_compared_by_all_their_words),
        cmocka_unit_test(novas_values_are_found_in_both_namespaces),
        cmocka_unit_test(values_are_read_only_while_there_are_rules),
        cmocka_unit_test(a_value_is_cut_between_two_characters),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
