/* SPDX-License-Identifier: GPL-2.0-or-later */
/* --once: prints one listing, without SNMP. */
#ifndef GUESTLIST_AGENT_ONCE_H
#define GUESTLIST_AGENT_ONCE_H

#include <stdbool.h>
#include <stdio.h>

#include "agent/settings.h"
#include "lib/model/snapshot.h"

enum once_form { ONCE_TABLE, ONCE_JSON, ONCE_UNWELL };

enum once_result {
    ONCE_PRINTED,
    ONCE_FOUND,  /* only ONCE_UNWELL: at least one domain needs a look */
    ONCE_FAILED, /* could not list or print, with a sentence in `why` */
};

/* Lists the domains of the first hypervisor and prints them to `out`. Blocks as long as libvirt does. */
enum once_result once_print(const struct settings *settings, enum once_form form, FILE *out, char *why,
                            size_t size);

/* Sorts the rows as `virsh list --all` does (virshDomainSorter() in libvirt's tools/virsh-domain-monitor.c):
 * active domains by id, then inactive domains by name, without regard to case. No other code may use the snapshot,
 * because all other code relies on the order by UUID. */
void once_sort(struct snapshot *snapshot);

/* Print the rows in their order, as a table or as JSON. `uri` must have no password. With `is_coloured`, the name
 * and state of a domain that should run but does not are red. For a domain that runs, "no" under AUTOSTART or
 * PERSISTENT is yellow: it will not run after the next boot of the host. */
void once_table(const struct snapshot *snapshot, const char *uri, bool is_coloured, FILE *out);
void once_json(const struct snapshot *snapshot, const char *uri, FILE *out);

/* Prints the rows of the domains that need a look (agent/unwell.h) in their order, with the reasons. Returns how
 * many there are. Prints nothing if there are none. */
size_t once_unwell(const struct snapshot *snapshot, const char *uri, FILE *out);

#endif
