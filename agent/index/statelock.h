/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Keeps two agents from writing the same state file. The lock is on another file in the same directory, because
 * each save replaces the state file itself. The lock belongs to the open descriptor: after fork() both processes
 * have it, and it ends when the last one has closed the descriptor or ended. */
#ifndef GUESTLIST_AGENT_INDEX_STATELOCK_H
#define GUESTLIST_AGENT_INDEX_STATELOCK_H

#include <stdbool.h>
#include <stddef.h>

/* Locks the state file at `path`, which need not exist yet, until the descriptor `*fd` is closed. `*fd` is -1 if
 * the directory does not exist or cannot be written: then there is nothing to protect. False if another process
 * has the lock, or if locking fails; `why` has the file, and the process if it is known. */
bool statelock_take(const char *path, int *fd, char *why, size_t size);

/* True if the lock file beside `path` is the one that `fd` has locked, or if that cannot be found out. False if it
 * was removed or replaced, or its directory was: then another process could lock the file that is there now. */
bool statelock_is_kept(const char *path, int fd);

/* Writes the id of this process into the lock file, so that statelock_take() in another process can report it.
 * Does nothing if `fd` is -1. Errors are ignored: the lock holds without the id. */
void statelock_sign(int fd);

#endif
