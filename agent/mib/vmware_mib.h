/* SPDX-License-Identifier: GPL-2.0-or-later */
/* VMWARE-VMINFO-MIB's vmwVmTable, for managers that list the guests of a host with this table. It has the columns
 * that they read. The module belongs to another vendor, so it is only served if the settings say so. A column is
 * one line in vmware_mib.c. */
#ifndef GUESTLIST_AGENT_MIB_VMWARE_MIB_H
#define GUESTLIST_AGENT_MIB_VMWARE_MIB_H

#include "agent/mib/mib.h"
#include "lib/model/domain.h"

#define VMWARE_MIB_OID 1, 3, 6, 1, 4, 1, 6876, 2, 1 /* vmwVmTable */

extern const struct mib vmware_mib;

/* vmwVmState of the domain: "powered on", "powered off", "suspended" or "unknown". */
const char *vmware_mib_state(const struct domain *domain);

#endif
