/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the plugin says, in the form that the Monitoring Plugins guidelines define: one line with status, text and
 * performance data, and more lines where one is not enough. Pure, but for report_print(). */
#ifndef GUESTLIST_CHECK_REPORT_H
#define GUESTLIST_CHECK_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "integrations/check_guestlist/range.h"

/* The exit statuses. */
enum status { STATUS_OK, STATUS_WARNING, STATUS_CRITICAL, STATUS_UNKNOWN };

struct report_problem {
    enum status status;
    char *text;
};

/* Zeroed: OK, without a word. */
struct report {
    enum status status;
    struct report_problem *problems;
    size_t count;
    char *summary, *perfdata, *listing; /* NULL: nothing */
};

/* Adds a problem, which decides the status if none was worse: CRITICAL, WARNING, UNKNOWN, OK. OK is refused. */
void report_problem(struct report *report, enum status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Appends to the text that follows the problems, with a comma between two. */
void report_summary(struct report *report, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Appends a value to the performance data. Ranges may be NULL. `unit` is "" or one of the guidelines'. A label
 * with a blank is put between quotes; it must have no quote itself. */
void report_perfdata(struct report *report, const char *label, double value, const char *unit,
                     const struct range *warning, const struct range *critical);

/* Appends a line that is printed after all others. */
void report_line(struct report *report, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Copies what somebody else wrote, such as a name, so that it stays on one line and starts no performance data:
 * a vertical bar becomes a slash, a semicolon a comma. */
void report_quote(const char *text, char *out, size_t size);

/* False if it could not be written. */
bool report_print(const struct report *report, FILE *out);

void report_clear(struct report *report);

#endif
