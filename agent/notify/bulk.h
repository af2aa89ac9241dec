/* SPDX-License-Identifier: GPL-2.0-or-later */
/* RFC 7666's bulk notifications while they are gathered: for each new state the set of domains that went there,
 * within a window. Pure. */
#ifndef GUESTLIST_AGENT_NOTIFY_BULK_H
#define GUESTLIST_AGENT_NOTIFY_BULK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    BULK_NUMBERS = 10,     /* vmRunning is 1, vmDeleted 10 */
    BULK_QUIET_MS = 1000,  /* the window ends when nothing changed for so long, */
    BULK_WINDOW_MS = 5000, /* at the latest so long after it began */
    BULK_BYTES_MAX = 60000 /* what fits into one UDP datagram beside the rest */
};

/* VirtualMachineList: octet k (from 0), bit 7 - j is vmIndex 8 k + j + 1. No octet behind the last bit. */
struct bulk_list {
    size_t length, room;
    unsigned char *bytes;
    uint64_t last; /* which change was its last: they are counted */
};

struct bulk {
    int64_t first_boot_ms, last_boot_ms; /* of the window; 0: none is open */
    uint64_t changes;
    struct bulk_list lists[BULK_NUMBERS + 1];
};

/* Adds a domain that went to the state of that number. False if its index does not fit into a notification, or out
 * of memory. */
bool bulk_add(struct bulk *bulk, unsigned number, uint32_t index, int64_t now_boot_ms);

/* When the window ends, on the boot clock; 0: there is none. */
int64_t bulk_due(const struct bulk *bulk);

/* The number whose last change is the oldest; 0 if nothing is gathered. */
unsigned bulk_first(const struct bulk *bulk);

/* Forgets what is gathered for that number; with the last one the window is over. */
void bulk_drop(struct bulk *bulk, unsigned number);

void bulk_clear(struct bulk *bulk);

#endif
