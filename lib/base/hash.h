/* SPDX-License-Identifier: GPL-2.0-or-later */
/* FNV-1a, 64 bits: for texts and addresses that nobody chooses to do harm. Pure. */
#ifndef GUESTLIST_BASE_HASH_H
#define GUESTLIST_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

#define HASH_BEGIN UINT64_C(0xcbf29ce484222325)

/* The hash of the octets before, HASH_BEGIN if there are none, with these octets added. */
static inline uint64_t hash_add(uint64_t hash, const void *octets, size_t length)
{
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ ((const unsigned char *)octets)[i]) * UINT64_C(0x100000001b3);
    return hash;
}

#endif
