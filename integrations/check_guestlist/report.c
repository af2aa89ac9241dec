/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "integrations/check_guestlist/report.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/array.h"
#include "lib/base/text.h"

/* Monitoring systems keep at least 4 KiB. Problems are not separated by semicolons, because Nagios replaces these
 * by colons. */
enum { NAMED_MAX = 3, LINES_BYTES_MAX = 3000 };

static const char *report_word(enum status status)
{
    static const char *const words[] = { "OK", "WARNING", "CRITICAL", "UNKNOWN" };

    return words[status];
}

static int report_rank(enum status status)
{
    static const int ranks[] = {
        [STATUS_OK] = 0, [STATUS_UNKNOWN] = 1, [STATUS_WARNING] = 2, [STATUS_CRITICAL] = 3
    };

    return ranks[status];
}

static void report_raise(struct report *report, enum status status)
{
    if (report_rank(status) > report_rank(report->status))
        report->status = status;
}

/* Keeps the worst problems first. */
static bool report_add(struct report *report, enum status status, char *text)
{
    struct report_problem *problems = array_grow(report->problems, report->count, 1, sizeof(*problems));
    size_t place = report->count;

    if (!problems)
        return false;
    for (; place > 0 && report_rank(problems[place - 1].status) < report_rank(status); place--)
        problems[place] = problems[place - 1];
    problems[place] = (struct report_problem){ status, text };
    report->problems = problems;
    report->count++;
    return true;
}

__attribute__((format(printf, 1, 0))) static char *report_format(const char *format, va_list args)
{
    char *text;

    return vasprintf(&text, format, args) < 0 ? NULL : text;
}

void report_problem(struct report *report, enum status status, const char *format, ...)
{
    va_list args;
    char *text;

    report_raise(report, status);
    va_start(args, format);
    text = report_format(format, args);
    va_end(args);
    /* Without memory, the report still has the status. */
    if (text && !report_add(report, status, text))
        free(text);
}

/* It frees `text`, which is NULL if out of memory. Then the output is incomplete, and the status must not be OK.
 */
static void report_append(struct report *report, char **all, const char *separator, char *text)
{
    char *longer = NULL;

    if (!text || asprintf(&longer, "%s%s%s", *all ? *all : "", *all ? separator : "", text) < 0) {
        report_raise(report, STATUS_UNKNOWN);
        free(text);
        return;
    }
    free(text);
    free(*all);
    *all = longer;
}

void report_summary(struct report *report, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    report_append(report, &report->summary, ", ", report_format(format, args));
    va_end(args);
}

void report_line(struct report *report, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    report_append(report, &report->listing, "\n", report_format(format, args));
    va_end(args);
}

static const char *report_range(const struct range *range)
{
    return range && range->text ? range->text : "";
}

void report_perfdata(struct report *report, const char *label, double value, const char *unit,
                     const struct range *warning, const struct range *critical)
{
    const char *quote = strpbrk(label, " =") ? "'" : "";
    char *text;

    if (asprintf(&text, "%s%s%s=%.*f%s;%s;%s;0", quote, label, quote, *unit ? 2 : 0, value, unit,
                 report_range(warning), report_range(critical)) < 0)
        text = NULL;
    report_append(report, &report->perfdata, " ", text);
}

void report_quote(const char *text, char *out, size_t size)
{
    (void)text_line(text, out, size);
    for (char *next = out; *next; next++)
        *next = *next == '|' ? '/' : *next == ';' ? ',' : *next;
}

static void report_print_problems(const struct report *report, FILE *out)
{
    size_t bytes = 0, printed = 0;

    for (; printed < report->count; printed++) {
        const struct report_problem *problem = &report->problems[printed];

        bytes += strlen(problem->text) + sizeof("[CRITICAL] \n");
        if (bytes > LINES_BYTES_MAX)
            break;
        (void)fprintf(out, "[%s] %s\n", report_word(problem->status), problem->text);
    }
    if (printed < report->count)
        (void)fprintf(out, "... and %zu more\n", report->count - printed);
}

bool report_print(const struct report *report, FILE *out)
{
    (void)fprintf(out, "GUESTLIST %s - ", report_word(report->status));
    for (size_t i = 0; i < report->count && i < NAMED_MAX; i++)
        (void)fprintf(out, "%s%s", i > 0 ? ". " : "", report->problems[i].text);
    if (report->count > NAMED_MAX)
        (void)fprintf(out, ". And %zu more", report->count - NAMED_MAX);
    if (report->summary)
        (void)fprintf(out, "%s%s", report->count ? ". " : "", report->summary);
    if (report->perfdata)
        (void)fprintf(out, " | %s", report->perfdata);
    (void)fputc('\n', out);
    if (report->count > NAMED_MAX)
        report_print_problems(report, out);
    if (report->listing)
        (void)fprintf(out, "%s\n", report->listing);
    return fflush(out) == 0 && !ferror(out);
}

void report_clear(struct report *report)
{
    for (size_t i = 0; i < report->count; i++)
        free(report->problems[i].text);
    free(report->problems);
    free(report->summary);
    free(report->perfdata);
    free(report->listing);
    *report = (struct report){ 0 };
}
