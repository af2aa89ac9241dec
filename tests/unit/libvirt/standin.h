/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For tests of threads: calls that hang as long as a test wants, a boot clock that a test can move forward, and
 * waiting for what other threads do. */
#ifndef GUESTLIST_TESTS_UNIT_STANDIN_H
#define GUESTLIST_TESTS_UNIT_STANDIN_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Calls that pass a gate hang there while it is closed. */
struct gate {
    pthread_mutex_t lock;
    pthread_cond_t queue;
    unsigned to_hang; /* how many of the next callers hang; UINT_MAX: all */
    unsigned inside;  /* how many callers hang now */
    unsigned inside_max;
    unsigned calls;      /* how many callers there were */
    unsigned generation; /* one more each time the gate opens */
};

#define GATE_INIT                                                                                                 \
    {                                                                                                             \
        .lock = PTHREAD_MUTEX_INITIALIZER, .queue = PTHREAD_COND_INITIALIZER                                      \
    }

/* Opens the gate for those that hang and for all later callers. Resets the counts, except that of the callers who
 * hang. */
void gate_reset(struct gate *gate);

/* The next `to_hang` callers hang (UINT_MAX: all) until gate_open(). */
void gate_close(struct gate *gate, unsigned to_hang);
void gate_open(struct gate *gate);

/* Releases those that hang now. The gate stays as it is for others. */
void gate_let_out(struct gate *gate);

/* Called by the function that may hang. */
void gate_pass(struct gate *gate);

unsigned gate_calls(struct gate *gate);
unsigned gate_inside(struct gate *gate);
unsigned gate_inside_max(struct gate *gate);

/* Moves the boot clock of this program forward. Threads that already wait for a time must be woken. */
void standin_advance_clock(int64_t ms);

/* How many threads this program has. */
size_t standin_threads(void);

/* How many milliseconds of CPU time this program uses in that time. */
int64_t standin_cpu_ms(int64_t while_ms);

/* Sleeps for a moment, and counts the moments in `*slept`. False if they add up to a minute. */
bool standin_sleep(unsigned *slept);

/* Waits until the condition holds, and fails the test if it does not within a minute. */
#define EVENTUALLY(condition)                                                                                     \
    do {                                                                                                          \
        unsigned slept_ = 0;                                                                                      \
                                                                                                                  \
        while (!(condition))                                                                                      \
            if (!standin_sleep(&slept_))                                                                          \
                fail_msg("does not come true: %s", #condition);                                                   \
    } while (0)

/* Runs the following statement again and again for a while, to check that something does not happen. */
#define FOR_A_WHILE for (unsigned slept_ = 0; slept_ < 20; (void)standin_sleep(&slept_))

#endif
