/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "collectd-plugin/virt_messages.h"

#include <stddef.h>

#include "lib/model/domain.h"

#define UNKNOWN "the reason is unknown"

static const char *const nostate[] = { UNKNOWN, NULL };
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
                                       "running in post-copy migration mode",
                                       NULL };
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
                                      "paused after failed post-copy",
                                      NULL };
static const char *const shutdown[] = { UNKNOWN, "shutting down on user request", NULL };
static const char *const shutoff[] = { UNKNOWN,
                                       "normal shutdown",
                                       "forced poweroff",
                                       "domain crashed",
                                       "migrated to another host",
                                       "saved to a file",
                                       "domain failed to start",
                                       "restored from a snapshot which was taken while domain was shutoff",
                                       "daemon decides to kill domain during reconnection processing",
                                       NULL };
static const char *const crashed[] = { UNKNOWN, "domain panicked", NULL };

static const struct {
    const char *message;
    const char *const *reasons;
} states[DOMAIN_STATES] = {
    [DOMAIN_NOSTATE] = { "no state", nostate },
    [DOMAIN_RUNNING] = { "the domain is running", running },
    [DOMAIN_BLOCKED] = { "the domain is blocked on resource", nostate },
    [DOMAIN_PAUSED] = { "the domain is paused by user", paused },
    [DOMAIN_SHUTDOWN] = { "the domain is being shut down", shutdown },
    [DOMAIN_SHUTOFF] = { "the domain is shut off", shutoff },
    [DOMAIN_CRASHED] = { "the domain is crashed", crashed },
    [DOMAIN_PMSUSPENDED] = { "the domain is suspended by guest power management", nostate },
};

const char *virt_messages_state(int state)
{
    return state >= 0 && state < DOMAIN_STATES ? states[state].message : domain_state_word(state);
}

const char *virt_messages_reason(int state, int reason)
{
    if (state < 0 || state >= DOMAIN_STATES || reason < 0)
        return domain_reason_word(state, reason);
    for (int i = 0; states[state].reasons[i]; i++)
        if (i == reason)
            return states[state].reasons[i];
    return domain_reason_word(state, reason);
}
