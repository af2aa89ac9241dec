/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/notify/notification.h"

#include <string.h>

#include "agent/mib/guestlist_tables.h"
#include "agent/mib/libvirt_mib.h"
#include "agent/mib/vm_mib.h"
#include "agent/mib/vm_tables.h"
#include "config.h"

#include "lib/base/array.h"

enum { VM_DELETED = 10, BULK = 10, ROW_ACTIVE = 1, ROW_NOT_IN_SERVICE, TICK_MS = 10 };

static const mib_subid vm_notifications[] = { VM_MIB_OID, 0 };
static const mib_subid vm_entry[] = { VM_MIB_OID, 1, 4, 1 };
static const mib_subid vm_scalars[] = { VM_MIB_OID, 1 };
static const mib_subid guest_notification[] = { LIBVIRT_MIB_OID, 0 };
static const mib_subid guest_entry[] = { LIBVIRT_MIB_OID, 1, 1, 1 };
static const mib_subid gl_notifications[] = { GUESTLIST_ENTERPRISE_OID, 0 };
static const mib_subid gl_scalars[] = { GUESTLIST_ENTERPRISE_OID, 1, 1 };
static const mib_subid gl_domain_entry[] = { GUESTLIST_ENTERPRISE_OID, 1, 2, 1 };
static const mib_subid scalar[] = { 0 }; /* index of all scalars */

static void notification_begin(struct notification *notification, const mib_subid *base, size_t length,
                               mib_subid number)
{
    memcpy(notification->oid, base, length * sizeof(*base));
    notification->oid[length] = number;
    notification->length = length + 1;
    notification->count = 0;
}

#define BEGIN(notification, base, number) notification_begin(notification, base, ARRAY_COUNT(base), number)

/* Adds an object: its column below `base`, and its index. */
static struct mib_value *notification_add(struct notification *notification, enum mib_type type,
                                          const mib_subid *base, size_t length, mib_subid column,
                                          const mib_subid *index, size_t index_length)
{
    struct varbind *object = &notification->objects[notification->count++];

    memcpy(object->name, base, length * sizeof(*base));
    object->name[length] = column;
    memcpy(object->name + length + 1, index, index_length * sizeof(*index));
    object->length = length + 1 + index_length;
    object->value.type = type;
    return &object->value;
}

#define ADD(notification, type, base, column, index)                                                              \
    notification_add(notification, type, base, ARRAY_COUNT(base), column, index, ARRAY_COUNT(index))

static void notification_put_bytes(struct mib_value *value, const void *bytes, size_t length)
{
    value->bytes = bytes;
    value->length = length;
}

static void notification_add_domain(struct notification *notification, const struct change *change)
{
    mib_subid index[] = { change->index };

    (void)mib_put_text(ADD(notification, MIB_OCTETS, vm_entry, 2, index), change->name);
    notification_put_bytes(ADD(notification, MIB_OCTETS, vm_entry, 3, index), change->uuid, UUID_BYTES);
}

unsigned notification_vm_number(const struct change *change)
{
    static const unsigned numbers[] = {
        [VM_OPER_RUNNING] = 1,  [VM_OPER_SHUTTINGDOWN] = 2, [VM_OPER_SHUTDOWN] = 3,
        [VM_OPER_PAUSED] = 4,   [VM_OPER_SUSPENDING] = 5,   [VM_OPER_SUSPENDED] = 6,
        [VM_OPER_RESUMING] = 7, [VM_OPER_MIGRATING] = 8,    [VM_OPER_CRASHED] = 9,
    };

    if (change->index == 0 || change->kind == CHANGE_FACTS)
        return 0;
    if (change->kind == CHANGE_DELETED)
        return VM_DELETED;
    return change->after < ARRAY_COUNT(numbers) ? numbers[change->after] : 0;
}

bool notification_vm(struct notification *notification, const struct change *change)
{
    unsigned number = notification_vm_number(change);
    mib_subid index[] = { change->index };

    if (number == 0)
        return false;
    BEGIN(notification, vm_notifications, number);
    notification_add_domain(notification, change);
    /* The RFC wants the previous state. The notification itself says the new one. */
    ADD(notification, MIB_INTEGER, vm_entry, 6, index)->integer = (int32_t)change->before;
    if (number == VM_DELETED)
        (void)mib_put_vm_tristate(ADD(notification, MIB_INTEGER, vm_entry, 8, index), change->persistent);
    return true;
}

void notification_bulk(struct notification *notification, unsigned number, const unsigned char *list,
                       size_t length)
{
    BEGIN(notification, vm_notifications, BULK + number);
    notification_put_bytes(ADD(notification, MIB_OCTETS, vm_scalars, 11, scalar), list, length);
}

static bool notification_is_in_service(int state)
{
    return state != DOMAIN_SHUTDOWN && state != DOMAIN_SHUTOFF && state != DOMAIN_CRASHED;
}

bool notification_libvirt_state(struct notification *notification, const unsigned char uuid[UUID_BYTES],
                                const char *name, int state)
{
    mib_subid index[UUID_BYTES];

    if (libvirt_mib_state(state) == 0)
        return false;
    for (size_t i = 0; i < ARRAY_COUNT(index); i++)
        index[i] = uuid[i];
    BEGIN(notification, guest_notification, 1);
    (void)mib_put_text(ADD(notification, MIB_OCTETS, guest_entry, 2, index), name);
    notification_put_bytes(ADD(notification, MIB_OCTETS, guest_entry, 1, index), uuid, UUID_BYTES);
    ADD(notification, MIB_INTEGER, guest_entry, 3, index)->integer = libvirt_mib_state(state);
    ADD(notification, MIB_INTEGER, guest_entry, 9, index)->integer =
        notification_is_in_service(state) ? ROW_ACTIVE : ROW_NOT_IN_SERVICE;
    return true;
}

bool notification_libvirt(struct notification *notification, const struct change *change)
{
    if (change->kind != CHANGE_STATE ||
        libvirt_mib_state(change->state_before) == libvirt_mib_state(change->state))
        return false;
    return notification_libvirt_state(notification, change->uuid, change->name, change->state);
}

bool notification_domain_changed(struct notification *notification, const struct change *change)
{
    bool is_known_state = change->state >= 0 && change->state < DOMAIN_STATES;
    mib_subid index[] = { change->index };

    if (change->kind != CHANGE_FACTS || change->index == 0)
        return false;
    BEGIN(notification, gl_notifications, 3);
    notification_add_domain(notification, change);
    ADD(notification, MIB_INTEGER, gl_domain_entry, 2, index)->integer =
        is_known_state ? change->state : DOMAIN_NOSTATE;
    (void)mib_put_gl_truth(ADD(notification, MIB_INTEGER, gl_domain_entry, 6, index), change->persistent);
    (void)mib_put_gl_truth(ADD(notification, MIB_INTEGER, gl_domain_entry, 7, index), change->autostart);
    return true;
}

void notification_hypervisor(struct notification *notification, bool is_up, const struct collector_status *status,
                             int64_t age_ms)
{
    BEGIN(notification, gl_notifications, is_up ? 2 : 1);
    (void)mib_put_text(ADD(notification, MIB_OCTETS, gl_scalars, 1, scalar), status->uri);
    (void)mib_put_text(ADD(notification, MIB_OCTETS, gl_scalars, 3, scalar), status->last_error);
    ADD(notification, MIB_TIMETICKS, gl_scalars, 7, scalar)->unsigned32 = (uint32_t)(age_ms / TICK_MS);
}
