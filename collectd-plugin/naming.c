/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "collectd-plugin/naming.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "lib/base/text.h"
#include "lib/model/xml_facts.h"

static const char *const naming_words[NAMING_FIELDS] = {
    [NAMING_NAME] = "name",
    [NAMING_UUID] = "uuid",
    [NAMING_HOSTNAME] = "hostname",
    [NAMING_METADATA] = "metadata",
};

static const char separators[] = " \t\r\n,";

static bool naming_is_word(const char *text, size_t length, const char *word)
{
    return strlen(word) == length && strncasecmp(text, word, length) == 0;
}

static enum naming_field naming_find(const char *text, size_t length)
{
    enum naming_field field = 0;

    while (field < NAMING_FIELDS && !naming_is_word(text, length, naming_words[field]))
        field++;
    return field;
}

static bool naming_has(const struct naming *naming, enum naming_field field)
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
        enum naming_field field = naming_find(text, length);

        if (may_be_none && parsed.count == 0 && naming_is_word(text, length, "none")) {
            is_none = true;
        } else if (is_none || field == NAMING_FIELDS || naming_has(&parsed, field)) {
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
    return naming_has(naming, NAMING_METADATA);
}

/* `uuid` has room for the UUID, which is written only if it is wanted: names are made for each domain at each
 * read.
 */
static const char *naming_text(const struct domain *domain, enum naming_field field, const char *hostname,
                               char uuid[UUID_TEXT])
{
    switch (field) {
    case NAMING_UUID:
        uuid_format(domain->uuid, uuid);
        return uuid;
    case NAMING_HOSTNAME:
        return hostname;
    case NAMING_METADATA:
        return domain->xml_facts && domain->xml_facts->metadata ? domain->xml_facts->metadata : domain->name;
    default:
        return domain->name;
    }
}

/* Write plugins such as rrdtool use the name as the name of a folder. It must not be "." or "..". */
static void naming_avoid_folders(char *text, size_t size)
{
    if (strcmp(text, ".") == 0 || strcmp(text, "..") == 0)
        (void)snprintf(text, size, "%s", text[1] ? "\\x2e\\x2e" : "\\x2e");
}

void naming_write(const struct naming *naming, const struct domain *domain, const char *hostname, char *text,
                  size_t size)
{
    char uuid[UUID_TEXT];
    size_t length = 0;

    text[0] = '\0';
    for (size_t i = 0; i < naming->count && length + 1 < size; i++) {
        if (i > 0)
            text[length++] = ':';
        length +=
            text_printable(naming_text(domain, naming->fields[i], hostname, uuid), text + length, size - length);
    }
    naming_avoid_folders(text, size);
}
