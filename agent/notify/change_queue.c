/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/notify/change_queue.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* Once it was full, half of it must be told before more is taken: otherwise single losses would alternate with
 * single items for as long as it goes on. */
enum { CHANGE_QUEUE_ROOM_AGAIN = CHANGE_QUEUE_MAX / 2 };

struct chunk {
    struct chunk *next;
    size_t begin, count;
    struct change_queue_item items[256];
};

struct change_queue {
    pthread_mutex_t lock;
    struct chunk *first, *last;
    size_t count;
    unsigned lost; /* behind the last item */
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

/* A place behind the last item; NULL if out of memory. */
static struct change_queue_item *change_queue_append(struct change_queue *queue)
{
    struct chunk *last = queue->last;

    if (!last || last->begin + last->count == sizeof(last->items) / sizeof(*last->items)) {
        struct chunk *chunk = calloc(1, sizeof(*chunk));

        if (!chunk)
            return NULL;
        if (last)
            last->next = chunk;
        else
            queue->first = chunk;
        queue->last = last = chunk;
    }
    queue->count++;
    return &last->items[last->begin + last->count++];
}

/* How many went missing stands where they would have stood. */
static bool change_queue_append_lost(struct change_queue *queue)
{
    struct change_queue_item *place;

    if (queue->lost == 0)
        return true;
    place = queue->count < CHANGE_QUEUE_ROOM_AGAIN ? change_queue_append(queue) : NULL;
    if (!place)
        return false;
    *place = (struct change_queue_item){ .kind = CHANGE_QUEUE_LOST, .lost = queue->lost };
    queue->lost = 0;
    return true;
}

static void change_queue_put(struct change_queue *queue, struct change_queue_item *item)
{
    struct change_queue_item *place = NULL;

    if (change_queue_append_lost(queue) && queue->count < CHANGE_QUEUE_MAX)
        place = change_queue_append(queue);
    if (place) {
        *place = *item;
        return;
    }
    change_queue_item_clear(item);
    queue->lost++;
}

void change_queue_put_changes(struct change_queue *queue, struct changes *changes)
{
    (void)pthread_mutex_lock(&queue->lock);
    for (size_t i = 0; i < changes->count; i++) {
        struct change_queue_item item = { .kind = CHANGE_QUEUE_CHANGE, .change = changes->items[i] };

        changes->items[i].name = NULL;
        change_queue_put(queue, &item);
    }
    queue->lost += changes->lost;
    (void)pthread_mutex_unlock(&queue->lock);
    changes_clear(changes);
}

void change_queue_put_refused(struct change_queue *queue, const unsigned char uuid[UUID_BYTES], const char *why)
{
    struct change_queue_item item = { .kind = CHANGE_QUEUE_REFUSED, .why = strdup(why) };

    memcpy(item.change.uuid, uuid, UUID_BYTES);
    (void)pthread_mutex_lock(&queue->lock);
    change_queue_put(queue, &item);
    (void)pthread_mutex_unlock(&queue->lock);
}

static void change_queue_drop_chunk(struct change_queue *queue)
{
    struct chunk *chunk = queue->first;

    queue->first = chunk->next;
    if (!queue->first)
        queue->last = NULL;
    free(chunk);
}

static bool change_queue_take_first(struct change_queue *queue, struct change_queue_item *item)
{
    struct chunk *chunk = queue->first;

    if (!chunk)
        return false;
    *item = chunk->items[chunk->begin++];
    chunk->count--;
    queue->count--;
    if (chunk->count == 0)
        change_queue_drop_chunk(queue);
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
    free(item->why);
    item->change.name = item->why = NULL;
}
