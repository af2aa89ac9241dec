/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/base/complaint.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/text.h"

static void complaint_log(struct complaint_reason *reason, const struct log_sink *log, int64_t now)
{
    if (reason->unsaid > 0)
        log_say(log, LOG_LEVEL_WARNING, "still: %s (%u times since last said)", reason->text, reason->unsaid);
    else
        log_say(log, LOG_LEVEL_WARNING, "%s", reason->text);
    reason->unsaid = 0;
    reason->said_boot_ms = now;
}

static struct complaint_reason *complaint_find(struct complaint *complaint, const char *text)
{
    for (size_t i = 0; i < COMPLAINT_REASONS; i++)
        if (strcmp(complaint->reasons[i].text, text) == 0)
            return &complaint->reasons[i];
    return NULL;
}

/* A free place, or the one whose reason was not logged for the longest time. */
static struct complaint_reason *complaint_place(struct complaint *complaint)
{
    struct complaint_reason *place = &complaint->reasons[0];

    for (size_t i = 0; i < COMPLAINT_REASONS; i++) {
        struct complaint_reason *reason = &complaint->reasons[i];

        if (!reason->text[0])
            return reason;
        if (reason->said_boot_ms < place->said_boot_ms)
            place = reason;
    }
    return place;
}

static void complaint_repeat(struct complaint_reason *reason, const struct log_sink *log, int64_t now)
{
    if (now < reason->said_boot_ms + reason->pause_ms) {
        reason->unsaid++;
        return;
    }
    reason->pause_ms *= 2;
    if (reason->pause_ms > COMPLAINT_PAUSE_MAX_MS)
        reason->pause_ms = COMPLAINT_PAUSE_MAX_MS;
    complaint_log(reason, log, now);
}

void complaint_say(struct complaint *complaint, const struct log_sink *log, int64_t now_boot_ms,
                   const char *format, ...)
{
    char whole[1024], text[COMPLAINT_TEXT_MAX];
    struct complaint_reason *reason;
    va_list args;

    va_start(args, format);
    (void)vsnprintf(whole, sizeof(whole), format, args);
    va_end(args);
    (void)text_snmp(whole, text, sizeof(text) - 1); /* cut, but no character in half */
    reason = complaint_find(complaint, text);
    if (reason) {
        complaint_repeat(reason, log, now_boot_ms);
        return;
    }
    reason = complaint_place(complaint);
    *reason = (struct complaint_reason){ .pause_ms = COMPLAINT_PAUSE_FIRST_MS };
    memcpy(reason->text, text, sizeof(text));
    complaint_log(reason, log, now_boot_ms);
}

void complaint_over(struct complaint *complaint, const struct log_sink *log, const char *format, ...)
{
    va_list args;

    if (!complaint->reasons[0].text[0])
        return;
    va_start(args, format);
    log_vsay(log, LOG_LEVEL_NOTICE, format, args);
    va_end(args);
    memset(complaint, 0, sizeof(*complaint));
}
