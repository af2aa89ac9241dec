/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/libvirt/metadata.h"

#include <libxml/tree.h>
#include <libxml/xpath.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/array.h"

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

static xmlXPathObjectPtr metadata_evaluate(const struct metadata_query *query, xmlDocPtr document)
{
    xmlXPathContextPtr context = metadata_new_context(document);
    xmlXPathObjectPtr result;

    if (!context)
        return NULL;
    context->node = (xmlNodePtr)document; /* where a relative path begins */
    result = xmlXPathCompiledEval(query->compiled, context);
    xmlXPathFreeContext(context);
    return result;
}

static bool metadata_is_known_call(const char *name, size_t length)
{
    static const char *const known[] = {
        /* The functions of XPath 1.0. */
        "boolean", "ceiling", "concat", "contains", "count", "false", "floor", "id", "lang", "last", "local-name",
        "name", "namespace-uri", "normalize-space", "not", "number", "position", "round", "starts-with", "string",
        "string-length", "substring", "substring-after", "substring-before", "sum", "translate", "true",
        /* Its node tests and operators, which a parenthesis can follow as well. */
        "comment", "node", "processing-instruction", "text", "and", "div", "mod", "or"
    };

    for (size_t i = 0; i < ARRAY_COUNT(known); i++)
        if (strlen(known[i]) == length && memcmp(known[i], name, length) == 0)
            return true;
    return false;
}

/* Checks the name, literal or other piece at `*at`, and moves `*at` behind it. False for a variable, a prefix and
 * an unknown function. */
static bool metadata_check_piece(const char **at)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.";
    const char *start = *at;
    size_t length = strspn(start, letters);

    *at += length > 0 ? length : 1;
    if (length > 0)
        return start[length + strspn(start + length, " \t\r\n")] != '(' || metadata_is_known_call(start, length);
    if (*start == '"' || *start == '\'')
        *at = strchr(start + 1, *start) ? strchr(start + 1, *start) + 1 : start + strlen(start);
    if (*start == ':' && start[1] == ':') /* of an axis */
        *at = start + 2;
    return *start != '$' && (*start != ':' || start[1] == ':');
}

/* libxml2 looks for prefixes, variables and functions only when it evaluates this part of an expression, which may
 * be never, or only for some domains. There are no prefixes and no variables, so an expression with one is wrong.
 */
static bool metadata_has_known_names(const char *xpath)
{
    while (*xpath)
        if (!metadata_check_piece(&xpath))
            return false;
    return true;
}

/* Finds errors such as a number where a node belongs. */
static bool metadata_can_evaluate(const struct metadata_query *query)
{
    xmlDocPtr document = xmlNewDoc((const xmlChar *)"1.0");
    xmlNodePtr root = document ? xmlNewDocNode(document, NULL, (const xmlChar *)"instance", NULL) : NULL;
    xmlXPathObjectPtr result = NULL;

    if (root) {
        xmlDocSetRootElement(document, root);
        result = metadata_evaluate(query, document);
    }
    xmlXPathFreeObject(result);
    xmlFreeDoc(document);
    return result != NULL;
}

struct metadata_query *metadata_query_new(const char *namespace, const char *xpath)
{
    struct metadata_query *query = calloc(1, sizeof(*query));

    if (!query)
        return NULL;
    query->namespaces[0] = strdup(namespace ? namespace : METADATA_NAMESPACE_NOVA);
    query->namespaces[1] = namespace ? NULL : strdup(METADATA_NAMESPACE_NOVA_OLD);
    query->compiled = metadata_has_known_names(xpath) ? metadata_compile(xpath) : NULL;
    if (query->namespaces[0] && (namespace || query->namespaces[1]) && query->compiled &&
        metadata_can_evaluate(query))
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

/* An expression that could be evaluated before can still fail, if the document is larger than libxml2 allows. Then
 * it finds nothing. False if out of memory. */
static bool metadata_find_text(const struct metadata_query *query, xmlDocPtr document, char **found)
{
    xmlXPathObjectPtr result = metadata_evaluate(query, document);
    xmlChar *text = result ? xmlXPathCastToString(result) : NULL;
    bool complete = !result || text;

    if (text && *text) {
        *found = strdup((const char *)text);
        complete = *found != NULL;
    }
    xmlFree(text);
    xmlXPathFreeObject(result);
    return complete;
}

/* libxml2 may leave out what it has no memory for, and only the last error of the thread says so. */
static bool metadata_is_out_of_memory(void)
{
    metadata_error error = xmlGetLastError();

    return error && error->code == XML_ERR_NO_MEMORY;
}

bool metadata_find(const struct metadata_query *query, struct _xmlNode *domain, char **found)
{
    xmlNodePtr element = metadata_find_element(query, domain), copy;
    xmlDocPtr document;
    bool complete;

    *found = NULL;
    if (!element)
        return true;
    xmlResetLastError();
    document = xmlNewDoc((const xmlChar *)"1.0");
    copy = document ? xmlDocCopyNode(element, document, 1) : NULL;
    complete = copy != NULL;
    if (copy) {
        xmlDocSetRootElement(document, copy);
        metadata_drop_prefixes(element->ns->href, copy);
        complete = metadata_find_text(query, document, found);
    }
    xmlFreeDoc(document);
    if (complete && !metadata_is_out_of_memory())
        return true;
    free(*found);
    *found = NULL;
    return false;
}
