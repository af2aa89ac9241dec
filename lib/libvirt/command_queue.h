/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Orders to domains that wait or are under way, in the order in which they came. Pure: the caller brings the
 * clock, and the lock if threads share it. */
#ifndef GUESTLIST_LIBVIRT_COMMAND_QUEUE_H
#define GUESTLIST_LIBVIRT_COMMAND_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/libvirt/commands.h"
#include "lib/model/domain.h"

enum {
    COMMAND_QUEUE_MAX = 64,          /* that wait or are under way */
    COMMAND_QUEUE_UNDER_WAY_MAX = 4, /* at once; the last place is kept for destroy, which alone ends what hangs */
    COMMAND_QUEUE_OVERTAKE_MS = 5000, /* an order that takes longer than this is taken to hang */
};

struct command {
    uint64_t number; /* identifies it */
    unsigned char uuid[UUID_BYTES];
    enum command_action action;
    bool under_way, overtaken;
    int64_t begun_boot_ms;
};

/* All zero at first. */
struct command_queue {
    uint64_t last_number;
    size_t count;
    struct command items[COMMAND_QUEUE_MAX];
};

/* Adds one; false if there are too many. */
bool command_queue_put(struct command_queue *queue, const unsigned char uuid[UUID_BYTES],
                       enum command_action action);

/* Copies the next order that may begin now into `order` and has it under way; false if there is none. Those to one
 * domain begin one after the other, but a destroy does not wait for what hangs: it overtakes it, and the orders
 * between the two are of no use any more. */
bool command_queue_begin(struct command_queue *queue, int64_t now_boot_ms, struct command *command);

/* Takes one out that was overtaken before it began; false if there is none. */
bool command_queue_take_overtaken(struct command_queue *queue, struct command *command);

/* That order is done, however it ended. */
void command_queue_end(struct command_queue *queue, uint64_t number);

/* Takes out all that did not begin and returns how many they were. */
size_t command_queue_drop_waiting(struct command_queue *queue);

/* How many threads could be at work now, or soon without anything else having to end: never more than
 * COMMAND_QUEUE_UNDER_WAY_MAX. */
size_t command_queue_threads(const struct command_queue *queue);

/* When the next destroy may overtake what hangs; INT64_MAX if none waits for that. */
int64_t command_queue_overtake_time(const struct command_queue *queue);

#endif
