/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/libvirt/control_info.h"

#include "lib/base/array.h"
#include "lib/libvirt/virt.h"

enum { OCCUPIED_MAX_MS = 1000 };

static enum domain_control control_info_decode(unsigned state)
{
    static const enum domain_control controls[] = {
        [VIR_DOMAIN_CONTROL_OK] = DOMAIN_CONTROL_OK,
        [VIR_DOMAIN_CONTROL_JOB] = DOMAIN_CONTROL_JOB,
        [VIR_DOMAIN_CONTROL_OCCUPIED] = DOMAIN_CONTROL_OCCUPIED,
        [VIR_DOMAIN_CONTROL_ERROR] = DOMAIN_CONTROL_ERROR,
    };

    return state < ARRAY_COUNT(controls) ? controls[state] : DOMAIN_CONTROL_UNKNOWN;
}

enum domain_control control_info_read(struct connection *connection, virDomainPtr domain, int64_t *for_ms)
{
    struct driver *driver = connection_driver(connection);
    virDomainControlInfo info;

    *for_ms = 0;
    if (driver_lacks(driver, DRIVER_NO_CONTROL_INFO))
        return DOMAIN_CONTROL_UNKNOWN;
    if (virDomainGetControlInfo(domain, &info, 0) == 0) {
        *for_ms = (int64_t)info.stateTime;
        return control_info_decode(info.state);
    }
    if (virt_is_unsupported(virGetLastErrorCode()))
        (void)driver_learn(driver, DRIVER_NO_CONTROL_INFO);
    return DOMAIN_CONTROL_UNKNOWN;
}

int64_t control_info_occupied_ms(struct connection *connection, virDomainPtr domain)
{
    int64_t for_ms;

    return control_info_read(connection, domain, &for_ms) == DOMAIN_CONTROL_OCCUPIED ? for_ms : 0;
}

bool control_info_hangs(struct connection *connection, virDomainPtr domain)
{
    return control_info_occupied_ms(connection, domain) >= OCCUPIED_MAX_MS;
}
