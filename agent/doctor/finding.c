/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/doctor/finding.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/text.h"

static void __attribute__((format(printf, 3, 0)))
finding_format(char *text, size_t size, const char *format, va_list values)
{
    char raw[FINDING_TEXT_MAX];

    (void)vsnprintf(raw, sizeof(raw), format, values);
    (void)text_printable(raw, text, size);
}

void finding_put(struct finding_result *result, enum finding_mark mark, const char *format, ...)
{
    va_list values;

    result->mark = mark;
    va_start(values, format);
    finding_format(result->found, sizeof(result->found), format, values);
    va_end(values);
}

void finding_add_remedy(struct finding_result *result, const char *format, ...)
{
    size_t used = strlen(result->remedy);
    va_list values;

    if (used > 0 && used + 1 < sizeof(result->remedy))
        result->remedy[used++] = '\n';
    va_start(values, format);
    finding_format(result->remedy + used, sizeof(result->remedy) - used, format, values);
    va_end(values);
}
