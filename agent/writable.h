/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What SET can do: turn the switches of VM-MIB, and act on domains through LIBVIRT-MIB; each where the
 * administrator lets it. The target of a commit is a struct instance. */
#ifndef GUESTLIST_AGENT_WRITABLE_H
#define GUESTLIST_AGENT_WRITABLE_H

#include "agent/mib/mibset.h"

extern const struct mib_writables vm_writables, libvirt_writables, no_writables;

#endif
