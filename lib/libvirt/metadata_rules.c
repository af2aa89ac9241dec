/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/libvirt/metadata_rules.h"

#include <stdio.h>
#include <string.h>

#include "lib/base/array.h"
#include "lib/libvirt/metadata.h"

static const char blanks[] = " \t\r\n\v\f";
static const char openstack[] = "openstack";

/* What "openstack" alone stands for. */
static const struct metadata_rule preset[] = {
    { "name", "", METADATA_XPATH_DEFAULT },
    { "project", "", "/instance/owner/project/text()" },
    { "flavor", "", "/instance/flavor/@name" },
};

/* A part of a text that is not copied. */
struct metadata_word {
    const char *start;
    size_t length;
};

static bool metadata_rules_refuse(char *why, size_t size, const char *expected)
{
    (void)snprintf(why, size, "expected %s", expected);
    return false;
}

static size_t metadata_rules_trim(const char *start, size_t length)
{
    while (length > 0 && strchr(blanks, start[length - 1]))
        length--;
    return length;
}

/* Splits "NAMESPACE XPATH KEY" at the first blanks and at the last ones. The parts that are missing are empty. */
static void metadata_rules_split(const char *text, struct metadata_word *namespace, struct metadata_word *xpath,
                                 struct metadata_word *key)
{
    size_t length;

    namespace->start = text + strspn(text, blanks);
    namespace->length = strcspn(namespace->start, blanks);
    xpath->start = namespace->start + namespace->length;
    xpath->start += strspn(xpath->start, blanks);
    length = metadata_rules_trim(xpath->start, strlen(xpath->start));
    key->length = 0;
    while (key->length < length && !strchr(blanks, xpath->start[length - key->length - 1]))
        key->length++;
    key->start = xpath->start + length - key->length;
    xpath->length = metadata_rules_trim(xpath->start, length - key->length);
}

/* False if it is too long. */
static bool metadata_rules_copy(const struct metadata_word *word, char *copy, size_t max)
{
    if (word->length > max)
        return false;
    memcpy(copy, word->start, word->length);
    copy[word->length] = '\0';
    return true;
}

static bool metadata_rules_is_openstack(const struct metadata_word *word)
{
    return word->length == strlen(openstack) && memcmp(word->start, openstack, word->length) == 0;
}

/* A namespace is a URI, so it begins with a scheme. The prefix of a namespace, such as "nova", is not its name. */
static bool metadata_rules_is_uri(const char *text)
{
    size_t scheme = strcspn(text, ":/?#");

    return scheme > 0 && text[scheme] == ':' && text[scheme + 1];
}

static bool metadata_rules_take_namespace(const struct metadata_word *word, struct metadata_rule *rule, char *why,
                                          size_t size)
{
    if (metadata_rules_is_openstack(word))
        return true;
    return (metadata_rules_copy(word, rule->namespace, METADATA_WORD_MAX) &&
            metadata_rules_is_uri(rule->namespace)) ||
           metadata_rules_refuse(
               why, size,
               "a NAMESPACE of at most 255 octets that is a URI, such as " METADATA_NAMESPACE_NOVA
               ", or openstack");
}

static bool metadata_rules_take_xpath(const struct metadata_word *word, struct metadata_rule *rule, char *why,
                                      size_t size)
{
    struct metadata_query *query = NULL;

    if (metadata_rules_copy(word, rule->xpath, METADATA_WORD_MAX))
        query = metadata_query_new(NULL, rule->xpath);
    metadata_query_free(query);
    return query ||
           metadata_rules_refuse(why, size,
                                 "an XPATH of at most 255 octets that is an XPath expression without prefixes, "
                                 "such as " METADATA_XPATH_DEFAULT);
}

static bool metadata_rules_take_key(const struct metadata_word *word, struct metadata_rule *rule, char *why,
                                    size_t size)
{
    static const char octets[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";

    return (word->length > 0 && metadata_rules_copy(word, rule->key, METADATA_KEY_MAX) &&
            strspn(rule->key, octets) == word->length) ||
           metadata_rules_refuse(why, size, "a KEY of 1 to 64 letters, digits, dots, underscores or dashes");
}

/* Keeps the rules sorted by key. */
static bool metadata_rules_insert(struct metadata_rules *rules, const struct metadata_rule *rule, char *why,
                                  size_t size)
{
    size_t at = 0;

    while (at < rules->count && strcmp(rules->rules[at].key, rule->key) < 0)
        at++;
    if (at < rules->count && strcmp(rules->rules[at].key, rule->key) == 0) {
        (void)snprintf(why, size, "expected each KEY once, and \"%s\" is given twice", rule->key);
        return false;
    }
    if (rules->count == METADATA_RULES_MAX) {
        (void)snprintf(why, size, "expected at most %d keys", METADATA_RULES_MAX);
        return false;
    }
    memmove(&rules->rules[at + 1], &rules->rules[at], (rules->count - at) * sizeof(*rule));
    rules->rules[at] = *rule;
    rules->count++;
    return true;
}

static bool metadata_rules_add_preset(struct metadata_rules *rules, char *why, size_t size)
{
    struct metadata_rules added = *rules;

    for (size_t i = 0; i < ARRAY_COUNT(preset); i++)
        if (!metadata_rules_insert(&added, &preset[i], why, size))
            return false;
    *rules = added;
    return true;
}

bool metadata_rules_add(struct metadata_rules *rules, const char *text, char *why, size_t size)
{
    struct metadata_word namespace, xpath, key;
    struct metadata_rule rule = { .key = "" };

    metadata_rules_split(text, &namespace, &xpath, &key);
    if (key.length == 0 && metadata_rules_is_openstack(&namespace))
        return metadata_rules_add_preset(rules, why, size);
    if (xpath.length == 0)
        return metadata_rules_refuse(why, size, "openstack alone, or NAMESPACE XPATH KEY");
    return metadata_rules_take_namespace(&namespace, &rule, why, size) &&
           metadata_rules_take_xpath(&xpath, &rule, why, size) &&
           metadata_rules_take_key(&key, &rule, why, size) && metadata_rules_insert(rules, &rule, why, size);
}

bool metadata_rules_are_same(const struct metadata_rules *one, const struct metadata_rules *other)
{
    if (one->count != other->count)
        return false;
    for (size_t i = 0; i < one->count; i++)
        if (strcmp(one->rules[i].key, other->rules[i].key) != 0 ||
            strcmp(one->rules[i].namespace, other->rules[i].namespace) != 0 ||
            strcmp(one->rules[i].xpath, other->rules[i].xpath) != 0)
            return false;
    return true;
}
