/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads the XML of one domain, and its pinning. Since libvirt 11.0 virDomainGetXMLDesc() waits for a job of the
 * domain, which a process that hangs can keep for ever. So the threads of fact_reader.h call this, and never the
 * collector. */
#ifndef GUESTLIST_LIBVIRT_XML_READER_H
#define GUESTLIST_LIBVIRT_XML_READER_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/libvirt/domain_xml.h"
#include "lib/libvirt/connection.h"

struct xml_reader;

/* `metadata` as for domain_xml_parser_new(). NULL if out of memory. */
struct xml_reader *xml_reader_new(const struct metadata_query *metadata);

/* As domain_xml_parser_set_rules(). Any thread. */
bool xml_reader_set_rules(struct xml_reader *reader, const struct metadata_rules *rules);

/* Takes NULL. */
void xml_reader_free(struct xml_reader *reader);

/* Reads it over an open connection. Several threads may call this at the same time, each with its own connection.
 * NULL if the domain is gone, if its XML cannot be read, or if its process has not answered for a second: then
 * libvirt is not asked for the XML. The caller has the reference. */
struct xml_facts *xml_reader_read(struct xml_reader *reader, struct connection *connection,
                                  const unsigned char uuid[UUID_BYTES]);

#endif
