/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Keeps two agents from writing one state file. The lock is on a file beside it, since the state file itself is
 * replaced whenever it is saved. It belongs to the open descriptor: a child of fork() has it too, and it ends with
 * the last of them, however they end. */
#ifndef GUESTLIST_AGENT_INDEX_STATELOCK_H
#define GUESTLIST_AGENT_INDEX_STATELOCK_H

#include <stdbool.h>
#include <stddef.h>

/* Locks the state file at `path`, which need not be there yet, until the descriptor `*fd` is closed. `*fd` is -1
 * if there is no such directory or nobody can write in it: then there is nothing to protect. False if another
 * process has the lock, or it cannot be had; `why` says which file, and which process if that is known. */
bool statelock_take(const char *path, int *fd, char *why, size_t size);

/* Writes this process's id into the lock's file, for whoever wants the lock. Takes a descriptor of -1, too. */
void statelock_sign(int fd);

#endif
