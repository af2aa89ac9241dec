/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/complaint.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "core/text.h"

static void say(struct complaint *complaint, const struct log_sink *log, int64_t now, const char *text)
{
    if (complaint->unsaid > 0)
        log_say(log, LOG_LEVEL_WARNING, "still: %s (%u times since last said)", text, complaint->unsaid);
    else
        log_say(log, LOG_LEVEL_WARNING, "%s", text);
    complaint->unsaid = 0;
    complaint->next_boot_ms = now + complaint->pause_ms;
}

void complaint_say(struct complaint *complaint, const struct log_sink *log, int64_t now_boot_ms,
                   const char *format, ...)
{
    char whole[1024], text[sizeof(complaint->last)];
    va_list args;
    bool is_new;

    va_start(args, format);
    (void)vsnprintf(whole, sizeof(whole), format, args);
    va_end(args);
    (void)text_snmp(whole, text, sizeof(text) - 1); /* cut, but no character in half */

    is_new = strcmp(text, complaint->last) != 0;
    if (is_new) {
        memcpy(complaint->last, text, sizeof(text));
        complaint->pause_ms = COMPLAINT_PAUSE_FIRST_MS;
        complaint->unsaid = 0;
    } else if (now_boot_ms < complaint->next_boot_ms) {
        complaint->unsaid++;
        return;
    } else if (complaint->pause_ms < COMPLAINT_PAUSE_MAX_MS / 2) {
        complaint->pause_ms *= 2;
    } else {
        complaint->pause_ms = COMPLAINT_PAUSE_MAX_MS;
    }
    say(complaint, log, now_boot_ms, text);
}

void complaint_over(struct complaint *complaint, const struct log_sink *log, const char *format, ...)
{
    va_list args;

    if (!complaint->last[0])
        return;
    va_start(args, format);
    log_vsay(log, LOG_LEVEL_NOTICE, format, args);
    va_end(args);
    memset(complaint, 0, sizeof(*complaint));
}
