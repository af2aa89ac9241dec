/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The vmIndex map on disk: a text file with a header and one line for each domain. */
#ifndef GUESTLIST_AGENT_INDEX_VMINDEX_FILE_H
#define GUESTLIST_AGENT_INDEX_VMINDEX_FILE_H

#include "agent/index/statefile.h"
#include "agent/index/vmindex.h"

/* Reads `path` into an empty map. On STATEFILE_DAMAGED and STATEFILE_UNREADABLE the map is left empty and `why`
 * names the file, the line and what was expected. */
enum statefile_loaded vmindex_file_load(struct vmindex *vmindex, const char *path, char *why, size_t size);

/* As statefile_save(). */
bool vmindex_file_save(const struct vmindex *vmindex, const char *path, char *why, size_t size);

#endif
