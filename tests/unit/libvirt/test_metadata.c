/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/libvirt/domain_xml.h"
#include "lib/libvirt/metadata.h"

#define NOVA METADATA_NAMESPACE_NOVA

static const char xml[] =
    "<domain type='qemu'><name>instance-1</name><metadata>"
    "<x:instance xmlns:x='urn:other'><x:name>other</x:name></x:instance>"
    "<nova:instance xmlns:nova='" NOVA "'>\n<nova:name>web server</nova:name>"
    "<nova:owner><nova:user uuid='u1'>alice</nova:user><nova:user uuid='u2'>bob</nova:user></nova:owner>"
    "<nova:empty/></nova:instance></metadata><memory>1024</memory></domain>";

/* What is found in `text`, or NULL; valid until the next call. */
static const char *find(const char *text, const char *namespace, const char *xpath)
{
    static char found[64];
    struct metadata_query *query = metadata_query_new(namespace, xpath);
    struct domain_xml_parser *parser = domain_xml_parser_new(query);
    struct xml_facts *xml_facts;
    bool any;

    assert_true(query && parser);
    xml_facts = domain_xml_parse(parser, text);
    assert_non_null(xml_facts);
    any = xml_facts->metadata != NULL;
    (void)snprintf(found, sizeof(found), "%s", any ? xml_facts->metadata : "");
    xml_facts_unref(xml_facts);
    domain_xml_parser_free(parser);
    metadata_query_free(query);
    return any ? found : NULL;
}

static void novas_name_is_found_without_prefixes(void **state)
{
    (void)state;
    assert_string_equal(find(xml, NULL, METADATA_XPATH_DEFAULT), "web server");
}

#define INSTANCE(prefix, namespace, name)                                                                         \
    "<" prefix ":instance xmlns:" prefix "='" namespace "'><" prefix ":name>" name "</" prefix ":name></" prefix  \
                                                        ":instance>"

static void of_novas_namespaces_the_newer_one_counts(void **state)
{
    static const char older[] = "<domain><metadata>" INSTANCE(
        "nova", "http://openstack.org/xmlns/libvirt/nova/1.0", "old") "</metadata></domain>";
    static const char newer[] = "<domain><metadata>" INSTANCE(
        "nova", "http://openstack.org/xmlns/libvirt/nova/1.1", "new") "</metadata></domain>";
    static const char both[] =
        "<domain><metadata>" INSTANCE("a", "http://openstack.org/xmlns/libvirt/nova/1.0", "old")
            INSTANCE("b", "http://openstack.org/xmlns/libvirt/nova/1.1", "new") "</metadata></domain>";

    (void)state;
    assert_string_equal(find(older, NULL, METADATA_XPATH_DEFAULT), "old");
    assert_string_equal(find(newer, NULL, METADATA_XPATH_DEFAULT), "new");
    assert_string_equal(find(both, NULL, METADATA_XPATH_DEFAULT), "new");
    assert_string_equal(find(both, METADATA_NAMESPACE_NOVA_OLD, METADATA_XPATH_DEFAULT), "old");
    assert_null(find(newer, METADATA_NAMESPACE_NOVA_OLD, METADATA_XPATH_DEFAULT));
}

static void the_namespace_decides_which_element(void **state)
{
    (void)state;
    assert_string_equal(find(xml, "urn:other", "/instance/name/text()"), "other");
    assert_null(find(xml, "urn:nobody", "/instance/name/text()"));
}

static void elements_attributes_and_strings_are_values(void **state)
{
    (void)state;
    assert_string_equal(find(xml, NOVA, "/instance/owner/user[2]/@uuid"), "u2");
    assert_string_equal(find(xml, NOVA, "/instance/owner/user"), "alice"); /* the first one */
    assert_string_equal(find(xml, NOVA, "concat(/instance/name, '!')"), "web server!");
}

static void nothing_found_is_nothing(void **state)
{
    (void)state;
    assert_null(find(xml, NOVA, "/instance/nosuch/text()"));
    assert_null(find(xml, NOVA, "/instance/empty"));
    assert_null(find(xml, NOVA, "/domain/name")); /* the element is a document of its own */
    assert_null(find(xml, NOVA, "/p:instance"));  /* a prefix that nobody knows */
    assert_null(find("<domain/>", NOVA, METADATA_XPATH_DEFAULT));
    assert_null(find("<domain><metadata/></domain>", NOVA, METADATA_XPATH_DEFAULT));
}

static void without_a_query_nothing_is_looked_for(void **state)
{
    struct domain_xml_parser *parser = domain_xml_parser_new(NULL);
    struct xml_facts *xml_facts = domain_xml_parse(parser, xml);

    (void)state;
    assert_non_null(xml_facts);
    assert_null(xml_facts->metadata);
    assert_int_equal(xml_facts->memory_maximum_kib, 1024);
    xml_facts_unref(xml_facts);
    domain_xml_parser_free(parser);
}

static void what_is_no_xpath_is_refused(void **state)
{
    static const char *const bad[] = { "", "//[", "/instance/name(", "a b" };

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
        if (metadata_query_new("urn:x", bad[i]))
            fail_msg("\"%s\" is taken for XPath", bad[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(novas_name_is_found_without_prefixes),
        cmocka_unit_test(of_novas_namespaces_the_newer_one_counts),
        cmocka_unit_test(the_namespace_decides_which_element),
        cmocka_unit_test(elements_attributes_and_strings_are_values),
        cmocka_unit_test(nothing_found_is_nothing),
        cmocka_unit_test(without_a_query_nothing_is_looked_for),
        cmocka_unit_test(what_is_no_xpath_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
