/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Other processes of this host, as far as /proc shows them. */
#ifndef GUESTLIST_AGENT_DOCTOR_OTHERS_H
#define GUESTLIST_AGENT_DOCTOR_OTHERS_H

#include <stddef.h>

/* How many other processes of guestlistd serve, and were started for the same AgentX address: the value of their
 * -x is `address`, or they have none and it is NULL. `list` gets their numbers with commas between them. */
size_t others_find(const char *address, char *list, size_t size);

#endif
