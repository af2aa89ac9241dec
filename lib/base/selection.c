/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/base/selection.h"

#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/array.h"
#include "lib/base/regex_limit.h"

struct selection_entry {
    char *name; /* NULL: the regular expression */
    regex_t regex;
};

static bool selection_is_regex(const char *text)
{
    size_t length = strlen(text);

    return length > 2 && text[0] == '/' && text[length - 1] == '/';
}

static bool selection_compile(regex_t *regex, const char *pattern, char *why, size_t size)
{
    const char *excess = regex_limit_excess(pattern);
    int error = excess ? 0 : regcomp(regex, pattern, REG_EXTENDED | REG_NOSUB);
    char reason[128];

    if (!excess && error == 0)
        return true;
    if (!excess)
        (void)regerror(error, regex, reason, sizeof(reason));
    (void)snprintf(
        why, size, "\"/%.128s%s/\" %s %s", pattern, strlen(pattern) > 128 ? "..." : "",
        excess ? "costs too much memory or time:" : "is not a regular expression:", excess ? excess : reason);
    return false;
}

static bool selection_set_regex(struct selection_entry *entry, const char *text, char *why, size_t size)
{
    char *pattern = strndup(text + 1, strlen(text) - 2);
    bool is_good;

    if (!pattern) {
        (void)snprintf(why, size, "out of memory");
        return false;
    }
    is_good = selection_compile(&entry->regex, pattern, why, size);
    free(pattern);
    return is_good;
}

static bool selection_set_name(struct selection_entry *entry, const char *text, char *why, size_t size)
{
    entry->name = strdup(text);
    if (!entry->name)
        (void)snprintf(why, size, "out of memory");
    return entry->name != NULL;
}

bool selection_add(struct selection *selection, const char *text, char *why, size_t size)
{
    struct selection_entry *entries, entry = { 0 };

    if (!*text) {
        (void)snprintf(why, size, "an empty name matches no domain; expected a name or a /regular expression/");
        return false;
    }
    entries = array_grow(selection->entries, selection->count, 1, sizeof(*entries));
    if (!entries) {
        (void)snprintf(why, size, "out of memory");
        return false;
    }
    selection->entries = entries;
    if (!(selection_is_regex(text) ? selection_set_regex : selection_set_name)(&entry, text, why, size))
        return false;
    entries[selection->count++] = entry;
    return true;
}

static bool selection_is_listed(const struct selection *selection, const char *name)
{
    for (size_t i = 0; i < selection->count; i++) {
        const struct selection_entry *entry = &selection->entries[i];

        if (entry->name ? strcmp(entry->name, name) == 0 : regexec(&entry->regex, name, 0, NULL, 0) == 0)
            return true;
    }
    return false;
}

bool selection_wants(const struct selection *selection, const char *name)
{
    return selection->count == 0 || selection_is_listed(selection, name) != selection->ignore;
}

void selection_clear(struct selection *selection)
{
    for (size_t i = 0; i < selection->count; i++) {
        if (!selection->entries[i].name)
            regfree(&selection->entries[i].regex);
        free(selection->entries[i].name);
    }
    free(selection->entries);
    *selection = (struct selection){ 0 };
}
