/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Under which host and plugin instance a domain is reported: the formats of collectd's virt plugin. Pure. */
#ifndef GUESTLIST_COLLECTD_NAMING_H
#define GUESTLIST_COLLECTD_NAMING_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/model/domain.h"

enum naming_field { NAMING_NAME, NAMING_UUID, NAMING_HOSTNAME, NAMING_METADATA, NAMING_FIELDS };

/* The fields in their order; none: an empty name. */
struct naming {
    size_t count;
    enum naming_field fields[NAMING_FIELDS];
};

/* Reads words such as "name uuid"; "none", alone, is taken if `may_be_none`. False with a sentence in `why` if one
 * is unknown, comes twice, or there is none. */
bool naming_parse(const char *text, bool may_be_none, struct naming *naming, char *why, size_t size);

/* True if the domain's metadata is part of it. */
bool naming_needs_metadata(const struct naming *naming);

/* Writes the domain's name by that format: its fields with colons between them. `hostname` is collectd's. A domain
 * without the metadata has its name there. What would harm a terminal or a log is written as \xHH. */
void naming_write(const struct naming *naming, const struct domain *domain, const char *hostname, char *text,
                  size_t size);

#endif
