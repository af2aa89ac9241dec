/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/snmp/log_listener.h"

static netsnmp_log_handler *log_listener_add(int priority, int pri_max)
{
    netsnmp_log_handler *handler = netsnmp_register_loghandler(NETSNMP_LOGHANDLER_CALLBACK, priority);

    if (handler)
        handler->pri_max = pri_max;
    return handler;
}

/* Up to Net-SNMP 5.9.4, a handler gets the lines whose priority number is at least `pri_max`; since 5.9.5, those
 * whose number is at most `pri_max`. There is no value for both, so there is one handler for each. */
bool log_listener_begin(struct log_listener *listener, int priority)
{
    listener->at_least = log_listener_add(priority, LOG_EMERG);
    listener->at_most = log_listener_add(priority, LOG_DEBUG);
    if (listener->at_least && listener->at_most)
        return true;
    log_listener_end(listener);
    return false;
}

void log_listener_end(struct log_listener *listener)
{
    if (listener->at_least)
        (void)netsnmp_remove_loghandler(listener->at_least);
    if (listener->at_most)
        (void)netsnmp_remove_loghandler(listener->at_most);
    *listener = (struct log_listener){ NULL, NULL };
}
