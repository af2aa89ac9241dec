/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One hypervisor that snmpd serves with this module: it may be waiting to start, be served, or be leaving, when
 * the configuration does not have it any more but its thread still hangs inside libvirt. snmpd's thread only. */
#ifndef GUESTLIST_AGENT_SNMPD_MODULE_HYPERVISOR_H
#define GUESTLIST_AGENT_SNMPD_MODULE_HYPERVISOR_H

#include <stdbool.h>

#include "agent/settings.h"
#include "agent/snmp/service.h"

struct hypervisor {
    struct settings_hypervisor settings;
    struct service *service; /* NULL: it could not be started yet */
    bool is_leaving;
    int64_t register_boot_ms;      /* from then on, its objects are registered even if there are no rows */
    bool is_unstarted, is_refused; /* it could not be started, or registered, and the log says so */
};

bool hypervisor_is_same(const struct settings_hypervisor *one, const struct settings_hypervisor *other);

/* Starts the service of a hypervisor that has none. If it cannot be started now, the reason is logged once. */
void hypervisor_start(struct hypervisor *hypervisor, const struct settings *settings,
                      const struct service_host *host);

/* New settings. If snmpd has refused its objects, the next hypervisor_register() tries again. */
void hypervisor_change(struct hypervisor *hypervisor, const struct instance_settings *settings);

/* Registers its objects if it has rows, or after 2 s, and when the settings want others. If snmpd refuses them,
 * this is logged once, and tried again each minute. */
void hypervisor_register(struct hypervisor *hypervisor, const struct answer_settings *settings);

/* Withdraws it from snmpd and asks its threads to stop. */
void hypervisor_leave(struct hypervisor *hypervisor);

/* Waits for a hypervisor that is leaving, at most until then. True: it is gone. */
bool hypervisor_is_gone(struct hypervisor *hypervisor, int64_t until_boot_ms);

#endif
