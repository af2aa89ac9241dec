/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Requests of --check to snmpd, and the look-up of names in MIB modules. Every function returns within seconds.
 * Main thread only. */
#ifndef GUESTLIST_AGENT_SNMP_QUERY_H
#define GUESTLIST_AGENT_SNMP_QUERY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum query_answer {
    QUERY_FOUND, /* there is an object in that subtree */
    QUERY_EMPTY, /* snmpd answers, but shows no object in it */
    QUERY_NO_ANSWER,
};

/* Asks snmpd at `peer`, by SNMPv2c, for the first object of a subtree (one GETNEXT). */
enum query_answer query_below(const char *peer, const char *community, const uint32_t *subtree, size_t length);

/* Reads the MIB modules that net-snmp's tools read, according to snmp.conf. Call it first: other functions of
 * net-snmp would make a tree without names. */
void query_prepare_names(void);

/* Whether net-snmp's tools know the name, for example "VM-MIB::vmTable". */
bool query_knows_name(const char *name);

#endif
