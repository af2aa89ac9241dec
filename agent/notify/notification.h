/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SNMP notifications as plain data: which one, and its objects in the order of the MIB. agent/snmp/trap_sender.h
 * sends them. Pure. */
#ifndef GUESTLIST_AGENT_NOTIFY_NOTIFICATION_H
#define GUESTLIST_AGENT_NOTIFY_NOTIFICATION_H

#include <stdbool.h>
#include <stddef.h>

#include "agent/mib/mib.h"
#include "agent/mib/rows.h"
#include "agent/notify/changes.h"
#include "lib/collect/collector.h"

enum { NOTIFICATION_OBJECTS_MAX = 5, NOTIFICATION_OID_MAX = 48 };

/* One object with its instance and value. The value may point into the struct itself, so it must not be copied. */
struct varbind {
    size_t length;
    mib_subid name[NOTIFICATION_OID_MAX];
    struct mib_value value;
};

struct notification {
    size_t length; /* of `oid` */
    mib_subid oid[NOTIFICATION_OID_MAX];
    size_t count;
    struct varbind objects[NOTIFICATION_OBJECTS_MAX];
};

/* The notifications about one change of one domain, in the order in which they are sent. The table in
 * notification.c has their numbers, their switches and their objects. */
enum notification_kind {
    NOTIFICATION_VM_STATE,       /* VM-MIB's vmRunning to vmCrashed, with vmOperState before the change, and
                                    which error paused the domain */
    NOTIFICATION_VM_DELETED,     /* VM-MIB's vmDeleted */
    NOTIFICATION_LIBVIRT,        /* LIBVIRT-MIB's, with the state after the change */
    NOTIFICATION_DOMAIN_CHANGED, /* GUESTLIST-MIB's glDomainChanged */
    NOTIFICATION_DOMAIN_ANSWERS, /* GUESTLIST-MIB's glDomainNotAnswering and glDomainAnswering */
    NOTIFICATION_KINDS,
};

/* All functions fill in `notification`, unless they return false. The values of the notification may point into
 * the arguments, which must live as long as it does. */

/* Whether the switches let that notification be sent. */
bool notification_is_on(enum notification_kind kind, const struct switches *switches);

/* The notification of that kind. False if the change does not cause it. */
bool notification_make(struct notification *notification, enum notification_kind kind,
                       const struct change *change);

/* The number of VM-MIB's notification: 1 vmRunning to 10 vmDeleted; 0 if VM-MIB has none for that change. */
unsigned notification_vm_number(const struct change *change);

/* VM-MIB's bulk notification that belongs to number 1 to 10. `list` is a VirtualMachineList. */
void notification_bulk(struct notification *notification, unsigned number, const unsigned char *list,
                       size_t length);

/* GUESTLIST-MIB's glHypervisorDown or glHypervisorUp. `age_ms`: of the last listing. */
void notification_hypervisor(struct notification *notification, bool is_up, const struct collector_status *status,
                             int64_t age_ms);

#endif
