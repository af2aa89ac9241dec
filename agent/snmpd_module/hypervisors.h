/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The hypervisors that snmpd serves with this module. All of it runs in snmpd's loop, on snmpd's thread. Nothing
 * waits for libvirt, except that stopping a hypervisor takes up to a second. */
#ifndef GUESTLIST_AGENT_SNMPD_MODULE_HYPERVISORS_H
#define GUESTLIST_AGENT_SNMPD_MODULE_HYPERVISORS_H

#include <stdbool.h>

#include "agent/settings.h"

struct hypervisors;

/* Starts what they share. Call it in snmpd's loop: before the loop, snmpd may fork, and the threads would be lost.
 * NULL if out of memory, threads or descriptors. */
struct hypervisors *hypervisors_new(void);

/* Serves the hypervisors of the settings. One that is served already keeps its threads, rows and indexes, and gets
 * the new settings. Others are started, and those that are not in the settings are stopped. Logs which of them
 * cannot be served yet, and tries again each second. */
void hypervisors_apply(struct hypervisors *hypervisors, const struct settings *settings);

/* Stops all of them. True: everything is freed. False: a thread hangs inside libvirt. Then `hypervisors` stays
 * valid: call this again later, or hypervisors_apply(). */
bool hypervisors_stop(struct hypervisors *hypervisors);

#endif
