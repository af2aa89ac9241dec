/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/index/host_nic.h"

#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "agent/mib/vm_devices.h"
#include "lib/base/array.h"
#include "lib/model/xml_facts.h"

int host_nic_socket(void)
{
    return socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
}

/* `mac` NULL: any address fits. Otherwise the address must be the same except for the first octet, which libvirt
 * changes. */
static uint32_t host_nic_index(int socket, const char *name, const unsigned char *mac)
{
    struct ifreq request = { .ifr_name = "" };

    if (strlen(name) >= sizeof(request.ifr_name))
        return 0;
    memcpy(request.ifr_name, name, strlen(name) + 1);
    if (mac && (ioctl(socket, SIOCGIFHWADDR, &request) < 0 ||
                memcmp(request.ifr_hwaddr.sa_data + 1, mac + 1, MAC_BYTES - 1) != 0))
        return 0;
    return ioctl(socket, SIOCGIFINDEX, &request) < 0 ? 0 : (uint32_t)request.ifr_ifindex;
}

/* A device that libvirt makes for one of these types has the guest's address except for the first octet. If a
 * device of that name has another address, it does not belong to this guest: the guest's own device is then in
 * another network namespace. */
static bool host_nic_has_guests_mac(const struct interface *interface)
{
    static const char *const types[] = { "bridge", "network", "direct" };

    for (size_t i = 0; interface->type && i < ARRAY_COUNT(types); i++)
        if (strcmp(interface->type, types[i]) == 0)
            return true;
    return false;
}

static uint32_t host_nic_of_guest(int socket, const struct interface *interface)
{
    unsigned char mac[MAC_BYTES];
    bool is_checked = host_nic_has_guests_mac(interface) && vm_devices_parse_mac(interface->mac, mac);

    return host_nic_index(socket, interface->target, is_checked ? mac : NULL);
}

/* If this process cannot see the guest's own device, it is in another network namespace, and so is its parent. */
void host_nic_find(int socket, const struct domain *domain, uint32_t *hosts, uint32_t *parents)
{
    for (size_t i = 0; i < domain->xml_facts->interface_count; i++) {
        const struct interface *interface = &domain->xml_facts->interfaces[i];
        bool has_device = domain_active(domain) && interface->target;

        hosts[i] = has_device ? host_nic_of_guest(socket, interface) : 0;
        parents[i] = interface->parent && (!has_device || hosts[i] != 0)
                         ? host_nic_index(socket, interface->parent, NULL)
                         : 0;
    }
}
