/* SPDX-License-Identifier: GPL-2.0-or-later */
/* When the QEMU processes of this host were started, by the UUID on their command line. libvirt has no call for
 * it. Any user can read /proc/PID/cmdline and stat, unless proc(5) is mounted with hidepid: then no process is
 * found, which is not an error. */
#ifndef GUESTLIST_LIBVIRT_PROC_START_H
#define GUESTLIST_LIBVIRT_PROC_START_H

#include <stdint.h>

#include "lib/base/uuid.h"

struct proc_starts;

/* Reads /proc once. NULL if it cannot be read, or if out of memory. The caller frees the result. */
struct proc_starts *proc_start_read(void);

/* Takes NULL. */
void proc_start_free(struct proc_starts *starts);

/* The boot clock, in milliseconds, at which the process with `-uuid UUID` was started; 0: there is none. */
int64_t proc_start_of(const struct proc_starts *starts, const unsigned char uuid[UUID_BYTES]);

/* The start time in clock ticks since boot, which is the 22nd field of /proc/PID/stat. The command name before it
 * may hold blanks and brackets. 0 if `stat` is something else. Pure. */
uint64_t proc_start_parse(const char *stat);

#endif
