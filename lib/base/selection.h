/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Selects names by a list of names and regular expressions, as collectd's ignore lists do. */
#ifndef GUESTLIST_BASE_SELECTION_H
#define GUESTLIST_BASE_SELECTION_H

#include <stdbool.h>
#include <stddef.h>

struct selection_entry;

/* A zeroed struct selects all names. */
struct selection {
    size_t count;
    struct selection_entry *entries;
    bool ignore; /* true: it selects the names that are not listed; false: those that are listed */
};

/* Adds a name, or an extended regular expression between slashes, which may match any part of a name. `text` is
 * copied. False, with a sentence in `why`, if it is empty or not a regular expression, if the expression is too
 * large (regex_limit.h), or if out of memory: then the list did not change. */
bool selection_add(struct selection *selection, const char *text, char *why, size_t size);

/* True if the name is selected; all names are if the list is empty. Any thread may call it. */
bool selection_wants(const struct selection *selection, const char *name);

/* Frees the list, and zeroes the struct. */
void selection_clear(struct selection *selection);

#endif
