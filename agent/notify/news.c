/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/notify/news.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* Once it was full, half of it must be told before more is taken: otherwise single losses would alternate with
 * single items for as long as it goes on. */
enum { NEWS_ROOM_AGAIN = NEWS_MAX / 2 };

struct chunk {
    struct chunk *next;
    size_t begin, count;
    struct news_item items[256];
};

struct news {
    pthread_mutex_t lock;
    struct chunk *first, *last;
    size_t count;
    unsigned lost; /* behind the last item */
};

struct news *news_new(void)
{
    struct news *news = calloc(1, sizeof(*news));

    if (news)
        (void)pthread_mutex_init(&news->lock, NULL); /* cannot fail for a default mutex */
    return news;
}

void news_free(struct news *news)
{
    struct news_item item;

    if (!news)
        return;
    while (news_take(news, &item))
        news_item_clear(&item);
    (void)pthread_mutex_destroy(&news->lock);
    free(news);
}

/* A place behind the last item; NULL if out of memory. */
static struct news_item *append(struct news *news)
{
    struct chunk *last = news->last;

    if (!last || last->begin + last->count == sizeof(last->items) / sizeof(*last->items)) {
        struct chunk *chunk = calloc(1, sizeof(*chunk));

        if (!chunk)
            return NULL;
        if (last)
            last->next = chunk;
        else
            news->first = chunk;
        news->last = last = chunk;
    }
    news->count++;
    return &last->items[last->begin + last->count++];
}

/* How many went missing stands where they would have stood. */
static bool append_lost(struct news *news)
{
    struct news_item *place;

    if (news->lost == 0)
        return true;
    place = news->count < NEWS_ROOM_AGAIN ? append(news) : NULL;
    if (!place)
        return false;
    *place = (struct news_item){ .kind = NEWS_LOST, .lost = news->lost };
    news->lost = 0;
    return true;
}

static void put(struct news *news, struct news_item *item)
{
    struct news_item *place = NULL;

    if (append_lost(news) && news->count < NEWS_MAX)
        place = append(news);
    if (place) {
        *place = *item;
        return;
    }
    news_item_clear(item);
    news->lost++;
}

void news_put_changes(struct news *news, struct changes *changes)
{
    (void)pthread_mutex_lock(&news->lock);
    for (size_t i = 0; i < changes->count; i++) {
        struct news_item item = { .kind = NEWS_CHANGE, .change = changes->items[i] };

        changes->items[i].name = NULL;
        put(news, &item);
    }
    news->lost += changes->lost;
    (void)pthread_mutex_unlock(&news->lock);
    changes_clear(changes);
}

void news_put_refused(struct news *news, const unsigned char uuid[DOMAIN_UUID_BYTES], const char *why)
{
    struct news_item item = { .kind = NEWS_REFUSED, .why = strdup(why) };

    memcpy(item.change.uuid, uuid, DOMAIN_UUID_BYTES);
    (void)pthread_mutex_lock(&news->lock);
    put(news, &item);
    (void)pthread_mutex_unlock(&news->lock);
}

static void drop_first_chunk(struct news *news)
{
    struct chunk *chunk = news->first;

    news->first = chunk->next;
    if (!news->first)
        news->last = NULL;
    free(chunk);
}

static bool take(struct news *news, struct news_item *item)
{
    struct chunk *chunk = news->first;

    if (!chunk)
        return false;
    *item = chunk->items[chunk->begin++];
    chunk->count--;
    news->count--;
    if (chunk->count == 0)
        drop_first_chunk(news);
    return true;
}

bool news_take(struct news *news, struct news_item *item)
{
    bool taken;

    (void)pthread_mutex_lock(&news->lock);
    taken = take(news, item) || (append_lost(news) && take(news, item));
    (void)pthread_mutex_unlock(&news->lock);
    return taken;
}

void news_item_clear(struct news_item *item)
{
    free(item->change.name);
    free(item->why);
    item->change.name = item->why = NULL;
}
