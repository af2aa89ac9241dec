/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The community, or the user of SNMPv3. If they are not on the command line, net-snmp takes them from its
 * snmp.conf. */
#ifndef GUESTLIST_CHECK_SNMP_SECURITY_H
#define GUESTLIST_CHECK_SNMP_SECURITY_H

#include <net-snmp/net-snmp-config.h>
#include <net-snmp/net-snmp-includes.h>
#include <stdbool.h>

#include "integrations/check_guestlist/arguments.h"

/* Fills a session before it is opened. Its strings are those of `arguments`; net-snmp copies them when it opens
 * the session. False, with a sentence in `why`, if a user or password is missing or a protocol is unknown. */
bool security_set(netsnmp_session *session, const struct arguments *arguments, char *why, size_t size);

#endif
