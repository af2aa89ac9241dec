/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/snmp/service.h"

#include <net-snmp/net-snmp-config.h>
#include <net-snmp/net-snmp-includes.h>
#include <stdlib.h>

#include "agent/snmp/region.h"

struct service {
    const struct service_host *host;
    struct instance *instance;
    struct notifier *notifier;
    struct watch_source rows;
    unsigned alarm;      /* net-snmp's alarm that runs the notifier again; 0: none */
    unsigned registered; /* for region.h */
};

static void service_on_due(unsigned alarm, void *data)
{
    struct service *service = data;

    (void)alarm;
    service->alarm = 0;
    service_run_notifier(service);
}

void service_run_notifier(struct service *service)
{
    int64_t again_ms = notifier_run(service->notifier);
    struct timeval pause = { .tv_sec = again_ms / 1000, .tv_usec = again_ms % 1000 * 1000 };

    if (service->alarm)
        snmp_alarm_unregister(service->alarm);
    service->alarm = snmp_alarm_register_hr(pause, 0, service_on_due, service);
    service->host->on_run(service->host->data);
}

static void service_on_rows(int fd, void *data)
{
    struct service *service = data;

    (void)fd;
    instance_refresh(service->instance);
    service_run_notifier(service);
}

static struct notifier *service_new_notifier(const struct service *service)
{
    const struct notifier_source source = { service->instance, instance_context(service->instance),
                                            instance_change_queue(service->instance), instance_answer,
                                            instance_list_when_due };

    return notifier_new(&source, &service->host->notifications);
}

struct service *service_start(const char *uri, const char *context, struct indexes *indexes,
                              const struct instance_settings *settings, const struct service_host *host)
{
    struct service *service = calloc(1, sizeof(*service));

    if (!service) {
        indexes_free(indexes);
        return NULL;
    }
    service->host = host;
    service->instance = instance_start(uri, context, indexes, settings, host->log);
    if (service->instance)
        return service;
    free(service);
    return NULL;
}

struct instance *service_instance(const struct service *service)
{
    return service->instance;
}

bool service_register(struct service *service, const struct answer_settings *settings)
{
    return region_register(service->instance, settings, &service->registered);
}

bool service_begin(struct service *service)
{
    service->notifier = service_new_notifier(service);
    service->rows = (struct watch_source){ instance_fd(service->instance), service_on_rows, service };
    if (!service->notifier || !watch_add(service->host->watch, &service->rows))
        return false;
    service_run_notifier(service);
    return true;
}

void service_withdraw(struct service *service)
{
    if (service->notifier)
        watch_remove(service->host->watch, &service->rows);
    if (service->alarm)
        snmp_alarm_unregister(service->alarm);
    region_unregister(service->instance, &service->registered);
}

void service_ask_to_stop(struct service *service)
{
    instance_ask_to_stop(service->instance);
}

bool service_has_stopped(struct service *service, int64_t patience_ms)
{
    return instance_has_stopped(service->instance, patience_ms);
}

bool service_stop(struct service *service, int64_t patience_ms)
{
    bool ended;

    if (!service)
        return true;
    notifier_free(service->notifier);
    ended = instance_stop(service->instance, patience_ms);
    free(service);
    return ended;
}
