/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the driver of one hypervisor can do. It is learned once for each hypervisor and version of libvirt, by
 * whichever connection finds it out first, and all connections share it. Every function may be called on any
 * thread, and none blocks. */
#ifndef GUESTLIST_LIBVIRT_DRIVER_H
#define GUESTLIST_LIBVIRT_DRIVER_H

#include <stdbool.h>
#include <stdint.h>

struct driver;

/* What a driver was found to be unable to do. */
enum driver_limit {
    DRIVER_NO_BULK_STATS = 1 << 0,     /* virDomainListGetStats(), virConnectGetAllDomainStats() */
    DRIVER_NO_NOWAIT = 1 << 1,         /* VIR_CONNECT_GET_ALL_DOMAINS_STATS_NOWAIT */
    DRIVER_NO_STATS = 1 << 2,          /* any statistic of a domain but its state */
    DRIVER_NO_CONTROL_INFO = 1 << 3,   /* virDomainGetControlInfo() */
    DRIVER_NO_AUTOSTART_ONCE = 1 << 4, /* virDomainGetAutostartOnce() */
    DRIVER_NO_EVENTS = 1 << 5,         /* some kind of event; remembered so that it is logged only once */
};

/* The reference is the caller's. NULL if out of memory. */
struct driver *driver_new(void);
struct driver *driver_ref(struct driver *driver);
void driver_unref(struct driver *driver);

/* Notes the driver's name, as virConnectGetType() returns it, for what depends on it. */
void driver_set_type(struct driver *driver, const char *type);

/* Notes the version of the other side's libvirt (virConnectGetLibVersion()). If it is another one than before,
 * what was learned is forgotten: an upgraded libvirt can do more. 0: not known. */
void driver_set_version(struct driver *driver, unsigned long version);

/* The statistic that only a domain's own process can report. A record of bulk statistics without it comes from a
 * domain that did not answer. NULL: this driver asks no process, so every record is complete. */
const char *driver_answer_statistic(const struct driver *driver);

/* True if the driver is known to be unable to do that. */
bool driver_lacks(const struct driver *driver, enum driver_limit limit);

/* Notes such a limit. True if it was not known before, so that only one caller logs it. */
bool driver_learn(struct driver *driver, enum driver_limit limit);

/* The filter bits (lib/model/filter.h) that the driver rejects. */
uint32_t driver_rejected(const struct driver *driver);
void driver_reject(struct driver *driver, uint32_t bits);

#endif
