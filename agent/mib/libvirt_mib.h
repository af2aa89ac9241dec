/* SPDX-License-Identifier: GPL-2.0-or-later */
/* LIBVIRT-MIB, the MIB of libvirt-snmp. A column is one line in libvirt_mib.c. */
#ifndef GUESTLIST_AGENT_MIB_LIBVIRT_MIB_H
#define GUESTLIST_AGENT_MIB_LIBVIRT_MIB_H

#include "agent/mib/mib.h"
#include "lib/model/domain.h"

#define LIBVIRT_MIB_OID 1, 3, 6, 1, 4, 1, 36957 /* libvirtMIB */

extern const struct mib libvirt_mib;

/* libvirtGuestState of a domain in `state`, which is libvirt's number: the nearest state that the MIB has. 0: no
 * value, because the state was never read, or because this program does not know it. */
int32_t libvirt_mib_state(int state);

#endif
