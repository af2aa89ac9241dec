/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/libvirt/command_queue.h"

#include <string.h>

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

/* The boot clock from which the command at `at` may begin, because of earlier commands to its domain. INT64_MIN:
 * at once. INT64_MAX: not before one of them ends. A destroy waits only until the commands that are under way are
 * taken to hang. */
static int64_t command_queue_begin_time(const struct command_queue *queue, size_t at)
{
    const struct command *command = &queue->items[at];
    int64_t time = INT64_MIN;

    for (size_t i = 0; i < at; i++) {
        const struct command *earlier = &queue->items[i];
        bool is_under_way = earlier->state == COMMAND_STATE_UNDER_WAY;

        if (!uuid_is_same(earlier->uuid, command->uuid))
            continue;
        if (command->action != COMMAND_DESTROY || (is_under_way && earlier->action == COMMAND_DESTROY))
            return INT64_MAX;
        if (is_under_way && earlier->began_boot_ms + COMMAND_QUEUE_OVERTAKE_MS > time)
            time = earlier->began_boot_ms + COMMAND_QUEUE_OVERTAKE_MS;
    }
    return time;
}

/* How many commands are under way: all, and all but destroys. */
struct command_queue_load {
    size_t all, not_destroy;
};

static void command_queue_add_load(struct command_queue_load *load, const struct command *command)
{
    load->all++;
    load->not_destroy += command->action != COMMAND_DESTROY;
}

static struct command_queue_load command_queue_load(const struct command_queue *queue)
{
    struct command_queue_load load = { 0, 0 };

    for (size_t i = 0; i < queue->count; i++)
        if (queue->items[i].state == COMMAND_STATE_UNDER_WAY)
            command_queue_add_load(&load, &queue->items[i]);
    return load;
}

/* Whether the command waits and a thread is left for it. The last thread is kept for destroy. */
static bool command_queue_has_thread(const struct command *command, const struct command_queue_load *load)
{
    if (command->state != COMMAND_STATE_WAITING || load->all >= COMMAND_QUEUE_UNDER_WAY_MAX)
        return false;
    return command->action == COMMAND_DESTROY || load->not_destroy < COMMAND_QUEUE_UNDER_WAY_MAX - 1;
}

static void command_queue_begin_at(struct command_queue *queue, size_t at, int64_t now_boot_ms)
{
    struct command *command = &queue->items[at];

    command->state = COMMAND_STATE_UNDER_WAY;
    command->began_boot_ms = now_boot_ms;
    for (size_t i = 0; i < at; i++)
        if (queue->items[i].state == COMMAND_STATE_WAITING && uuid_is_same(queue->items[i].uuid, command->uuid))
            queue->items[i].state = COMMAND_STATE_OVERTAKEN;
}

bool command_queue_begin(struct command_queue *queue, int64_t now_boot_ms, struct command *command)
{
    struct command_queue_load load = command_queue_load(queue);

    for (size_t i = 0; i < queue->count; i++) {
        bool may_begin = command_queue_has_thread(&queue->items[i], &load);

        if (!may_begin || command_queue_begin_time(queue, i) > now_boot_ms)
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
        if (queue->items[i].state == COMMAND_STATE_OVERTAKEN) {
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
    size_t kept = 0, dropped;

    for (size_t i = 0; i < queue->count; i++)
        if (queue->items[i].state == COMMAND_STATE_UNDER_WAY)
            queue->items[kept++] = queue->items[i];
    dropped = queue->count - kept;
    queue->count = kept;
    return dropped;
}

size_t command_queue_threads(const struct command_queue *queue)
{
    struct command_queue_load load = command_queue_load(queue);

    for (size_t i = 0; i < queue->count; i++)
        if (command_queue_has_thread(&queue->items[i], &load) && command_queue_begin_time(queue, i) < INT64_MAX)
            command_queue_add_load(&load, &queue->items[i]);
    return load.all;
}

int64_t command_queue_overtake_time(const struct command_queue *queue)
{
    int64_t earliest = INT64_MAX;

    for (size_t i = 0; i < queue->count; i++) {
        int64_t time = command_queue_begin_time(queue, i);

        if (queue->items[i].state == COMMAND_STATE_WAITING && time > INT64_MIN && time < earliest)
            earliest = time;
    }
    return earliest;
}
