/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The text files of the state directory: read line by line with complaints that name file, line and value,
 * written whole or not at all. */
#ifndef GUESTLIST_AGENT_STATEFILE_H
#define GUESTLIST_AGENT_STATEFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum statefile_loaded {
    STATEFILE_NONE, /* no such file */
    STATEFILE_LOADED,
    STATEFILE_DAMAGED,    /* not as it was written; `why` says where */
    STATEFILE_UNREADABLE, /* `why` says it */
};

struct statefile_reader {
    FILE *file;
    const char *path;
    char line[256]; /* without its newline; empty at the end */
    unsigned number;
    char *why;
    size_t size;
};

/* Reads the file at `path` with `read`, which returns false after statefile_damaged(). */
enum statefile_loaded statefile_load(const char *path, bool (*read)(struct statefile_reader *reader, void *data),
                                     void *data, char *why, size_t size);

/* The next line. False at the end, or if it is too long to be one of ours. */
bool statefile_next_line(struct statefile_reader *reader);

/* Says in `why` what is wrong with the line read last. Always false. */
bool statefile_damaged(struct statefile_reader *reader, const char *expected);

/* Writes what `write` prints to a new file, which replaces the one at `path` once it is on disk. On failure
 * false, with `why`, and the old one stays. */
bool statefile_save(const char *path, void (*write)(FILE *file, const void *data), const void *data, char *why,
                    size_t size);

#endif
