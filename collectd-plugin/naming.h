/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The names under which collectd gets the values of a domain: its host and its plugin instance, in the formats of
 * collectd's virt plugin. Pure. */
#ifndef GUESTLIST_COLLECTD_NAMING_H
#define GUESTLIST_COLLECTD_NAMING_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/model/domain.h"

enum naming_field { NAMING_NAME, NAMING_UUID, NAMING_HOSTNAME, NAMING_METADATA, NAMING_FIELDS };

/* The fields of a name, in their order. Without fields, the name is empty. */
struct naming {
    size_t count;
    enum naming_field fields[NAMING_FIELDS];
};

/* Reads words such as "name uuid", or "none" alone if `may_be_none`. False, with a sentence in `why`, if a word is
 * unknown or occurs twice, or if there is no word: `naming` did not change. */
bool naming_parse(const char *text, bool may_be_none, struct naming *naming, char *why, size_t size);

/* True if a field is the domain's metadata. */
bool naming_needs_metadata(const struct naming *naming);

/* Writes the fields of the domain with colons between them. It cuts them to `size` bytes, with the NUL. `hostname`
 * is collectd's. Without metadata, it writes the domain's name instead. Characters that could harm a terminal or a
 * log become \xHH. */
void naming_write(const struct naming *naming, const struct domain *domain, const char *hostname, char *text,
                  size_t size);

#endif
