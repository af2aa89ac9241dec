/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Orders to domains that wait or are under way, in the order in which they came. Pure: the caller brings the
 * clock, and the lock if threads share it. */
#ifndef GUESTLIST_LIBVIRT_ORDERS_H
#define GUESTLIST_LIBVIRT_ORDERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/libvirt/control.h"
#include "lib/model/domain.h"

enum {
    ORDERS_MAX = 64,           /* that wait or are under way */
    ORDERS_UNDER_WAY_MAX = 4,  /* at once; the last place is kept for destroy, which alone ends what hangs */
    ORDERS_OVERTAKE_MS = 5000, /* an order that takes longer than this is taken to hang */
};

struct order {
    uint64_t number; /* identifies it */
    unsigned char uuid[DOMAIN_UUID_BYTES];
    enum control_action action;
    bool under_way, overtaken;
    int64_t begun_boot_ms;
};

/* All zero at first. */
struct orders {
    uint64_t last_number;
    size_t count;
    struct order items[ORDERS_MAX];
};

/* Adds one; false if there are too many. */
bool orders_put(struct orders *orders, const unsigned char uuid[DOMAIN_UUID_BYTES], enum control_action action);

/* Copies the next order that may begin now into `order` and has it under way; false if there is none. Those to one
 * domain begin one after the other, but a destroy does not wait for what hangs: it overtakes it, and the orders
 * between the two are of no use any more. */
bool orders_begin(struct orders *orders, int64_t now_boot_ms, struct order *order);

/* Takes one out that was overtaken before it began; false if there is none. */
bool orders_take_overtaken(struct orders *orders, struct order *order);

/* That order is done, however it ended. */
void orders_end(struct orders *orders, uint64_t number);

/* Takes out all that did not begin and returns how many they were. */
size_t orders_drop_waiting(struct orders *orders);

/* How many threads could be at work now, or soon without anything else having to end: never more than
 * ORDERS_UNDER_WAY_MAX. */
size_t orders_threads(const struct orders *orders);

/* When the next destroy may overtake what hangs; INT64_MAX if none waits for that. */
int64_t orders_overtake_time(const struct orders *orders);

#endif
