/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/collect/facts_autostart_once.h"

#include "lib/base/clock.h"

enum {
    PAUSE_MIN_MS = 60 * 1000,
    PAUSE_FACTOR = 200,    /* passes take at most 1/200 of the time */
    GAP_MIN_MS = 2 * 1000, /* the shortest pause, after an event */
    GAP_FACTOR = 50,
};

void facts_autostart_once_clear(struct facts_autostart_once *once)
{
    autostart_once_free(once->answer);
    *once = (struct facts_autostart_once){ 0 };
}

/* True if it must be read again: it may have changed with a domain's configuration or at its start, and it is not
 * known yet for a new domain. */
static bool facts_autostart_once_is_needed(const struct facts_autostart_once *once,
                                           const struct snapshot *snapshot, const struct mail *mail)
{
    if (once->is_outdated)
        return true;
    for (size_t i = 0; i < mail->count; i++)
        if (mail->items[i].kinds & MAIL_XML_CHANGED)
            return true;
    for (size_t i = 0; i < snapshot->count && !once->is_pending; i++)
        if (!autostart_once_knows(once->answer, &snapshot->domains[i]))
            return true;
    return false;
}

void facts_autostart_once_ask(struct facts_autostart_once *once, struct fact_reader *reader, struct driver *driver,
                              const struct snapshot *snapshot, const struct mail *mail)
{
    if (autostart_once_is_unsupported(driver))
        return;
    once->is_outdated = facts_autostart_once_is_needed(once, snapshot, mail);
    if (once->is_pending || clock_boot_ms() < (once->is_outdated ? once->early_boot_ms : once->due_boot_ms))
        return;
    once->is_outdated = false;
    once->is_pending = fact_reader_ask(reader, FACT_READER_AUTOSTART_ONCE, NULL);
}

void facts_autostart_once_take(struct facts_autostart_once *once, struct fact_reader_result *result)
{
    int64_t ended = result->ended_boot_ms, took_ms = ended - result->began_boot_ms;

    once->is_pending = false;
    once->early_boot_ms = ended + clock_later(took_ms * GAP_FACTOR, GAP_MIN_MS);
    once->due_boot_ms = ended + clock_later(took_ms * PAUSE_FACTOR, PAUSE_MIN_MS);
    if (result->is_failed)
        return;
    autostart_once_free(once->answer);
    once->answer = result->once;
    result->once = NULL; /* moved */
}
