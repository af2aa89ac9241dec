/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SNMP object identifiers and values, without net-snmp's headers. */
#ifndef GUESTLIST_CHECK_OBJECT_H
#define GUESTLIST_CHECK_OBJECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { OBJECT_PARTS_MAX = 40 };

/* An object identifier. */
struct object {
    uint32_t part[OBJECT_PARTS_MAX];
    uint8_t length;
};

/* An initializer of struct object. */
#define OBJECT(...)                                                                                               \
    {                                                                                                             \
        { __VA_ARGS__ }, sizeof((const uint32_t[]){ __VA_ARGS__ }) / sizeof(uint32_t)                             \
    }

/* A value as the agent sent it: a number, or octets without a NUL at their end. */
struct object_value {
    bool is_text;
    int64_t number;
    const unsigned char *octets;
    size_t length;
};

#endif
