/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which values of a domain's metadata are read, and the keys under which they are shown. Pure. */
#ifndef GUESTLIST_LIBVIRT_METADATA_RULES_H
#define GUESTLIST_LIBVIRT_METADATA_RULES_H

#include <stdbool.h>
#include <stddef.h>

enum {
    METADATA_RULES_MAX = 16,
    METADATA_KEY_MAX = 64, /* octets; in the MIB, the key is an index */
    METADATA_WORD_MAX = 255,
};

struct metadata_rule {
    char key[METADATA_KEY_MAX + 1];
    char namespace[METADATA_WORD_MAX + 1]; /* empty: Nova's, as for metadata_query_new() */
    char xpath[METADATA_WORD_MAX + 1];
};

/* Plain data, which may be copied. Sorted by key, each key once. If all is zero, there are no rules. */
struct metadata_rules {
    size_t count;
    struct metadata_rule rules[METADATA_RULES_MAX];
};

/* Adds what `text` says: "NAMESPACE XPATH KEY", or "openstack" for the name, project and flavor of Nova's
 * instances. In the first form, NAMESPACE can be "openstack" too, and XPATH can have blanks. False, with a
 * sentence in `why` that says what was expected: then the rules did not change. */
bool metadata_rules_add(struct metadata_rules *rules, const char *text, char *why, size_t size);

bool metadata_rules_are_same(const struct metadata_rules *one, const struct metadata_rules *other);

#endif
