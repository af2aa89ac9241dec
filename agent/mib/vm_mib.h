/* SPDX-License-Identifier: GPL-2.0-or-later */
/* VM-MIB (RFC 7666). A column is one line in vm_mib.c or in the file of its table. */
#ifndef GUESTLIST_AGENT_MIB_VM_MIB_H
#define GUESTLIST_AGENT_MIB_VM_MIB_H

#include "agent/mib/mib.h"

#define VM_MIB_OID 1, 3, 6, 1, 2, 1, 236 /* vmMIB; RFC 7666, section 7 */

extern const struct mib vm_mib;

#endif
