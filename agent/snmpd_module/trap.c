/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/snmpd_module/trap.h"

#include <net-snmp/net-snmp-config.h>
#include <net-snmp/net-snmp-includes.h>
#include <net-snmp/agent/net-snmp-agent-includes.h>
#include <net-snmp/agent/agent_trap.h>

#include "agent/snmp/trap_varbinds.h"
#include "agent/snmpd_module/report.h"

/* snmpd's own value for "the varbinds say which notification it is" */
enum { TRAP_BY_VARBINDS = -1 };

bool trap_is_ready(void *data)
{
    (void)data;
    return true;
}

void trap_send(void *data, const struct notification *notification, const char *context)
{
    netsnmp_variable_list *varbinds = NULL;

    (void)data;
    if (trap_varbinds_add(&varbinds, notification))
        send_trap_vars_with_context(TRAP_BY_VARBINDS, TRAP_BY_VARBINDS, varbinds, context);
    else
        log_say(&report_log, LOG_LEVEL_WARNING, "out of memory: a notification is not sent");
    snmp_free_varbind(varbinds);
}
