/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What goes wrong beside the listing: the connections for statistics and XML do not open, though the one that
 * lists works. It is logged once, and stands until it has not been seen for a while, because one of several
 * connections may open now and then. Used by the collector's thread. */
#ifndef GUESTLIST_COLLECT_TROUBLE_H
#define GUESTLIST_COLLECT_TROUBLE_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/log_throttle.h"

enum { TROUBLE_TEXT_MAX = 640, TROUBLE_OVER_MS = 30 * 1000 };

/* Zeroed: nothing is wrong. */
struct trouble {
    struct log_throttle throttle;
    char text[TROUBLE_TEXT_MAX]; /* what stands; empty: nothing */
    int64_t seen_boot_ms;
};

/* `text` is what is wrong now with the hypervisor of that URI, or NULL. Logs what is new, and what is over. True
 * if trouble->text has changed. */
bool trouble_follow(struct trouble *trouble, const char *text, const char *uri, const struct log_sink *log,
                    int64_t now_boot_ms);

#endif
