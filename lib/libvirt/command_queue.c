/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/libvirt/command_queue.h"

#include <string.h>

static bool command_queue_is_same_domain(const struct command *one, const struct command *other)
{
    return memcmp(one->uuid, other->uuid, UUID_BYTES) == 0;
}

static void command_queue_remove(struct command_queue *queue, size_t at)
{
    queue->count--;
    memmove(&queue->items[at], &queue->items[at + 1], (queue->count - at) * sizeof(*queue->items));
}

bool command_queue_put(struct command_queue *queue, const unsigned char uuid[UUID_BYTES],
                       enum command_action action)
{
    struct command *command = &queue->items[queue->count];

    if (queue->count == COMMAND_QUEUE_MAX)
        return false;
    *command = (struct command){ .number = ++queue->last_number, .action = action };
    memcpy(command->uuid, uuid, UUID_BYTES);
    queue->count++;
    return true;
}

/* When the order at `at` may begin for all that its own domain does before: INT64_MIN at once, INT64_MAX not
 * before something ends. A destroy needs only wait until what is under way is taken to hang. */
static int64_t command_queue_begin_time(const struct command_queue *queue, size_t at)
{
    const struct command *command = &queue->items[at];
    int64_t time = INT64_MIN;

    for (size_t i = 0; i < at; i++) {
        const struct command *before = &queue->items[i];

        if (!command_queue_is_same_domain(before, command))
            continue;
        if (command->action != COMMAND_DESTROY || (before->under_way && before->action == COMMAND_DESTROY))
            return INT64_MAX;
        if (before->under_way && before->begun_boot_ms + COMMAND_QUEUE_OVERTAKE_MS > time)
            time = before->begun_boot_ms + COMMAND_QUEUE_OVERTAKE_MS;
    }
    return time;
}

/* How many are under way; `plain` gets how many of these are no destroy. */
static size_t command_queue_count_under_way(const struct command_queue *queue, size_t *plain)
{
    size_t count = 0;

    *plain = 0;
    for (size_t i = 0; i < queue->count; i++) {
        count += queue->items[i].under_way;
        *plain += queue->items[i].under_way && queue->items[i].action != COMMAND_DESTROY;
    }
    return count;
}

static bool command_queue_has_room_for(const struct command *command, size_t under_way, size_t plain)
{
    return under_way < COMMAND_QUEUE_UNDER_WAY_MAX &&
           (command->action == COMMAND_DESTROY || plain < COMMAND_QUEUE_UNDER_WAY_MAX - 1);
}

static bool command_queue_is_waiting(const struct command *command)
{
    return !command->under_way && !command->overtaken;
}

static void command_queue_begin_at(struct command_queue *queue, size_t at, int64_t now_boot_ms)
{
    struct command *command = &queue->items[at];

    command->under_way = true;
    command->begun_boot_ms = now_boot_ms;
    for (size_t i = 0; i < at; i++)
        if (command_queue_is_waiting(&queue->items[i]) && command_queue_is_same_domain(&queue->items[i], command))
            queue->items[i].overtaken = true;
}

bool command_queue_begin(struct command_queue *queue, int64_t now_boot_ms, struct command *command)
{
    size_t plain, under_way = command_queue_count_under_way(queue, &plain);

    for (size_t i = 0; i < queue->count; i++) {
        if (!command_queue_is_waiting(&queue->items[i]) ||
            !command_queue_has_room_for(&queue->items[i], under_way, plain) ||
            command_queue_begin_time(queue, i) > now_boot_ms)
            continue;
        command_queue_begin_at(queue, i, now_boot_ms);
        *command = queue->items[i];
        return true;
    }
    return false;
}

bool command_queue_take_overtaken(struct command_queue *queue, struct command *command)
{
    for (size_t i = 0; i < queue->count; i++)
        if (queue->items[i].overtaken) {
            *command = queue->items[i];
            command_queue_remove(queue, i);
            return true;
        }
    return false;
}

void command_queue_end(struct command_queue *queue, uint64_t number)
{
    for (size_t i = 0; i < queue->count; i++)
        if (queue->items[i].number == number) {
            command_queue_remove(queue, i);
            return;
        }
}

size_t command_queue_drop_waiting(struct command_queue *queue)
{
    size_t dropped = 0;

    for (size_t i = queue->count; i-- > 0;)
        if (!queue->items[i].under_way) {
            command_queue_remove(queue, i);
            dropped++;
        }
    return dropped;
}

size_t command_queue_threads(const struct command_queue *queue)
{
    size_t plain, threads = command_queue_count_under_way(queue, &plain);

    for (size_t i = 0; i < queue->count; i++) {
        const struct command *command = &queue->items[i];

        if (!command_queue_is_waiting(command) || !command_queue_has_room_for(command, threads, plain) ||
            command_queue_begin_time(queue, i) == INT64_MAX)
            continue;
        threads++;
        plain += command->action != COMMAND_DESTROY;
    }
    return threads;
}

int64_t command_queue_overtake_time(const struct command_queue *queue)
{
    int64_t earliest = INT64_MAX;

    for (size_t i = 0; i < queue->count; i++) {
        int64_t time = command_queue_is_waiting(&queue->items[i]) ? command_queue_begin_time(queue, i) : INT64_MAX;

        if (time != INT64_MIN && time < earliest)
            earliest = time;
    }
    return earliest;
}
