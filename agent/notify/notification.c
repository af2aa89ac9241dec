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

#define ADD_SCALAR(notification, type, base, column)                                                              \
    notification_add(notification, type, base, ARRAY_COUNT(base), column, scalar, ARRAY_COUNT(scalar))

static bool notification_put_bytes(struct mib_value *value, const void *bytes, size_t length)
{
    value->bytes = bytes;
    value->length = length;
    return true;
}

static bool notification_put_name(struct mib_value *value, const struct change *change)
{
    return mib_put_text(value, change->name);
}

static bool notification_put_uuid(struct mib_value *value, const struct change *change)
{
    return notification_put_bytes(value, change->uuid, UUID_BYTES);
}

/* The RFC wants the previous state. The notification itself says the new one. */
static bool notification_put_oper_state(struct mib_value *value, const struct change *change)
{
    return mib_put_integer(value, (int32_t)change->before);
}

static bool notification_put_vm_persistent(struct mib_value *value, const struct change *change)
{
    return mib_put_vm_tristate(value, change->persistent);
}

static bool notification_put_libvirt_state(struct mib_value *value, const struct change *change)
{
    return mib_put_integer(value, libvirt_mib_state(change->state));
}

static bool notification_put_row_status(struct mib_value *value, const struct change *change)
{
    int state = change->state;
    bool is_in_service = state != DOMAIN_SHUTDOWN && state != DOMAIN_SHUTOFF && state != DOMAIN_CRASHED;

    return mib_put_integer(value, is_in_service ? ROW_ACTIVE : ROW_NOT_IN_SERVICE);
}

static bool notification_put_state(struct mib_value *value, const struct change *change)
{
    bool is_known = change->state >= 0 && change->state < DOMAIN_STATES;

    return mib_put_integer(value, is_known ? change->state : DOMAIN_NOSTATE);
}

static bool notification_put_persistent(struct mib_value *value, const struct change *change)
{
    return mib_put_gl_truth(value, change->persistent);
}

static bool notification_put_autostart(struct mib_value *value, const struct change *change)
{
    return mib_put_gl_truth(value, change->autostart);
}

static bool notification_put_control(struct mib_value *value, const struct change *change)
{
    return mib_put_integer(value, change->control);
}

static bool notification_put_control_seconds(struct mib_value *value, const struct change *change)
{
    return mib_put_unsigned(value, change->control_seconds);
}

static bool notification_put_error_reason(struct mib_value *value, const struct change *change)
{
    return change->error_reason && mib_put_text(value, change->error_reason);
}

static bool notification_put_io_error(struct mib_value *value, const struct change *change)
{
    return change->io_error && *change->io_error && mib_put_text(value, change->io_error);
}

static unsigned notification_vm_state_number(const struct change *change)
{
    static const unsigned numbers[] = {
        [VM_OPER_RUNNING] = 1,  [VM_OPER_SHUTTINGDOWN] = 2, [VM_OPER_SHUTDOWN] = 3,
        [VM_OPER_PAUSED] = 4,   [VM_OPER_SUSPENDING] = 5,   [VM_OPER_SUSPENDED] = 6,
        [VM_OPER_RESUMING] = 7, [VM_OPER_MIGRATING] = 8,    [VM_OPER_CRASHED] = 9,
    };

    if (change->kind != CHANGE_STATE)
        return 0;
    return change->after < ARRAY_COUNT(numbers) ? numbers[change->after] : 0;
}

static unsigned notification_vm_deleted_number(const struct change *change)
{
    return change->kind == CHANGE_DELETED ? VM_DELETED : 0;
}

/* LIBVIRT-MIB also wants it, with the present state, when a command of SET has failed. */
static unsigned notification_libvirt_number(const struct change *change)
{
    int32_t state = libvirt_mib_state(change->state);
    bool has_changed = change->kind == CHANGE_STATE && state != libvirt_mib_state(change->state_before);

    return state != 0 && (has_changed || change->kind == CHANGE_SET_FAILED);
}

static unsigned notification_domain_changed_number(const struct change *change)
{
    return change->kind == CHANGE_FACTS ? 3 : 0;
}

static unsigned notification_domain_answers_number(const struct change *change)
{
    if (change->kind != CHANGE_ANSWERS)
        return 0;
    return change->answers == TRISTATE_TRUE ? 5 : 4;
}

/* An object: a column of a table, with its value for a change. `put` returns false if the object is left out. */
struct notification_object {
    const mib_subid *entry;
    size_t length;
    mib_subid column;
    enum mib_type type;
    bool (*put)(struct mib_value *value, const struct change *change);
};

#define COLUMN(entry, number) entry, ARRAY_COUNT(entry), number
#define VM_NAME                                                                                                   \
    {                                                                                                             \
        COLUMN(vm_entry, 2), MIB_OCTETS, notification_put_name                                                    \
    }
#define VM_UUID                                                                                                   \
    {                                                                                                             \
        COLUMN(vm_entry, 3), MIB_OCTETS, notification_put_uuid                                                    \
    }
#define VM_OPER_STATE                                                                                             \
    {                                                                                                             \
        COLUMN(vm_entry, 6), MIB_INTEGER, notification_put_oper_state                                             \
    }

/* A new notification about a change of a domain is one row here. A new kind of change is one more enum
 * change_kind, and a row in record.c. */
static const struct notification_row {
    const mib_subid *parent; /* the OID of the notification without its last number */
    size_t parent_length;
    unsigned (*number)(const struct change *change); /* the last number; 0: the change does not cause it */
    size_t on;                                       /* its switch, in struct switches */
    bool has_uuid_index;                             /* the index of its objects is the UUID, not vmIndex */
    struct notification_object objects[NOTIFICATION_OBJECTS_MAX]; /* in the order of the MIB */
} rows[NOTIFICATION_KINDS] = {
    [NOTIFICATION_VM_STATE] = { vm_notifications,
                                ARRAY_COUNT(vm_notifications),
                                notification_vm_state_number,
                                offsetof(struct switches, per_vm),
                                false,
                                { VM_NAME,
                                  VM_UUID,
                                  VM_OPER_STATE,
                                  { COLUMN(gl_domain_entry, 4), MIB_OCTETS, notification_put_error_reason },
                                  { COLUMN(gl_domain_entry, 16), MIB_OCTETS, notification_put_io_error } } },
    [NOTIFICATION_VM_DELETED] = { vm_notifications,
                                  ARRAY_COUNT(vm_notifications),
                                  notification_vm_deleted_number,
                                  offsetof(struct switches, per_vm),
                                  false,
                                  { VM_NAME,
                                    VM_UUID,
                                    VM_OPER_STATE,
                                    { COLUMN(vm_entry, 8), MIB_INTEGER, notification_put_vm_persistent } } },
    [NOTIFICATION_LIBVIRT] = { guest_notification,
                               ARRAY_COUNT(guest_notification),
                               notification_libvirt_number,
                               offsetof(struct switches, libvirt),
                               true,
                               { { COLUMN(guest_entry, 2), MIB_OCTETS, notification_put_name },
                                 { COLUMN(guest_entry, 1), MIB_OCTETS, notification_put_uuid },
                                 { COLUMN(guest_entry, 3), MIB_INTEGER, notification_put_libvirt_state },
                                 { COLUMN(guest_entry, 9), MIB_INTEGER, notification_put_row_status } } },
    [NOTIFICATION_DOMAIN_CHANGED] = { gl_notifications,
                                      ARRAY_COUNT(gl_notifications),
                                      notification_domain_changed_number,
                                      offsetof(struct switches, per_vm),
                                      false,
                                      { VM_NAME,
                                        VM_UUID,
                                        { COLUMN(gl_domain_entry, 2), MIB_INTEGER, notification_put_state },
                                        { COLUMN(gl_domain_entry, 6), MIB_INTEGER, notification_put_persistent },
                                        { COLUMN(gl_domain_entry, 7), MIB_INTEGER,
                                          notification_put_autostart } } },
    [NOTIFICATION_DOMAIN_ANSWERS] = { gl_notifications,
                                      ARRAY_COUNT(gl_notifications),
                                      notification_domain_answers_number,
                                      offsetof(struct switches, per_vm),
                                      false,
                                      { VM_NAME,
                                        VM_UUID,
                                        { COLUMN(gl_domain_entry, 17), MIB_INTEGER, notification_put_control },
                                        { COLUMN(gl_domain_entry, 18), MIB_GAUGE32,
                                          notification_put_control_seconds } } },
};

bool notification_is_on(enum notification_kind kind, const struct switches *switches)
{
    return *(const bool *)((const char *)switches + rows[kind].on);
}

/* The index of the domain's row. Returns its length; 0: the domain has none. */
static size_t notification_index(const struct notification_row *row, const struct change *change,
                                 mib_subid index[UUID_BYTES])
{
    if (!row->has_uuid_index) {
        index[0] = change->index;
        return change->index > 0;
    }
    for (size_t i = 0; i < UUID_BYTES; i++)
        index[i] = change->uuid[i];
    return UUID_BYTES;
}

bool notification_make(struct notification *notification, enum notification_kind kind, const struct change *change)
{
    const struct notification_row *row = &rows[kind];
    unsigned number = row->number(change);
    mib_subid index[UUID_BYTES];
    size_t length = notification_index(row, change, index);

    if (number == 0 || length == 0)
        return false;
    notification_begin(notification, row->parent, row->parent_length, number);
    for (size_t i = 0; i < NOTIFICATION_OBJECTS_MAX && row->objects[i].put; i++) {
        const struct notification_object *object = &row->objects[i];
        struct mib_value *value = notification_add(notification, object->type, object->entry, object->length,
                                                   object->column, index, length);

        notification->count -= !object->put(value, change);
    }
    return true;
}

unsigned notification_vm_number(const struct change *change)
{
    unsigned number = notification_vm_state_number(change);

    if (change->index == 0)
        return 0;
    return number ? number : notification_vm_deleted_number(change);
}

void notification_bulk(struct notification *notification, unsigned number, const unsigned char *list,
                       size_t length)
{
    notification_begin(notification, vm_notifications, ARRAY_COUNT(vm_notifications), BULK + number);
    (void)notification_put_bytes(ADD_SCALAR(notification, MIB_OCTETS, vm_scalars, 11), list, length);
}

void notification_hypervisor(struct notification *notification, bool is_up, const struct collector_status *status,
                             int64_t age_ms)
{
    notification_begin(notification, gl_notifications, ARRAY_COUNT(gl_notifications), is_up ? 2 : 1);
    (void)mib_put_text(ADD_SCALAR(notification, MIB_OCTETS, gl_scalars, 1), status->uri);
    (void)mib_put_text(ADD_SCALAR(notification, MIB_OCTETS, gl_scalars, 3), status->last_error);
    ADD_SCALAR(notification, MIB_TIMETICKS, gl_scalars, 7)->unsigned32 = (uint32_t)(age_ms / TICK_MS);
}
