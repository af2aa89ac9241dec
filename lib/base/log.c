/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/base/log.h"

#include <stdio.h>

void log_vsay(const struct log_sink *sink, enum log_level level, const char *format, va_list args)
{
    char line[LOG_LINE_MAX];

    if (!sink || !sink->write)
        return;
    if (vsnprintf(line, sizeof(line), format, args) < 0)
        return;
    sink->write(sink->data, level, line);
}

void log_say(const struct log_sink *sink, enum log_level level, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    log_vsay(sink, level, format, args);
    va_end(args);
}
