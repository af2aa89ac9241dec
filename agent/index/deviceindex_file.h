/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The indexes of disks and network interfaces on disk: a text file in the same directory as that of
 * vmindex_file.h. */
#ifndef GUESTLIST_AGENT_INDEX_DEVICEINDEX_FILE_H
#define GUESTLIST_AGENT_INDEX_DEVICEINDEX_FILE_H

#include "agent/index/deviceindex.h"
#include "agent/index/statefile.h"

/* Reads `path` into an empty map. On STATEFILE_DAMAGED and STATEFILE_UNREADABLE the map is left empty, and `why`
 * says what is wrong. */
enum statefile_loaded deviceindex_file_load(struct deviceindex *deviceindex, const char *path, char *why,
                                            size_t size);

/* As statefile_save(). */
bool deviceindex_file_save(const struct deviceindex *deviceindex, const char *path, char *why, size_t size);

#endif
