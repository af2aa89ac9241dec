/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads a domain's XML. Pure: XML text in, struct out; libxml2 with neither network nor entity expansion. */
#ifndef GUESTLIST_LIBVIRT_DOMAIN_XML_H
#define GUESTLIST_LIBVIRT_DOMAIN_XML_H

#include "lib/libvirt/metadata.h"
#include "lib/model/xml_facts.h"

/* The compiled queries; one per thread that reads XML. `metadata` is what to look for in the domain's metadata as
 * well, or NULL; it must outlive the describer. NULL if out of memory. */
struct domain_xml_parser;
struct domain_xml_parser *domain_xml_parser_new(const struct metadata_query *metadata);
void domain_xml_parser_free(struct domain_xml_parser *parser);

/* Reads domain XML. NULL if it is not well-formed, if its root is not <domain>, if it has a
 * document type, or if out of memory.
 * The reference is the caller's. */
struct xml_facts *domain_xml_parse(struct domain_xml_parser *parser, const char *xml);

#endif
