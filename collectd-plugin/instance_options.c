/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "collectd-plugin/instance_options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "lib/base/array.h"
#include "lib/base/cleanup.h"
#include "lib/base/uri.h"
#include "lib/model/filter.h"

enum { VALUE_MAX = 1024 };

typedef bool instance_options_take(void *field, const char *value, char *why, size_t size);

static bool instance_options_take_text(void *field, const char *value, char *why, size_t size)
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

static bool instance_options_take_uri(void *field, const char *value, char *why, size_t size)
{
    return uri_check(value, why, size) && instance_options_take_text(field, value, why, size);
}

static bool instance_options_take_filter(void *field, const char *value, char *why, size_t size)
{
    return filter_parse(value, field, why, size);
}

static bool instance_options_take_domain(void *field, const char *value, char *why, size_t size)
{
    return selection_add(field, value, why, size);
}

static bool instance_options_take_host_format(void *field, const char *value, char *why, size_t size)
{
    return naming_parse(value, false, field, why, size);
}

static bool instance_options_take_instance_format(void *field, const char *value, char *why, size_t size)
{
    return naming_parse(value, true, field, why, size);
}

static bool instance_options_take_statistics(void *field, const char *value, char *why, size_t size)
{
    return stats_metrics_parse_groups(value, field, why, size);
}

/* Sets *number to the place of the value among the words. */
static bool instance_options_take_word(const char *const *words, size_t count, const char *value, size_t *number,
                                       char *why, size_t size)
{
    size_t length;

    for (*number = 0; *number < count; (*number)++)
        if (strcasecmp(words[*number], value) == 0)
            return true;
    length = (size_t)snprintf(why, size, "\"%.64s\" is unknown; expected one of:", value);
    for (size_t i = 0; i < count && length < size; i++)
        length += (size_t)snprintf(why + length, size - length, " %s", words[i]);
    return false;
}

static bool instance_options_take_disk_format(void *field, const char *value, char *why, size_t size)
{
    static const char *const words[] = { "target", "source" };
    size_t number;

    if (!instance_options_take_word(words, ARRAY_COUNT(words), value, &number, why, size))
        return false;
    *(bool *)field = number == 1;
    return true;
}

static bool instance_options_take_interface_format(void *field, const char *value, char *why, size_t size)
{
    static const char *const words[] = {
        [STATS_INTERFACE_NAME] = "name", [STATS_INTERFACE_ADDRESS] = "address", [STATS_INTERFACE_NUMBER] = "number"
    };
    size_t number;

    if (!instance_options_take_word(words, ARRAY_COUNT(words), value, &number, why, size))
        return false;
    *(enum stats_interface_format *)field = (enum stats_interface_format)number;
    return true;
}

/* collectd accepts these words. */
static bool instance_options_take_boolean(void *field, const char *value, char *why, size_t size)
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

/* The notifications have these members already. */
static bool instance_options_is_own_key(const struct metadata_rules *rules, char *why, size_t size)
{
    static const char *const own[] = { "uuid", "state", "reason" };

    for (size_t i = 0; i < rules->count; i++)
        for (size_t o = 0; o < ARRAY_COUNT(own); o++)
            if (strcmp(rules->rules[i].key, own[o]) == 0) {
                (void)snprintf(why, size, "expected a KEY other than uuid, state and reason");
                return true;
            }
    return false;
}

static bool instance_options_take_metadata(void *field, const char *value, char *why, size_t size)
{
    struct metadata_rules *rules = field, added = *rules;

    if (!metadata_rules_add(&added, value, why, size) || instance_options_is_own_key(&added, why, size))
        return false;
    *rules = added;
    return true;
}

#define FIELD(member) offsetof(struct instance_options, member)

static const struct instance_option {
    const char *key;
    instance_options_take *take;
    size_t offset;
    bool is_list;      /* it takes several values and joins them by blanks */
    bool is_essential; /* without its value, the block would report other domains than intended */
} instance_options_table[] = {
    { "Connection", instance_options_take_uri, FIELD(connection), false, true },
    { "Filter", instance_options_take_filter, FIELD(filter), true, true },
    { "Domain", instance_options_take_domain, FIELD(selection), false, false },
    { "IgnoreSelected", instance_options_take_boolean, FIELD(selection.ignore), false, false },
    { "HostnameFormat", instance_options_take_host_format, FIELD(host), true, false },
    { "PluginInstanceFormat", instance_options_take_instance_format, FIELD(instance), true, false },
    { "HostnameMetadataNS", instance_options_take_text, FIELD(metadata_namespace), false, false },
    { "HostnameMetadataXPath", instance_options_take_text, FIELD(metadata_xpath), false, false },
    { "Metadata", instance_options_take_metadata, FIELD(metadata_values), true, false },
    { "Statistics", instance_options_take_statistics, FIELD(stats.groups), true, false },
    { "BlockDevice", instance_options_take_domain, FIELD(stats.disks), false, false },
    { "BlockDeviceFormat", instance_options_take_disk_format, FIELD(stats.disk_by_source), false, false },
    { "BlockDeviceFormatBasename", instance_options_take_boolean, FIELD(stats.disk_by_basename), false, false },
    { "InterfaceDevice", instance_options_take_domain, FIELD(stats.interfaces), false, false },
    { "InterfaceFormat", instance_options_take_interface_format, FIELD(stats.interface_format), false, false },
    { "ReportDomains", instance_options_take_boolean, FIELD(report_domains), false, false },
    { "ReportTotals", instance_options_take_boolean, FIELD(report_totals), false, false },
    { "Notifications", instance_options_take_boolean, FIELD(notifications), false, false },
};

struct instance_options *instance_options_new(const char *name)
{
    struct instance_options *options = calloc(1, sizeof(*options));

    if (!options)
        return NULL;
    options->name = strdup(name);
    options->metadata_xpath = strdup(METADATA_XPATH_DEFAULT);
    options->host = (struct naming){ 1, { NAMING_HOSTNAME } };
    options->instance = (struct naming){ 1, { NAMING_NAME } };
    options->report_domains = options->report_totals = true;
    if (options->name && options->metadata_xpath)
        return options;
    instance_options_free(options);
    return NULL;
}

void instance_options_free(struct instance_options *options)
{
    if (!options)
        return;
    selection_clear(&options->selection);
    selection_clear(&options->stats.disks);
    selection_clear(&options->stats.interfaces);
    metadata_query_free(options->metadata);
    free(options->metadata_namespace);
    free(options->metadata_xpath);
    free(options->connection);
    free(options->name);
    free(options);
}

static void instance_options_explain(char *why, size_t size)
{
    size_t length = (size_t)snprintf(why, size, "unknown; expected one of:");

    for (size_t i = 0; i < ARRAY_COUNT(instance_options_table) && length < size; i++)
        length += (size_t)snprintf(why + length, size - length, " %s", instance_options_table[i].key);
}

/* Joins the values by blanks. False if the text is too long. */
static bool instance_options_join(const char *const *values, size_t count, char *text, size_t size)
{
    size_t length = 0;

    text[0] = '\0';
    for (size_t i = 0; i < count && length < size; i++)
        length += (size_t)snprintf(text + length, size - length, "%s%s", i > 0 ? " " : "", values[i]);
    return length < size;
}

static const struct instance_option *instance_options_find(const char *key)
{
    for (size_t i = 0; i < ARRAY_COUNT(instance_options_table); i++)
        if (strcasecmp(instance_options_table[i].key, key) == 0)
            return &instance_options_table[i];
    return NULL;
}

/* A wrong value may contain a password, and `why` may quote a part of it. So the sentence is made once more, from
 * the value without passwords. */
static void instance_options_conceal(const struct instance_option *option, const char *value, char *why,
                                     size_t size)
{
    AUTO_FREE char *shown = uri_public(value);
    struct instance_options *scratch = shown && strcmp(shown, value) != 0 ? instance_options_new("") : NULL;
    char again[INSTANCE_OPTIONS_WHY_MAX];

    if (!shown)
        (void)snprintf(why, size, "out of memory");
    if (scratch && !option->take((char *)scratch + option->offset, shown, again, sizeof(again)))
        (void)snprintf(why, size, "%s", again);
    instance_options_free(scratch);
}

enum instance_options_result instance_options_set(struct instance_options *options, const char *key,
                                                  const char *const *values, size_t count,
                                                  char why[INSTANCE_OPTIONS_WHY_MAX])
{
    const struct instance_option *option = instance_options_find(key);
    char text[VALUE_MAX];

    if (!option) {
        instance_options_explain(why, INSTANCE_OPTIONS_WHY_MAX);
        return INSTANCE_OPTIONS_IGNORED;
    }
    if (count == 0 || (count > 1 && !option->is_list))
        (void)snprintf(why, INSTANCE_OPTIONS_WHY_MAX, "%zu values; expected one", count);
    else if (!instance_options_join(values, count, text, sizeof(text)))
        (void)snprintf(why, INSTANCE_OPTIONS_WHY_MAX, "longer than %zu bytes", sizeof(text) - 1);
    else if (option->take((char *)options + option->offset, text, why, INSTANCE_OPTIONS_WHY_MAX))
        return INSTANCE_OPTIONS_TAKEN;
    else
        instance_options_conceal(option, text, why, INSTANCE_OPTIONS_WHY_MAX);
    return option->is_essential ? INSTANCE_OPTIONS_REFUSED : INSTANCE_OPTIONS_IGNORED;
}

bool instance_options_complete(struct instance_options *options, char why[INSTANCE_OPTIONS_WHY_MAX])
{
    AUTO_FREE char *shown = NULL;

    options->stats.disks.ignore = options->stats.interfaces.ignore = options->selection.ignore;
    if (!naming_needs_metadata(&options->host) && !naming_needs_metadata(&options->instance))
        return true;
    options->metadata = metadata_query_new(options->metadata_namespace, options->metadata_xpath);
    if (options->metadata)
        return true;
    shown = uri_public(options->metadata_xpath);
    (void)snprintf(why, INSTANCE_OPTIONS_WHY_MAX,
                   "HostnameMetadataXPath \"%.200s\" is not an XPath expression such as " METADATA_XPATH_DEFAULT,
                   shown ? shown : "");
    return false;
}
