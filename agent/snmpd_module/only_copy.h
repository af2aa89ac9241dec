/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One copy of the module serves at a time. snmpd can load two files of it: if snmpd.conf names two, or another one
 * than before SIGHUP. Each has its own variables, but both would have the same directives and objects. So all
 * copies share a name in net-snmp's library. snmpd's thread only. */
#ifndef GUESTLIST_AGENT_SNMPD_MODULE_ONLY_COPY_H
#define GUESTLIST_AGENT_SNMPD_MODULE_ONLY_COPY_H

/* Takes the name for the copy with this path. NULL on success. Otherwise the path of the copy that has it, valid
 * until that copy releases it, or "" if out of memory. */
const char *only_copy_take(const char *path);

/* The path of the copy that has the name, or NULL. */
const char *only_copy_owner(void);

void only_copy_release(void);

#endif
