/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Says a complaint once, then with back-off, then that it is over. One struct stands for one subject
 * (a connection, a file); zeroed is "no complaint". Not locked: one thread uses it. */
#ifndef GUESTLIST_CORE_COMPLAINT_H
#define GUESTLIST_CORE_COMPLAINT_H

#include <stdint.h>

#include "core/log.h"

struct complaint {
    char last[256];
    unsigned unsaid;      /* how often it was kept back since it was last said */
    int64_t next_boot_ms; /* the same words are not said again before this */
    int64_t pause_ms;
};

enum { COMPLAINT_PAUSE_FIRST_MS = 60 * 1000, COMPLAINT_PAUSE_MAX_MS = 3600 * 1000 };

/* Logs the message as a warning if it differs from the last one, or if the pause since it was said is
 * over: then with how often it was kept back. The pause doubles from one minute to one hour. */
void complaint_say(struct complaint *complaint, const struct log_sink *log, int64_t now_boot_ms,
                   const char *format, ...) __attribute__((format(printf, 4, 5)));

/* If a complaint stands, logs the message as a notice and forgets the complaint. */
void complaint_over(struct complaint *complaint, const struct log_sink *log, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
