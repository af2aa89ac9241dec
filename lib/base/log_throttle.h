/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Logs a complaint once, then with back-off, then that it is over. One struct stands for one subject (a
 * connection, a file), which may fail for several reasons in turn: the same reason is not logged again because of
 * another one in between. Zeroed is "no complaint". Not locked: one thread uses it. */
#ifndef GUESTLIST_BASE_LOG_THROTTLE_H
#define GUESTLIST_BASE_LOG_THROTTLE_H

#include <stdint.h>

#include "lib/base/log.h"

enum {
    LOG_THROTTLE_TEXT_MAX = 768,
    /* Remembered at once. Of more, the one that was not logged for the longest time is forgotten. */
    LOG_THROTTLE_REASONS = 4,
    LOG_THROTTLE_PAUSE_FIRST_MS = 60 * 1000,
    LOG_THROTTLE_PAUSE_MAX_MS = 3600 * 1000,
};

struct log_throttle {
    struct log_throttle_reason {
        char text[LOG_THROTTLE_TEXT_MAX]; /* empty: this place is free */
        unsigned unsaid;                  /* how often it was kept back since it was last logged */
        int64_t said_boot_ms;
        int64_t pause_ms; /* it is not logged again before this has passed */
    } reasons[LOG_THROTTLE_REASONS];
};

/* Logs the message as a warning if it is new, or if the pause since it was logged is over: then with how often it
 * was kept back. The pause doubles from one minute to one hour. */
void log_throttle_say(struct log_throttle *throttle, const struct log_sink *log, int64_t now_boot_ms,
                      const char *format, ...) __attribute__((format(printf, 4, 5)));

/* If a complaint stands, logs the message as a notice and forgets the complaint. */
void log_throttle_end(struct log_throttle *throttle, const struct log_sink *log, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
