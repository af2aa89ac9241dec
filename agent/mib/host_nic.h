/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The network interfaces of this host, as the kernel numbers them. */
#ifndef GUESTLIST_AGENT_MIB_HOST_NIC_H
#define GUESTLIST_AGENT_MIB_HOST_NIC_H

#include <stdint.h>

/* The index of the interface of that name in this process's network namespace, if its hardware address is `mac`
 * but for the first octet, which libvirt changes; else 0. Asks the kernel each time: an interface that is made
 * anew has another index. */
uint32_t host_nic_with_mac(const char *name, const unsigned char mac[6]);

#endif
