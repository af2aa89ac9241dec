/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One hypervisor as it is served through net-snmp: its instance, its registered objects, and its notifications, in
 * net-snmp's loop. guestlistd and the module for snmpd use the same services. Main thread only. */
#ifndef GUESTLIST_AGENT_SNMP_SERVICE_H
#define GUESTLIST_AGENT_SNMP_SERVICE_H

#include <stdbool.h>

#include "agent/instance.h"
#include "agent/notify/notifier.h"
#include "agent/snmp/watch.h"

struct service;

struct service_host {
    struct notifier_host notifications; /* how they are sent */
    const struct log_sink *log;         /* for all threads */
    struct watch *watch;
    void (*on_run)(void *data); /* called after each service_run_notifier(); at least once a second */
    void *data;
};

/* Starts collecting, see instance_start(). Serves nothing yet. `host` must outlive the service, and its log the
 * instance. NULL if out of memory, threads or descriptors. */
struct service *service_start(const char *uri, const char *context, struct indexes *indexes,
                              const struct instance_settings *settings, const struct service_host *host);

/* Lives as long as the service. */
struct instance *service_instance(const struct service *service);

/* See region_register(). */
bool service_register(struct service *service, const struct answer_settings *settings);

/* From now on, net-snmp's loop takes new rows and sends notifications. False, with errno, on failure. */
bool service_begin(struct service *service);

/* Sends the notifications that can be sent now. */
void service_run_notifier(struct service *service);

/* For a program that goes on without this hypervisor: removes it from net-snmp. Call it before service_stop(), not
 * from a function of a watch_source. */
void service_withdraw(struct service *service);

/* See instance_ask_to_stop(). */
void service_ask_to_stop(struct service *service);

/* See instance_has_stopped(). */
bool service_has_stopped(struct service *service, int64_t patience_ms);

/* Stops the instance, see instance_stop(), and frees the service. To be called after service_withdraw(), or when
 * net-snmp is shut down. Takes NULL. */
bool service_stop(struct service *service, int64_t patience_ms);

#endif
