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

#include "agent/notify/change_queue.h"

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

static void put(struct change_queue *queue, uint32_t first, size_t count, unsigned lost)
{
    struct changes changes = numbered(first, count, lost);

    change_queue_put_changes(queue, &changes);
    assert_int_equal(changes.count, 0);
    assert_null(changes.items);
}

/* The number of the next item, which must be a change. */
static uint32_t take(struct change_queue *queue)
{
    struct change_queue_item item;
    uint32_t number;

    assert_true(change_queue_take(queue, &item));
    assert_int_equal(item.kind, CHANGE_QUEUE_CHANGE);
    assert_string_equal(item.change.name, "guest");
    number = item.change.index;
    change_queue_item_clear(&item);
    assert_null(item.change.name);
    return number;
}

static unsigned take_lost(struct change_queue *queue)
{
    struct change_queue_item item;

    assert_true(change_queue_take(queue, &item));
    assert_int_equal(item.kind, CHANGE_QUEUE_LOST);
    change_queue_item_clear(&item);
    return item.lost;
}

static void assert_empty(struct change_queue *queue)
{
    struct change_queue_item item;

    assert_false(change_queue_take(queue, &item));
}

static void items_are_taken_in_order(void **state)
{
    struct change_queue *queue = change_queue_new();
    uint32_t in = 1, out = 1;

    (void)state;
    assert_non_null(queue);
    assert_empty(queue);
    /* The queue grows, is taken from at the same time, and is empty in between. */
    for (unsigned round = 0; round < 50; round++) {
        put(queue, in, round * 7, 0);
        in += round * 7;
        for (unsigned i = 0; i < round * 5 || (round % 10 == 9 && out < in); i++)
            assert_int_equal(take(queue), out++);
    }
    while (out < in)
        assert_int_equal(take(queue), out++);
    assert_empty(queue);
    change_queue_free(queue);
}

static void failed_sets_keep_their_place_among_the_changes(void **state)
{
    static const unsigned char uuid[UUID_BYTES] = { 9, 8, 7 };
    struct change_queue *queue = change_queue_new();
    struct change_queue_item item;

    (void)state;
    assert_non_null(queue);
    put(queue, 1, 1, 0);
    change_queue_put_failed_set(queue, uuid, "start: no such disk");
    put(queue, 2, 1, 0);
    assert_int_equal(take(queue), 1);
    assert_true(change_queue_take(queue, &item));
    assert_int_equal(item.kind, CHANGE_QUEUE_FAILED_SET);
    assert_string_equal(item.why, "start: no such disk");
    assert_memory_equal(item.change.uuid, uuid, sizeof(uuid));
    change_queue_item_clear(&item);
    assert_null(item.why);
    assert_int_equal(take(queue), 2);
    change_queue_free(queue);
}

static void lost_changes_are_counted_at_their_place(void **state)
{
    struct change_queue *queue = change_queue_new();

    (void)state;
    assert_non_null(queue);
    put(queue, 1, 2, 3);
    put(queue, 3, 1, 0);
    put(queue, 4, 0, 7);
    assert_int_equal(take(queue), 1);
    assert_int_equal(take(queue), 2);
    assert_int_equal(take_lost(queue), 3);
    assert_int_equal(take(queue), 3);
    assert_int_equal(take_lost(queue), 7); /* at the end, without an item after it */
    assert_empty(queue);
    change_queue_free(queue);
}

static void a_full_queue_takes_items_again_when_half_of_it_is_empty(void **state)
{
    struct change_queue *queue = change_queue_new();
    uint32_t out = 1;

    (void)state;
    assert_non_null(queue);
    put(queue, 1, CHANGE_QUEUE_MAX + 100, 0);
    for (; out <= CHANGE_QUEUE_MAX / 2; out++)
        assert_int_equal(take(queue), out);
    put(queue, 900000, 10, 0); /* exactly half of it is full: still no room */
    assert_int_equal(take(queue), out++);
    put(queue, 1000000, 2, 0);
    for (; out <= CHANGE_QUEUE_MAX; out++)
        assert_int_equal(take(queue), out);
    assert_int_equal(take_lost(queue), 110);
    assert_int_equal(take(queue), 1000000);
    assert_int_equal(take(queue), 1000001);
    assert_empty(queue);
    change_queue_free(queue);
}

static void the_last_item_that_fits_is_not_lost(void **state)
{
    struct change_queue *queue = change_queue_new();

    (void)state;
    assert_non_null(queue);
    put(queue, 1, CHANGE_QUEUE_MAX, 0);
    for (uint32_t out = 1; out <= CHANGE_QUEUE_MAX; out++)
        assert_int_equal(take(queue), out);
    assert_empty(queue);
    change_queue_free(queue);
}

static void a_queue_frees_its_items(void **state)
{
    static const unsigned char uuid[UUID_BYTES] = { 1 };
    struct change_queue *queue = change_queue_new();

    (void)state;
    assert_non_null(queue);
    put(queue, 1, 600, 1);
    change_queue_put_failed_set(queue, uuid, "why");
    change_queue_free(queue); /* a sanitizer reports what is not freed */
    change_queue_free(NULL);
}

enum { WRITERS = 3, ROUNDS = 8000, BATCH = 10 };

struct writer {
    pthread_t thread;
    struct change_queue *queue;
    uint32_t first;
};

static void *put_changes(void *data)
{
    struct writer *writer = data;

    for (uint32_t round = 0; round < ROUNDS; round++)
        put(writer->queue, writer->first + round * BATCH, BATCH, round % 2);
    return NULL;
}

/* Takes all items; counts changes and lost ones. Those of one writer come in order. */
static void drain(struct change_queue *queue, uint32_t last[WRITERS], unsigned *taken, unsigned *lost)
{
    struct change_queue_item item;

    while (change_queue_take(queue, &item)) {
        unsigned writer = item.change.index / 1000000;

        if (item.kind == CHANGE_QUEUE_LOST) {
            *lost += item.lost;
        } else {
            assert_true(writer < WRITERS && item.change.index >= last[writer]);
            last[writer] = item.change.index;
            (*taken)++;
        }
        change_queue_item_clear(&item);
    }
}

static void several_threads_put_while_one_takes(void **state)
{
    struct change_queue *queue = change_queue_new();
    struct writer writers[WRITERS];
    uint32_t last[WRITERS] = { 0 };
    unsigned taken = 0, lost = 0;

    (void)state;
    assert_non_null(queue);
    for (unsigned i = 0; i < WRITERS; i++) {
        writers[i].queue = queue;
        writers[i].first = i * 1000000;
        assert_int_equal(pthread_create(&writers[i].thread, NULL, put_changes, &writers[i]), 0);
    }
    while (taken + lost < WRITERS * ROUNDS) {
        drain(queue, last, &taken, &lost);
        (void)sched_yield();
    }
    for (unsigned i = 0; i < WRITERS; i++)
        assert_int_equal(pthread_join(writers[i].thread, NULL), 0);
    drain(queue, last, &taken, &lost);
    assert_int_equal(taken + lost, WRITERS * (ROUNDS * BATCH + ROUNDS / 2));
    change_queue_free(queue);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(items_are_taken_in_order),
        cmocka_unit_test(failed_sets_keep_their_place_among_the_changes),
        cmocka_unit_test(lost_changes_are_counted_at_their_place),
        cmocka_unit_test(a_full_queue_takes_items_again_when_half_of_it_is_empty),
        cmocka_unit_test(the_last_item_that_fits_is_not_lost),
        cmocka_unit_test(a_queue_frees_its_items),
        cmocka_unit_test(several_threads_put_while_one_takes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
