/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/snmpd_module/only_copy.h"

#include <net-snmp/net-snmp-config.h>
#include <net-snmp/net-snmp-includes.h>
#include <net-snmp/library/snmp_enum.h>
#include <stdlib.h>
#include <string.h>

/* net-snmp's named lists of numbers with texts are the same for all modules of a process. */
#define LIST_NAME "guestlist-module"

enum { OWNER = 1 };

const char *only_copy_owner(void)
{
    return se_find_label_in_slist(LIST_NAME, OWNER);
}

const char *only_copy_take(const char *path)
{
    const char *owner = only_copy_owner();
    char *copy = owner ? NULL : strdup(path); /* the list frees it */

    if (owner)
        return owner;
    if (copy && se_add_pair_to_slist(LIST_NAME, copy, OWNER) == SE_OK)
        return NULL;
    free(copy);
    return "";
}

void only_copy_release(void)
{
    se_clear_slist(LIST_NAME);
}
