/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/mib/host_nic.h"

#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "lib/base/cleanup.h"

uint32_t host_nic_with_mac(const char *name, const unsigned char mac[6])
{
    AUTO_CLOSE int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    struct ifreq request = { .ifr_name = "" };

    if (fd < 0 || strlen(name) >= sizeof(request.ifr_name))
        return 0;
    memcpy(request.ifr_name, name, strlen(name) + 1);
    if (ioctl(fd, SIOCGIFHWADDR, &request) < 0 || memcmp(request.ifr_hwaddr.sa_data + 1, mac + 1, 5) != 0)
        return 0;
    if (ioctl(fd, SIOCGIFINDEX, &request) < 0)
        return 0;
    return (uint32_t)request.ifr_ifindex;
}
