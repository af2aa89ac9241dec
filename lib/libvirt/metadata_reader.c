/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/libvirt/metadata_reader.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/cleanup.h"
#include "lib/base/text.h"

struct metadata_reader {
    size_t count;
    struct {
        char key[METADATA_KEY_MAX + 1];
        struct metadata_query *query;
    } items[METADATA_RULES_MAX]; /* sorted by key */
};

struct metadata_reader *metadata_reader_new(const struct metadata_rules *rules)
{
    struct metadata_reader *reader = calloc(1, sizeof(*reader));

    if (!reader)
        return NULL;
    for (; reader->count < rules->count; reader->count++) {
        const struct metadata_rule *rule = &rules->rules[reader->count];

        memcpy(reader->items[reader->count].key, rule->key, sizeof(rule->key));
        reader->items[reader->count].query =
            metadata_query_new(rule->namespace[0] ? rule->namespace : NULL, rule->xpath);
        if (!reader->items[reader->count].query) {
            metadata_reader_free(reader);
            return NULL;
        }
    }
    return reader;
}

void metadata_reader_free(struct metadata_reader *reader)
{
    if (!reader)
        return;
    for (size_t i = 0; i < reader->count; i++)
        metadata_query_free(reader->items[i].query);
    free(reader);
}

/* The key and the value are in one piece of memory. A value is not kept longer than SNMP shows it. */
static bool metadata_reader_store(struct metadata_value *value, const char *key, const char *found)
{
    char shown[TEXT_SNMP_MAX + 1];
    size_t key_size = strlen(key) + 1, size = text_snmp(found, shown, TEXT_SNMP_MAX) + 1;

    value->key = malloc(key_size + size);
    if (!value->key)
        return false;
    memcpy(value->key, key, key_size);
    value->value = memcpy(value->key + key_size, shown, size);
    return true;
}

static bool metadata_reader_read_all(struct metadata_reader *reader, struct _xmlNode *domain,
                                     struct metadata_value *values, size_t *count)
{
    for (size_t i = 0; i < reader->count; i++) {
        AUTO_FREE char *found = NULL;

        if (!metadata_find(reader->items[i].query, domain, &found))
            return false;
        if (!found)
            continue;
        if (!metadata_reader_store(&values[*count], reader->items[i].key, found))
            return false;
        (*count)++;
    }
    return true;
}

bool metadata_reader_read(struct metadata_reader *reader, struct _xmlNode *domain, struct xml_facts *facts)
{
    struct metadata_value values[METADATA_RULES_MAX];
    size_t count = 0;
    bool complete = metadata_reader_read_all(reader, domain, values, &count);

    if (count == 0)
        return complete;
    facts->metadata_values = calloc(count, sizeof(*values));
    if (!facts->metadata_values) {
        for (size_t i = 0; i < count; i++)
            free(values[i].key);
        return false;
    }
    memcpy(facts->metadata_values, values, count * sizeof(*values));
    facts->metadata_count = count;
    return complete;
}

void metadata_reader_clear(struct xml_facts *facts)
{
    for (size_t i = 0; i < facts->metadata_count; i++)
        free(facts->metadata_values[i].key);
    free(facts->metadata_values);
}
