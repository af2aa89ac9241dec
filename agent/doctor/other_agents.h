/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Other processes of guestlistd on this host, from /proc. */
#ifndef GUESTLIST_AGENT_DOCTOR_OTHER_AGENTS_H
#define GUESTLIST_AGENT_DOCTOR_OTHER_AGENTS_H

#include <stddef.h>

/* Counts the other processes of guestlistd that answer requests (without --once and --check) and have the same
 * AgentX address: the value of -x is `address`, or there is no -x and `address` is NULL. `list` gets their process
 * numbers, with commas between them. */
size_t other_agents_find(const char *address, char *list, size_t size);

#endif
