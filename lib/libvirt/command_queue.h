/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Commands to domains that wait or are under way, in the order in which they came. Pure: the caller provides the
 * time, and the lock if several threads use one queue. */
#ifndef GUESTLIST_LIBVIRT_COMMAND_QUEUE_H
#define GUESTLIST_LIBVIRT_COMMAND_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/libvirt/commands.h"
#include "lib/model/domain.h"

enum {
    COMMAND_QUEUE_MAX = 64,           /* commands that wait or are under way */
    COMMAND_QUEUE_UNDER_WAY_MAX = 4,  /* at the same time; the last one can only be a destroy */
    COMMAND_QUEUE_OVERTAKE_MS = 5000, /* a command that takes longer than this is taken to hang */
};

enum command_state {
    COMMAND_STATE_WAITING,
    COMMAND_STATE_UNDER_WAY,
    COMMAND_STATE_OVERTAKEN, /* a later destroy began first: this one will never begin */
};

struct command {
    uint64_t number; /* from 1; identifies it */
    unsigned char uuid[UUID_BYTES];
    enum command_action action;
    enum command_state state;
    int64_t began_boot_ms; /* only once it is under way */
};

/* Zeroed: empty. */
struct command_queue {
    uint64_t last_number; /* of the command that was put last */
    size_t count;
    struct command items[COMMAND_QUEUE_MAX];
};

/* Appends a command. False if COMMAND_QUEUE_MAX wait or are under way. */
bool command_queue_put(struct command_queue *queue, const unsigned char uuid[UUID_BYTES],
                       enum command_action action);

/* Begins the next command that may begin now: it is then under way, and is copied into `command`. False if there
 * is none. Commands to one domain begin one after the other. Only a destroy does not wait for an earlier command
 * that hangs: it overtakes all earlier commands to its domain that have not begun. */
bool command_queue_begin(struct command_queue *queue, int64_t now_boot_ms, struct command *command);

/* Removes a command that was overtaken, and copies it into `command`. False if there is none. */
bool command_queue_take_overtaken(struct command_queue *queue, struct command *command);

/* Removes the command of that number, whether it succeeded or not. Does nothing if it is not there. */
void command_queue_end(struct command_queue *queue, uint64_t number);

/* Removes all commands that have not begun, and returns how many there were. */
size_t command_queue_drop_waiting(struct command_queue *queue);

/* How many threads the queue needs: one for each command that is under way, and one for each that may begin before
 * any of these ends. At most COMMAND_QUEUE_UNDER_WAY_MAX. */
size_t command_queue_threads(const struct command_queue *queue);

/* The boot clock at which the next destroy may overtake a command that hangs. INT64_MAX if no destroy waits. */
int64_t command_queue_overtake_time(const struct command_queue *queue);

#endif
