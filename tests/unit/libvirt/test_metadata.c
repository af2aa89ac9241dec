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
#include "lib/libvirt/domain_xml.h"
#include "lib/libvirt/metadata.h"
#include "tests/unit/scarce_memory.h"

#define NOVA METADATA_NAMESPACE_NOVA

static const char xml[] =
    "<domain type='qemu'><name>instance-1</name><metadata>"
    "<x:instance xmlns:x='urn:other'><x:name>other</x:name></x:instance>"
    "<nova:instance xmlns:nova='" NOVA "'>\n<nova:name>web server</nova:name>"
    "<nova:owner><nova:user uuid='u1'>alice</nova:user><nova:user uuid='u2'>bob</nova:user></nova:owner>"
    "<nova:empty/></nova:instance></metadata><memory>1024</memory></domain>";

/* The value in `text`, or NULL. Valid until the next call. */
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

static void the_name_of_a_nova_instance_is_found(void **state)
{
    (void)state;
    assert_string_equal(find(xml, NULL, METADATA_XPATH_DEFAULT), "web server");
}

#define INSTANCE(prefix, namespace, name)                                                                         \
    "<" prefix ":instance xmlns:" prefix "='" namespace "'><" prefix ":name>" name "</" prefix ":name></" prefix  \
                                                        ":instance>"

static void the_newer_of_novas_namespaces_is_used(void **state)
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

static void the_namespace_selects_the_element(void **state)
{
    (void)state;
    assert_string_equal(find(xml, "urn:other", "/instance/name/text()"), "other");
    assert_null(find(xml, "urn:unknown", "/instance/name/text()"));
}

static void elements_and_attributes_and_strings_are_values(void **state)
{
    (void)state;
    assert_string_equal(find(xml, NOVA, "/instance/owner/user[2]/@uuid"), "u2");
    assert_string_equal(find(xml, NOVA, "/instance/owner/user"), "alice"); /* the first one */
    assert_string_equal(find(xml, NOVA, "concat(/instance/name, '!')"), "web server!");
    assert_string_equal(find(xml, NOVA, "instance/name"), "web server"); /* a relative path */
    assert_string_equal(find(xml, NOVA, "//user[not (@uuid = 'u1') and (1)]/text ()"), "bob");
    assert_string_equal(find(xml, NOVA, "/child::instance/descendant::user[. = \"bob\"]/@uuid"), "u2");
    assert_string_equal(find(xml, NOVA, "concat('a:b', \"$c d(\")"), "a:b$c d(");
}

static void a_value_that_is_not_found_is_null(void **state)
{
    (void)state;
    assert_null(find(xml, NOVA, "/instance/nosuch/text()"));
    assert_null(find(xml, NOVA, "/instance/empty"));
    assert_null(find(xml, NOVA, "/domain/name")); /* the element is a document of its own */
    assert_null(find("<domain/>", NOVA, METADATA_XPATH_DEFAULT));
    assert_null(find("<domain><metadata/></domain>", NOVA, METADATA_XPATH_DEFAULT));
}

static void metadata_is_not_read_without_a_query(void **state)
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

/* The value is copied last. libxml2 2.9 itself does not survive that other allocations fail. */
static void memory_that_runs_out_does_not_look_like_no_value(void **state)
{
    struct domain_xml_parser *parser;
    struct metadata_query *query;
    struct xml_facts *xml_facts;
    long count;

    (void)state;
    if (!scarce_memory_works())
        skip();
    query = metadata_query_new(NULL, METADATA_XPATH_DEFAULT);
    parser = domain_xml_parser_new(query);
    assert_true(query && parser);
    xml_facts_unref(domain_xml_parse(parser, xml)); /* libxml2 keeps what it needs once */
    scarce_memory_after(0, 0);
    xml_facts = domain_xml_parse(parser, xml);
    count = scarce_memory_count();
    assert_string_equal(xml_facts->metadata, "web server");
    xml_facts_unref(xml_facts);
    for (bool was_hit = false; !was_hit; count--) { /* libxml2 does not always make as many */
        scarce_memory_after(count, 1);
        xml_facts = domain_xml_parse(parser, xml);
        was_hit = scarce_memory_was_hit();
        scarce_memory_after(0, 0);
        assert_int_equal(was_hit, xml_facts == NULL);
        xml_facts_unref(xml_facts);
    }
    domain_xml_parser_free(parser);
    metadata_query_free(query);
}

static void an_invalid_xpath_is_refused(void **state)
{
    static const char *const bad[] = {
        "",
        "//[",
        "/instance/name(",
        "a b",
        "/p:instance",
        "/instance/p:name",
        "/instance[p:name = 1]",
        "/a/b/c/p:d/@e",
        "/a/b[p:c]",
        "/instance/name[$variable]",
        "nosuch(/instance)",
        "/a/b[nosuch ()]",
        "count(1)",
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(bad); i++)
        if (metadata_query_new("urn:x", bad[i]))
            fail_msg("\"%s\" is taken for XPath", bad[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_name_of_a_nova_instance_is_found),
        cmocka_unit_test(the_newer_of_novas_namespaces_is_used),
        cmocka_unit_test(the_namespace_selects_the_element),
        cmocka_unit_test(elements_and_attributes_and_strings_are_values),
        cmocka_unit_test(a_value_that_is_not_found_is_null),
        cmocka_unit_test(metadata_is_not_read_without_a_query),
        cmocka_unit_test(memory_that_runs_out_does_not_look_like_no_value),
        cmocka_unit_test(an_invalid_xpath_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
