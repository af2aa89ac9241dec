/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The file with the process id (-p). A running agent holds a lock on its file, so no second agent can take it. */
#ifndef GUESTLIST_AGENT_PIDFILE_H
#define GUESTLIST_AGENT_PIDFILE_H

#include <stdbool.h>
#include <stddef.h>

/* A zeroed struct with fd = -1 has no file. */
struct pidfile {
    const char *path;
    int fd;
};

/* Opens or makes the file at `path`, which must stay valid, and locks it. The lock survives fork(). A symbolic
 * link is not followed, and a file that is not a pid file is not changed. False, with the reason in `why`, if this
 * fails or if another process has the lock. */
bool pidfile_take(struct pidfile *pidfile, const char *path, char *why, size_t size);

/* Writes the id of this process. False, with the reason in `why`, if that fails. Does nothing without a file. */
bool pidfile_sign(const struct pidfile *pidfile, char *why, size_t size);

/* Removes the file, unless another one has taken its place. Does nothing without a file. */
void pidfile_drop(struct pidfile *pidfile);

#endif
