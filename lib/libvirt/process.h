/* SPDX-License-Identifier: GPL-2.0-or-later */
/* When the QEMU processes of this host were started, by the UUID on their command line. libvirt has no
 * call that tells it. /proc/PID/cmdline and stat are readable by everybody unless proc(5) is mounted
 * with hidepid; then nothing is found and nothing fails. */
#ifndef GUESTLIST_LIBVIRT_PROCESS_H
#define GUESTLIST_LIBVIRT_PROCESS_H

#include <stdint.h>

struct process_starts;

/* Reads /proc once. NULL if it cannot be read or memory is out. */
struct process_starts *process_starts_read(void);
void process_starts_free(struct process_starts *starts);

/* Boot-clock milliseconds at which the process with `-uuid UUID` was started, or 0 if there is none. */
int64_t process_start_of(const struct process_starts *starts, const unsigned char uuid[16]);

/* The start time in clock ticks since boot from the text of /proc/PID/stat (its 22nd field, counted
 * behind the command name, which may hold blanks and brackets), or 0. Pure. */
uint64_t process_parse_start(const char *stat);

#endif
