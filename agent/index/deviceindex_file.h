/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The index of each disk and network interface on disk, beside vmindex_file.h's. */
#ifndef GUESTLIST_AGENT_INDEX_DEVICEINDEX_FILE_H
#define GUESTLIST_AGENT_INDEX_DEVICEINDEX_FILE_H

#include "agent/index/deviceindex.h"
#include "agent/index/statefile.h"

/* Fills an empty map. A damaged file leaves it empty. */
enum statefile_loaded deviceindex_file_load(struct deviceindex *deviceindex, const char *path, char *why,
                                            size_t size);

/* Writes it whole or not at all; on failure false, with `why`. */
bool deviceindex_file_save(const struct deviceindex *deviceindex, const char *path, char *why, size_t size);

#endif
