/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Logs a warning once, then less and less often, and finally that the problem is over. There is one struct for
 * each subject, such as a connection or a file. A subject may fail for several reasons in turn. A reason does not
 * become new because another one came in between. A zeroed struct has no warnings. Only one thread may use a
 * struct. */
#ifndef GUESTLIST_BASE_LOG_THROTTLE_H
#define GUESTLIST_BASE_LOG_THROTTLE_H

#include <stdint.h>

#include "lib/base/log.h"

enum {
    LOG_THROTTLE_TEXT_MAX = 1536,
    /* One more reason replaces the one whose last log line is the oldest. */
    LOG_THROTTLE_REASONS = 4,
    LOG_THROTTLE_PAUSE_FIRST_MS = 60 * 1000,
    LOG_THROTTLE_PAUSE_MAX_MS = 3600 * 1000,
};

struct log_throttle {
    struct log_throttle_reason {
        char text[LOG_THROTTLE_TEXT_MAX]; /* empty: unused */
        unsigned suppressed;              /* how often it was suppressed since it was last logged */
        int64_t said_boot_ms;
        int64_t pause_ms; /* until it is logged again */
    } reasons[LOG_THROTTLE_REASONS];
};

/* Logs a new message as a warning. A message that was logged before is logged again only after a pause, with the
 * number of times it was suppressed. The pause doubles from one minute to one hour. */
void log_throttle_say(struct log_throttle *throttle, const struct log_sink *log, int64_t now_boot_ms,
                      const char *format, ...) __attribute__((format(printf, 4, 5)));

/* If there was a warning, logs the message as a notice and forgets all warnings of this subject. */
void log_throttle_end(struct log_throttle *throttle, const struct log_sink *log, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
