/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The text files of the state directory. They are read line by line, and errors name file, line and value. They
 * are written as a whole or not at all. */
#ifndef GUESTLIST_AGENT_INDEX_STATEFILE_H
#define GUESTLIST_AGENT_INDEX_STATEFILE_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum statefile_loaded {
    STATEFILE_NONE, /* no such file */
    STATEFILE_LOADED,
    STATEFILE_DAMAGED,    /* its text is not what the agent writes; `why` says where */
    STATEFILE_UNREADABLE, /* it cannot be opened or read, but may be intact; `why` has the error */
};

/* Files that belong to a state file have its name and one of these endings. A context's name is part of the name
 * with %25 for each percent sign, so no state file has such an ending. */
#define STATEFILE_NEW    "%new"     /* being written */
#define STATEFILE_DAMAGE "%damaged" /* moved out of the way */
#define STATEFILE_LOCK   "%lock"    /* see statelock.h */

struct statefile_reader {
    FILE *file;
    const char *path;
    char line[256]; /* without its newline; empty at the end */
    bool is_whole;  /* the line had a newline at its end, and no NUL in it */
    unsigned number;
    int error; /* why reading failed (errno); 0: it did not */
    char *why;
    size_t size;
};

/* Reads the file at `path` with `read`, which returns false after it has called statefile_damaged() or
 * statefile_failed(). `data` is passed to it. */
enum statefile_loaded statefile_load(const char *path, bool (*read)(struct statefile_reader *reader, void *data),
                                     void *data, char *why, size_t size);

/* Reads the next line. False at the end, if it is too long, or if reading fails. */
bool statefile_next_line(struct statefile_reader *reader);

/* To be returned by `read` at its end. The last line that was read must be "end COUNT", and nothing may follow. A
 * file without this line was truncated: the agent would assign the indexes of the lost lines to other domains.
 * False, with what was expected, if that is not so. */
bool statefile_end(struct statefile_reader *reader, size_t count, const char *expected);

/* Writes to `why` what is wrong with the last line that was read. Always false. */
bool statefile_damaged(struct statefile_reader *reader, const char *expected);

/* Notes that reading ends because of `error` (errno), not because of the file. Always false. */
bool statefile_failed(struct statefile_reader *reader, int error);

/* Opens the directory of `path`, and points `*name` to the file's name in it. So a directory that is exchanged
 * meanwhile does no harm. The directory itself may be reached by symbolic links. -1 with errno. */
int statefile_directory(const char *path, int flags, const char **name);

/* Opens the file at `path`, if O_CREAT is in `flags` also a new one. Does not block, and does not follow a
 * symbolic link at its end. -1 with errno. */
int statefile_open(const char *path, int flags);

/* Why the result of statefile_open() is no regular file; NULL: it is one. `fd` is -1, with errno, if it could not
 * be opened. The text may be that of strerror(). */
const char *statefile_problem(int fd);

/* Renames a damaged file, and writes the new name to `aside`. False, with errno, if that fails. */
bool statefile_move_aside(const char *path, char aside[PATH_MAX]);

/* Writes what `write` prints to a new file, which replaces the one at `path` once it is on disk. Blocks in fsync()
 * until then. False, with the reason in `why`, if that fails: the old file is then untouched, unless only the last
 * step failed, the fsync() of the directory. */
bool statefile_save(const char *path, void (*write)(FILE *file, const void *data), const void *data, char *why,
                    size_t size);

#endif
