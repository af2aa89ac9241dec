/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The text files of the state directory: read line by line with complaints that name file, line and value,
 * written whole or not at all. */
#ifndef GUESTLIST_AGENT_INDEX_STATEFILE_H
#define GUESTLIST_AGENT_INDEX_STATEFILE_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum statefile_loaded {
    STATEFILE_NONE, /* no such file */
    STATEFILE_LOADED,
    STATEFILE_DAMAGED,    /* not as it was written; `why` says where */
    STATEFILE_UNREADABLE, /* it cannot be opened or read, and may well be intact; `why` says it */
};

/* What stands beside a state file has its name and one of these behind. Contexts, which are part of the name,
 * write a percent sign as %25, so no state file is called like that. */
#define STATEFILE_NEW    "%new"     /* being written */
#define STATEFILE_DAMAGE "%damaged" /* moved out of the way */
#define STATEFILE_LOCK   "%lock"    /* see statelock.h */

struct statefile_reader {
    FILE *file;
    const char *path;
    char line[256]; /* without its newline; empty at the end */
    unsigned number;
    int error; /* why reading failed, of errno; 0: it did not */
    char *why;
    size_t size;
};

/* Reads the file at `path` with `read`, which returns false after statefile_damaged() or statefile_failed(). */
enum statefile_loaded statefile_load(const char *path, bool (*read)(struct statefile_reader *reader, void *data),
                                     void *data, char *why, size_t size);

/* The next line. False at the end, or if it is too long to be one of ours. */
bool statefile_next_line(struct statefile_reader *reader);

/* Is the line read last "end COUNT"? Without it the file was cut short, and indexes that it lost would be given
 * out anew. */
bool statefile_is_end(const struct statefile_reader *reader, size_t count);

/* Says in `why` what is wrong with the line read last. Always false. */
bool statefile_damaged(struct statefile_reader *reader, const char *expected);

/* Notes that it is not the file's fault that reading ends here, but that of `error`, of errno. Always false. */
bool statefile_failed(struct statefile_reader *reader, int error);

/* Moves a damaged file out of the way and writes where to into `aside`. False, with errno, if it stays. */
bool statefile_move_aside(const char *path, char aside[PATH_MAX]);

/* Writes what `write` prints to a new file, which replaces the one at `path` once it is on disk. On failure
 * false, with `why`, and the old one stays. */
bool statefile_save(const char *path, void (*write)(FILE *file, const void *data), const void *data, char *why,
                    size_t size);

#endif
