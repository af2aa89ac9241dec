/* SPDX-License-Identifier: GPL-2.0-or-later */
/* All indexes of one hypervisor, in memory and on disk: those of domains and of their disks and interfaces, and
 * when the table last changed. The main thread opens them before other threads start. Then only the collector's
 * thread uses them. */
#ifndef GUESTLIST_AGENT_INDEX_INDEXES_H
#define GUESTLIST_AGENT_INDEX_INDEXES_H

#include <stdint.h>

#include "agent/mib/rows.h"
#include "lib/base/log.h"
#include "lib/model/snapshot.h"

struct indexes;

/* Locks and reads DIRECTORY/vmindex and DIRECTORY/deviceindex, or vmindex.CONTEXT and so on; `context` NULL is the
 * default context. A damaged file is moved aside, and this is logged. NULL, with a sentence in `why`, if another
 * process has the files, if a file cannot be opened or read (it is then not changed), if a damaged file cannot be
 * moved, or if out of memory. `log` must outlive the indexes. */
struct indexes *indexes_open(const char *directory, const char *context, const struct log_sink *log, char *why,
                             size_t size);
void indexes_free(struct indexes *indexes); /* unlocks the files; NULL does nothing */

/* Writes this process's id into the lock, so that another process that wants the indexes can name it. To be called
 * again after fork(). */
void indexes_sign(const struct indexes *indexes);

/* Makes the rows of a snapshot, with the indexes of its domains and devices. Saves new indexes before it returns,
 * so it blocks in fsync(). If saving fails, this is logged, and the rows are made anyway. The caller owns the
 * rows. NULL if out of memory or of indexes. */
struct rows *indexes_rows(struct indexes *indexes, const struct snapshot *snapshot);

/* The vmIndex of a domain that is listed or was listed before, 0 if it is not known. */
uint32_t indexes_of(const struct indexes *indexes, const unsigned char uuid[UUID_BYTES]);

#endif
