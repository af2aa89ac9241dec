/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The names that each owner has returned recently. An owner is a number below WALK_NAMES_OWNERS. It has a ring of
 * names, in which a new name replaces the oldest one. A name is kept as a hash of 64 bits. The time of an
 * operation does not grow with the number of names, except for walk_names_clear(). Nothing is allocated. Pure. */
#ifndef GUESTLIST_AGENT_MIB_WALK_NAMES_H
#define GUESTLIST_AGENT_MIB_WALK_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "agent/mib/mib.h"

enum { WALK_NAMES_OWNERS = 24, WALK_NAMES_ROOM = 512, WALK_NAMES_BUCKETS = 8192 };

/* One name of one owner. The first members, up to `place`, are for the owner; they are zero in a new name. */
struct walk_name {
    int64_t returned_us;
    uint32_t response;
    uint8_t waiting;
    uint8_t passed;
    uint8_t width;
    uint16_t place;

    bool is_used;
    uint16_t next; /* the next name of its bucket, counted from 1; 0: none */
    uint64_t hash;
};

/* All zero at first. */
struct walk_names {
    uint16_t buckets[WALK_NAMES_BUCKETS];
    uint32_t written[WALK_NAMES_OWNERS]; /* how many names each owner has ever put into its ring */
    struct walk_name all[WALK_NAMES_OWNERS * WALK_NAMES_ROOM]; /* ring by ring */
};

uint64_t walk_names_hash(const mib_subid *name, size_t length);

/* All entries of that name, one for each owner that returned it: the first one, and the one after `entry`. NULL at
 * the end. */
struct walk_name *walk_names_first(struct walk_names *names, uint64_t hash);
struct walk_name *walk_names_next(struct walk_names *names, const struct walk_name *entry);

size_t walk_names_owner(const struct walk_names *names, const struct walk_name *entry);

/* The owner's entry of that name, or NULL. */
struct walk_name *walk_names_find(struct walk_names *names, size_t owner, uint64_t hash);

/* The same, but makes the entry if there is none: it may replace the owner's oldest name. The pointer is valid
 * until the next call for this owner. */
struct walk_name *walk_names_put(struct walk_names *names, size_t owner, uint64_t hash);

/* Forgets all names of that owner. */
void walk_names_clear(struct walk_names *names, size_t owner);

#endif
