/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/describe.h"

#include <libxml/parser.h>
#include <libxml/xpath.h>
#include <libxml/xpathInternals.h>
#include <limits.h>
#include <math.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

enum kind { KIND_TEXT, KIND_NUMBER };

/* libvirt writes memory in KiB whatever unit the user gave, and a domain whose vCPUs are all on has no
 * `current`. */
static const struct query {
    const char *xpath;
    enum kind kind;
    size_t offset;
} queries[] = {
    { "/domain/title", KIND_TEXT, offsetof(struct description, title) },
    { "/domain/metadata/osinfo:libosinfo/osinfo:os/@id", KIND_TEXT, offsetof(struct description, os_id) },
    { "/domain/os/type", KIND_TEXT, offsetof(struct description, os_type) },
    { "/domain/memory", KIND_NUMBER, offsetof(struct description, memory_maximum_kib) },
    { "/domain/currentMemory | /domain[not(currentMemory)]/memory", KIND_NUMBER,
      offsetof(struct description, memory_kib) },
    { "/domain/memtune/min_guarantee", KIND_NUMBER, offsetof(struct description, memory_minimum_kib) },
    { "/domain/vcpu", KIND_NUMBER, offsetof(struct description, vcpus_maximum) },
    { "/domain/vcpu/@current | /domain/vcpu[not(@current)]", KIND_NUMBER, offsetof(struct description, vcpus) },
};

static const char osinfo_namespace[] = "http://libosinfo.org/xmlns/libvirt/domain/1.0";

struct owned_description {
    struct description public;
    atomic_uint references;
};

struct describer {
    xmlXPathCompExprPtr compiled[COUNT(queries)];
};

struct describer *describer_new(void)
{
    struct describer *describer = calloc(1, sizeof(*describer));

    if (!describer)
        return NULL;
    xmlInitParser();
    for (size_t i = 0; i < COUNT(queries); i++) {
        describer->compiled[i] = xmlXPathCompile((const xmlChar *)queries[i].xpath);
        if (!describer->compiled[i]) {
            describer_free(describer);
            return NULL;
        }
    }
    return describer;
}

void describer_free(struct describer *describer)
{
    if (!describer)
        return;
    for (size_t i = 0; i < COUNT(queries); i++)
        if (describer->compiled[i])
            xmlXPathFreeCompExpr(describer->compiled[i]);
    free(describer);
}

static struct description *description_new(void)
{
    struct owned_description *description = calloc(1, sizeof(*description));

    if (!description)
        return NULL;
    atomic_init(&description->references, 1);
    for (size_t i = 0; i < COUNT(queries); i++)
        if (queries[i].kind == KIND_NUMBER) {
            int64_t absent = DESCRIPTION_ABSENT;

            memcpy((char *)description + queries[i].offset, &absent, sizeof(absent));
        }
    return &description->public;
}

static int64_t number_of(const xmlChar *text)
{
    double number = xmlXPathCastStringToNumber(text);

    return isnan(number) || number < 0 || number > 9e15 ? DESCRIPTION_ABSENT : (int64_t)number;
}

/* Stores what the query found; false only if out of memory. */
static bool store(struct description *description, const struct query *query, xmlNodePtr node)
{
    xmlChar *text = xmlNodeGetContent(node);
    void *field = (char *)description + query->offset;
    bool stored = text != NULL;

    if (text && query->kind == KIND_NUMBER) {
        int64_t number = number_of(text);

        memcpy(field, &number, sizeof(number));
    } else if (text && *text) {
        char *copy = strdup((const char *)text);

        memcpy(field, &copy, sizeof(copy));
        stored = copy != NULL;
    }
    xmlFree(text);
    return stored;
}

static bool run_query(struct description *description, xmlXPathCompExprPtr compiled, const struct query *query,
                      xmlXPathContextPtr context)
{
    xmlXPathObjectPtr found = xmlXPathCompiledEval(compiled, context);
    bool stored = found != NULL;

    if (found && !xmlXPathNodeSetIsEmpty(found->nodesetval))
        stored = store(description, query, found->nodesetval->nodeTab[0]);
    xmlXPathFreeObject(found);
    return stored;
}

static struct description *describe_document(struct describer *describer, xmlDocPtr document)
{
    xmlNodePtr root = xmlDocGetRootElement(document);
    xmlXPathContextPtr context;
    struct description *description;
    bool complete;

    /* libvirt never writes a document type; with one come entities, whose expansion could take all memory. */
    if (!root || document->intSubset || strcmp((const char *)root->name, "domain") != 0)
        return NULL;
    context = xmlXPathNewContext(document);
    description = description_new();
    complete = context && description &&
               xmlXPathRegisterNs(context, (const xmlChar *)"osinfo", (const xmlChar *)osinfo_namespace) == 0;
    for (size_t i = 0; complete && i < COUNT(queries); i++)
        complete = run_query(description, describer->compiled[i], &queries[i], context);
    xmlXPathFreeContext(context);
    if (complete)
        return description;
    description_unref(description);
    return NULL;
}

struct description *describe(struct describer *describer, const char *xml)
{
    size_t length = strlen(xml);
    struct description *description;
    xmlDocPtr document;

    if (length > INT_MAX)
        return NULL;
    document =
        xmlReadMemory(xml, (int)length, NULL, NULL, XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
    if (!document)
        return NULL;
    description = describe_document(describer, document);
    xmlFreeDoc(document);
    return description;
}

struct description *description_ref(struct description *description)
{
    atomic_fetch_add(&((struct owned_description *)description)->references, 1);
    return description;
}

void description_unref(struct description *description)
{
    if (!description || atomic_fetch_sub(&((struct owned_description *)description)->references, 1) != 1)
        return;
    free(description->title);
    free(description->os_id);
    free(description->os_type);
    free(description);
}
