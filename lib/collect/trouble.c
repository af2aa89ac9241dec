/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/collect/trouble.h"

#include <stdio.h>
#include <string.h>

static bool trouble_is_over(const struct trouble *trouble, int64_t now)
{
    return trouble->text[0] && now - trouble->seen_boot_ms >= TROUBLE_OVER_MS;
}

bool trouble_follow(struct trouble *trouble, const char *text, const char *uri, const struct log_sink *log,
                    int64_t now_boot_ms)
{
    bool is_new = text && strcmp(text, trouble->text) != 0;

    if (text) {
        trouble->seen_boot_ms = now_boot_ms;
        log_throttle_say(&trouble->throttle, log, now_boot_ms, "%s: %s", uri, text);
        (void)snprintf(trouble->text, sizeof(trouble->text), "%s", text);
        return is_new;
    }
    if (!trouble_is_over(trouble, now_boot_ms))
        return false;
    log_throttle_end(&trouble->throttle, log, now_boot_ms, "%s: connections for statistics and XML are open again",
                     uri);
    trouble->text[0] = '\0';
    return true;
}
