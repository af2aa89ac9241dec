/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/snmp/reconnect.h"

#include <net-snmp/net-snmp-config.h>
#include <net-snmp/net-snmp-includes.h>
#include <net-snmp/agent/net-snmp-agent-includes.h>
#include <net-snmp/agent/agent_callbacks.h>
#include <stdlib.h>

/* The library schedules its attempt (an alarm) right after it has reported the end of the session, and numbers its
 * alarms in order. */
static void reconnect_drop_next(unsigned alarm, void *data)
{
    (void)data;
    snmp_alarm_unregister(alarm + 1);
}

/* Each session must register everything. If the last session ended while the library registered objects, the
 * library believes that the other objects are registered, although the new session has registered nothing yet.
 *
 * The library keeps the number of the alarm that sends pings in `securityModel`. There is no such alarm until
 * everything is registered. Until then, the library's function that opened the session schedules the next attempt
 * itself. `data` has the open session; an attempt that opened no session has no start. */
static int reconnect_on_session(int major, int minor, void *session, void *data)
{
    const struct timeval soon = { .tv_usec = 1000 };
    netsnmp_session **open = data;
    bool is_complete = *open == session && (*open)->securityModel != SNMP_DEFAULT_SECMODEL;

    (void)major;
    if (minor == SNMPD_CALLBACK_INDEX_START)
        register_mib_detach();
    *open = minor == SNMPD_CALLBACK_INDEX_START ? session : NULL;
    if (minor == SNMPD_CALLBACK_INDEX_STOP && !is_complete)
        (void)snmp_alarm_register_hr(soon, 0, reconnect_drop_next, NULL);
    return 0;
}

static bool reconnect_watch_for(int minor, netsnmp_session **open)
{
    return netsnmp_register_callback(SNMP_CALLBACK_APPLICATION, minor, reconnect_on_session, open,
                                     NETSNMP_CALLBACK_LOWEST_PRIORITY) == SNMPERR_SUCCESS;
}

/* No other callback for the end of a session may schedule an alarm after this one. Net-SNMP frees `open` with its
 * callbacks at the end. */
bool reconnect_watch(void)
{
    netsnmp_session **open = calloc(1, sizeof(netsnmp_session *));

    return open && reconnect_watch_for(SNMPD_CALLBACK_INDEX_START, open) &&
           reconnect_watch_for(SNMPD_CALLBACK_INDEX_STOP, open);
}
