/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the driver of one hypervisor can do. All connections to the hypervisor share it, so what one of them learns
 * is known to all. It is forgotten when the other side's libvirt has another version. Every function may be called
 * on any thread, and none blocks. */
#ifndef GUESTLIST_LIBVIRT_DRIVER_H
#define GUESTLIST_LIBVIRT_DRIVER_H

#include <stdbool.h>
#include <stdint.h>

struct driver;

/* What a driver may be unable to do. */
enum driver_limit {
    DRIVER_NO_BULK_STATS = 1 << 0,     /* virDomainListGetStats(), virConnectGetAllDomainStats() */
    DRIVER_NO_NOWAIT = 1 << 1,         /* VIR_CONNECT_GET_ALL_DOMAINS_STATS_NOWAIT */
    DRIVER_NO_STATS = 1 << 2,          /* any statistic of a domain but its state */
    DRIVER_NO_CONTROL_INFO = 1 << 3,   /* virDomainGetControlInfo() */
    DRIVER_NO_AUTOSTART_ONCE = 1 << 4, /* virDomainGetAutostartOnce() */
    DRIVER_NO_EVENTS = 1 << 5,         /* events of some kind; used only to log this once */
    DRIVER_NO_IO_ERRORS = 1 << 6,      /* virDomainGetMessages() with the texts of I/O errors */
};

/* The caller has the reference. NULL if out of memory. */
struct driver *driver_new(void);
struct driver *driver_ref(struct driver *driver);

/* The last one frees it. Takes NULL. */
void driver_unref(struct driver *driver);

/* Sets the driver's name, as virConnectGetType() returns it. driver_answer_statistic() depends on it. */
void driver_set_type(struct driver *driver, const char *type);

/* Sets the version of the other side's libvirt (virConnectGetLibVersion()); 0: not known. If it has changed, what
 * was learned is forgotten, because another libvirt may be able to do more. */
void driver_set_version(struct driver *driver, unsigned long version);

/* The name of a statistic that only a domain's own process can report. If a record of bulk statistics lacks it,
 * the process did not answer. NULL: this driver asks no process, so every record is complete. A static text. */
const char *driver_answer_statistic(const struct driver *driver);

/* True if the driver is known to be unable to do that. */
bool driver_lacks(const struct driver *driver, enum driver_limit limit);

/* Remembers such a limit. True if it is new, so that only one caller logs it. */
bool driver_learn(struct driver *driver, enum driver_limit limit);

/* The filter words (lib/model/filter.h) that the driver rejects, as bits. */
uint32_t driver_rejected(const struct driver *driver);

/* Remembers that the driver rejects these as well. */
void driver_reject(struct driver *driver, uint32_t bits);

#endif
