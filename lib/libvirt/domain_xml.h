/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Parses a domain's XML. Pure. libxml2 neither uses the network nor expands entities. */
#ifndef GUESTLIST_LIBVIRT_DOMAIN_XML_H
#define GUESTLIST_LIBVIRT_DOMAIN_XML_H

#include "lib/libvirt/metadata.h"
#include "lib/libvirt/metadata_rules.h"
#include "lib/model/xml_facts.h"

/* The compiled queries. Only one thread at a time may use a parser. `metadata` (NULL: none) is what to look for in
 * the domain's metadata as well; it must outlive the parser. NULL if out of memory. */
struct domain_xml_parser;
struct domain_xml_parser *domain_xml_parser_new(const struct metadata_query *metadata);
void domain_xml_parser_free(struct domain_xml_parser *parser);

/* From now on, the parser reads the metadata values that these rules ask for. A new parser has no rules. False if
 * out of memory: then the rules stay as they were. */
bool domain_xml_parser_set_rules(struct domain_xml_parser *parser, const struct metadata_rules *rules);

/* NULL if the XML is not well-formed, if its root is not <domain>, if it has a document type, or if out of memory.
 * The caller has the reference. `pinning` and `read_boot_ms` are not in the XML and are not set. */
struct xml_facts *domain_xml_parse(struct domain_xml_parser *parser, const char *xml);

#endif
