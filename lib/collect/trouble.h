/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Trouble with the connections for statistics and XML, while the connection that lists works. It is logged as
 * log_throttle.h does. It is over only when it has not occurred for a while, because one of several connections
 * may open now and then. Only the collector's thread uses it. */
#ifndef GUESTLIST_COLLECT_TROUBLE_H
#define GUESTLIST_COLLECT_TROUBLE_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/log_throttle.h"

enum { TROUBLE_TEXT_MAX = 640, TROUBLE_OVER_MS = 30 * 1000 };

/* Zeroed: no trouble. */
struct trouble {
    struct log_throttle throttle;
    char text[TROUBLE_TEXT_MAX]; /* empty: no trouble */
    int64_t seen_boot_ms;
};

/* `text` describes the present trouble with the hypervisor of that URI, or is NULL. Logs new trouble and its end.
 * True if trouble->text has changed. */
bool trouble_follow(struct trouble *trouble, const char *text, const char *uri, const struct log_sink *log,
                    int64_t now_boot_ms);

#endif
