/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads the values that rules ask for (metadata_rules.h) from a domain's XML. */
#ifndef GUESTLIST_LIBVIRT_METADATA_READER_H
#define GUESTLIST_LIBVIRT_METADATA_READER_H

#include "lib/libvirt/metadata.h"
#include "lib/libvirt/metadata_rules.h"
#include "lib/model/xml_facts.h"

/* The compiled rules. Only one thread at a time may use it. */
struct metadata_reader;

/* NULL if out of memory. */
struct metadata_reader *metadata_reader_new(const struct metadata_rules *rules);

/* Takes NULL. */
void metadata_reader_free(struct metadata_reader *reader);

/* Puts the values that the <domain> element has into `facts`, which has none yet. False if out of memory: some may
 * be missing then. */
bool metadata_reader_read(struct metadata_reader *reader, struct _xmlNode *domain, struct xml_facts *facts);

/* Frees the values in `facts`. */
void metadata_reader_clear(struct xml_facts *facts);

#endif
