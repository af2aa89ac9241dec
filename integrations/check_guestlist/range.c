/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "integrations/check_guestlist/range.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* It accepts only plain decimal numbers: strtod() alone would also accept "inf", "nan" and "0x10". */
static bool range_number(const char *text, size_t length, double *number)
{
    char copy[32], *end;

    if (length == 0 || length >= sizeof(copy) || strspn(text, "0123456789.-+") < length)
        return false;
    memcpy(copy, text, length);
    copy[length] = '\0';
    *number = strtod(copy, &end);
    return *end == '\0' && end != copy;
}

static bool range_low(const char *text, size_t length, double *low)
{
    *low = 0;
    if (length == 0)
        return true;
    if (length == 1 && *text == '~') {
        *low = -HUGE_VAL; /* infinite */
        return true;
    }
    return range_number(text, length, low);
}

static bool range_high(const char *text, double *high)
{
    *high = HUGE_VAL; /* infinite */
    return !*text || range_number(text, strlen(text), high);
}

bool range_parse(const char *text, struct range *range)
{
    const char *rest = text + (*text == '@'), *colon = strchr(rest, ':');
    bool is_good;

    *range = (struct range){ .text = text, .alarms_inside = *text == '@' };
    if (!*rest || strcmp(rest, ":") == 0)
        return false;
    if (colon)
        is_good = range_low(rest, (size_t)(colon - rest), &range->low) && range_high(colon + 1, &range->high);
    else
        is_good = range_number(rest, strlen(rest), &range->high);
    return is_good && range->low <= range->high;
}

bool range_alarms(const struct range *range, double value)
{
    bool is_inside = value >= range->low && value <= range->high;

    return range->text && is_inside == range->alarms_inside;
}
