/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is worth a notification between one listing and the next. Pure, and without collectd. */
#ifndef GUESTLIST_COLLECTD_ALARMS_H
#define GUESTLIST_COLLECTD_ALARMS_H

#include "lib/model/snapshot.h"

/* collectd's numbers. */
enum alarm_severity { ALARM_FAILURE = 1, ALARM_WARNING = 2, ALARM_OKAY = 4 };

enum { ALARM_MESSAGE_MAX = 256 };

struct alarm {
    const struct domain *domain; /* as it is now; as it was, if it is gone */
    int state, reason;           /* libvirt's numbers, of now */
    enum alarm_severity severity;
    const char *type, *type_instance;
    char message[ALARM_MESSAGE_MAX];
};

/* Tells each change of a state, as collectd's virt plugin does, and with `with_autostart` when a domain that
 * starts at boot is found not to run, and when that is over. `after` must not be older than `before`. */
void alarms_between(const struct snapshot *before, const struct snapshot *after, bool with_autostart,
                    void (*send)(void *data, const struct alarm *alarm), void *data);

/* Tells of each domain that starts at boot that it does not run, however long that is so. */
void alarms_not_running(const struct snapshot *now, void (*send)(void *data, const struct alarm *alarm),
                        void *data);

#endif
