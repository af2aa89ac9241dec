/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What tests of threads need: calls that hang while a test wants them to, a boot clock that a test can move on,
 * and waiting for what other threads do. */
#ifndef GUESTLIST_TESTS_UNIT_STANDIN_H
#define GUESTLIST_TESTS_UNIT_STANDIN_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A place in a call that hangs there while the gate is closed. */
struct gate {
    pthread_mutex_t lock;
    pthread_cond_t queue;
    unsigned to_hang; /* so many of the next callers hang; UINT_MAX: all of them */
    unsigned inside;  /* callers that hang now */
    unsigned inside_max;
    unsigned calls;      /* ever */
    unsigned generation; /* one more each time the gate opens */
};

#define GATE_INIT                                                                                                 \
    {                                                                                                             \
        .lock = PTHREAD_MUTEX_INITIALIZER, .queue = PTHREAD_COND_INITIALIZER                                      \
    }

/* Opens it for those who hang and for all who come. Forgets what was counted, but for those inside. */
void gate_reset(struct gate *gate);

/* The next `to_hang` callers hang (UINT_MAX: all) until gate_open(). */
void gate_close(struct gate *gate, unsigned to_hang);
void gate_open(struct gate *gate);

/* Those who hang now go on. The gate stays as it is for others. */
void gate_let_out(struct gate *gate);

/* What the call does. */
void gate_pass(struct gate *gate);

unsigned gate_calls(struct gate *gate);
unsigned gate_inside(struct gate *gate);
unsigned gate_inside_max(struct gate *gate);

/* Moves the boot clock of this program on. Who waits for a time already has to be woken. */
void standin_advance_clock(int64_t ms);

/* How many threads this program has. */
size_t standin_threads(void);

/* Milliseconds of CPU time that this program uses while so much time passes. */
int64_t standin_cpu_ms(int64_t while_ms);

/* Sleeps a little. False once that was done for a minute: *slept counts it. */
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

/* Runs what follows again and again for a while: long enough for what must not happen, were it to happen. */
#define FOR_A_WHILE for (unsigned slept_ = 0; slept_ < 20; (void)standin_sleep(&slept_))

#endif
