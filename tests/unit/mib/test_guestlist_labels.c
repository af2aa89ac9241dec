/* SPDX-License-Identifier: GPL-2.0-or-later */
/* GUESTLIST-MIB: titles and descriptions. */
#include "lib/libvirt/domain_xml.h"
#include "tests/unit/mib/guestlist_stage.h"

enum { TITLE = 12, DESCRIPTION = 19 };

/* A domain with that XML. */
static struct domain described(unsigned number, const char *xml)
{
    struct domain_xml_parser *parser = domain_xml_parser_new(NULL);
    struct domain domain = fixture_domain(number, (int)number);

    assert_non_null(parser);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(titles_and_descriptions_are_those_of_the_xml),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
