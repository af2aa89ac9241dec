/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/libvirt/orders.h"

#include <string.h>

static bool is_same_domain(const struct order *one, const struct order *other)
{
    return memcmp(one->uuid, other->uuid, DOMAIN_UUID_BYTES) == 0;
}

static void take_out(struct orders *orders, size_t at)
{
    orders->count--;
    memmove(&orders->items[at], &orders->items[at + 1], (orders->count - at) * sizeof(*orders->items));
}

bool orders_put(struct orders *orders, const unsigned char uuid[DOMAIN_UUID_BYTES], enum control_action action)
{
    struct order *order = &orders->items[orders->count];

    if (orders->count == ORDERS_MAX)
        return false;
    *order = (struct order){ .number = ++orders->last_number, .action = action };
    memcpy(order->uuid, uuid, DOMAIN_UUID_BYTES);
    orders->count++;
    return true;
}

/* When the order at `at` may begin for all that its own domain does before: INT64_MIN at once, INT64_MAX not
 * before something ends. A destroy needs only wait until what is under way is taken to hang. */
static int64_t begin_time(const struct orders *orders, size_t at)
{
    const struct order *order = &orders->items[at];
    int64_t time = INT64_MIN;

    for (size_t i = 0; i < at; i++) {
        const struct order *before = &orders->items[i];

        if (!is_same_domain(before, order))
            continue;
        if (order->action != CONTROL_DESTROY || (before->under_way && before->action == CONTROL_DESTROY))
            return INT64_MAX;
        if (before->under_way && before->begun_boot_ms + ORDERS_OVERTAKE_MS > time)
            time = before->begun_boot_ms + ORDERS_OVERTAKE_MS;
    }
    return time;
}

/* How many are under way; `plain` gets how many of these are no destroy. */
static size_t count_under_way(const struct orders *orders, size_t *plain)
{
    size_t count = 0;

    *plain = 0;
    for (size_t i = 0; i < orders->count; i++) {
        count += orders->items[i].under_way;
        *plain += orders->items[i].under_way && orders->items[i].action != CONTROL_DESTROY;
    }
    return count;
}

static bool is_room_for(const struct order *order, size_t under_way, size_t plain)
{
    return under_way < ORDERS_UNDER_WAY_MAX &&
           (order->action == CONTROL_DESTROY || plain < ORDERS_UNDER_WAY_MAX - 1);
}

static bool is_waiting(const struct order *order)
{
    return !order->under_way && !order->overtaken;
}

static void begin(struct orders *orders, size_t at, int64_t now_boot_ms)
{
    struct order *order = &orders->items[at];

    order->under_way = true;
    order->begun_boot_ms = now_boot_ms;
    for (size_t i = 0; i < at; i++)
        if (is_waiting(&orders->items[i]) && is_same_domain(&orders->items[i], order))
            orders->items[i].overtaken = true;
}

bool orders_begin(struct orders *orders, int64_t now_boot_ms, struct order *order)
{
    size_t plain, under_way = count_under_way(orders, &plain);

    for (size_t i = 0; i < orders->count; i++) {
        if (!is_waiting(&orders->items[i]) || !is_room_for(&orders->items[i], under_way, plain) ||
            begin_time(orders, i) > now_boot_ms)
            continue;
        begin(orders, i, now_boot_ms);
        *order = orders->items[i];
        return true;
    }
    return false;
}

bool orders_take_overtaken(struct orders *orders, struct order *order)
{
    for (size_t i = 0; i < orders->count; i++)
        if (orders->items[i].overtaken) {
            *order = orders->items[i];
            take_out(orders, i);
            return true;
        }
    return false;
}

void orders_end(struct orders *orders, uint64_t number)
{
    for (size_t i = 0; i < orders->count; i++)
        if (orders->items[i].number == number) {
            take_out(orders, i);
            return;
        }
}

size_t orders_drop_waiting(struct orders *orders)
{
    size_t dropped = 0;

    for (size_t i = orders->count; i-- > 0;)
        if (!orders->items[i].under_way) {
            take_out(orders, i);
            dropped++;
        }
    return dropped;
}

size_t orders_threads(const struct orders *orders)
{
    size_t plain, threads = count_under_way(orders, &plain);

    for (size_t i = 0; i < orders->count; i++) {
        const struct order *order = &orders->items[i];

        if (!is_waiting(order) || !is_room_for(order, threads, plain) || begin_time(orders, i) == INT64_MAX)
            continue;
        threads++;
        plain += order->action != CONTROL_DESTROY;
    }
    return threads;
}

int64_t orders_overtake_time(const struct orders *orders)
{
    int64_t earliest = INT64_MAX;

    for (size_t i = 0; i < orders->count; i++) {
        int64_t time = is_waiting(&orders->items[i]) ? begin_time(orders, i) : INT64_MAX;

        if (time != INT64_MIN && time < earliest)
            earliest = time;
    }
    return earliest;
}
