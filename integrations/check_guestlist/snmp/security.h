/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who asks: a community, or a user of SNMPv3. What the command line leaves out may stand in net-snmp's snmp.conf.
 */
#ifndef GUESTLIST_CHECK_SNMP_SECURITY_H
#define GUESTLIST_CHECK_SNMP_SECURITY_H

#include <net-snmp/net-snmp-config.h>
#include <net-snmp/net-snmp-includes.h>
#include <stdbool.h>

#include "integrations/check_guestlist/arguments.h"

/* Fills a session, whose strings stay those of `arguments`. False with a sentence in `why`. */
bool security_set(netsnmp_session *session, const struct arguments *arguments, char *why, size_t size);

#endif
