/* SPDX-License-Identifier: GPL-2.0-or-later */
/* LIBVIRT-MIB, the MIB of libvirt-snmp: its columns as table rows. A column is one line in libvirt_mib.c. */
#ifndef GUESTLIST_AGENT_MIB_LIBVIRT_MIB_H
#define GUESTLIST_AGENT_MIB_LIBVIRT_MIB_H

#include "agent/mib/mib.h"
#include "lib/model/domain.h"

#define LIBVIRT_MIB_OID 1, 3, 6, 1, 4, 1, 36957 /* libvirtMIB */

extern const struct mib libvirt_mib; /* its getters take a struct answer */

/* What libvirtGuestState reads for a domain in this state (libvirt's number): the nearest that the MIB has. 0 for
 * a state that was never read and for one that this program does not know: the MIB has no number for these, and
 * the column no value. */
int32_t libvirt_mib_state(int state);

#endif
