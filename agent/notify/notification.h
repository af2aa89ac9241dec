/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SNMP notifications as plain data: which one, and its objects in the order of the MIB. agent/snmp/trap_sender.h
 * sends them. Pure. */
#ifndef GUESTLIST_AGENT_NOTIFY_NOTIFICATION_H
#define GUESTLIST_AGENT_NOTIFY_NOTIFICATION_H

#include <stdbool.h>
#include <stddef.h>

#include "agent/mib/mib.h"
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

/* All functions fill in `notification`, unless they return false. The values of the notification may point into
 * the arguments, which must live as long as it does. */

/* VM-MIB's notification for that change, with vmOperState before the change. False if VM-MIB has none for it. */
bool notification_vm(struct notification *notification, const struct change *change);

/* Its number: 1 vmRunning to 10 vmDeleted; 0 if VM-MIB has none for that change. */
unsigned notification_vm_number(const struct change *change);

/* VM-MIB's bulk notification that belongs to number 1 to 10. `list` is a VirtualMachineList. */
void notification_bulk(struct notification *notification, unsigned number, const unsigned char *list,
                       size_t length);

/* LIBVIRT-MIB's notification, with the state after the change. False if the state did not change, or if the MIB
 * has no number for the new one. */
bool notification_libvirt(struct notification *notification, const struct change *change);

/* The same notification, with the present state, for a domain on which a command of SET has failed. False if the
 * MIB has no number for that state. */
bool notification_libvirt_state(struct notification *notification, const unsigned char uuid[UUID_BYTES],
                                const char *name, int state);

/* GUESTLIST-MIB's glDomainChanged. False unless the change is of the kind CHANGE_FACTS. */
bool notification_domain_changed(struct notification *notification, const struct change *change);

/* GUESTLIST-MIB's glHypervisorDown or glHypervisorUp. `age_ms`: of the last listing. */
void notification_hypervisor(struct notification *notification, bool is_up, const struct collector_status *status,
                             int64_t age_ms);

#endif
