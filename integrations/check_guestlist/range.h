/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ranges as the Monitoring Plugins guidelines define them: "10", "10:", "~:10", "10:20", "@10:20". Pure. */
#ifndef GUESTLIST_CHECK_RANGE_H
#define GUESTLIST_CHECK_RANGE_H

#include <stdbool.h>

/* Zeroed: no range is given, and nothing alarms. */
struct range {
    const char *text; /* what the user wrote; belongs to the user; NULL: no range */
    double low, high; /* both belong to the range; infinite where it is open */
    bool alarms_inside;
};

/* False if `text` is no range. */
bool range_parse(const char *text, struct range *range);

bool range_alarms(const struct range *range, double value);

#endif
