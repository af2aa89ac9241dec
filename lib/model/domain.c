/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/model/domain.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>

#include "lib/base/array.h"
/* libvirt's reasons (virDomainPausedReason). */
enum { PAUSED_IO_ERROR = 5, PAUSED_WATCHDOG = 6, PAUSED_POSTCOPY_FAILED = 13, PAUSED_API_ERROR = 14 };

static const char *const nostate_reasons[] = { "unknown", NULL };
static const char *const running_reasons[] = {
    "unknown",       "booted",       "migrated", "restored",  "from snapshot",    "unpaused", "migration canceled",
    "save canceled", "event wakeup", "crashed",  "post-copy", "post-copy failed", NULL
};
static const char *const paused_reasons[] = {
    "unknown",   "user",        "migrating",     "saving",           "dumping",
    "I/O error", "watchdog",    "from snapshot", "shutting down",    "creating snapshot",
    "crashed",   "starting up", "post-copy",     "post-copy failed", "api error",
    NULL
};
static const char *const shutdown_reasons[] = { "unknown", "user", NULL };
static const char *const shutoff_reasons[] = { "unknown", "shutdown", "destroyed",     "crashed", "migrated",
                                               "saved",   "failed",   "from snapshot", "daemon",  NULL };
static const char *const crashed_reasons[] = { "unknown", "panicked", NULL };

static const struct {
    const char *word;
    const char *const *reasons;
} states[DOMAIN_STATES] = {
    [DOMAIN_NOSTATE] = { "nostate", nostate_reasons },
    [DOMAIN_RUNNING] = { "running", running_reasons },
    [DOMAIN_BLOCKED] = { "blocked", nostate_reasons },
    [DOMAIN_PAUSED] = { "paused", paused_reasons },
    [DOMAIN_SHUTDOWN] = { "shutdown", shutdown_reasons },
    [DOMAIN_SHUTOFF] = { "shutoff", shutoff_reasons },
    [DOMAIN_CRASHED] = { "crashed", crashed_reasons },
    [DOMAIN_PMSUSPENDED] = { "pmsuspended", nostate_reasons },
};

/* The members of struct domain_stats, in the order of their bits. */
#define DOMAIN_STAT_FIELD(member)                                                                                 \
    offsetof(struct domain_stats, member), sizeof(((struct domain_stats *)NULL)->member)
static const struct {
    size_t offset, size;
} domain_stat_fields[] = {
    { DOMAIN_STAT_FIELD(cpu_time_ns) },        { DOMAIN_STAT_FIELD(memory_kib) },
    { DOMAIN_STAT_FIELD(memory_maximum_kib) }, { DOMAIN_STAT_FIELD(vcpus) },
    { DOMAIN_STAT_FIELD(vcpus_maximum) },
};
static_assert(1 << ARRAY_COUNT(domain_stat_fields) == DOMAIN_STAT_END, "each bit has a member");

void domain_stats_update(struct domain_stats *stats, const struct domain_stats *newer)
{
    for (size_t i = 0; i < ARRAY_COUNT(domain_stat_fields); i++)
        if (newer->known & 1U << i)
            memcpy((char *)stats + domain_stat_fields[i].offset,
                   (const char *)newer + domain_stat_fields[i].offset, domain_stat_fields[i].size);
    stats->known |= newer->known;
}

enum tristate domain_starts_at_boot(const struct domain *domain)
{
    enum tristate starts = domain->autostart;

    if (domain->persistent == TRISTATE_FALSE)
        return TRISTATE_FALSE;
    if (domain->autostart_once == TRISTATE_TRUE || starts == TRISTATE_TRUE)
        starts = TRISTATE_TRUE;
    else if (domain->autostart_once == TRISTATE_UNKNOWN)
        starts = TRISTATE_UNKNOWN;
    return starts == TRISTATE_TRUE && domain->persistent == TRISTATE_UNKNOWN ? TRISTATE_UNKNOWN : starts;
}

enum tristate domain_autostart_inactive(const struct domain *domain)
{
    return domain_active(domain) ? TRISTATE_FALSE : domain_starts_at_boot(domain);
}

enum tristate domain_active_no_autostart(const struct domain *domain)
{
    return domain_active(domain) ? tristate_not(domain_starts_at_boot(domain)) : TRISTATE_FALSE;
}

enum tristate domain_not_answering(const struct domain *domain)
{
    return domain_active(domain) ? tristate_not(domain->answers) : TRISTATE_FALSE;
}

uint32_t domain_control_seconds(const struct domain *domain, enum domain_control control, int64_t now_boot_ms)
{
    int64_t seconds = (now_boot_ms - domain->control_since_boot_ms) / 1000;

    if (control == DOMAIN_CONTROL_OK || seconds < 0)
        return 0;
    return seconds < UINT32_MAX ? (uint32_t)seconds : UINT32_MAX;
}

bool domain_is_paused_by_io_error(const struct domain *domain)
{
    return domain_active(domain) && domain->last_state == DOMAIN_PAUSED && domain->last_reason == PAUSED_IO_ERROR;
}

bool domain_is_paused_by_error(const struct domain *domain)
{
    static const int reasons[] = { PAUSED_IO_ERROR, PAUSED_WATCHDOG, PAUSED_POSTCOPY_FAILED, PAUSED_API_ERROR };

    for (size_t i = 0; i < ARRAY_COUNT(reasons); i++)
        if (domain_active(domain) && domain->last_state == DOMAIN_PAUSED && domain->last_reason == reasons[i])
            return true;
    return false;
}

const char *domain_state_word(int state)
{
    if (state == DOMAIN_STATE_UNREAD)
        return "unknown";
    return state >= 0 && state < DOMAIN_STATES ? states[state].word : "other";
}

const char *domain_reason_word(int state, int reason)
{
    if (state == DOMAIN_STATE_UNREAD)
        return "unknown";
    if (state < 0 || state >= DOMAIN_STATES || reason < 0)
        return "other";
    for (int i = 0; states[state].reasons[i]; i++)
        if (i == reason)
            return states[state].reasons[i];
    return "other";
}

const char *domain_contradiction(const struct domain *domain)
{
    bool active = domain_active(domain);

    if (!active && domain->persistent == TRISTATE_FALSE)
        return "inactive and transient";
    if (domain->autostart == TRISTATE_TRUE && domain->persistent == TRISTATE_FALSE)
        return "autostart and transient";
    if (active && domain->state == DOMAIN_SHUTOFF)
        return "active and shut off";
    if (!active && (domain->state == DOMAIN_RUNNING || domain->state == DOMAIN_BLOCKED ||
                    domain->state == DOMAIN_PAUSED || domain->state == DOMAIN_PMSUSPENDED))
        return "inactive and running, blocked, paused or suspended";
    return NULL;
}
