/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What --check asks through net-snmp's library. Every function returns within seconds. Main thread only. */
#ifndef GUESTLIST_AGENT_SNMP_ASK_H
#define GUESTLIST_AGENT_SNMP_ASK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum ask_answer {
    ASK_SOMETHING, /* there is an object in that subtree */
    ASK_NOTHING,   /* it answers, and shows nothing there */
    ASK_SILENCE,   /* no answer */
};

/* Asks the agent at `peer` by SNMPv2c for the first object of a subtree (one GETNEXT). */
enum ask_answer ask_below(const char *peer, const char *community, const uint32_t *subtree, size_t length);

/* Whether net-snmp's tools find this object by its name, such as "VM-MIB::vmTable". If not, `why` names the
 * first module that they miss, or is empty. */
bool ask_name(const char *module, const char *name, char *why, size_t size);

/* The directories in which net-snmp's tools look for MIB modules, with colons between them. */
const char *ask_mib_directories(void);

#endif
