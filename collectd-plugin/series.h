/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The names under which the domains of all <Hypervisor> blocks are reported. Two domains with one name would be
 * one series in collectd: their values mix, or collectd rejects them as too old. Without collectd and libvirt. */
#ifndef GUESTLIST_COLLECTD_SERIES_H
#define GUESTLIST_COLLECTD_SERIES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/uuid.h"

struct series_name {
    uint64_t hash; /* of the host and the plugin instance */
    unsigned char uuid[UUID_BYTES];
    uint32_t row; /* of the domain in the caller's listing */
};

/* The names of one block. A zeroed struct is empty. */
struct series_names {
    size_t count;
    struct series_name *items;
};

/* False if out of memory. */
bool series_names_add(struct series_names *names, const char *host, const char *plugin_instance,
                      const unsigned char uuid[UUID_BYTES], uint32_t row);

/* The names of all blocks. Any thread may call the functions below. */
struct series;

/* The caller has the only reference. NULL if out of memory. */
struct series *series_new(void);

/* The last unref frees the struct. */
struct series *series_ref(struct series *series);
void series_unref(struct series *series);

enum { SERIES_BLOCK_MAX = 128, SERIES_REPORTED_MAX = 4096, SERIES_CLASHES_MAX = 4 };

/* Two domains with one name. */
struct series_clash {
    uint32_t row; /* of the first one, in the caller's listing */
    unsigned char other_uuid[UUID_BYTES];
    char other_block[SERIES_BLOCK_MAX]; /* may be the caller's */
};

/* Replaces the names of the block `owner`, which is called `block`, and empties `names`. Returns how many names
 * are now found to have two domains that were not found before; `clashes` has the first of them. After
 * SERIES_REPORTED_MAX names, no more are found. If out of memory, the names do not change, and it returns 0. */
size_t series_update(struct series *series, const void *owner, const char *block, struct series_names *names,
                     struct series_clash clashes[SERIES_CLASHES_MAX]);

/* Removes the names of the block. */
void series_leave(struct series *series, const void *owner);

#endif
