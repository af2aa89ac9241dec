/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which owner returned which names recently. Each owner, a number below WALK_NAMES_OWNERS, has a ring of names and
 * forgets the oldest one when it needs room. A name is kept as a hash of 64 bits. Each operation takes the same
 * time, however many names there are, and allocates nothing. Pure. */
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

/* The same, but makes the entry if there is none. The owner may forget its oldest name for it. */
struct walk_name *walk_names_put(struct walk_names *names, size_t owner, uint64_t hash);

/* Forgets all names of that owner. */
void walk_names_clear(struct walk_names *names, size_t owner);

#endif
