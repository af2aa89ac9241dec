/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/notify/change_queue.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/array.h"

/* A queue that was full accepts new items again when half of it is empty. Otherwise, under load, every second item
 * would be a CHANGE_QUEUE_LOST that counts one lost item. */
enum { CHANGE_QUEUE_ROOM_AGAIN = CHANGE_QUEUE_MAX / 2 };

struct change_queue {
    pthread_mutex_t lock;
    size_t begin, end; /* the items from `begin` on and before `end` are in the queue */
    struct change_queue_item *items;
    unsigned lost; /* after the last item */
};

struct change_queue *change_queue_new(void)
{
    struct change_queue *queue = calloc(1, sizeof(*queue));

    if (queue)
        (void)pthread_mutex_init(&queue->lock, NULL); /* cannot fail for a default mutex */
    return queue;
}

void change_queue_free(struct change_queue *queue)
{
    struct change_queue_item item;

    if (!queue)
        return;
    while (change_queue_take(queue, &item))
        change_queue_item_clear(&item);
    (void)pthread_mutex_destroy(&queue->lock);
    free(queue);
}

/* Takes over `item`. False if out of memory. */
static bool change_queue_append(struct change_queue *queue, const struct change_queue_item *item)
{
    size_t count = queue->end - queue->begin;
    struct change_queue_item *items;

    /* At least half of the array is unused in front: move the items there. */
    if (queue->begin > count) {
        memmove(queue->items, queue->items + queue->begin, count * sizeof(*queue->items));
        queue->begin = 0;
        queue->end = count;
    }
    items = array_grow(queue->items, queue->end, 1, sizeof(*items));
    if (!items)
        return false;
    queue->items = items;
    items[queue->end++] = *item;
    return true;
}

/* Appends a CHANGE_QUEUE_LOST at the place of the lost items, if there are any. False if there is no room for it.
 */
static bool change_queue_append_lost(struct change_queue *queue)
{
    const struct change_queue_item item = { .kind = CHANGE_QUEUE_LOST, .lost = queue->lost };

    if (queue->lost == 0)
        return true;
    if (queue->end - queue->begin >= CHANGE_QUEUE_ROOM_AGAIN || !change_queue_append(queue, &item))
        return false;
    queue->lost = 0;
    return true;
}

/* Takes over `item`. The caller holds the lock. */
static void change_queue_put(struct change_queue *queue, struct change_queue_item *item)
{
    if (change_queue_append_lost(queue) && queue->end - queue->begin < CHANGE_QUEUE_MAX &&
        change_queue_append(queue, item))
        return;
    change_queue_item_clear(item);
    queue->lost++;
}

void change_queue_put_changes(struct change_queue *queue, struct changes *changes)
{
    (void)pthread_mutex_lock(&queue->lock);
    for (size_t i = 0; i < changes->count; i++) {
        struct change_queue_item item = { .kind = CHANGE_QUEUE_CHANGE, .change = changes->items[i] };

        changes->items[i].name = changes->items[i].io_error = NULL; /* moved */
        change_queue_put(queue, &item);
    }
    queue->lost += changes->lost;
    (void)pthread_mutex_unlock(&queue->lock);
    changes_clear(changes);
}

void change_queue_put_failed_set(struct change_queue *queue, const unsigned char uuid[UUID_BYTES], const char *why)
{
    struct change_queue_item item = { .kind = CHANGE_QUEUE_FAILED_SET, .why = strdup(why) };

    memcpy(item.change.uuid, uuid, UUID_BYTES);
    (void)pthread_mutex_lock(&queue->lock);
    change_queue_put(queue, &item);
    (void)pthread_mutex_unlock(&queue->lock);
}

/* With the lock held. */
static bool change_queue_take_first(struct change_queue *queue, struct change_queue_item *item)
{
    if (queue->begin == queue->end)
        return false;
    *item = queue->items[queue->begin++];
    if (queue->begin == queue->end) {
        free(queue->items);
        queue->items = NULL;
        queue->begin = queue->end = 0;
    }
    return true;
}

bool change_queue_take(struct change_queue *queue, struct change_queue_item *item)
{
    bool taken;

    (void)pthread_mutex_lock(&queue->lock);
    taken = change_queue_take_first(queue, item) ||
            (change_queue_append_lost(queue) && change_queue_take_first(queue, item));
    (void)pthread_mutex_unlock(&queue->lock);
    return taken;
}

void change_queue_item_clear(struct change_queue_item *item)
{
    free(item->change.name);
    free(item->change.io_error);
    free(item->why);
    item->change.name = item->change.io_error = item->why = NULL;
}
