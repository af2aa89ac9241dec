/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "collectd-plugin/options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "lib/base/array.h"
#include "lib/base/uri.h"
#include "lib/model/filter.h"

enum { VALUE_MAX = 1024 };

typedef bool take_function(void *field, const char *value, char *why, size_t size);

static bool take_text(void *field, const char *value, char *why, size_t size)
{
    char **text = field, *copy = strdup(value);

    if (!copy) {
        (void)snprintf(why, size, "out of memory");
        return false;
    }
    free(*text);
    *text = copy;
    return true;
}

static bool take_uri(void *field, const char *value, char *why, size_t size)
{
    return uri_check(value, why, size) && take_text(field, value, why, size);
}

static bool take_filter(void *field, const char *value, char *why, size_t size)
{
    return filter_parse(value, field, why, size);
}

static bool take_domain(void *field, const char *value, char *why, size_t size)
{
    return selection_add(field, value, why, size);
}

static bool take_host_format(void *field, const char *value, char *why, size_t size)
{
    return naming_parse(value, false, field, why, size);
}

static bool take_instance_format(void *field, const char *value, char *why, size_t size)
{
    return naming_parse(value, true, field, why, size);
}

/* collectd's words for it. */
static bool take_truth(void *field, const char *value, char *why, size_t size)
{
    static const struct {
        const char *word;
        bool is_yes;
    } words[] = { { "true", true },   { "yes", true }, { "on", true },
                  { "false", false }, { "no", false }, { "off", false } };

    for (size_t i = 0; i < ARRAY_COUNT(words); i++)
        if (strcasecmp(words[i].word, value) == 0) {
            *(bool *)field = words[i].is_yes;
            return true;
        }
    (void)snprintf(why, size, "\"%s\" is neither true nor false", value);
    return false;
}

static const struct {
    const char *key;
    take_function *take;
    size_t offset;
    bool words;    /* several values are its words */
    bool decisive; /* a block with a bad one would watch something else than was meant */
} table[] = {
    { "Connection", take_uri, offsetof(struct options, connection), false, true },
    { "Filter", take_filter, offsetof(struct options, filter), true, true },
    { "Domain", take_domain, offsetof(struct options, selection), false, false },
    { "IgnoreSelected", take_truth, offsetof(struct options, selection.ignore), false, false },
    { "HostnameFormat", take_host_format, offsetof(struct options, host), true, false },
    { "PluginInstanceFormat", take_instance_format, offsetof(struct options, instance), true, false },
    { "HostnameMetadataNS", take_text, offsetof(struct options, metadata_namespace), false, false },
    { "HostnameMetadataXPath", take_text, offsetof(struct options, metadata_xpath), false, false },
    { "ReportDomains", take_truth, offsetof(struct options, report_domains), false, false },
    { "ReportTotals", take_truth, offsetof(struct options, report_totals), false, false },
    { "Notifications", take_truth, offsetof(struct options, notifications), false, false },
};

struct options *options_new(const char *name)
{
    struct options *options = calloc(1, sizeof(*options));

    if (!options)
        return NULL;
    options->name = strdup(name);
    options->metadata_xpath = strdup(METADATA_XPATH_DEFAULT);
    options->host = (struct naming){ 1, { NAMING_HOSTNAME } };
    options->instance = (struct naming){ 1, { NAMING_NAME } };
    options->report_domains = options->report_totals = true;
    if (options->name && options->metadata_xpath)
        return options;
    options_free(options);
    return NULL;
}

void options_free(struct options *options)
{
    if (!options)
        return;
    selection_clear(&options->selection);
    metadata_query_free(options->metadata);
    free(options->metadata_namespace);
    free(options->metadata_xpath);
    free(options->connection);
    free(options->name);
    free(options);
}

static void explain_unknown(char *why, size_t size)
{
    size_t length = (size_t)snprintf(why, size, "unknown; expected one of:");

    for (size_t i = 0; i < ARRAY_COUNT(table) && length < size; i++)
        length += (size_t)snprintf(why + length, size - length, " %s", table[i].key);
}

/* The values with blanks between them; false if they are too long. */
static bool join(const char *const *values, size_t count, char *text, size_t size)
{
    size_t length = 0;

    text[0] = '\0';
    for (size_t i = 0; i < count && length < size; i++)
        length += (size_t)snprintf(text + length, size - length, "%s%s", i > 0 ? " " : "", values[i]);
    return length < size;
}

enum options_outcome options_set(struct options *options, const char *key, const char *const *values, size_t count,
                                 char why[OPTIONS_WHY_MAX])
{
    char text[VALUE_MAX];
    size_t i = 0;

    while (i < ARRAY_COUNT(table) && strcasecmp(table[i].key, key) != 0)
        i++;
    if (i == ARRAY_COUNT(table)) {
        explain_unknown(why, OPTIONS_WHY_MAX);
        return OPTIONS_IGNORED;
    }
    if (count == 0 || (count > 1 && !table[i].words))
        (void)snprintf(why, OPTIONS_WHY_MAX, "%zu values; expected one", count);
    else if (!join(values, count, text, sizeof(text)))
        (void)snprintf(why, OPTIONS_WHY_MAX, "longer than %zu bytes", sizeof(text) - 1);
    else if (table[i].take((char *)options + table[i].offset, text, why, OPTIONS_WHY_MAX))
        return OPTIONS_TAKEN;
    return table[i].decisive ? OPTIONS_REFUSED : OPTIONS_IGNORED;
}

bool options_complete(struct options *options, char why[OPTIONS_WHY_MAX])
{
    if (!naming_needs_metadata(&options->host) && !naming_needs_metadata(&options->instance))
        return true;
    options->metadata = metadata_query_new(options->metadata_namespace, options->metadata_xpath);
    if (!options->metadata)
        (void)snprintf(why, OPTIONS_WHY_MAX,
                       "HostnameMetadataXPath \"%.200s\" is no XPath expression, such as " METADATA_XPATH_DEFAULT,
                       options->metadata_xpath);
    return options->metadata != NULL;
}
