/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/daemon.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/descriptors.h"
#include "agent/index/indexes.h"
#include "agent/mib/guestlist_mib.h"
#include "agent/notify_socket.h"
#include "agent/pidfile.h"
#include "agent/snmp/capabilities.h"
#include "agent/snmp/config_file.h"
#include "agent/snmp/loop.h"
#include "agent/snmp/trap_sender.h"
#include "agent/snmp/region.h"
#include "agent/snmp/responder.h"
#include "agent/snmp/service.h"
#include "agent/snmp/session.h"
#include "lib/base/clock.h"
#include "lib/libvirt/event_loop.h"

enum { FIRST_LISTING_MS = 2000, STOP_MS = 3000 };

struct agent {
    const struct options *options;
    struct settings settings;
    int signals;
    struct pidfile pidfile;
    bool is_connected;
    struct logqueue *log;
    struct event_loop *events;
    struct trap_sender *sender;
    struct responder *responder;
    struct watch *watch;
    struct service_host host;
    struct indexes *indexes[SETTINGS_HYPERVISORS_MAX]; /* NULL when a service has taken them over */
    struct service *services[SETTINGS_HYPERVISORS_MAX];
    size_t service_count;
    char status[NOTIFY_SOCKET_TEXT_MAX]; /* sent to the service manager last */
};

static bool daemon_refuse(const char *why)
{
    log_say(&session_log, LOG_LEVEL_ERROR, "cannot start: %s", why);
    return false;
}

static const char *daemon_context(const struct agent *agent, size_t hypervisor)
{
    const char *context = agent->settings.hypervisors[hypervisor].context;

    return *context ? context : NULL;
}

static bool daemon_check_descriptors(const struct agent *agent)
{
    char why[DESCRIPTORS_WHY_MAX];

    return descriptors_check(
               DESCRIPTORS_BASE + DESCRIPTORS_PER_HYPERVISOR * settings_hypervisors(&agent->settings), why) ||
           daemon_refuse(why);
}

/* An error is not reported here: the agent logs it when it cannot save an index. */
static void daemon_make_state_directory(const char *path)
{
    if (mkdir(path, 0755) < 0 && errno != EEXIST)
        return;
}

/* Does what may fail before the agent goes to the background, so that the exit status of the command shows a
 * failure. */
static bool daemon_prepare(struct agent *agent)
{
    char why[PATH_MAX + 512];

    if (!daemon_check_descriptors(agent))
        return false;
    agent->log = logqueue_new();
    if (!agent->log)
        return daemon_refuse("out of memory");
    daemon_make_state_directory(agent->settings.state_directory);
    for (size_t i = 0; i < settings_hypervisors(&agent->settings); i++) {
        agent->indexes[i] = indexes_open(agent->settings.state_directory, daemon_context(agent, i),
                                         logqueue_sink(agent->log), why, sizeof(why));
        if (!agent->indexes[i])
            return daemon_refuse(why);
    }
    return !agent->options->pid_file ||
           pidfile_take(&agent->pidfile, agent->options->pid_file, why, sizeof(why)) || daemon_refuse(why);
}

/* Goes to the background. Then the process has its final number, which is written to the lock files and the pid
 * file. */
static bool daemon_detach(struct agent *agent)
{
    char why[PATH_MAX + 512];

    if (!agent->options->foreground && !session_daemonize(agent->options))
        return daemon_refuse("cannot go to the background");
    for (size_t i = 0; i < settings_hypervisors(&agent->settings); i++)
        indexes_sign(agent->indexes[i]);
    return pidfile_sign(&agent->pidfile, why, sizeof(why)) || daemon_refuse(why);
}

/* Called when the master takes more notifications. */
static void daemon_run_notifiers(void *data)
{
    struct agent *agent = data;

    for (size_t i = 0; i < agent->service_count; i++)
        service_run_notifier(agent->services[i]);
}

/* Sends the state of the hypervisors to the service manager, when it has changed. */
static void daemon_show_status(void *data)
{
    struct agent *agent = data;
    char line[NOTIFY_SOCKET_TEXT_MAX] = "";

    if (!notify_socket_is_set())
        return;
    for (size_t i = 0; i < agent->service_count; i++) {
        struct collector_status status;

        instance_status(service_instance(agent->services[i]), &status);
        notify_socket_describe(line, &status);
    }
    if (strcmp(line, agent->status) == 0)
        return;
    memcpy(agent->status, line, sizeof(line));
    notify_socket_status(line);
}

static bool daemon_start_service(struct agent *agent, size_t hypervisor, const struct instance_settings *settings)
{
    struct service *service =
        service_start(agent->settings.hypervisors[hypervisor].uri, daemon_context(agent, hypervisor),
                      agent->indexes[hypervisor], settings, &agent->host);

    agent->indexes[hypervisor] = NULL; /* the service owns them now */
    if (!service)
        return false;
    agent->services[agent->service_count++] = service;
    return true;
}

static bool daemon_start(struct agent *agent)
{
    struct instance_settings instance = settings_for_instance(&agent->settings);

    agent->signals = loop_take_signals();
    agent->sender = trap_sender_new(daemon_run_notifiers, agent, &session_log);
    agent->responder = responder_new();
    agent->events = event_loop_start(logqueue_sink(agent->log));
    agent->watch = watch_new();
    agent->host = (struct service_host){ .notifications = { trap_sender_is_ready, trap_sender_send, agent->sender,
                                                            &session_log },
                                         .log = logqueue_sink(agent->log),
                                         .watch = agent->watch,
                                         .on_run = daemon_show_status,
                                         .data = agent };
    if (agent->signals < 0 || !agent->sender || !agent->responder || !agent->events || !agent->watch)
        return daemon_refuse("out of memory or threads");
    for (size_t i = 0; i < settings_hypervisors(&agent->settings); i++)
        if (!daemon_start_service(agent, i, &instance))
            return daemon_refuse("out of memory or threads");
    return true;
}

static bool daemon_respond_for(struct agent *agent, struct instance *instance)
{
    struct responder_source source = { .instance = instance,
                                       .context = instance_context(instance),
                                       .walks = instance_walks(instance),
                                       .answer = instance_answer,
                                       .with_status = &guestlist_mib };

    source.module_count = region_modules(&agent->settings.answer, source.modules);
    return responder_add(agent->responder, &source);
}

/* The first listings of all hypervisors run at the same time, so they share one time limit. */
static bool daemon_register(struct agent *agent)
{
    int64_t until = clock_boot_ms() + FIRST_LISTING_MS;

    for (size_t i = 0; i < agent->service_count; i++) {
        int64_t left = until - clock_boot_ms();

        instance_wait_first(service_instance(agent->services[i]), left > 0 ? left : 0);
        if (!daemon_respond_for(agent, service_instance(agent->services[i])) ||
            !service_register(agent->services[i], &agent->settings.answer))
            return false;
    }
    return true;
}

/* Some settings cannot be changed without removing rows. They stay as they are until a restart. */
static void daemon_log_unchanged(const struct settings *old, const struct settings *new)
{
    if (!settings_same_hypervisors(old, new))
        log_say(&session_log, LOG_LEVEL_NOTICE, "reload: changed hypervisors take effect at the next start");
    if (strcmp(old->state_directory, new->state_directory) != 0)
        log_say(&session_log, LOG_LEVEL_NOTICE, "reload: a changed stateDirectory takes effect at the next start");
    if (old->answer.vmware_vm_table != new->answer.vmware_vm_table)
        log_say(&session_log, LOG_LEVEL_NOTICE, "reload: a changed vmwareVmTable takes effect at the next start");
}

/* True if capabilities_advertise() would advertise the same. */
static bool daemon_has_same_capabilities(const struct answer_settings *one, const struct answer_settings *other)
{
    return one->writable_switches == other->writable_switches && one->allow_control == other->allow_control;
}

static void daemon_read_settings(struct agent *agent)
{
    struct instance_settings instance;
    struct settings fresh;
    char why[4096];

    session_reopen_log();
    settings_default(&fresh);
    if (!config_file_read(agent->options, &fresh, why, sizeof(why)) ||
        !options_apply(agent->options, &fresh, why, sizeof(why))) {
        log_say(&session_log, LOG_LEVEL_ERROR, "reload: the settings stay as they were: %s", why);
        return;
    }
    daemon_log_unchanged(&agent->settings, &fresh);
    fresh.answer.vmware_vm_table = agent->settings.answer.vmware_vm_table;
    instance = settings_for_instance(&fresh);
    for (size_t i = 0; i < agent->service_count; i++)
        instance_change_settings(service_instance(agent->services[i]), &instance);
    memcpy(fresh.hypervisors, agent->settings.hypervisors, sizeof(fresh.hypervisors));
    fresh.hypervisor_count = agent->settings.hypervisor_count;
    memcpy(fresh.state_directory, agent->settings.state_directory, sizeof(fresh.state_directory));
    if (!daemon_has_same_capabilities(&fresh.answer, &agent->settings.answer))
        capabilities_advertise(&fresh.answer);
    agent->settings = fresh;
    log_say(&session_log, LOG_LEVEL_NOTICE, "reload: done");
}

static void daemon_reload(void *data)
{
    notify_socket_reloading();
    daemon_read_settings(data);
    notify_socket_ready();
}

static bool daemon_serve(struct agent *agent)
{
    struct loop_host host = { agent->watch, agent->log, daemon_reload, agent, NULL };

    /* Objects are registered before the session is opened. If net-snmp registers objects in another context later,
     * it also registers the roots of that context, which the master refuses. */
    if (!daemon_register(agent))
        return daemon_refuse("the objects cannot be registered");
    host.wire = session_connect(&agent->settings.answer, agent->responder);
    agent->is_connected = true;
    notify_socket_ready(); /* also without a master or a hypervisor: the agent connects to each as soon as it runs
                            */
    for (size_t i = 0; i < agent->service_count; i++)
        if (!service_begin(agent->services[i]))
            return daemon_refuse("out of memory or descriptors");
    return loop_run(&host, agent->signals);
}

/* False if a thread hangs inside libvirt. Then nothing that this thread uses may be freed. All instances share one
 * time limit. */
static bool daemon_stop_services(struct agent *agent)
{
    int64_t until = clock_boot_ms() + STOP_MS;
    bool all_ended = true;

    for (size_t i = 0; i < agent->service_count; i++)
        service_ask_to_stop(agent->services[i]);
    for (size_t i = 0; i < agent->service_count; i++) {
        int64_t left = until - clock_boot_ms();

        all_ended &= service_stop(agent->services[i], left > 0 ? left : 0);
    }
    return all_ended;
}

/* Ends all that was started. False if a thread hangs inside libvirt: then some memory is not freed. */
static bool daemon_stop(struct agent *agent)
{
    watch_free(agent->watch);
    if (agent->sender)
        trap_sender_stop(agent->sender);
    if (agent->is_connected)
        session_close();
    trap_sender_free(agent->sender);
    responder_free(agent->responder);
    pidfile_drop(&agent->pidfile);
    if (!daemon_stop_services(agent)) {
        logqueue_drain(agent->log, session_log_line);
        return false;
    }
    event_loop_stop(agent->events);
    for (size_t i = 0; i < SETTINGS_HYPERVISORS_MAX; i++)
        indexes_free(agent->indexes[i]);
    if (agent->log) {
        logqueue_drain(agent->log, session_log_line);
        logqueue_free(agent->log);
    }
    if (agent->signals >= 0)
        (void)close(agent->signals);
    return true;
}

bool daemon_run(const struct options *options, const struct settings *settings)
{
    struct agent agent = { .options = options, .settings = *settings, .signals = -1, .pidfile = { .fd = -1 } };
    bool is_fine;

    is_fine = session_open_log(options) && daemon_prepare(&agent) && daemon_detach(&agent) &&
              daemon_start(&agent) && daemon_serve(&agent);
    notify_socket_stopping();
    if (!daemon_stop(&agent))
        _exit(is_fine ? 0 : 1);
    return is_fine;
}
