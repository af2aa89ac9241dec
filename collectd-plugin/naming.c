/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "collectd-plugin/naming.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "lib/base/text.h"
#include "lib/model/xml_facts.h"

static const char *const words[NAMING_FIELDS] = {
    [NAMING_NAME] = "name",
    [NAMING_UUID] = "uuid",
    [NAMING_HOSTNAME] = "hostname",
    [NAMING_METADATA] = "metadata",
};

static const char separators[] = " \t\r\n,";

static bool is_word(const char *text, size_t length, const char *word)
{
    return strlen(word) == length && strncasecmp(text, word, length) == 0;
}

static enum naming_field field_of(const char *text, size_t length)
{
    enum naming_field field = 0;

    while (field < NAMING_FIELDS && !is_word(text, length, words[field]))
        field++;
    return field;
}

static bool has(const struct naming *naming, enum naming_field field)
{
    for (size_t i = 0; i < naming->count; i++)
        if (naming->fields[i] == field)
            return true;
    return false;
}

bool naming_parse(const char *text, bool may_be_none, struct naming *naming, char *why, size_t size)
{
    struct naming parsed = { 0 };
    bool is_none = false;

    for (text += strspn(text, separators); *text; text += strspn(text, separators)) {
        size_t length = strcspn(text, separators);
        enum naming_field field = field_of(text, length);

        if (may_be_none && parsed.count == 0 && is_word(text, length, "none")) {
            is_none = true;
        } else if (is_none || field == NAMING_FIELDS || has(&parsed, field)) {
            (void)snprintf(why, size,
                           "\"%.*s\" is not expected here; expected each at most once: name uuid hostname "
                           "metadata%s",
                           length > 64 ? 64 : (int)length, text, may_be_none ? ", or none alone" : "");
            return false;
        } else {
            parsed.fields[parsed.count++] = field;
        }
        text += length;
    }
    if (parsed.count == 0 && !is_none) {
        (void)snprintf(why, size, "it is empty; expected one or more of: name uuid hostname metadata%s",
                       may_be_none ? ", or none" : "");
        return false;
    }
    *naming = parsed;
    return true;
}

bool naming_needs_metadata(const struct naming *naming)
{
    return has(naming, NAMING_METADATA);
}

static const char *text_of(const struct domain *domain, enum naming_field field, const char *hostname,
                           const char *uuid)
{
    switch (field) {
    case NAMING_UUID:
        return uuid;
    case NAMING_HOSTNAME:
        return hostname;
    case NAMING_METADATA:
        return domain->xml_facts && domain->xml_facts->metadata ? domain->xml_facts->metadata : domain->name;
    default:
        return domain->name;
    }
}

/* Writers that make a folder of it must stay where they are. */
static void avoid_folders(char *text, size_t size)
{
    if (strcmp(text, ".") == 0 || strcmp(text, "..") == 0)
        (void)snprintf(text, size, "%s", text[1] ? "\\x2e\\x2e" : "\\x2e");
}

void naming_write(const struct naming *naming, const struct domain *domain, const char *hostname, char *text,
                  size_t size)
{
    char uuid[UUID_TEXT];
    size_t length = 0;

    uuid_format(domain->uuid, uuid);
    text[0] = '\0';
    for (size_t i = 0; i < naming->count && length + 1 < size; i++) {
        if (i > 0)
            text[length++] = ':';
        length += text_printable(text_of(domain, naming->fields[i], hostname, uuid), text + length, size - length);
    }
    avoid_folders(text, size);
}
