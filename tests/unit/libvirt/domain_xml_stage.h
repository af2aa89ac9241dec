/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A parser for each test. For test_domain_xml*.c. */
#ifndef GUESTLIST_TESTS_UNIT_DOMAIN_XML_STAGE_H
#define GUESTLIST_TESTS_UNIT_DOMAIN_XML_STAGE_H

#include "lib/libvirt/domain_xml.h"

static struct domain_xml_parser *parser;

static inline int set_up(void **state)
{
    (void)state;
    parser = domain_xml_parser_new(NULL);
    return parser ? 0 : -1;
}

static inline int tear_down(void **state)
{
    (void)state;
    domain_xml_parser_free(parser);
    return 0;
}

#endif
