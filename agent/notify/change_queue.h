/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is to be told of one hypervisor's domains, from the threads that see it to the main thread, in its order.
 * Bounded: what is too much is counted, and where it went missing is known. Every function locks and none
 * blocks. */
#ifndef GUESTLIST_AGENT_NOTIFY_CHANGE_QUEUE_H
#define GUESTLIST_AGENT_NOTIFY_CHANGE_QUEUE_H

#include <stdbool.h>
#include <stddef.h>

#include "agent/notify/changes.h"

enum { CHANGE_QUEUE_MAX = 32768 };

enum change_queue_kind {
    CHANGE_QUEUE_CHANGE,  /* `change` */
    CHANGE_QUEUE_REFUSED, /* what a SET wanted of the domain in `change` could not be done */
    CHANGE_QUEUE_LOST,    /* `lost` others stood here */
};

struct change_queue_item {
    enum change_queue_kind kind;
    unsigned lost;
    char *why;            /* of what was refused: the action and the reason */
    struct change change; /* owns its name */
};

struct change_queue;

/* NULL if out of memory. */
struct change_queue *change_queue_new(void);
void change_queue_free(struct change_queue *queue);

/* Takes over the names of all of `changes`, which are cleared, and counts what they say is lost. */
void change_queue_put_changes(struct change_queue *queue, struct changes *changes);

/* What was ordered of the domain of that UUID could not be done; `why` names the action and the reason. */
void change_queue_put_refused(struct change_queue *queue, const unsigned char uuid[UUID_BYTES], const char *why);

/* Moves the oldest into `item`, which the caller releases with change_queue_item_clear(). False if there is none.
 */
bool change_queue_take(struct change_queue *queue, struct change_queue_item *item);
void change_queue_item_clear(struct change_queue_item *item);

#endif
