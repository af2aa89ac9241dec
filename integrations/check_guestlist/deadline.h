/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ends the process in time, whatever it waits for: net-snmp keeps to its own time limits, but a name server may
 * not. */
#ifndef GUESTLIST_CHECK_DEADLINE_H
#define GUESTLIST_CHECK_DEADLINE_H

#include <pthread.h>
#include <stdbool.h>

struct deadline {
    pthread_t thread;
    long seconds;
};

/* After that many seconds the process says so and exits with UNKNOWN, unless deadline_end() came first. `deadline`
 * stays where it is until then. False if it cannot be set. */
bool deadline_start(struct deadline *deadline, long seconds);

void deadline_end(struct deadline *deadline);

#endif
