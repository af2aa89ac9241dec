/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/base/regex_limit.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct regex_limit {
    const char *next;
    bool has_back_reference;
};

static unsigned long regex_limit_size(struct regex_limit *limit);

/* More than REGEX_LIMIT_WRITTEN is all the same, so the number cannot overflow. */
static unsigned long regex_limit_cut(unsigned long size)
{
    return size <= REGEX_LIMIT_WRITTEN ? size : REGEX_LIMIT_WRITTEN + 1;
}

/* Skips "[...]". A bracket that comes first is a member of the class, as are those in "[:alpha:]". */
static void regex_limit_skip_class(struct regex_limit *limit)
{
    limit->next++;
    limit->next += *limit->next == '^';
    limit->next += *limit->next == ']';
    while (*limit->next && *limit->next != ']') {
        bool is_named = limit->next[0] == '[' && limit->next[1] && strchr(":.=", limit->next[1]);
        const char *end = is_named ? strchr(limit->next + 2, ']') : NULL;

        limit->next = end ? end + 1 : limit->next + 1;
    }
    limit->next += *limit->next == ']';
}

/* An empty group counts as well, because it is written out like any other part. */
static unsigned long regex_limit_group(struct regex_limit *limit)
{
    unsigned long size;

    limit->next++;
    size = regex_limit_size(limit);
    limit->next += *limit->next == ')';
    return size > 0 ? size : 1;
}

/* The size of one character, class or group, which is skipped. */
static unsigned long regex_limit_atom(struct regex_limit *limit)
{
    if (*limit->next == '(')
        return regex_limit_group(limit);
    if (*limit->next == '[') {
        regex_limit_skip_class(limit);
        return 1;
    }
    if (limit->next[0] == '\\' && limit->next[1]) {
        limit->has_back_reference |= isdigit((unsigned char)limit->next[1]) != 0;
        limit->next++;
    }
    limit->next++;
    return 1;
}

/* How often the part before "{2,5}" is written out; 1 if it is not such an interval, but a plain bracket. */
static unsigned long regex_limit_interval(struct regex_limit *limit)
{
    unsigned long least, most;
    char *end;

    limit->next++;
    least = strtoul(limit->next, &end, 10);
    most = least;
    if (*end == ',')
        most = end[1] == '}' ? least + 1 : strtoul(end + 1, &end, 10);
    if (end == limit->next)
        return 1;
    limit->next = *end == ',' ? end + 1 : end;
    limit->next += *limit->next == '}';
    return regex_limit_cut(most > least ? most : least);
}

/* How often the part before the next characters is written out, if these are repetitions. */
static unsigned long regex_limit_repetitions(struct regex_limit *limit)
{
    unsigned long times = 1;

    for (; *limit->next && strchr("*?+{", *limit->next); times = regex_limit_cut(times)) {
        if (*limit->next == '{') {
            unsigned long interval = regex_limit_interval(limit);

            times *= interval > 0 ? interval : 1;
        } else {
            times *= *limit->next++ == '+' ? 2 : 1;
        }
    }
    return times;
}

/* The size up to the end, or to the bracket that closes the group. */
static unsigned long regex_limit_size(struct regex_limit *limit)
{
    unsigned long size = 0;

    while (*limit->next && *limit->next != ')') {
        unsigned long atom = regex_limit_atom(limit);

        size = regex_limit_cut(size + regex_limit_cut(atom * regex_limit_repetitions(limit)));
    }
    return size;
}

const char *regex_limit_excess(const char *pattern)
{
    struct regex_limit limit = { .next = pattern };
    unsigned long size = 0;

    if (strlen(pattern) > REGEX_LIMIT_LENGTH)
        return "it is longer than 255 characters";
    while (*limit.next) {
        size = regex_limit_cut(size + regex_limit_size(&limit));
        limit.next += *limit.next == ')'; /* an unmatched one */
    }
    if (size > REGEX_LIMIT_WRITTEN)
        return "with its repetitions written out, it has more than 256 characters";
    return limit.has_back_reference ? "it refers back to a group, as \\1 does" : NULL;
}
