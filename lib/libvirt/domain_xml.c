/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/libvirt/domain_xml.h"

#include <assert.h>
#include <libxml/parser.h>
#include <libxml/xpath.h>
#include <libxml/xpathInternals.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/array.h"
#include "lib/base/text.h"
#include "lib/libvirt/metadata_reader.h"

/* What a query finds. The lists come first, because their numbers are also their places in `lists`. */
enum kind {
    KIND_DISKS,
    KIND_INTERFACES,
    LISTS,
    KIND_TEXT = LISTS,
    KIND_LABEL,
    KIND_NVME,
    KIND_NUMBER,
    KIND_PRESENT,
};

/* A new fact is one row in a table below, and one member of the struct. */
struct query {
    const char *xpath; /* from the document, or from an element of the list */
    enum kind kind;
    size_t offset;
};

/* libvirt always writes memory in KiB. `current` is missing if all vCPUs are on. A domain without a balloon gets
 * all of its memory when it starts, whatever currentMemory says; balloon.current of the statistics is the same. */
static const struct query queries[] = {
    { "/domain/title", KIND_LABEL, offsetof(struct xml_facts, title) },
    { "/domain/description", KIND_LABEL, offsetof(struct xml_facts, description) },
    { "/domain/metadata/osinfo:libosinfo/osinfo:os/@id", KIND_TEXT, offsetof(struct xml_facts, os_id) },
    { "/domain/os/type", KIND_TEXT, offsetof(struct xml_facts, os_type) },
    { "/domain/memory", KIND_NUMBER, offsetof(struct xml_facts, memory_maximum_kib) },
    { "/domain[not(devices/memballoon/@model = 'none')]/currentMemory"
      " | /domain[not(currentMemory) or devices/memballoon/@model = 'none']/memory",
      KIND_NUMBER, offsetof(struct xml_facts, memory_kib) },
    { "/domain/memtune/min_guarantee", KIND_NUMBER, offsetof(struct xml_facts, memory_minimum_kib) },
    { "/domain/vcpu", KIND_NUMBER, offsetof(struct xml_facts, vcpus_maximum) },
    { "/domain/vcpu/@current | /domain/vcpu[not(@current)]", KIND_NUMBER, offsetof(struct xml_facts, vcpus) },
    { "/domain/devices/memballoon/stats/@period", KIND_NUMBER,
      offsetof(struct xml_facts, memory_report_period_s) },
    { "/domain/devices/disk[string(target/@dev)]", KIND_DISKS, offsetof(struct xml_facts, disks) },
    { "/domain/devices/interface", KIND_INTERFACES, offsetof(struct xml_facts, interfaces) },
};

static const struct query disk_queries[] = {
    { "target/@dev", KIND_TEXT, offsetof(struct disk, target) },
    { "@device", KIND_TEXT, offsetof(struct disk, device) },
    { "@type", KIND_TEXT, offsetof(struct disk, type) },
    { "driver/@type", KIND_TEXT, offsetof(struct disk, format) },
    { "target/@bus", KIND_TEXT, offsetof(struct disk, bus) },
    { "source/@protocol", KIND_TEXT, offsetof(struct disk, protocol) },
    { "source/@file | source/@dev | source/@dir | source/@name | source/@volume | source/@path", KIND_TEXT,
      offsetof(struct disk, source) },
    { "source[not(@file | @dev | @dir | @name | @volume | @path)]/address", KIND_NVME,
      offsetof(struct disk, source) },
    { "readonly", KIND_PRESENT, offsetof(struct disk, readonly) },
};

static const struct query interface_queries[] = {
    { "mac/@address", KIND_TEXT, offsetof(struct interface, mac) },
    { "@type", KIND_TEXT, offsetof(struct interface, type) },
    { "target/@dev", KIND_TEXT, offsetof(struct interface, target) },
    { "source/@bridge | source/@dev", KIND_TEXT, offsetof(struct interface, parent) },
    { "model/@type", KIND_TEXT, offsetof(struct interface, model) },
};

/* LIST_MAX is far more than the disks or interfaces of any domain. */
enum { LIST_MAX = 1024, QUERIES_MAX = 16 };

static const struct {
    const struct query *queries;
    size_t query_count, size;
    size_t count_offset; /* in struct xml_facts */
} lists[LISTS] = {
    [KIND_DISKS] = { disk_queries, ARRAY_COUNT(disk_queries), sizeof(struct disk),
                     offsetof(struct xml_facts, disk_count) },
    [KIND_INTERFACES] = { interface_queries, ARRAY_COUNT(interface_queries), sizeof(struct interface),
                          offsetof(struct xml_facts, interface_count) },
};

static const char osinfo_namespace[] = "http://libosinfo.org/xmlns/libvirt/domain/1.0";

struct domain_xml_parser {
    const struct metadata_query *metadata;
    struct metadata_reader *metadata_reader; /* NULL: there are no rules */
    xmlXPathCompExprPtr compiled[ARRAY_COUNT(queries)];
    xmlXPathCompExprPtr in_list[LISTS][QUERIES_MAX];
};

static_assert(ARRAY_COUNT(disk_queries) <= QUERIES_MAX && ARRAY_COUNT(interface_queries) <= QUERIES_MAX,
              "room for each");

static bool domain_xml_compile(const struct query *from, size_t count, xmlXPathCompExprPtr *compiled)
{
    for (size_t i = 0; i < count; i++) {
        compiled[i] = xmlXPathCompile((const xmlChar *)from[i].xpath);
        if (!compiled[i])
            return false;
    }
    return true;
}

static void domain_xml_free_compiled(xmlXPathCompExprPtr *compiled, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (compiled[i])
            xmlXPathFreeCompExpr(compiled[i]);
}

struct domain_xml_parser *domain_xml_parser_new(const struct metadata_query *metadata)
{
    struct domain_xml_parser *parser = calloc(1, sizeof(*parser));
    bool complete;

    if (!parser)
        return NULL;
    parser->metadata = metadata;
    xmlInitParser();
    complete = domain_xml_compile(queries, ARRAY_COUNT(queries), parser->compiled);
    for (size_t i = 0; complete && i < LISTS; i++)
        complete = domain_xml_compile(lists[i].queries, lists[i].query_count, parser->in_list[i]);
    if (complete)
        return parser;
    domain_xml_parser_free(parser);
    return NULL;
}

void domain_xml_parser_free(struct domain_xml_parser *parser)
{
    if (!parser)
        return;
    domain_xml_free_compiled(parser->compiled, ARRAY_COUNT(queries));
    for (size_t i = 0; i < LISTS; i++)
        domain_xml_free_compiled(parser->in_list[i], QUERIES_MAX);
    metadata_reader_free(parser->metadata_reader);
    free(parser);
}

bool domain_xml_parser_set_rules(struct domain_xml_parser *parser, const struct metadata_rules *rules)
{
    struct metadata_reader *reader = rules->count > 0 ? metadata_reader_new(rules) : NULL;

    if (!reader && rules->count > 0)
        return false;
    metadata_reader_free(parser->metadata_reader);
    parser->metadata_reader = reader;
    return true;
}

static void domain_xml_free_texts(void *found_in, const struct query *from, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char *text;

        if (from[i].kind != KIND_TEXT && from[i].kind != KIND_LABEL)
            continue;
        memcpy(&text, (char *)found_in + from[i].offset, sizeof(text));
        free(text);
    }
}

static void domain_xml_free_list(void *items, size_t count, enum kind list)
{
    for (size_t i = 0; i < count; i++)
        domain_xml_free_texts((char *)items + i * lists[list].size, lists[list].queries, lists[list].query_count);
    free(items);
}

static void domain_xml_free_facts(struct xml_facts *xml_facts)
{
    domain_xml_free_list(xml_facts->disks, xml_facts->disk_count, KIND_DISKS);
    domain_xml_free_list(xml_facts->interfaces, xml_facts->interface_count, KIND_INTERFACES);
    domain_xml_free_texts(xml_facts, queries, ARRAY_COUNT(queries));
    free(xml_facts->pinning.maps);
    free(xml_facts->metadata);
    metadata_reader_clear(xml_facts);
    free(xml_facts);
}

static struct xml_facts *domain_xml_new_facts(void)
{
    struct xml_facts *xml_facts = calloc(1, sizeof(*xml_facts));

    if (!xml_facts)
        return NULL;
    refcount_init(&xml_facts->refcount);
    xml_facts->release = domain_xml_free_facts;
    for (size_t i = 0; i < ARRAY_COUNT(queries); i++)
        if (queries[i].kind == KIND_NUMBER) {
            int64_t absent = XML_FACTS_ABSENT;

            memcpy((char *)xml_facts + queries[i].offset, &absent, sizeof(absent));
        }
    return xml_facts;
}

/* A number that is too large is the largest one, and not absent. */
static int64_t domain_xml_number(const xmlChar *text)
{
    double number = xmlXPathCastStringToNumber(text);

    if (!isfinite(number) || number < 0)
        return XML_FACTS_ABSENT;
    return number < 0x1p63 ? (int64_t)number : INT64_MAX;
}

/* A label may have any length, but no more of it is kept than SNMP shows. NULL if out of memory. */
static char *domain_xml_copy(enum kind kind, const char *text)
{
    char label[TEXT_SNMP_MAX + 1];

    if (kind != KIND_LABEL)
        return strdup(text);
    (void)text_snmp(text, label, TEXT_SNMP_MAX);
    return strdup(label);
}

static unsigned long domain_xml_attribute(xmlNodePtr element, const char *name, int base)
{
    xmlChar *text = xmlGetProp(element, (const xmlChar *)name);
    unsigned long number = text ? strtoul((const char *)text, NULL, base) : 0;

    xmlFree(text);
    return number;
}

/* QEMU's name of a namespace of an NVMe drive, from the drive's PCI address: "nvme://0000:01:00.0/1". The caller
 * frees it with xmlFree(). NULL if out of memory. */
static xmlChar *domain_xml_nvme_name(xmlNodePtr address)
{
    char name[128];

    (void)snprintf(name, sizeof(name), "nvme://%04lx:%02lx:%02lx.%lx/%lu",
                   domain_xml_attribute(address, "domain", 16), domain_xml_attribute(address, "bus", 16),
                   domain_xml_attribute(address, "slot", 16), domain_xml_attribute(address, "function", 16),
                   domain_xml_attribute(address->parent, "namespace", 10));
    return xmlStrdup((const xmlChar *)name);
}

/* Stores the value that the query found. False only if out of memory. */
static bool domain_xml_store(void *found_in, const struct query *query, xmlNodePtr node)
{
    xmlChar *text = query->kind == KIND_NVME ? domain_xml_nvme_name(node) : xmlNodeGetContent(node);
    void *field = (char *)found_in + query->offset;
    bool stored = text != NULL;

    if (query->kind == KIND_PRESENT) {
        memcpy(field, &(bool){ true }, sizeof(bool));
    } else if (text && query->kind == KIND_NUMBER) {
        int64_t number = domain_xml_number(text);

        memcpy(field, &number, sizeof(number));
    } else if (text && *text) {
        char *copy = domain_xml_copy(query->kind, (const char *)text);

        memcpy(field, &copy, sizeof(copy));
        stored = copy != NULL;
    }
    xmlFree(text);
    return stored;
}

static bool domain_xml_store_list(void *found_in, struct domain_xml_parser *parser, const struct query *query,
                                  xmlNodeSetPtr nodes, xmlXPathContextPtr context);

/* Evaluates a query and stores what it found. False only if out of memory. */
static bool domain_xml_run(void *found_in, struct domain_xml_parser *parser, const struct query *query,
                           xmlXPathCompExprPtr compiled, xmlXPathContextPtr context)
{
    xmlXPathObjectPtr found = xmlXPathCompiledEval(compiled, context);
    bool stored = found != NULL;

    if (found && !xmlXPathNodeSetIsEmpty(found->nodesetval))
        stored = query->kind < LISTS ? domain_xml_store_list(found_in, parser, query, found->nodesetval, context)
                                     : domain_xml_store(found_in, query, found->nodesetval->nodeTab[0]);
    xmlXPathFreeObject(found);
    return stored;
}

/* Stores an item of the list for each node. */
static bool domain_xml_store_list(void *found_in, struct domain_xml_parser *parser, const struct query *query,
                                  xmlNodeSetPtr nodes, xmlXPathContextPtr context)
{
    size_t count = nodes->nodeNr > LIST_MAX ? LIST_MAX : (size_t)nodes->nodeNr, size = lists[query->kind].size;
    char *items = calloc(count, size);
    bool complete = items != NULL;

    memcpy((char *)found_in + query->offset, &items, sizeof(items));
    if (items)
        memcpy((char *)found_in + lists[query->kind].count_offset, &count, sizeof(count));
    for (size_t i = 0; complete && i < count; i++)
        for (size_t q = 0; complete && q < lists[query->kind].query_count; q++) {
            context->node = nodes->nodeTab[i];
            complete = domain_xml_run(items + i * size, parser, &lists[query->kind].queries[q],
                                      parser->in_list[query->kind][q], context);
        }
    context->node = NULL;
    return complete;
}

static struct xml_facts *domain_xml_parse_document(struct domain_xml_parser *parser, xmlDocPtr document)
{
    xmlNodePtr root = xmlDocGetRootElement(document);
    xmlXPathContextPtr context;
    struct xml_facts *xml_facts;
    bool complete;

    /* libvirt never writes a document type. A document type could define entities whose expansion takes all
     * memory. */
    if (!root || document->intSubset || strcmp((const char *)root->name, "domain") != 0)
        return NULL;
    context = xmlXPathNewContext(document);
    xml_facts = domain_xml_new_facts();
    complete = context && xml_facts &&
               xmlXPathRegisterNs(context, (const xmlChar *)"osinfo", (const xmlChar *)osinfo_namespace) == 0;
    for (size_t i = 0; complete && i < ARRAY_COUNT(queries); i++)
        complete = domain_xml_run(xml_facts, parser, &queries[i], parser->compiled[i], context);
    xmlXPathFreeContext(context);
    if (complete && parser->metadata)
        complete = metadata_find(parser->metadata, root, &xml_facts->metadata);
    if (complete && parser->metadata_reader)
        complete = metadata_reader_read(parser->metadata_reader, root, xml_facts);
    if (complete)
        return xml_facts;
    xml_facts_unref(xml_facts);
    return NULL;
}

struct xml_facts *domain_xml_parse(struct domain_xml_parser *parser, const char *xml)
{
    size_t length = strlen(xml);
    struct xml_facts *xml_facts;
    xmlDocPtr document;

    if (length > INT_MAX)
        return NULL;
    document =
        xmlReadMemory(xml, (int)length, NULL, NULL, XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
    if (!document)
        return NULL;
    xml_facts = domain_xml_parse_document(parser, document);
    xmlFreeDoc(document);
    return xml_facts;
}
