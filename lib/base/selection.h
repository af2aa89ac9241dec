/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which domains a block reports: collectd's ignore lists, whose functions plugins from outside cannot call. */
#ifndef GUESTLIST_BASE_SELECTION_H
#define GUESTLIST_BASE_SELECTION_H

#include <stdbool.h>
#include <stddef.h>

struct selection_entry;

/* Zeroed: everything is selected. */
struct selection {
    size_t count;
    struct selection_entry *entries;
    bool ignore; /* what is listed is left out; else nothing but that is reported */
};

/* Adds a name, or an extended regular expression between slashes, which fits anywhere in a name. False with a
 * sentence in `why` if it is empty, no regular expression, or memory is out. */
bool selection_add(struct selection *selection, const char *text, char *why, size_t size);

/* True if the domain of that name is to be reported. On any thread. */
bool selection_wants(const struct selection *selection, const char *name);

void selection_clear(struct selection *selection);

#endif
