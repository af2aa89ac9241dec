/* SPDX-License-Identifier: GPL-2.0-or-later */
/* When the QEMU processes of this host were started, by the UUID on their command line. libvirt has no
 * call that tells it. /proc/PID/cmdline and stat are readable by everybody unless proc(5) is mounted
 * with hidepid; then nothing is found and nothing fails. */
#ifndef GUESTLIST_LIBVIRT_PROC_START_H
#define GUESTLIST_LIBVIRT_PROC_START_H

#include <stdint.h>

#include "lib/base/uuid.h"

struct proc_starts;

/* Reads /proc once. NULL if it cannot be read or memory is out. */
struct proc_starts *proc_start_read(void);
void proc_start_free(struct proc_starts *starts);

/* Boot-clock milliseconds at which the process with `-uuid UUID` was started, or 0 if there is none. */
int64_t proc_start_of(const struct proc_starts *starts, const unsigned char uuid[UUID_BYTES]);

/* The start time in clock ticks since boot from the text of /proc/PID/stat (its 22nd field, counted
 * behind the command name, which may hold blanks and brackets), or 0. Pure. */
uint64_t proc_start_parse(const char *stat);

#endif
