/* SPDX-License-Identifier: GPL-2.0-or-later */
/* --once: one listing, printed. No SNMP. It gives up on a hypervisor that does not answer. */
#ifndef GUESTLIST_AGENT_ONCE_H
#define GUESTLIST_AGENT_ONCE_H

#include <stdbool.h>
#include <stdio.h>

#include "agent/settings.h"
#include "lib/model/snapshot.h"

/* Lists the first hypervisor and prints it to `out`. False with a sentence in `why`. */
bool once_print(const struct settings *settings, bool as_json, FILE *out, char *why, size_t size);

/* Puts the rows into the order of `virsh list --all` (virshDomainSorter() in libvirt's
 * tools/virsh-domain-monitor.c): active domains first, by id, then inactive ones by name, whether in capitals or
 * not. Only for a snapshot that nobody else has seen: others rely on the order by UUID. */
void once_sort(struct snapshot *snapshot);

/* The two forms, of a snapshot, in the order of its rows. `uri` without password. With `is_coloured`, name and
 * state of a domain that should run and does not are red. What is yellow ends with the next boot of the host: the
 * "no" under AUTOSTART of a domain that runs, and under PERSISTENT. */
void once_table(const struct snapshot *snapshot, const char *uri, bool is_coloured, FILE *out);
void once_json(const struct snapshot *snapshot, const char *uri, FILE *out);

#endif
