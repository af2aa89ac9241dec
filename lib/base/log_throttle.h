/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Logs a warning once, then less and less often, and finally that the problem is over. There is one struct for
 * each subject, such as a connection or a file. A subject may fail for several reasons in turn. A reason does not
 * become new because another one came in between. A zeroed struct has no warnings. Only one thread may use a
 * struct. */
#ifndef GUESTLIST_BASE_LOG_THROTTLE_H
#define GUESTLIST_BASE_LOG_THROTTLE_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/log.h"

enum {
    LOG_THROTTLE_TEXT_MAX = 1536,
    /* One more reason replaces the one whose last log line is the oldest. */
    LOG_THROTTLE_REASONS = 4,
    LOG_THROTTLE_PAUSE_FIRST_MS = 60 * 1000,
    LOG_THROTTLE_PAUSE_MAX_MS = 3600 * 1000,
    /* A subject that fails again sooner than this has a relapse. After so many relapses, its warnings are not
     * forgotten any more when it recovers. */
    LOG_THROTTLE_WELL_MS = 60 * 1000,
    LOG_THROTTLE_RELAPSES = 4,
};

struct log_throttle {
    struct log_throttle_reason {
        char text[LOG_THROTTLE_TEXT_MAX]; /* empty: unused */
        unsigned suppressed;              /* how often it was suppressed since it was last logged */
        int64_t said_boot_ms;
        int64_t pause_ms; /* until it is logged again */
    } reasons[LOG_THROTTLE_REASONS];
    bool is_failing; /* since the last log_throttle_end() */
    bool is_logged;  /* a warning was logged since then, and not only suppressed */
    unsigned relapses;
    int64_t ended_boot_ms;
};

/* Logs a new message as a warning. A message that was logged before is logged again only after a pause, with the
 * number of times it was suppressed. The pause doubles from one minute to one hour. Messages that differ only in
 * numbers are the same message, because numbers may be different each time. */
void log_throttle_say(struct log_throttle *throttle, const struct log_sink *log, int64_t now_boot_ms,
                      const char *format, ...) __attribute__((format(printf, 4, 5)));

/* If a warning was logged, logs the message as a notice. Forgets all warnings of this subject, except if it fails
 * and recovers again and again: then the pauses go on until it is well for LOG_THROTTLE_WELL_MS. */
void log_throttle_end(struct log_throttle *throttle, const struct log_sink *log, int64_t now_boot_ms,
                      const char *format, ...) __attribute__((format(printf, 4, 5)));

#endif
