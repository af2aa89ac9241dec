/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The network interfaces of this host that lead to those of a guest, as the kernel numbers them (ifIndex). */
#ifndef GUESTLIST_AGENT_INDEX_HOST_NIC_H
#define GUESTLIST_AGENT_INDEX_HOST_NIC_H

#include <stdint.h>

#include "lib/model/domain.h"

/* A socket to ask the kernel through, -1 if there is none. To be closed by close(). */
int host_nic_socket(void);

/* For each interface in the domain's XML, which must be known: the number of the host's interface that leads to
 * it, and that of its parent, which is the bridge, or the device below a macvtap. 0: there is none, or none that
 * this process can see. An interface that is made again has another number. Does not block. */
void host_nic_find(int socket, const struct domain *domain, uint32_t *hosts, uint32_t *parents);

#endif
