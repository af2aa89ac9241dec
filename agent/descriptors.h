/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Checks whether this process may open enough files. libvirt's client library aborts the process when it gets no
 * file descriptor, so the agent checks before it calls libvirt. */
#ifndef GUESTLIST_AGENT_DESCRIPTORS_H
#define GUESTLIST_AGENT_DESCRIPTORS_H

#include <stdbool.h>
#include <stddef.h>

enum {
    /* For the process: the log, the lock of the state directory, the AgentX session, the event loops of libvirt
     * and of the agent, signals, and files that are read or written. */
    DESCRIPTORS_BASE = 24,
    /* For each hypervisor: two for each connection. In the worst case, when many guests hang, the connections are
     * those of 4 workers, 16 threads for statistics, 4 attempts to connect, 4 threads for commands of SET, and the
     * collector. */
    DESCRIPTORS_PER_HYPERVISOR = 60,
    /* To read the configuration, and for one connection and one listing. */
    DESCRIPTORS_ONCE = 16,
    DESCRIPTORS_WHY_MAX = 160,
};

/* True if the process can open `wanted` more descriptors now. Raises the soft limit if needed, as far as the hard
 * limit allows. If false, `why` has a sentence. */
bool descriptors_check(size_t wanted, char why[DESCRIPTORS_WHY_MAX]);

#endif
