/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Other processes of guestlistd on this host, from /proc. */
#ifndef GUESTLIST_AGENT_DOCTOR_OTHER_AGENTS_H
#define GUESTLIST_AGENT_DOCTOR_OTHER_AGENTS_H

#include <stddef.h>

/* Counts the other processes of guestlistd that serve (not --once or --check) at the same AgentX address: the
 * value of -x is `address`, or both have none (NULL). Writes their process numbers to `list`, with commas between
 * them. */
size_t other_agents_find(const char *address, char *list, size_t size);

#endif
