/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/libvirt/control_info.h"

#include "lib/libvirt/virt.h"

int64_t control_info_occupied_ms(struct connection *connection, virDomainPtr domain)
{
    struct driver *driver = connection_driver(connection);
    virDomainControlInfo info;

    if (driver_lacks(driver, DRIVER_NO_CONTROL_INFO))
        return 0;
    if (virDomainGetControlInfo(domain, &info, 0) == 0)
        return info.state == VIR_DOMAIN_CONTROL_OCCUPIED ? (int64_t)info.stateTime : 0;
    if (virt_is_unsupported(virGetLastErrorCode()))
        (void)driver_learn(driver, DRIVER_NO_CONTROL_INFO);
    return 0;
}
