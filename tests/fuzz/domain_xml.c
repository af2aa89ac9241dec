/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A domain's XML. The facts that are read from it must be usable, and the tables are walked with them. */
#include <stdlib.h>
#include <string.h>

#include "lib/libvirt/domain_xml.h"
#include "lib/libvirt/metadata.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/world.h"
#include "tests/unit/fixtures.h"

static void check_facts(const struct xml_facts *facts)
{
    const int64_t sizes[] = { facts->memory_maximum_kib, facts->memory_kib, facts->memory_minimum_kib,
                              facts->vcpus_maximum, facts->vcpus };

    for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++)
        fuzz_require(sizes[i] >= XML_FACTS_ABSENT, "size %zu is %ld", i, (long)sizes[i]);
    for (size_t i = 0; i < facts->disk_count; i++)
        fuzz_require(facts->disks[i].target && *facts->disks[i].target, "disk %zu has no target", i);
    fuzz_require(!facts->title || *facts->title, "an empty title");
    fuzz_require(!facts->metadata || *facts->metadata, "empty metadata");
}

static void walk(struct fuzz_input *input, struct xml_facts *facts)
{
    struct domain domain = fixture_guests[fuzz_bool(input) ? GUEST_RUNNING : GUEST_SHUTOFF];
    struct world world = { .answer = { .now_boot_ms = 1000000 } };

    domain.xml_facts = xml_facts_ref(facts);
    world_make_rows(&world, input, fixture_snapshot(&domain, 1), &(uint32_t){ 1 });
    for (unsigned i = 0; i < WORLD_MODULES; i++)
        (void)world_walk(world_module(i), &world.answer);
    world_free(&world);
}

static void parse(struct fuzz_input *input, const char *xml, const struct metadata_query *query)
{
    struct domain_xml_parser *parser = domain_xml_parser_new(query);
    struct xml_facts *facts;

    fuzz_require(parser, "out of memory");
    facts = domain_xml_parse(parser, xml);
    if (facts) {
        check_facts(facts);
        walk(input, facts);
    }
    xml_facts_unref(facts);
    domain_xml_parser_free(parser);
}

/* The namespaces and paths that an administrator may give. */
static struct metadata_query *choose_query(struct fuzz_input *input)
{
    static const char *const paths[] = { METADATA_XPATH_DEFAULT, "//*", "/instance/@id", "string(/*)",
                                         "count(//*)" };

    return metadata_query_new(fuzz_bool(input) ? NULL : "http://example.org/owner", paths[fuzz_below(input, 5)]);
}

void fuzz_one(struct fuzz_input *input)
{
    struct metadata_query *query = fuzz_bool(input) ? choose_query(input) : NULL;
    struct fuzz_input numbers = *input;
    char *xml;

    (void)fuzz_number(input);
    xml = fuzz_rest(input);
    parse(&numbers, xml, query);
    free(xml);
    metadata_query_free(query);
}
