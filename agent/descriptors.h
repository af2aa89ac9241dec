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
    /* Of each hypervisor: two for each of its connections, when as many guests hang as it bears: 4 workers, 16
     * threads for statistics, 4 attempts to connect, 4 for orders, and its own. */
    DESCRIPTORS_PER_HYPERVISOR = 60,
    /* Of reading the configuration, one connection and one listing. */
    DESCRIPTORS_ONCE = 16,
    DESCRIPTORS_WHY_MAX = 160,
};

/* True if `wanted` more descriptors can be had now, for which the soft limit is raised where the hard one lets it;
 * else false, with a sentence in `why`. */
bool descriptors_check(size_t wanted, char why[DESCRIPTORS_WHY_MAX]);

#endif
