/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "lib/libvirt/command_queue.h"
#include "tests/unit/fixtures.h"

static void put(struct command_queue *queue, unsigned domain, enum command_action action)
{
    unsigned char uuid[UUID_BYTES];

    fixture_uuid(domain, uuid);
    assert_true(command_queue_put(queue, uuid, action));
}

/* Begins the next command, which must be this one. Returns its number. */
static uint64_t begins(struct command_queue *queue, int64_t now, unsigned domain, enum command_action action)
{
    unsigned char uuid[UUID_BYTES];
    struct command command;

    fixture_uuid(domain, uuid);
    assert_true(command_queue_begin(queue, now, &command));
    assert_memory_equal(command.uuid, uuid, UUID_BYTES);
    assert_int_equal(command.action, action);
    return command.number;
}

static void nothing_begins(struct command_queue *queue, int64_t now)
{
    struct command command;

    assert_false(command_queue_begin(queue, now, &command));
}

static void an_empty_queue_has_nothing_to_begin(void **state)
{
    struct command_queue queue = { 0 };
    struct command command;

    (void)state;
    nothing_begins(&queue, 1);
    assert_false(command_queue_take_overtaken(&queue, &command));
    assert_int_equal(command_queue_threads(&queue), 0);
    assert_int_equal(command_queue_drop_waiting(&queue), 0);
    assert_true(command_queue_overtake_time(&queue) == INT64_MAX);
    command_queue_end(&queue, 7); /* a number that is not there */
}

static void commands_to_one_domain_begin_one_after_the_other(void **state)
{
    struct command_queue queue = { 0 };
    uint64_t first, second;

    (void)state;
    put(&queue, 1, COMMAND_START);
    put(&queue, 1, COMMAND_SUSPEND);
    put(&queue, 1, COMMAND_RESUME);
    assert_int_equal(command_queue_threads(&queue), 1);
    first = begins(&queue, 10, 1, COMMAND_START);
    nothing_begins(&queue, 1000000);
    assert_int_equal(command_queue_threads(&queue), 1);
    command_queue_end(&queue, first);
    second = begins(&queue, 20, 1, COMMAND_SUSPEND);
    assert_int_not_equal(first, second);
    nothing_begins(&queue, 1000000);
    command_queue_end(&queue, second);
    command_queue_end(&queue, begins(&queue, 30, 1, COMMAND_RESUME));
    nothing_begins(&queue, 1000000);
    assert_int_equal(queue.count, 0);
}

static void commands_to_other_domains_do_not_wait(void **state)
{
    struct command_queue queue = { 0 };

    (void)state;
    put(&queue, 1, COMMAND_SUSPEND);
    put(&queue, 1, COMMAND_RESUME);
    put(&queue, 2, COMMAND_START);
    put(&queue, 3, COMMAND_SHUTDOWN);
    assert_int_equal(command_queue_threads(&queue), 3);
    (void)begins(&queue, 10, 1, COMMAND_SUSPEND);
    (void)begins(&queue, 10, 2, COMMAND_START);
    (void)begins(&queue, 10, 3, COMMAND_SHUTDOWN);
    nothing_begins(&queue, 10);
}

static void the_last_thread_is_kept_for_destroy(void **state)
{
    struct command_queue queue = { 0 };
    uint64_t first;

    (void)state;
    for (unsigned domain = 1; domain <= 5; domain++)
        put(&queue, domain, COMMAND_SUSPEND);
    put(&queue, 6, COMMAND_DESTROY);
    put(&queue, 7, COMMAND_DESTROY);
    assert_int_equal(command_queue_threads(&queue), 4);
    first = begins(&queue, 10, 1, COMMAND_SUSPEND);
    (void)begins(&queue, 10, 2, COMMAND_SUSPEND);
    (void)begins(&queue, 10, 3, COMMAND_SUSPEND);
    (void)begins(&queue, 10, 6, COMMAND_DESTROY);
    nothing_begins(&queue, 10);
    assert_int_equal(command_queue_threads(&queue), 4);
    command_queue_end(&queue, first);
    (void)begins(&queue, 10, 4, COMMAND_SUSPEND);
    nothing_begins(&queue, 10);
}

static void a_destroy_overtakes_a_command_that_hangs(void **state)
{
    struct command_queue queue = { 0 };
    struct command command;

    (void)state;
    put(&queue, 1, COMMAND_SUSPEND);
    put(&queue, 1, COMMAND_START);
    put(&queue, 2, COMMAND_START);
    put(&queue, 1, COMMAND_DESTROY);
    put(&queue, 1, COMMAND_START_PAUSED);
    (void)begins(&queue, 100, 1, COMMAND_SUSPEND);
    command_queue_end(&queue, begins(&queue, 100, 2, COMMAND_START));
    nothing_begins(&queue, 100 + COMMAND_QUEUE_OVERTAKE_MS - 1);
    assert_int_equal(command_queue_overtake_time(&queue), 100 + COMMAND_QUEUE_OVERTAKE_MS);
    assert_int_equal(command_queue_threads(&queue), 2);
    assert_false(command_queue_take_overtaken(&queue, &command));

    (void)begins(&queue, 100 + COMMAND_QUEUE_OVERTAKE_MS, 1, COMMAND_DESTROY);
    assert_true(command_queue_overtake_time(&queue) == INT64_MAX);
    assert_true(command_queue_take_overtaken(&queue, &command));
    assert_int_equal(command.action, COMMAND_START); /* the earlier command, not the later one */
    assert_false(command_queue_take_overtaken(&queue, &command));
    nothing_begins(&queue, 1000000);
}

static void a_command_after_a_destroy_waits_for_all_earlier_ones(void **state)
{
    struct command_queue queue = { 0 };
    uint64_t hung, destroy;

    (void)state;
    put(&queue, 1, COMMAND_SUSPEND);
    hung = begins(&queue, 1, 1, COMMAND_SUSPEND);
    put(&queue, 1, COMMAND_DESTROY);
    put(&queue, 1, COMMAND_DESTROY);
    put(&queue, 1, COMMAND_START);
    destroy = begins(&queue, 1000000, 1, COMMAND_DESTROY);
    nothing_begins(&queue, 9000000); /* one destroy does not overtake another */
    command_queue_end(&queue, hung);
    nothing_begins(&queue, 9000000);
    command_queue_end(&queue, destroy);
    destroy = begins(&queue, 9000000, 1, COMMAND_DESTROY);
    command_queue_end(&queue, destroy);
    (void)begins(&queue, 9000000, 1, COMMAND_START);
}

static void a_full_queue_refuses_commands_until_one_ends(void **state)
{
    struct command_queue queue = { 0 };
    unsigned char uuid[UUID_BYTES];
    uint64_t number;

    (void)state;
    for (unsigned i = 0; i < COMMAND_QUEUE_MAX; i++)
        put(&queue, i, COMMAND_START);
    fixture_uuid(1000, uuid);
    assert_false(command_queue_put(&queue, uuid, COMMAND_START));
    number = begins(&queue, 1, 0, COMMAND_START);
    assert_false(command_queue_put(&queue, uuid, COMMAND_START)); /* a command under way counts */
    command_queue_end(&queue, number);
    assert_true(command_queue_put(&queue, uuid, COMMAND_START));
    assert_false(command_queue_put(&queue, uuid, COMMAND_START));
}

static void only_waiting_commands_are_dropped(void **state)
{
    struct command_queue queue = { 0 };

    (void)state;
    put(&queue, 1, COMMAND_START);
    put(&queue, 1, COMMAND_SUSPEND);
    put(&queue, 2, COMMAND_START);
    (void)begins(&queue, 1, 1, COMMAND_START);
    assert_int_equal(command_queue_drop_waiting(&queue), 2);
    assert_int_equal(queue.count, 1);
    assert_int_equal(queue.items[0].action, COMMAND_START);
    nothing_begins(&queue, 1000000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_queue_has_nothing_to_begin),
        cmocka_unit_test(commands_to_one_domain_begin_one_after_the_other),
        cmocka_unit_test(commands_to_other_domains_do_not_wait),
        cmocka_unit_test(the_last_thread_is_kept_for_destroy),
        cmocka_unit_test(a_destroy_overtakes_a_command_that_hangs),
        cmocka_unit_test(a_command_after_a_destroy_waits_for_all_earlier_ones),
        cmocka_unit_test(a_full_queue_refuses_commands_until_one_ends),
        cmocka_unit_test(only_waiting_commands_are_dropped),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
