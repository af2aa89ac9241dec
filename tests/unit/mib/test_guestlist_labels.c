/* SPDX-License-Identifier: GPL-2.0-or-later */
/* GUESTLIST-MIB: titles, descriptions and metadata. */
#include "lib/libvirt/domain_xml.h"
#include "tests/unit/mib/guestlist_stage.h"

enum { TITLE = 12, DESCRIPTION = 19, METADATA = 10, VALUE = 2 };

/* A domain with that XML, and with the metadata values a, ab and b of the namespace urn:x. */
static struct domain described(unsigned number, const char *xml)
{
    static const char *const texts[] = { "urn:x /x/b b", "urn:x /x/@ab ab", "urn:x /x/a a" };
    struct domain_xml_parser *parser = domain_xml_parser_new(NULL);
    struct domain domain = fixture_domain(number, (int)number);
    struct metadata_rules rules = { .count = 0 };
    char why[256];

    assert_non_null(parser);
    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
        assert_true(metadata_rules_add(&rules, texts[i], why, sizeof(why)));
    assert_true(domain_xml_parser_set_rules(parser, &rules));
    domain.xml_facts = domain_xml_parse(parser, xml);
    assert_non_null(domain.xml_facts);
    domain_xml_parser_free(parser);
    return domain;
}

static void titles_and_descriptions_are_those_of_the_xml(void **state)
{
    const struct domain domains[] = {
        described(1, "<domain><title>Shop</title><description>Sells &lt;all&gt;</description></domain>"),
        described(2, "<domain/>"),
        fixture_domain(3, 3),
    };
    struct snapshot *snapshot = fixture_snapshot(domains, 3);
    struct answer answer = answer_of(snapshot);
    struct mib_value value;

    (void)state;
    assert_text(&answer, DOMAINS, TITLE, index_of(0), "Shop");
    assert_text(&answer, DOMAINS, DESCRIPTION, index_of(0), "Sells <all>");
    assert_text(&answer, DOMAINS, TITLE, index_of(1), "");
    assert_text(&answer, DOMAINS, DESCRIPTION, index_of(1), "");
    assert_false(get(&answer, DOMAINS, TITLE, index_of(2), &value)); /* its XML was not read yet */
    assert_false(get(&answer, DOMAINS, DESCRIPTION, index_of(2), &value));
    drop(&answer);
    snapshot_unref(snapshot);
}

static size_t metadata_oid(mib_subid index, const char *key, mib_subid *oid)
{
    size_t length = instance(METADATA, VALUE, &index, 1, oid);

    return length + mib_text_index(key, oid + length);
}

/* The value, or NULL. Valid until the next call. */
static const char *metadata(const struct answer *answer, mib_subid index, const char *key)
{
    static char text[MIB_BYTES_MAX];
    mib_subid oid[MIB_OID_MAX];
    size_t length = metadata_oid(index, key, oid);
    struct mib_value value;

    if (mib_get(&guestlist_mib, answer, oid, length, &value) != MIB_FOUND)
        return NULL;
    (void)snprintf(text, sizeof(text), "%.*s", (int)value.length, (const char *)value.bytes);
    return text;
}

#define X(content) "<domain><metadata><n:x xmlns:n='urn:x' " content "</n:x></metadata></domain>"

/* vmIndex 2 and 3 have values; vmIndex 1 and 4 have none. */
static struct answer answer_with_metadata(struct snapshot **snapshot)
{
    const struct domain domains[] = {
        described(1, X("ab='both'><n:a>one</n:a><n:b>two</n:b>")),
        described(2, "<domain/>"),
        described(3, X("><n:a/><n:b>three</n:b>")), /* an empty value is none */
        fixture_domain(4, 4),
    };

    *snapshot = fixture_snapshot(domains, 4);
    return answer_of(*snapshot);
}

static void a_value_is_found_by_its_key(void **state)
{
    struct snapshot *snapshot;
    struct answer answer = answer_with_metadata(&snapshot);

    (void)state;
    assert_string_equal(metadata(&answer, 2, "a"), "one");
    assert_string_equal(metadata(&answer, 2, "ab"), "both");
    assert_string_equal(metadata(&answer, 2, "b"), "two");
    assert_string_equal(metadata(&answer, 3, "b"), "three");
    assert_null(metadata(&answer, 3, "a"));
    assert_null(metadata(&answer, 2, ""));
    assert_null(metadata(&answer, 2, "abc"));
    assert_null(metadata(&answer, 1, "a"));
    assert_null(metadata(&answer, 4, "a"));
    assert_null(metadata(&answer, 5, "a"));
    drop(&answer);
    snapshot_unref(snapshot);
}

static void values_are_walked_by_vm_index_and_then_by_key(void **state)
{
    static const struct {
        mib_subid index;
        const char *key;
    } rows[] = { { 2, "a" }, { 2, "ab" }, { 2, "b" }, { 3, "b" } };
    struct snapshot *snapshot;
    struct answer answer = answer_with_metadata(&snapshot);
    mib_subid oid[MIB_OID_MAX], wanted[MIB_OID_MAX];
    size_t length = instance(METADATA, VALUE, oid, 0, oid);
    struct mib_value value;

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        size_t wanted_length = metadata_oid(rows[i].index, rows[i].key, wanted);

        assert_true(mib_next(&guestlist_mib, &answer, NULL, oid, length, oid, &length, &value));
        assert_int_equal(mib_compare(oid, length, wanted, wanted_length), 0);
    }
    /* What comes next is in another table, or there is nothing. */
    if (mib_next(&guestlist_mib, &answer, NULL, oid, length, oid, &length, &value))
        assert_true(oid[instance(METADATA, VALUE, oid, 0, wanted) - 3] > METADATA);
    drop(&answer);
    snapshot_unref(snapshot);
}

static void metadata_before_the_first_listing_is_missing(void **state)
{
    struct answer answer = { .now_boot_ms = 1 };

    (void)state;
    assert_null(metadata(&answer, 1, "a"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(titles_and_descriptions_are_those_of_the_xml),
        cmocka_unit_test(a_value_is_found_by_its_key),
        cmocka_unit_test(values_are_walked_by_vm_index_and_then_by_key),
        cmocka_unit_test(metadata_before_the_first_listing_is_missing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
