/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The log. The same code runs in the agent and in collectd, so each passes a sink to it. */
#ifndef GUESTLIST_BASE_LOG_H
#define GUESTLIST_BASE_LOG_H

#include <stdarg.h>

/* syslog's numbers, which collectd uses as well. */
enum log_level { LOG_LEVEL_ERROR = 3, LOG_LEVEL_WARNING, LOG_LEVEL_NOTICE, LOG_LEVEL_INFO, LOG_LEVEL_DEBUG };

/* `write` gets one line without its newline. Any thread may call it. It must not wait for the thread that answers
 * requests. */
struct log_sink {
    void (*write)(void *data, enum log_level level, const char *line);
    void *data;
};

enum { LOG_LINE_MAX = 2048 };

/* Formats one line and writes it to the sink. It cuts lines to LOG_LINE_MAX bytes with the NUL. `sink` may be
 * NULL. */
void log_say(const struct log_sink *sink, enum log_level level, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The same with a va_list. */
void log_vsay(const struct log_sink *sink, enum log_level level, const char *format, va_list args)
    __attribute__((format(printf, 3, 0)));

#endif
