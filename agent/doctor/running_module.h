/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The module inside a running snmpd on this host, from /proc. */
#ifndef GUESTLIST_AGENT_DOCTOR_RUNNING_MODULE_H
#define GUESTLIST_AGENT_DOCTOR_RUNNING_MODULE_H

#include <sys/types.h>

enum running_module {
    RUNNING_MODULE_UNSEEN,   /* no snmpd has it, or this user may not look into snmpd */
    RUNNING_MODULE_SAME,     /* snmpd runs the file that is there now */
    RUNNING_MODULE_REPLACED, /* snmpd runs a file that was removed or replaced since snmpd loaded it */
};

/* Looks for a process snmpd that has loaded the file `path`, and stores its number. */
enum running_module running_module_find(const char *path, pid_t *process);

/* The same for one line of /proc/PID/maps. `path` has no links. */
enum running_module running_module_parse(const char *line, const char *path);

#endif
