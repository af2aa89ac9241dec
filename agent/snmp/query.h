/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What --check asks through net-snmp's library. Every function returns within seconds. Main thread only. */
#ifndef GUESTLIST_AGENT_SNMP_QUERY_H
#define GUESTLIST_AGENT_SNMP_QUERY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum query_answer {
    QUERY_SOMETHING, /* there is an object in that subtree */
    QUERY_NOTHING,   /* it answers, and shows nothing there */
    QUERY_SILENCE,   /* no answer */
};

/* Asks the agent at `peer` by SNMPv2c for the first object of a subtree (one GETNEXT). */
enum query_answer query_below(const char *peer, const char *community, const uint32_t *subtree, size_t length);

/* Reads the MIB modules that net-snmp's tools read: those that snmp.conf says. Before all else of net-snmp, which
 * would make a tree without names. */
void query_prepare_names(void);

/* Whether net-snmp's tools know this name, such as "VM-MIB::vmTable". */
bool query_name(const char *name);

#endif
