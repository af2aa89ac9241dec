/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where the core's words go. The core runs inside two hosts (an SNMP subagent and collectd), so the
 * host hands in a sink and the core keeps none of its own. */
#ifndef GUESTLIST_BASE_LOG_H
#define GUESTLIST_BASE_LOG_H

#include <stdarg.h>

/* The numbers are syslog's, which both hosts use. */
enum log_level { LOG_LEVEL_ERROR = 3, LOG_LEVEL_WARNING, LOG_LEVEL_NOTICE, LOG_LEVEL_INFO, LOG_LEVEL_DEBUG };

/* `write` gets one line without its newline. It is called on any thread and must not block on the
 * thread that answers requests. */
struct log_sink {
    void (*write)(void *data, enum log_level level, const char *line);
    void *data;
};

/* Formats and hands over one line; longer than 1,023 bytes is cut. A NULL sink drops it. */
void log_say(const struct log_sink *sink, enum log_level level, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The same for callers that are variadic themselves. */
void log_vsay(const struct log_sink *sink, enum log_level level, const char *format, va_list args)
    __attribute__((format(printf, 3, 0)));

#endif
