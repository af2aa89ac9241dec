/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/snmp/trap_varbinds.h"

#include "agent/snmp/varbind.h"
#include "lib/base/array.h"

bool trap_varbinds_add(netsnmp_variable_list **list, const struct notification *notification)
{
    static const oid trap_oid[] = { SNMP_OID_SNMPMODULES, 1, 1, 4, 1, 0 }; /* snmpTrapOID.0 */
    const struct mib_value which = { .type = MIB_OID,
                                     .bytes = notification->oid,
                                     .length = notification->length * sizeof(*notification->oid) };
    bool complete = varbind_add(list, trap_oid, ARRAY_COUNT(trap_oid), &which);

    for (size_t i = 0; complete && i < notification->count; i++) {
        const struct varbind *object = &notification->objects[i];

        complete = varbind_add(list, object->name, object->length, &object->value);
    }
    return complete;
}
