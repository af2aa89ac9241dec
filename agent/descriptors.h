/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether this process may open enough files. libvirt's client library ends the whole process when it cannot have
 * a descriptor of its own, so this is found out before it is asked for anything. */
#ifndef GUESTLIST_AGENT_DESCRIPTORS_H
#define GUESTLIST_AGENT_DESCRIPTORS_H

#include <stdbool.h>
#include <stddef.h>

enum {
    /* Of the process: the log, the lock of the state directory, the AgentX session, libvirt's and our event loops,
     * signals, and room for a file that is read or written. */
    DESCRIPTORS_BASE = 24,
    /* Of each hypervisor: its connections, with two descriptors each, of which there are more while guests hang.
     */
    DESCRIPTORS_PER_HYPERVISOR = 40,
    /* Of reading the configuration, one connection and one listing. */
    DESCRIPTORS_ONCE = 16,
    DESCRIPTORS_WHY_MAX = 160,
};

/* True if `wanted` more descriptors can be had now; else false, with a sentence in `why`. */
bool descriptors_check(size_t wanted, char why[DESCRIPTORS_WHY_MAX]);

#endif
