/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The processes of this host, from /proc. */
#ifndef GUESTLIST_AGENT_DOCTOR_PROCESSES_H
#define GUESTLIST_AGENT_DOCTOR_PROCESSES_H

#include <stdbool.h>
#include <stdio.h>

/* Calls `visit` with the number of each process, until it returns false. */
void processes_visit(bool (*visit)(const char *process, void *data), void *data);

/* Opens the file /proc/PROCESS/NAME for reading. NULL if the process has ended, or if this user may not read it.
 */
FILE *processes_open(const char *process, const char *name);

#endif
