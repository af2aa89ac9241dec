/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/snmpd_module/hypervisors.h"

#include <net-snmp/net-snmp-config.h>
#include <net-snmp/net-snmp-includes.h>
#include <stdlib.h>
#include <string.h>

#include "agent/descriptors.h"
#include "agent/logqueue.h"
#include "agent/snmp/capabilities.h"
#include "agent/snmp/watch.h"
#include "agent/snmpd_module/hypervisor.h"
#include "agent/snmpd_module/report.h"
#include "agent/snmpd_module/trap.h"
#include "lib/base/clock.h"
#include "lib/libvirt/event_loop.h"

enum {
    STOP_MS = 1000,
    TICK_SECONDS = 1,
    STATE_DIRECTORY_MODE = 0755,
    ITEMS_MAX = 2 * SETTINGS_HYPERVISORS_MAX, /* those of the settings, and those that are leaving */
};

struct hypervisors {
    struct logqueue *log;
    struct event_loop *events;
    struct watch *watch;
    struct watch_source log_source;
    struct service_host host;
    struct settings settings;
    unsigned alarm; /* net-snmp's, each second */
    size_t count;
    struct hypervisor items[ITEMS_MAX];
};

static void hypervisors_register(void *data)
{
    struct hypervisors *hypervisors = data;

    for (size_t i = 0; i < hypervisors->count; i++)
        hypervisor_register(&hypervisors->items[i], &hypervisors->settings.answer);
}

/* Starts those that could not be started before. */
static void hypervisors_start(struct hypervisors *hypervisors)
{
    for (size_t i = 0; i < hypervisors->count; i++) {
        struct hypervisor *item = &hypervisors->items[i];

        if (!item->service && !item->is_leaving)
            hypervisor_start(item, &hypervisors->settings, &hypervisors->host);
    }
}

static void hypervisors_drop_gone(struct hypervisors *hypervisors, int64_t patience_ms)
{
    int64_t until = clock_boot_ms() + patience_ms;
    size_t kept = 0;

    for (size_t i = 0; i < hypervisors->count; i++)
        if (!hypervisors->items[i].is_leaving || !hypervisor_is_gone(&hypervisors->items[i], until))
            hypervisors->items[kept++] = hypervisors->items[i];
    hypervisors->count = kept;
}

static void hypervisors_on_tick(unsigned alarm, void *data)
{
    (void)alarm;
    hypervisors_drop_gone(data, 0);
    hypervisors_start(data);
    hypervisors_register(data);
}

static void hypervisors_on_log(int fd, void *data)
{
    (void)fd;
    logqueue_drain(data, report_line);
}

static void hypervisors_free(struct hypervisors *hypervisors)
{
    if (hypervisors->alarm)
        snmp_alarm_unregister(hypervisors->alarm);
    watch_free(hypervisors->watch);
    event_loop_stop(hypervisors->events);
    if (hypervisors->log)
        logqueue_drain(hypervisors->log, report_line);
    logqueue_free(hypervisors->log);
    free(hypervisors);
}

static bool hypervisors_make_parts(struct hypervisors *hypervisors)
{
    hypervisors->log = logqueue_new();
    hypervisors->watch = watch_new();
    if (!hypervisors->log || !hypervisors->watch)
        return false;
    hypervisors->events = event_loop_start(logqueue_sink(hypervisors->log));
    hypervisors->log_source =
        (struct watch_source){ logqueue_fd(hypervisors->log), hypervisors_on_log, hypervisors->log };
    hypervisors->host = (struct service_host){ .notifications = { trap_is_ready, trap_send, NULL, &report_log },
                                               .log = logqueue_sink(hypervisors->log),
                                               .watch = hypervisors->watch,
                                               .on_run = hypervisors_register,
                                               .data = hypervisors };
    return hypervisors->events && watch_add(hypervisors->watch, &hypervisors->log_source);
}

struct hypervisors *hypervisors_new(void)
{
    struct hypervisors *hypervisors = calloc(1, sizeof(*hypervisors));

    if (!hypervisors)
        return NULL;
    if (hypervisors_make_parts(hypervisors)) {
        hypervisors->alarm = snmp_alarm_register(TICK_SECONDS, SA_REPEAT, hypervisors_on_tick, hypervisors);
        return hypervisors;
    }
    hypervisors_free(hypervisors);
    return NULL;
}

static bool hypervisors_wants(const struct settings *settings, const struct settings_hypervisor *hypervisor)
{
    for (size_t i = 0; i < settings_hypervisors(settings); i++)
        if (hypervisor_is_same(&settings->hypervisors[i], hypervisor))
            return true;
    return false;
}

static struct hypervisor *hypervisors_find(struct hypervisors *hypervisors,
                                           const struct settings_hypervisor *settings)
{
    for (size_t i = 0; i < hypervisors->count; i++) {
        struct hypervisor *item = &hypervisors->items[i];

        if (!item->is_leaving && hypervisor_is_same(&item->settings, settings))
            return item;
    }
    return NULL;
}

/* Stops those that `settings` does not have; NULL has none. First asks all of them, so that one that hangs does
 * not use up the time of the others. Waits only for those that it has asked now. */
static void hypervisors_stop_others(struct hypervisors *hypervisors, const struct settings *settings)
{
    int64_t patience_ms = 0;

    for (size_t i = 0; i < hypervisors->count; i++) {
        struct hypervisor *item = &hypervisors->items[i];

        if (item->is_leaving || (settings && hypervisors_wants(settings, &item->settings)))
            continue;
        hypervisor_leave(item);
        patience_ms = STOP_MS;
    }
    hypervisors_drop_gone(hypervisors, patience_ms);
}

static bool hypervisors_may_open(const struct settings *settings)
{
    char why[DESCRIPTORS_WHY_MAX];
    size_t wanted = DESCRIPTORS_BASE + DESCRIPTORS_PER_HYPERVISOR * settings_hypervisors(settings);

    if (descriptors_check(wanted, why))
        return true;
    log_say(&report_log, LOG_LEVEL_ERROR, "%s", why);
    return false;
}

static void hypervisors_add(struct hypervisors *hypervisors, const struct settings_hypervisor *settings)
{
    if (hypervisors->count < ITEMS_MAX)
        hypervisors->items[hypervisors->count++] = (struct hypervisor){ .settings = *settings };
    else
        log_say(&report_log, LOG_LEVEL_ERROR,
                "too many hypervisors hang: a new one is not served until snmpd starts again");
}

/* The files of the state directory are in use, so it stays the same until snmpd starts again. */
static void hypervisors_take_settings(struct hypervisors *hypervisors, const struct settings *settings)
{
    char *directory = hypervisors->settings.state_directory;
    char kept[PATH_MAX];

    if (*directory && strcmp(directory, settings->state_directory) != 0)
        log_say(&report_log, LOG_LEVEL_NOTICE,
                "a changed guestlistStateDirectory takes effect when snmpd starts again");
    (void)snprintf(kept, sizeof(kept), "%s", *directory ? directory : settings->state_directory);
    hypervisors->settings = *settings;
    memcpy(directory, kept, sizeof(kept));
}

void hypervisors_apply(struct hypervisors *hypervisors, const struct settings *settings)
{
    struct instance_settings instance = settings_for_instance(settings);

    hypervisors_take_settings(hypervisors, settings);
    hypervisors_stop_others(hypervisors, settings);
    if (!hypervisors_may_open(settings))
        return;
    /* By now snmpd has its own user, so the directory gets the right owner. An error is not reported here, because
     * opening or saving the indexes reports it. */
    (void)mkdirhier(hypervisors->settings.state_directory, STATE_DIRECTORY_MODE, 0);
    for (size_t i = 0; i < settings_hypervisors(settings); i++) {
        struct hypervisor *item = hypervisors_find(hypervisors, &settings->hypervisors[i]);

        if (item)
            hypervisor_change(item, &instance);
        else
            hypervisors_add(hypervisors, &settings->hypervisors[i]);
    }
    hypervisors_start(hypervisors);
    hypervisors_register(hypervisors);
    capabilities_advertise(&settings->answer);
}

bool hypervisors_stop(struct hypervisors *hypervisors)
{
    capabilities_withdraw();
    hypervisors_stop_others(hypervisors, NULL);
    logqueue_drain(hypervisors->log, report_line);
    if (hypervisors->count > 0)
        return false;
    hypervisors_free(hypervisors);
    return true;
}
