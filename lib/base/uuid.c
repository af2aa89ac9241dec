/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/base/uuid.h"

#include <stdlib.h>

#include "lib/base/text.h"

size_t uuid_lower_bound(const void *items, size_t count, size_t size, const unsigned char uuid[UUID_BYTES])
{
    size_t low = 0, high = count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (uuid_compare((const char *)items + middle * size, uuid) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

void *uuid_find(const void *items, size_t count, size_t size, const unsigned char uuid[UUID_BYTES])
{
    return count > 0 ? bsearch(uuid, items, count, size, uuid_compare) : NULL;
}

static bool uuid_has_dash_before(int byte)
{
    return byte == 4 || byte == 6 || byte == 8 || byte == 10;
}

void uuid_format(const unsigned char uuid[UUID_BYTES], char text[UUID_TEXT])
{
    static const char digits[] = "0123456789abcdef";

    for (int i = 0; i < UUID_BYTES; i++) {
        if (uuid_has_dash_before(i))
            *text++ = '-';
        *text++ = digits[uuid[i] >> 4];
        *text++ = digits[uuid[i] & 15];
    }
    *text = '\0';
}

bool uuid_parse(const char *text, unsigned char uuid[UUID_BYTES])
{
    for (int i = 0; i < UUID_BYTES; i++) {
        int high, low;

        if (uuid_has_dash_before(i) && *text++ != '-')
            return false;
        high = text_hex_digit(*text++);
        low = high < 0 ? -1 : text_hex_digit(*text++);
        if (low < 0)
            return false;
        uuid[i] = (unsigned char)(high << 4 | low);
    }
    return *text == '\0';
}
