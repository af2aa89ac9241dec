/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/libvirt/metadata.h"

#include <libxml/tree.h>
#include <libxml/xpath.h>
#include <stdlib.h>
#include <string.h>

enum { NAMESPACES_MAX = 2 };

struct metadata_query {
    char *namespaces[NAMESPACES_MAX]; /* tried in this order; the last may be NULL */
    xmlXPathCompExprPtr compiled;
};

/* Since libxml2 2.12, error handlers get a const error. */
#if LIBXML_VERSION >= 21200
typedef const xmlError *metadata_error;
#else
typedef xmlError *metadata_error;
#endif

/* Without this, libxml2 prints errors to stderr. metadata_query_new() reports them to its caller. */
static void metadata_drop_error(void *data, metadata_error error)
{
    (void)data;
    (void)error;
}

static xmlXPathContextPtr metadata_new_context(xmlDocPtr document)
{
    xmlXPathContextPtr context = xmlXPathNewContext(document);

    if (context)
        context->error = metadata_drop_error;
    return context;
}

static xmlXPathCompExprPtr metadata_compile(const char *xpath)
{
    xmlXPathContextPtr context = metadata_new_context(NULL);
    xmlXPathCompExprPtr compiled = context ? xmlXPathCtxtCompile(context, (const xmlChar *)xpath) : NULL;

    xmlXPathFreeContext(context);
    return compiled;
}

struct metadata_query *metadata_query_new(const char *namespace, const char *xpath)
{
    struct metadata_query *query = calloc(1, sizeof(*query));

    if (!query)
        return NULL;
    query->namespaces[0] = strdup(namespace ? namespace : METADATA_NAMESPACE_NOVA);
    query->namespaces[1] = namespace ? NULL : strdup(METADATA_NAMESPACE_NOVA_OLD);
    query->compiled = metadata_compile(xpath);
    if (query->namespaces[0] && (namespace || query->namespaces[1]) && query->compiled)
        return query;
    metadata_query_free(query);
    return NULL;
}

void metadata_query_free(struct metadata_query *query)
{
    if (!query)
        return;
    if (query->compiled)
        xmlXPathFreeCompExpr(query->compiled);
    for (size_t i = 0; i < NAMESPACES_MAX; i++)
        free(query->namespaces[i]);
    free(query);
}

static bool metadata_is_in_namespace(const char *namespace, const xmlNode *node)
{
    return node->type == XML_ELEMENT_NODE && node->ns && strcmp((const char *)node->ns->href, namespace) == 0;
}

static xmlNodePtr metadata_find_in_namespace(const char *namespace, xmlNodePtr domain)
{
    for (xmlNodePtr child = domain->children; child; child = child->next) {
        if (child->type != XML_ELEMENT_NODE || strcmp((const char *)child->name, "metadata") != 0)
            continue;
        for (xmlNodePtr element = child->children; element; element = element->next)
            if (metadata_is_in_namespace(namespace, element))
                return element;
    }
    return NULL;
}

static xmlNodePtr metadata_find_element(const struct metadata_query *query, xmlNodePtr domain)
{
    xmlNodePtr found = NULL;

    for (size_t i = 0; i < NAMESPACES_MAX && query->namespaces[i] && !found; i++)
        found = metadata_find_in_namespace(query->namespaces[i], domain);
    return found;
}

/* The next node in the order of the document, or NULL. */
static xmlNodePtr metadata_next_node(xmlNodePtr node)
{
    if (node->children && node->type == XML_ELEMENT_NODE)
        return node->children;
    while (node && !node->next)
        node = node->parent && node->parent->type == XML_ELEMENT_NODE ? node->parent : NULL;
    return node ? node->next : NULL;
}

static void metadata_drop_prefixes(const xmlChar *namespace, xmlNodePtr root)
{
    for (xmlNodePtr node = root; node; node = metadata_next_node(node))
        if (metadata_is_in_namespace((const char *)namespace, node))
            node->ns = NULL;
}

static bool metadata_evaluate(const struct metadata_query *query, xmlDocPtr document, char **found)
{
    xmlXPathContextPtr context = metadata_new_context(document);
    xmlXPathObjectPtr result = context ? xmlXPathCompiledEval(query->compiled, context) : NULL;
    xmlChar *text = result ? xmlXPathCastToString(result) : NULL;

    if (text && *text)
        *found = strdup((const char *)text);
    xmlFree(text);
    xmlXPathFreeObject(result);
    xmlXPathFreeContext(context);
    return context != NULL;
}

bool metadata_find(const struct metadata_query *query, struct _xmlNode *domain, char **found)
{
    xmlNodePtr element = metadata_find_element(query, domain), copy;
    xmlDocPtr document;
    bool complete;

    *found = NULL;
    if (!element)
        return true;
    document = xmlNewDoc((const xmlChar *)"1.0");
    copy = document ? xmlDocCopyNode(element, document, 1) : NULL;
    complete = copy != NULL;
    if (copy) {
        xmlDocSetRootElement(document, copy);
        metadata_drop_prefixes(element->ns->href, copy);
        complete = metadata_evaluate(query, document, found);
    }
    xmlFreeDoc(document);
    return complete;
}
