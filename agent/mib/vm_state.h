/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libvirt's state and reason -> VM-MIB's vmOperState and vmAdminState. Pure. */
#ifndef GUESTLIST_AGENT_MIB_VM_STATE_H
#define GUESTLIST_AGENT_MIB_VM_STATE_H

#include "lib/model/domain.h"

/* RFC 7666, VirtualMachineOperState. */
enum vm_oper_state {
    VM_OPER_UNKNOWN = 1,
    VM_OPER_OTHER,
    VM_OPER_PREPARING,
    VM_OPER_RUNNING,
    VM_OPER_SUSPENDING,
    VM_OPER_SUSPENDED,
    VM_OPER_RESUMING,
    VM_OPER_PAUSED,
    VM_OPER_MIGRATING,
    VM_OPER_SHUTTINGDOWN,
    VM_OPER_SHUTDOWN,
    VM_OPER_CRASHED,
};

/* RFC 7666, VirtualMachineAdminState. libvirt does not keep what the operator last requested, so the value is
 * derived from the last state that could be read. There is no value for "unknown". */
enum vm_admin_state { VM_ADMIN_RUNNING = 1, VM_ADMIN_SUSPENDED, VM_ADMIN_PAUSED, VM_ADMIN_SHUTDOWN };

enum vm_oper_state vm_state_oper(const struct domain *domain);

/* The same for the last state that could be read. Notifications use this function, because a state that cannot be
 * read is no change. */
enum vm_oper_state vm_state_last_oper(const struct domain *domain);

enum vm_admin_state vm_state_admin(const struct domain *domain);

#endif
