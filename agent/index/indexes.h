/* SPDX-License-Identifier: GPL-2.0-or-later */
/* All indexes of one hypervisor, in memory and on disk: of domains, of their disks and interfaces, and when
 * the table changed last. Opened before threads are started, then used by the collector's thread. */
#ifndef GUESTLIST_AGENT_INDEX_INDEXES_H
#define GUESTLIST_AGENT_INDEX_INDEXES_H

#include <stdint.h>

#include "agent/mib/rows.h"
#include "lib/base/log.h"
#include "lib/model/snapshot.h"

struct indexes;

/* Locks and reads DIRECTORY/vmindex and DIRECTORY/deviceindex, with .CONTEXT behind if there is one; NULL is the
 * default context. A damaged file is moved aside, which the log is told. NULL, with a sentence in `why`, if
 * another process has them, if one cannot be opened or read, which then stays as it is, or out of memory. `log` is
 * used on the collector's thread, too. */
struct indexes *indexes_open(const char *directory, const char *context, const struct log_sink *log, char *why,
                             size_t size);
void indexes_free(struct indexes *indexes); /* takes NULL, too; others may then open them */

/* Tells whoever tries to open the same indexes that this process has them; again after a fork(). */
void indexes_sign(const struct indexes *indexes);

/* The snapshot as a view, its domains and their devices with their indexes, which are on disk when this returns.
 * NULL if out of memory. */
struct rows *indexes_rows(struct indexes *indexes, const struct snapshot *snapshot);

/* The vmIndex of a domain that is or was listed, 0 if none is known. */
uint32_t indexes_of(const struct indexes *indexes, const unsigned char uuid[UUID_BYTES]);

#endif
