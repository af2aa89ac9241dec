/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The output of the plugin, as the Monitoring Plugins guidelines define it: one line with status, text and
 * performance data, and further lines if one is not enough. Pure, except report_print(). */
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

/* A zeroed report is OK and has no text. */
struct report {
    enum status status;
    struct report_problem *problems; /* the worst ones first */
    size_t count;
    char *summary, *perfdata, *listing; /* NULL: empty */
};

/* Adds a problem; `status` is not STATUS_OK. The status of the report is that of its worst problem: CRITICAL,
 * WARNING, UNKNOWN, in this order. If out of memory, only the text is lost. */
void report_problem(struct report *report, enum status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Appends to the text after the problems, with commas between the parts. If out of memory, this function and the
 * next two make the status UNKNOWN, unless it is worse already. */
void report_summary(struct report *report, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Appends a value to the performance data. Ranges may be NULL. `unit` is "" or a unit of the guidelines. It puts a
 * label that contains a blank between quotes; the label must not contain a quote. */
void report_perfdata(struct report *report, const char *label, double value, const char *unit,
                     const struct range *warning, const struct range *critical);

/* Appends a line, which is printed after all others. */
void report_line(struct report *report, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Copies a text from outside, such as a name, as one printable line. A vertical bar becomes a slash, because it
 * would start performance data; a semicolon becomes a comma. */
void report_quote(const char *text, char *out, size_t size);

/* Writes the report. False if this fails. */
bool report_print(const struct report *report, FILE *out);

/* Frees all texts, and zeroes the report. */
void report_clear(struct report *report);

#endif
