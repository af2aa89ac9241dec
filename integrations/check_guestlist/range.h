/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ranges as the Monitoring Plugins guidelines define them: "10", "10:", "~:10", "10:20", "@10:20". Pure. */
#ifndef GUESTLIST_CHECK_RANGE_H
#define GUESTLIST_CHECK_RANGE_H

#include <stdbool.h>

/* A zeroed range is not given: it never alarms. */
struct range {
    const char *text; /* as on the command line, which owns it; NULL: no range is given */
    double low, high; /* both inclusive; infinite if the range is open there */
    bool alarms_inside;
};

/* Parses `text`, which `range` keeps. False if it is not a range. */
bool range_parse(const char *text, struct range *range);

/* True if the value is outside of the range, or with "@", inside. */
bool range_alarms(const struct range *range, double value);

#endif
