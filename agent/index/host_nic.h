/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The network interfaces of this host that lead to those of a guest, as the kernel numbers them (ifIndex). */
#ifndef GUESTLIST_AGENT_INDEX_HOST_NIC_H
#define GUESTLIST_AGENT_INDEX_HOST_NIC_H

#include <stdint.h>

#include "lib/model/domain.h"

/* A socket for the requests to the kernel; -1 if there is none. The caller closes it with close(). */
int host_nic_socket(void);

/* The domain's XML must be known. For each interface in it, writes the number of the host's interface that leads
 * to it to `hosts`, and the number of that one's parent (the bridge, or the device below a macvtap) to `parents`.
 * 0: there is none, or this process cannot see it. The kernel gives an interface that is made again another
 * number. Does not block. */
void host_nic_find(int socket, const struct domain *domain, uint32_t *hosts, uint32_t *parents);

#endif
