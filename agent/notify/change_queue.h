/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A queue to the main thread, which makes notifications from its items: changes of one hypervisor's domains, and
 * commands of SET that failed. Any thread may put items. The main thread takes them in the same order. Bounded:
 * items that do not fit are dropped and counted, and an item with their number takes their place. The functions
 * lock a mutex for a short time only. */
#ifndef GUESTLIST_AGENT_NOTIFY_CHANGE_QUEUE_H
#define GUESTLIST_AGENT_NOTIFY_CHANGE_QUEUE_H

#include <stdbool.h>
#include <stddef.h>

#include "agent/notify/changes.h"

enum { CHANGE_QUEUE_MAX = 32768 };

enum change_queue_kind {
    CHANGE_QUEUE_CHANGE,     /* `change` */
    CHANGE_QUEUE_FAILED_SET, /* a command of SET to the domain `change.uuid` failed; `why` */
    CHANGE_QUEUE_LOST,       /* `lost` items are missing here */
};

struct change_queue_item {
    enum change_queue_kind kind;
    unsigned lost;
    char *why;            /* the command and the reason; owned; NULL if out of memory */
    struct change change; /* owns its texts */
};

struct change_queue;

/* NULL if out of memory. */
struct change_queue *change_queue_new(void);

/* Frees the queue and all items in it. Takes NULL. */
void change_queue_free(struct change_queue *queue);

/* Moves all of `changes` into the queue, with the number of lost ones, and clears `changes`. */
void change_queue_put_changes(struct change_queue *queue, struct changes *changes);

/* A command of SET to that domain failed. `why` has the command and the reason, and is copied. */
void change_queue_put_failed_set(struct change_queue *queue, const unsigned char uuid[UUID_BYTES],
                                 const char *why);

/* Moves the oldest item into `item`, which the caller releases with change_queue_item_clear(). False if the queue
 * is empty. */
bool change_queue_take(struct change_queue *queue, struct change_queue_item *item);
void change_queue_item_clear(struct change_queue_item *item);

#endif
