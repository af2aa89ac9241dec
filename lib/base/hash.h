/* SPDX-License-Identifier: GPL-2.0-or-later */
/* FNV-1a, 64 bits. Not for data that an attacker can choose: collisions are easy to find. Pure. */
#ifndef GUESTLIST_BASE_HASH_H
#define GUESTLIST_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

#define HASH_BEGIN UINT64_C(0xcbf29ce484222325)

/* Adds octets to a hash. `hash` is the hash of all octets before, or HASH_BEGIN. */
static inline uint64_t hash_add(uint64_t hash, const void *octets, size_t length)
{
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ ((const unsigned char *)octets)[i]) * UINT64_C(0x100000001b3);
    return hash;
}

#endif
