/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/base/log_throttle.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/text.h"

static void log_throttle_log(struct log_throttle *throttle, struct log_throttle_reason *reason,
                             const struct log_sink *log, int64_t now)
{
    throttle->is_logged = true;
    if (reason->suppressed > 0)
        log_say(log, LOG_LEVEL_WARNING, "still: %s (%u times since last said)", reason->text, reason->suppressed);
    else
        log_say(log, LOG_LEVEL_WARNING, "%s", reason->text);
    reason->suppressed = 0;
    reason->said_boot_ms = now;
}

/* True if the texts differ only in their numbers, such as "packet 672947378 bytes received". */
static bool log_throttle_is_same(const char *a, const char *b)
{
    static const char number[] = "-0123456789";

    for (;; a++, b++) {
        a += strspn(a, number);
        b += strspn(b, number);
        if (*a != *b)
            return false;
        if (!*a)
            return true;
    }
}

static struct log_throttle_reason *log_throttle_find(struct log_throttle *throttle, const char *text)
{
    for (size_t i = 0; i < LOG_THROTTLE_REASONS; i++)
        if (throttle->reasons[i].text[0] && log_throttle_is_same(throttle->reasons[i].text, text))
            return &throttle->reasons[i];
    return NULL;
}

/* An unused place, or the place of the reason whose last log line is the oldest. */
static struct log_throttle_reason *log_throttle_place(struct log_throttle *throttle)
{
    struct log_throttle_reason *place = &throttle->reasons[0];

    for (size_t i = 0; i < LOG_THROTTLE_REASONS; i++) {
        struct log_throttle_reason *reason = &throttle->reasons[i];

        if (!reason->text[0])
            return reason;
        if (reason->said_boot_ms < place->said_boot_ms)
            place = reason;
    }
    return place;
}

static void log_throttle_repeat(struct log_throttle *throttle, struct log_throttle_reason *reason,
                                const struct log_sink *log, int64_t now)
{
    if (now < reason->said_boot_ms + reason->pause_ms) {
        reason->suppressed++;
        return;
    }
    reason->pause_ms *= 2;
    if (reason->pause_ms > LOG_THROTTLE_PAUSE_MAX_MS)
        reason->pause_ms = LOG_THROTTLE_PAUSE_MAX_MS;
    log_throttle_log(throttle, reason, log, now);
}

/* A subject that is well for long enough has no past. */
static void log_throttle_begin(struct log_throttle *throttle, int64_t now)
{
    if (!throttle->is_failing && now - throttle->ended_boot_ms >= LOG_THROTTLE_WELL_MS)
        memset(throttle, 0, sizeof(*throttle));
    throttle->is_failing = true;
}

void log_throttle_say(struct log_throttle *throttle, const struct log_sink *log, int64_t now_boot_ms,
                      const char *format, ...)
{
    char whole[2048], text[LOG_THROTTLE_TEXT_MAX];
    struct log_throttle_reason *reason;
    va_list args;

    va_start(args, format);
    (void)vsnprintf(whole, sizeof(whole), format, args);
    va_end(args);
    (void)text_snmp(whole, text, sizeof(text) - 1); /* cuts between characters */
    log_throttle_begin(throttle, now_boot_ms);
    reason = log_throttle_find(throttle, text);
    if (reason) {
        memcpy(reason->text, text, sizeof(text));
        log_throttle_repeat(throttle, reason, log, now_boot_ms);
        return;
    }
    reason = log_throttle_place(throttle);
    *reason = (struct log_throttle_reason){ .pause_ms = LOG_THROTTLE_PAUSE_FIRST_MS };
    memcpy(reason->text, text, sizeof(text));
    log_throttle_log(throttle, reason, log, now_boot_ms);
}

void log_throttle_end(struct log_throttle *throttle, const struct log_sink *log, int64_t now_boot_ms,
                      const char *format, ...)
{
    va_list args;

    if (!throttle->is_failing)
        return;
    if (throttle->is_logged) {
        va_start(args, format);
        log_vsay(log, LOG_LEVEL_NOTICE, format, args);
        va_end(args);
    }
    throttle->is_failing = throttle->is_logged = false;
    throttle->ended_boot_ms = now_boot_ms;
    if (throttle->relapses++ < LOG_THROTTLE_RELAPSES)
        memset(throttle->reasons, 0, sizeof(throttle->reasons));
}
