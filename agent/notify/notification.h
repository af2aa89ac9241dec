/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SNMP notifications as plain data: which one, and its objects in the MIB's order. Pure: what sends them stands in
 * trap_sender.h. */
#ifndef GUESTLIST_AGENT_NOTIFY_NOTIFICATION_H
#define GUESTLIST_AGENT_NOTIFY_NOTIFICATION_H

#include <stdbool.h>
#include <stddef.h>

#include "agent/mib/mib.h"
#include "agent/notify/changes.h"
#include "lib/collect/collector.h"

enum { NOTIFICATION_OBJECTS_MAX = 5, NOTIFICATION_OID_MAX = 48 };

/* One object with its instance and value. */
struct varbind {
    size_t length;
    mib_subid name[NOTIFICATION_OID_MAX];
    struct mib_value value;
};

struct notification {
    size_t length; /* of its own OID */
    mib_subid oid[NOTIFICATION_OID_MAX];
    size_t count;
    struct varbind objects[NOTIFICATION_OBJECTS_MAX];
};

/* RFC 7666, 1 to 10, with vmOperState as it was before. False if VM-MIB has none for that change. */
bool notification_vm(struct notification *notification, const struct change *change);

/* RFC 7666, 11 to 20, by what 1 to 10 are numbered: 1 vmRunning to 10 vmDeleted; 0 if there is none. */
unsigned notification_vm_number(const struct change *change);

/* `list` (VirtualMachineList) is borrowed. */
void notification_bulk(struct notification *notification, unsigned number, const unsigned char *list,
                       size_t length);

/* LIBVIRT-MIB's, with the state after the change. False if its state did not change, or to one that the MIB has no
 * number for. */
bool notification_libvirt(struct notification *notification, const struct change *change);

/* The same for a domain whose state did not change though it was ordered to. False if the MIB has no number for
 * it. */
bool notification_libvirt_state(struct notification *notification, const unsigned char uuid[UUID_BYTES],
                                const char *name, int state);

/* GUESTLIST-MIB's glDomainChanged. False if it is not one of those changes. */
bool notification_domain_changed(struct notification *notification, const struct change *change);

/* GUESTLIST-MIB's glHypervisorDown or glHypervisorUp; `age_ms` of the listing. */
void notification_hypervisor(struct notification *notification, bool is_up, const struct collector_status *status,
                             int64_t age_ms);

#endif
