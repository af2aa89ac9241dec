/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Collects changes for RFC 7666's bulk notifications: for each notification the set of domains that it will list.
 * All changes of one window are sent together. Pure. */
#ifndef GUESTLIST_AGENT_NOTIFY_BULK_H
#define GUESTLIST_AGENT_NOTIFY_BULK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    BULK_NUMBERS = 10,     /* of the notifications: 1 vmRunning to 10 vmDeleted, see notification.h */
    BULK_QUIET_MS = 1000,  /* the window ends when there was no change for this time, */
    BULK_WINDOW_MS = 5000, /* and at the latest this time after it began */
    BULK_BYTES_MAX = 60000 /* fits into one UDP datagram with the rest of the notification */
};

/* VirtualMachineList: bit 7 - j of octet k (counted from 0) stands for vmIndex 8 k + j + 1. At least one bit of
 * the last octet is set. */
struct bulk_list {
    size_t length;
    unsigned char *bytes;
    uint64_t last; /* the number of its last change, see `changes` */
};

struct bulk {
    int64_t first_boot_ms, last_boot_ms; /* the changes of the window; 0: there is none */
    uint64_t changes;                    /* how many there were so far */
    struct bulk_list lists[BULK_NUMBERS + 1];
};

/* Adds a domain to the notification of that number. False if its index does not fit into a notification, or if out
 * of memory. */
bool bulk_add(struct bulk *bulk, unsigned number, uint32_t index, int64_t now_boot_ms);

/* When the window ends, on the boot clock; 0: nothing is collected. */
int64_t bulk_due(const struct bulk *bulk);

/* The number of the notification to be sent next: the one whose last change is the oldest. 0 if nothing is
 * collected. */
unsigned bulk_first(const struct bulk *bulk);

/* Drops the domains of that number. The window ends with the last number. */
void bulk_drop(struct bulk *bulk, unsigned number);

/* Drops everything. */
void bulk_clear(struct bulk *bulk);

#endif
