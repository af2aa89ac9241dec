/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/snmpd_module/hypervisors.h"

#include <net-snmp/net-snmp-config.h>
#include <net-snmp/net-snmp-includes.h>
#include <stdlib.h>
#include <string.h>

#include "agent/descriptors.h"
#include "agent/index/indexes.h"
#include "agent/logqueue.h"
#include "agent/snmp/capabilities.h"
#include "agent/snmp/service.h"
#include "agent/snmpd_module/report.h"
#include "agent/snmpd_module/trap.h"
#include "lib/base/clock.h"
#include "lib/libvirt/event_loop.h"

enum { FIRST_LISTING_MS = 2000, STOP_MS = 1000, STATE_DIRECTORY_MODE = 0755 };

struct hypervisor {
    struct settings_hypervisor settings;
    struct service *service;
    int64_t register_boot_ms; /* from then on, its objects are registered even if there are no rows */
    bool is_refused;          /* snmpd has refused its objects, and the log says so */
};

struct hypervisors {
    struct logqueue *log;
    struct event_loop *events;
    struct watch *watch;
    struct watch_source log_source;
    struct service_host host;
    struct settings settings;
    size_t count;
    struct hypervisor items[SETTINGS_HYPERVISORS_MAX];
    bool has_hung; /* a thread hung when its hypervisor was stopped */
};

static const char *hypervisor_name(const struct settings_hypervisor *settings)
{
    return *settings->context ? settings->context : "the default context";
}

static bool hypervisor_is_same(const struct settings_hypervisor *one, const struct settings_hypervisor *other)
{
    return strcmp(one->uri, other->uri) == 0 && strcmp(one->context, other->context) == 0;
}

/* A manager must not mistake "not listed yet" for "no domains". So the objects are registered with the first rows,
 * or after 2 s, as guestlistd does. */
static bool hypervisor_may_register(const struct hypervisor *hypervisor)
{
    struct answer answer;

    (void)instance_answer(service_instance(hypervisor->service), false, &answer);
    return answer.rows || answer.now_boot_ms >= hypervisor->register_boot_ms;
}

/* Tries again each second, because another subagent may end. */
static void hypervisor_register(struct hypervisor *hypervisor, const struct answer_settings *settings)
{
    bool is_refused;

    if (!hypervisor_may_register(hypervisor))
        return;
    is_refused = !service_register(hypervisor->service, settings);
    if (is_refused && !hypervisor->is_refused)
        log_say(&report_log, LOG_LEVEL_ERROR,
                "%s: snmpd refuses the objects, maybe because guestlistd serves them: trying again each second",
                hypervisor_name(&hypervisor->settings));
    else if (hypervisor->is_refused && !is_refused)
        log_say(&report_log, LOG_LEVEL_NOTICE, "%s: snmpd has taken the objects now",
                hypervisor_name(&hypervisor->settings));
    hypervisor->is_refused = is_refused;
}

static void hypervisors_register(void *data)
{
    struct hypervisors *hypervisors = data;

    for (size_t i = 0; i < hypervisors->count; i++)
        hypervisor_register(&hypervisors->items[i], &hypervisors->settings.answer);
}

static void hypervisors_on_log(int fd, void *data)
{
    (void)fd;
    logqueue_drain(data, report_line);
}

static void hypervisors_free(struct hypervisors *hypervisors)
{
    watch_free(hypervisors->watch);
    event_loop_stop(hypervisors->events);
    if (hypervisors->log)
        logqueue_drain(hypervisors->log, report_line);
    logqueue_free(hypervisors->log);
    free(hypervisors);
}

struct hypervisors *hypervisors_new(void)
{
    struct hypervisors *hypervisors = calloc(1, sizeof(*hypervisors));

    if (!hypervisors)
        return NULL;
    hypervisors->log = logqueue_new();
    hypervisors->watch = watch_new();
    if (hypervisors->log)
        hypervisors->events = event_loop_start(logqueue_sink(hypervisors->log));
    if (!hypervisors->log || !hypervisors->watch || !hypervisors->events) {
        hypervisors_free(hypervisors);
        return NULL;
    }
    hypervisors->log_source =
        (struct watch_source){ logqueue_fd(hypervisors->log), hypervisors_on_log, hypervisors->log };
    hypervisors->host = (struct service_host){ .notifications = { trap_is_ready, trap_send, NULL, &report_log },
                                               .log = logqueue_sink(hypervisors->log),
                                               .watch = hypervisors->watch,
                                               .on_run = hypervisors_register,
                                               .data = hypervisors };
    if (watch_add(hypervisors->watch, &hypervisors->log_source))
        return hypervisors;
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

static struct service *hypervisors_find(const struct hypervisors *hypervisors,
                                        const struct settings_hypervisor *settings)
{
    for (size_t i = 0; i < hypervisors->count; i++)
        if (hypervisor_is_same(&hypervisors->items[i].settings, settings))
            return hypervisors->items[i].service;
    return NULL;
}

/* First asks all of them, so that they end at the same time, and one that hangs does not use up the time of the
 * others. Keeps those that `settings` has; NULL keeps none. */
static void hypervisors_stop_others(struct hypervisors *hypervisors, const struct settings *settings)
{
    int64_t until;
    size_t kept = 0;

    for (size_t i = 0; i < hypervisors->count; i++) {
        struct hypervisor *item = &hypervisors->items[i];

        if (settings && hypervisors_wants(settings, &item->settings))
            continue;
        service_withdraw(item->service);
        service_ask_to_stop(item->service);
    }
    until = clock_boot_ms() + STOP_MS;
    for (size_t i = 0; i < hypervisors->count; i++) {
        struct hypervisor *item = &hypervisors->items[i];
        int64_t left = until - clock_boot_ms();

        if (settings && hypervisors_wants(settings, &item->settings))
            hypervisors->items[kept++] = *item;
        else if (!service_stop(item->service, left > 0 ? left : 0))
            hypervisors->has_hung = true;
    }
    hypervisors->count = kept;
}

/* By now snmpd has its own user, so the directory gets the right owner. An error is not reported here: opening or
 * saving the indexes reports it. */
static void hypervisors_make_state_directory(const char *path)
{
    (void)mkdirhier(path, STATE_DIRECTORY_MODE, 0);
}

static struct indexes *hypervisors_open_indexes(const struct hypervisors *hypervisors, const char *context)
{
    char why[PATH_MAX + 512];
    struct indexes *indexes = indexes_open(hypervisors->settings.state_directory, context,
                                           logqueue_sink(hypervisors->log), why, sizeof(why));

    if (indexes)
        indexes_sign(indexes);
    else
        log_say(&report_log, LOG_LEVEL_ERROR, "%s", why);
    return indexes;
}

static bool hypervisors_start(struct hypervisors *hypervisors, const struct settings_hypervisor *settings,
                              const struct instance_settings *instance)
{
    const char *context = *settings->context ? settings->context : NULL;
    struct hypervisor *item = &hypervisors->items[hypervisors->count];
    struct indexes *indexes = hypervisors_open_indexes(hypervisors, context);

    if (!indexes)
        return false;
    *item = (struct hypervisor){ .settings = *settings, .register_boot_ms = clock_boot_ms() + FIRST_LISTING_MS };
    item->service = service_start(settings->uri, context, indexes, instance, &hypervisors->host);
    if (!item->service) {
        log_say(&report_log, LOG_LEVEL_ERROR, "out of memory or threads");
        return false;
    }
    hypervisors->count++;
    if (!service_begin(item->service))
        log_say(&report_log, LOG_LEVEL_ERROR, "%s: out of memory or descriptors: no rows are served",
                hypervisor_name(settings));
    return true;
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
    hypervisors_make_state_directory(hypervisors->settings.state_directory);
    for (size_t i = 0; i < settings_hypervisors(settings) && hypervisors_may_open(settings); i++) {
        const struct settings_hypervisor *wanted = &settings->hypervisors[i];
        struct service *service = hypervisors_find(hypervisors, wanted);

        if (service)
            instance_change_settings(service_instance(service), &instance);
        else if (!hypervisors_start(hypervisors, wanted, &instance))
            log_say(&report_log, LOG_LEVEL_ERROR, "%s is not served; a SIGHUP of snmpd tries again",
                    hypervisor_name(wanted));
    }
    hypervisors_register(hypervisors);
    capabilities_advertise(&settings->answer);
}

bool hypervisors_stop(struct hypervisors *hypervisors)
{
    capabilities_withdraw();
    hypervisors_stop_others(hypervisors, NULL);
    if (hypervisors->has_hung) {
        logqueue_drain(hypervisors->log, report_line);
        return false;
    }
    hypervisors_free(hypervisors);
    return true;
}
