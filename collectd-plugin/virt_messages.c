/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "collectd-plugin/virt_messages.h"

#include "lib/base/array.h"
#include "lib/model/domain.h"

#define UNKNOWN "the reason is unknown"

static const char *const nostate[] = { UNKNOWN };
static const char *const running[] = { UNKNOWN,
                                       "normal startup from boot",
                                       "migrated from another host",
                                       "restored from a state file",
                                       "restored from snapshot",
                                       "returned from paused state",
                                       "returned from migration",
                                       "returned from failed save process",
                                       "returned from pmsuspended due to wakeup event",
                                       "resumed from crashed",
                                       "running in post-copy migration mode" };
static const char *const paused[] = { UNKNOWN,
                                      "paused on user request",
                                      "paused for offline migration",
                                      "paused for save",
                                      "paused for offline core dump",
                                      "paused due to a disk I/O error",
                                      "paused due to a watchdog event",
                                      "paused after restoring from snapshot",
                                      "paused during shutdown process",
                                      "paused while creating a snapshot",
                                      "paused due to a guest crash",
                                      "the domain is being started",
                                      "paused for post-copy migration",
                                      "paused after failed post-copy" };
static const char *const shutdown[] = { UNKNOWN, "shutting down on user request" };
static const char *const shutoff[] = { UNKNOWN,
                                       "normal shutdown",
                                       "forced poweroff",
                                       "domain crashed",
                                       "migrated to another host",
                                       "saved to a file",
                                       "domain failed to start",
                                       "restored from a snapshot which was taken while domain was shutoff",
                                       "daemon decides to kill domain during reconnection processing" };
static const char *const crashed[] = { UNKNOWN, "domain panicked" };

#define REASONS(array) array, ARRAY_COUNT(array)

static const struct {
    const char *message;
    const char *const *reasons;
    int count;
} states[DOMAIN_STATES] = {
    [DOMAIN_NOSTATE] = { "no state", REASONS(nostate) },
    [DOMAIN_RUNNING] = { "the domain is running", REASONS(running) },
    [DOMAIN_BLOCKED] = { "the domain is blocked on resource", REASONS(nostate) },
    [DOMAIN_PAUSED] = { "the domain is paused by user", REASONS(paused) },
    [DOMAIN_SHUTDOWN] = { "the domain is being shut down", REASONS(shutdown) },
    [DOMAIN_SHUTOFF] = { "the domain is shut off", REASONS(shutoff) },
    [DOMAIN_CRASHED] = { "the domain is crashed", REASONS(crashed) },
    [DOMAIN_PMSUSPENDED] = { "the domain is suspended by guest power management", REASONS(nostate) },
};

static bool virt_messages_has(int state)
{
    return state >= 0 && state < DOMAIN_STATES;
}

const char *virt_messages_state(int state)
{
    return virt_messages_has(state) ? states[state].message : domain_state_word(state);
}

const char *virt_messages_reason(int state, int reason)
{
    if (virt_messages_has(state) && reason >= 0 && reason < states[state].count)
        return states[state].reasons[reason];
    return domain_reason_word(state, reason);
}
