/* SPDX-License-Identifier: GPL-2.0-or-later */
/* All indexes of one hypervisor, in memory and on disk: of domains, of their disks and interfaces, and when
 * the table changed last. Used by the collector's thread. */
#ifndef GUESTLIST_AGENT_INDEXES_H
#define GUESTLIST_AGENT_INDEXES_H

#include <stdint.h>

#include "agent/view.h"
#include "core/log.h"
#include "core/snapshot.h"

struct indexes;

/* The files are DIRECTORY/vmindex and DIRECTORY/deviceindex, with .CONTEXT behind if there is one. Nothing is
 * read yet. NULL if out of memory. */
struct indexes *indexes_new(const char *directory, const char *context, const struct log_sink *log);
void indexes_free(struct indexes *indexes);

/* The snapshot as a view, its domains and their devices with their indexes, which are on disk when this returns.
 * NULL if out of memory. */
struct view *indexes_view(struct indexes *indexes, const struct snapshot *snapshot);

/* The vmIndex of a domain that is or was listed, 0 if none is known. */
uint32_t indexes_of(const struct indexes *indexes, const unsigned char uuid[DOMAIN_UUID_BYTES]);

#endif
