/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <pthread.h>
#include <sched.h>

#include "agent/notify/news.h"

/* Changes numbered from `first` on, by their index. */
static struct changes numbered(uint32_t first, size_t count, unsigned lost)
{
    struct changes changes = { .items = calloc(count + 1, sizeof(*changes.items)), .lost = lost };

    assert_non_null(changes.items);
    for (; changes.count < count; changes.count++) {
        changes.items[changes.count].index = first++;
        changes.items[changes.count].name = strdup("guest");
        assert_non_null(changes.items[changes.count].name);
    }
    return changes;
}

static void put(struct news *news, uint32_t first, size_t count, unsigned lost)
{
    struct changes changes = numbered(first, count, lost);

    news_put_changes(news, &changes);
    assert_int_equal(changes.count, 0);
    assert_null(changes.items);
}

/* The next one's number; fails if it is no change. */
static uint32_t take(struct news *news)
{
    struct news_item item;
    uint32_t number;

    assert_true(news_take(news, &item));
    assert_int_equal(item.kind, NEWS_CHANGE);
    assert_string_equal(item.change.name, "guest");
    number = item.change.index;
    news_item_clear(&item);
    assert_null(item.change.name);
    return number;
}

static unsigned take_lost(struct news *news)
{
    struct news_item item;

    assert_true(news_take(news, &item));
    assert_int_equal(item.kind, NEWS_LOST);
    news_item_clear(&item);
    return item.lost;
}

static void assert_empty(struct news *news)
{
    struct news_item item;

    assert_false(news_take(news, &item));
}

static void news_are_taken_in_their_order(void **state)
{
    struct news *news = news_new();
    uint32_t in = 1, out = 1;

    (void)state;
    assert_non_null(news);
    assert_empty(news);
    /* The parts do not fit its chunks, and it runs empty in between. */
    for (unsigned round = 0; round < 50; round++) {
        put(news, in, round * 7, 0);
        in += round * 7;
        for (unsigned i = 0; i < round * 5 || (round % 10 == 9 && out < in); i++)
            assert_int_equal(take(news), out++);
    }
    while (out < in)
        assert_int_equal(take(news), out++);
    assert_empty(news);
    news_free(news);
}

static void what_was_refused_stands_among_them(void **state)
{
    static const unsigned char uuid[DOMAIN_UUID_BYTES] = { 9, 8, 7 };
    struct news *news = news_new();
    struct news_item item;

    (void)state;
    assert_non_null(news);
    put(news, 1, 1, 0);
    news_put_refused(news, uuid, "start: it is a stone");
    put(news, 2, 1, 0);
    assert_int_equal(take(news), 1);
    assert_true(news_take(news, &item));
    assert_int_equal(item.kind, NEWS_REFUSED);
    assert_string_equal(item.why, "start: it is a stone");
    assert_memory_equal(item.change.uuid, uuid, sizeof(uuid));
    news_item_clear(&item);
    assert_null(item.why);
    assert_int_equal(take(news), 2);
    news_free(news);
}

static void what_was_lost_before_stands_where_it_was_lost(void **state)
{
    struct news *news = news_new();

    (void)state;
    assert_non_null(news);
    put(news, 1, 2, 3);
    put(news, 3, 1, 0);
    put(news, 4, 0, 7);
    assert_int_equal(take(news), 1);
    assert_int_equal(take(news), 2);
    assert_int_equal(take_lost(news), 3);
    assert_int_equal(take(news), 3);
    assert_int_equal(take_lost(news), 7); /* at the end, though nothing came behind it */
    assert_empty(news);
    news_free(news);
}

static void it_is_bounded_and_takes_no_more_until_half_is_told(void **state)
{
    struct news *news = news_new();
    uint32_t out = 1;

    (void)state;
    assert_non_null(news);
    put(news, 1, NEWS_MAX + 100, 0);
    for (; out <= NEWS_MAX / 2; out++)
        assert_int_equal(take(news), out);
    put(news, 900000, 10, 0); /* exactly half is full: still no room */
    assert_int_equal(take(news), out++);
    put(news, 1000000, 2, 0);
    for (; out <= NEWS_MAX; out++)
        assert_int_equal(take(news), out);
    assert_int_equal(take_lost(news), 110);
    assert_int_equal(take(news), 1000000);
    assert_int_equal(take(news), 1000001);
    assert_empty(news);
    news_free(news);
}

static void one_that_just_fits_is_not_lost(void **state)
{
    struct news *news = news_new();

    (void)state;
    assert_non_null(news);
    put(news, 1, NEWS_MAX, 0);
    for (uint32_t out = 1; out <= NEWS_MAX; out++)
        assert_int_equal(take(news), out);
    assert_empty(news);
    news_free(news);
}

static void what_is_left_is_freed(void **state)
{
    static const unsigned char uuid[DOMAIN_UUID_BYTES] = { 1 };
    struct news *news = news_new();

    (void)state;
    assert_non_null(news);
    put(news, 1, 600, 1);
    news_put_refused(news, uuid, "why");
    news_free(news); /* a sanitizer sees what was not */
    news_free(NULL);
}

enum { WRITERS = 3, ROUNDS = 8000, BATCH = 10 };

struct writer {
    pthread_t thread;
    struct news *news;
    uint32_t first;
};

static void *write_news(void *data)
{
    struct writer *writer = data;

    for (uint32_t round = 0; round < ROUNDS; round++)
        put(writer->news, writer->first + round * BATCH, BATCH, round % 2);
    return NULL;
}

/* Takes all that is there; counts what was told and what was lost. Each writer's own come in order. */
static void drain(struct news *news, uint32_t last[WRITERS], unsigned *told, unsigned *lost)
{
    struct news_item item;

    while (news_take(news, &item)) {
        unsigned writer = item.change.index / 1000000;

        if (item.kind == NEWS_LOST) {
            *lost += item.lost;
        } else {
            assert_true(writer < WRITERS && item.change.index >= last[writer]);
            last[writer] = item.change.index;
            (*told)++;
        }
        news_item_clear(&item);
    }
}

static void threads_put_and_one_takes(void **state)
{
    struct news *news = news_new();
    struct writer writers[WRITERS];
    uint32_t last[WRITERS] = { 0 };
    unsigned told = 0, lost = 0;

    (void)state;
    assert_non_null(news);
    for (unsigned i = 0; i < WRITERS; i++) {
        writers[i].news = news;
        writers[i].first = i * 1000000;
        assert_int_equal(pthread_create(&writers[i].thread, NULL, write_news, &writers[i]), 0);
    }
    while (told + lost < WRITERS * ROUNDS) {
        drain(news, last, &told, &lost);
        (void)sched_yield();
    }
    for (unsigned i = 0; i < WRITERS; i++)
        assert_int_equal(pthread_join(writers[i].thread, NULL), 0);
    drain(news, last, &told, &lost);
    assert_int_equal(told + lost, WRITERS * (ROUNDS * BATCH + ROUNDS / 2));
    news_free(news);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(news_are_taken_in_their_order),
        cmocka_unit_test(what_was_refused_stands_among_them),
        cmocka_unit_test(what_was_lost_before_stands_where_it_was_lost),
        cmocka_unit_test(it_is_bounded_and_takes_no_more_until_half_is_told),
        cmocka_unit_test(one_that_just_fits_is_not_lost),
        cmocka_unit_test(what_is_left_is_freed),
        cmocka_unit_test(threads_put_and_one_takes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
