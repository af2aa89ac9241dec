/* SPDX-License-Identifier: GPL-2.0-or-later */
/* --once: one listing, printed. No SNMP. It gives up on a hypervisor that does not answer. */
#ifndef GUESTLIST_AGENT_ONCE_H
#define GUESTLIST_AGENT_ONCE_H

#include <stdbool.h>
#include <stdio.h>

#include "agent/settings.h"
#include "core/snapshot.h"

/* Lists the first hypervisor and prints it to `out`. False with a sentence in `why`. */
bool once_print(const struct settings *settings, bool as_json, FILE *out, char *why, size_t size);

/* The two forms, of a snapshot. `uri` without password. */
void once_table(const struct snapshot *snapshot, const char *uri, FILE *out);
void once_json(const struct snapshot *snapshot, const char *uri, FILE *out);

#endif
