/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/snmp/varbind.h"

#include <assert.h>

static_assert(sizeof(mib_subid) == sizeof(oid), "mib_subid must be net-snmp's oid");
static_assert((int)MIB_OID_MAX == (int)MAX_OID_LEN, "OIDs must have the same limit");

static const u_char wire_types[] = {
    [MIB_INTEGER] = ASN_INTEGER,     [MIB_OCTETS] = ASN_OCTET_STR,  [MIB_OID] = ASN_OBJECT_ID,
    [MIB_GAUGE32] = ASN_GAUGE,       [MIB_COUNTER32] = ASN_COUNTER, [MIB_COUNTER64] = ASN_COUNTER64,
    [MIB_TIMETICKS] = ASN_TIMETICKS,
};

bool varbind_put(netsnmp_variable_list *varbind, const struct mib_value *value)
{
    u_char type = wire_types[value->type];

    switch (value->type) {
    case MIB_INTEGER:
        return snmp_set_var_typed_integer(varbind, type, value->integer) == 0;
    case MIB_GAUGE32:
    case MIB_COUNTER32:
    case MIB_TIMETICKS:
        return snmp_set_var_typed_integer(varbind, type, (long)value->unsigned32) == 0;
    case MIB_COUNTER64: {
        struct counter64 number = { .high = value->counter64 >> 32, .low = value->counter64 & 0xffffffff };

        return snmp_set_var_typed_value(varbind, type, &number, sizeof(number)) == 0;
    }
    case MIB_OCTETS:
    case MIB_OID:
        break;
    }
    return snmp_set_var_typed_value(varbind, type, value->bytes, value->length) == 0;
}

bool varbind_add(netsnmp_variable_list **list, const mib_subid *name, size_t length, const struct mib_value *value)
{
    netsnmp_variable_list *added = snmp_varlist_add_variable(list, name, length, ASN_NULL, NULL, 0);

    return added && varbind_put(added, value);
}

/* A name in AgentX can have up to 260 numbers. Our names have fewer than 128, so the first 128 numbers are enough
 * to compare a name with them. */
size_t varbind_name_length(const netsnmp_variable_list *varbind)
{
    return varbind->name_length < MIB_OID_MAX ? varbind->name_length : MIB_OID_MAX;
}

const mib_subid *varbind_name(const netsnmp_variable_list *varbind, mib_subid name[MIB_OID_MAX])
{
    for (size_t i = 0; i < varbind_name_length(varbind); i++)
        name[i] = varbind->name[i] & UINT32_MAX;
    return name;
}

bool varbind_integer(const netsnmp_variable_list *varbind, int32_t *number)
{
    if (varbind->type != ASN_INTEGER || !varbind->val.integer || *varbind->val.integer < INT32_MIN ||
        *varbind->val.integer > INT32_MAX)
        return false;
    *number = (int32_t)*varbind->val.integer;
    return true;
}
