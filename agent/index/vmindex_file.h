/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The vmIndex map on disk: text, a header and one line per domain, replaced whole by rename so that it is
 * never half written. */
#ifndef GUESTLIST_AGENT_INDEX_VMINDEX_FILE_H
#define GUESTLIST_AGENT_INDEX_VMINDEX_FILE_H

#include "agent/index/statefile.h"
#include "agent/index/vmindex.h"

/* Reads `path` into an empty map. On STATEFILE_DAMAGED and STATEFILE_UNREADABLE the map is left empty and
 * `why` names the file, the line and what was expected. */
enum statefile_loaded vmindex_file_load(struct vmindex *vmindex, const char *path, char *why, size_t size);

/* Writes a temporary file beside `path`, syncs and renames it. False with the reason in `why`; the file
 * that was there is then untouched. */
bool vmindex_file_save(const struct vmindex *vmindex, const char *path, char *why, size_t size);

#endif
