/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ends the process in time, even if it waits for a name server: net-snmp's time limits do not cover that. */
#ifndef GUESTLIST_CHECK_DEADLINE_H
#define GUESTLIST_CHECK_DEADLINE_H

#include <pthread.h>
#include <stdbool.h>

struct deadline {
    pthread_t thread;
    long seconds;
};

/* Starts a thread that waits `seconds`, prints a line and ends the process with UNKNOWN, unless deadline_end() is
 * called first. `deadline` must live until deadline_end() returns. False if the thread cannot be started. */
bool deadline_start(struct deadline *deadline, long seconds);

/* Stops the thread, and waits for it. */
void deadline_end(struct deadline *deadline);

#endif
