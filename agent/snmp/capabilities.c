/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/snmp/capabilities.h"

#include <net-snmp/net-snmp-config.h>
#include <net-snmp/net-snmp-includes.h>
#include <net-snmp/agent/net-snmp-agent-includes.h>
#include <net-snmp/agent/sysORTable.h>
#include <stddef.h>
#include <string.h>

#include "agent/mib/guestlist_mib.h"
#include "lib/base/array.h"

/* The entries for sysORTable: the statements of GUESTLIST-CAPABILITIES, by their number. */
static const struct capability {
    mib_subid number;
    const char *text;
    size_t setting; /* offset of a bool in struct answer_settings */
    bool wanted;    /* the statement is true if the setting has this value */
} switched[] = {
    { 1, "VM-MIB (RFC 7666) of libvirt's domains, read-only", offsetof(struct answer_settings, writable_switches),
      false },
    { 2, "VM-MIB (RFC 7666) of libvirt's domains, its two switches writable",
      offsetof(struct answer_settings, writable_switches), true },
    { 3, "LIBVIRT-MIB, read-only", offsetof(struct answer_settings, allow_control), false },
    { 4, "LIBVIRT-MIB, starting and stopping domains", offsetof(struct answer_settings, allow_control), true },
};

static const struct capability always = {
    .number = 5, .text = "GUESTLIST-MIB: the listing of libvirt's domains, and what VM-MIB has no objects for"
};

static void capabilities_put(const struct capability *capability, bool is_true)
{
    oid name[MAX_OID_LEN]; /* net-snmp copies it */

    memcpy(name, guestlist_root, guestlist_root_length * sizeof(*name));
    name[guestlist_root_length] = 3;
    name[guestlist_root_length + 1] = capability->number;
    UNREGISTER_SYSOR_TABLE(name, guestlist_root_length + 2);
    if (is_true)
        REGISTER_SYSOR_TABLE(name, guestlist_root_length + 2, capability->text);
}

void capabilities_advertise(const struct answer_settings *settings)
{
    for (size_t i = 0; i < ARRAY_COUNT(switched); i++) {
        bool is_set;

        memcpy(&is_set, (const char *)settings + switched[i].setting, sizeof(is_set));
        capabilities_put(&switched[i], is_set == switched[i].wanted);
    }
    capabilities_put(&always, true);
}

void capabilities_withdraw(void)
{
    for (size_t i = 0; i < ARRAY_COUNT(switched); i++)
        capabilities_put(&switched[i], false);
    capabilities_put(&always, false);
}
