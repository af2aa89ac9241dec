/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Compares a listing with the one before and finds what is worth a notification. Pure, and without collectd. */
#ifndef GUESTLIST_COLLECTD_ALARMS_H
#define GUESTLIST_COLLECTD_ALARMS_H

#include "lib/model/snapshot.h"

/* collectd's numbers (NOTIF_...). */
enum alarm_severity { ALARM_FAILURE = 1, ALARM_WARNING = 2, ALARM_OKAY = 4 };

enum { ALARM_MESSAGE_MAX = 256 };

/* A notification. It is valid during the callback, as are its pointers. */
struct alarm {
    const struct domain *domain; /* its row in the newer listing; if it is gone, its row in the older one */
    int state, reason;           /* the new ones, libvirt's numbers */
    enum alarm_severity severity;
    const char *type, *type_instance;
    char message[ALARM_MESSAGE_MAX];
};

/* Calls `send` for each change of a state, with the messages of collectd's virt plugin, and when a domain stops
 * answering the hypervisor or answers again. With `with_autostart`, it also calls it when a domain that starts at
 * boot stops running, and when it runs again or need not run any more. It calls `send` on the same thread, in the
 * order of the UUIDs, with `data`. `after` must not be older than `before`. */
void alarms_between(const struct snapshot *before, const struct snapshot *after, bool with_autostart,
                    void (*send)(void *data, const struct alarm *alarm), void *data);

/* Calls `send` for each domain that starts at boot but does not run now. */
void alarms_not_running(const struct snapshot *now, void (*send)(void *data, const struct alarm *alarm),
                        void *data);

#endif
