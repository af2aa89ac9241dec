/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/daemon.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/config_file.h"
#include "agent/loop.h"
#include "agent/notify.h"
#include "agent/notify_socket.h"
#include "agent/region.h"
#include "agent/session.h"
#include "core/clock.h"
#include "core/events.h"

enum { FIRST_VIEW_MS = 2000, STOP_MS = 3000 };

struct agent {
    const struct options *options;
    struct settings settings;
    struct logqueue *log;
    struct events *events;
    struct notify *notify;
    struct loop_served served[SETTINGS_HYPERVISORS_MAX];
    size_t served_count;
    char shown[NOTIFY_SOCKET_TEXT_MAX]; /* to the service manager, last */
};

static bool write_pid(const char *path)
{
    FILE *file = fopen(path, "we");
    bool written = file && fprintf(file, "%ld\n", (long)getpid()) > 0;

    if (file && fclose(file) != 0)
        written = false;
    if (!written)
        log_say(&session_log, LOG_LEVEL_ERROR, "cannot write %s: %s", path, strerror(errno));
    return written;
}

/* A directory that cannot be made is said once, when the first index is to be saved in it. */
static void make_state_directory(const char *path)
{
    if (mkdir(path, 0755) < 0 && errno != EEXIST)
        return;
}

static bool start_one(struct agent *agent, const struct settings_hypervisor *hypervisor,
                      const struct served_settings *settings)
{
    const struct notifier_host host = { notify_is_ready, notify_send, agent->notify, &session_log };
    struct loop_served *place = &agent->served[agent->served_count];

    place->served = served_start(hypervisor->uri, hypervisor->context[0] ? hypervisor->context : NULL,
                                 agent->settings.state_directory, settings, logqueue_sink(agent->log));
    if (!place->served)
        return false;
    agent->served_count++;
    place->notifier = notifier_new(place->served, &host);
    return place->notifier != NULL;
}

static bool start_served(struct agent *agent)
{
    const struct settings *settings = &agent->settings;
    struct served_settings served = settings_for_served(settings);
    size_t count = settings->hypervisor_count > 0 ? settings->hypervisor_count : 1;

    make_state_directory(settings->state_directory);
    for (size_t i = 0; i < count; i++)
        if (!start_one(agent, &settings->hypervisors[i], &served)) {
            log_say(&session_log, LOG_LEVEL_ERROR, "out of memory or threads");
            return false;
        }
    return true;
}

/* All first listings are under way at once, so the patience is for all of them together. */
static bool register_served(struct agent *agent)
{
    int64_t until = clock_boot_ms() + FIRST_VIEW_MS;

    for (size_t i = 0; i < agent->served_count; i++) {
        int64_t left = until - clock_boot_ms();

        served_wait_first(agent->served[i].served, left > 0 ? left : 0);
        if (!region_register(agent->served[i].served))
            return false;
    }
    return true;
}

/* What SIGHUP cannot change without taking rows away stays as it is until a restart. */
static void say_unchanged(const struct settings *old, const struct settings *new)
{
    if (old->hypervisor_count != new->hypervisor_count ||
        memcmp(old->hypervisors, new->hypervisors, sizeof(old->hypervisors)) != 0)
        log_say(&session_log, LOG_LEVEL_NOTICE, "reload: changed hypervisors take effect at the next start");
    if (strcmp(old->state_directory, new->state_directory) != 0)
        log_say(&session_log, LOG_LEVEL_NOTICE, "reload: a changed stateDirectory takes effect at the next start");
}

/* The service manager is told how the hypervisors are, once for each change. */
static void show_status(void *data)
{
    struct agent *agent = data;
    char line[NOTIFY_SOCKET_TEXT_MAX] = "";

    for (size_t i = 0; i < agent->served_count; i++) {
        struct collector_status status;

        served_status(agent->served[i].served, &status);
        notify_socket_describe(line, &status);
    }
    if (strcmp(line, agent->shown) == 0)
        return;
    memcpy(agent->shown, line, sizeof(line));
    notify_socket_status(line);
}

static void read_again(struct agent *agent)
{
    struct served_settings served;
    struct settings fresh;
    char why[4096];

    settings_default(&fresh);
    if (!config_file_read(agent->options, &fresh, why, sizeof(why)) ||
        !options_apply(agent->options, &fresh, why, sizeof(why))) {
        log_say(&session_log, LOG_LEVEL_ERROR, "reload: the settings stay as they were: %s", why);
        return;
    }
    say_unchanged(&agent->settings, &fresh);
    served = settings_for_served(&fresh);
    for (size_t i = 0; i < agent->served_count; i++)
        served_change(agent->served[i].served, &served);
    memcpy(fresh.hypervisors, agent->settings.hypervisors, sizeof(fresh.hypervisors));
    fresh.hypervisor_count = agent->settings.hypervisor_count;
    memcpy(fresh.state_directory, agent->settings.state_directory, sizeof(fresh.state_directory));
    if (memcmp(&fresh.answer, &agent->settings.answer, sizeof(fresh.answer)) != 0)
        session_advertise(&fresh.answer);
    agent->settings = fresh;
    log_say(&session_log, LOG_LEVEL_NOTICE, "reload: done");
}

static void reload(void *data)
{
    notify_socket_reloading();
    read_again(data);
    notify_socket_ready();
}

static bool serve(struct agent *agent, int signals)
{
    const struct loop_host host = { agent->served, agent->served_count, agent->log, reload, show_status, agent };

    /* Registered before the session is opened: what is registered later in a context of its own makes net-snmp
     * send the roots of that context along, which the master refuses. */
    if (!register_served(agent))
        return false;
    session_connect(&agent->settings.answer);
    notify_socket_ready(); /* also without a master or a hypervisor: it serves as soon as they are there */
    return loop_run(&host, signals);
}

/* The master takes more notifications. */
static void tell_more(void *data)
{
    struct agent *agent = data;

    for (size_t i = 0; i < agent->served_count; i++)
        (void)notifier_run(agent->served[i].notifier); /* the loop's own alarm is set already */
}

static bool start(struct agent *agent)
{
    agent->log = logqueue_new();
    agent->notify = notify_new(tell_more, agent, &session_log);
    agent->events = events_start();
    if (!agent->log || !agent->notify || !agent->events) {
        log_say(&session_log, LOG_LEVEL_ERROR, "cannot start: out of memory or threads");
        return false;
    }
    return start_served(agent);
}

/* True if everything is freed. A collector that hangs inside libvirt cannot be: the process ends around it. */
static bool stop(struct agent *agent)
{
    int64_t until = clock_boot_ms() + STOP_MS;
    bool all = true;

    for (size_t i = 0; i < agent->served_count; i++) {
        int64_t left = until - clock_boot_ms();

        notifier_free(agent->served[i].notifier);
        all &= served_stop(agent->served[i].served, left > 0 ? left : 0);
    }
    if (!all)
        return false;
    events_stop(agent->events);
    logqueue_drain(agent->log, session_log_line);
    logqueue_free(agent->log);
    return true;
}

bool daemon_run(const struct options *options, const struct settings *settings)
{
    struct agent agent = { .options = options, .settings = *settings };
    int signals;
    bool fine;

    session_open_log(options);
    if (!options->foreground && !session_daemonize())
        return false;
    if (options->pid_file && !write_pid(options->pid_file))
        return false;
    signals = loop_take_signals();
    fine = signals >= 0 && start(&agent) && serve(&agent, signals);
    notify_socket_stopping();
    if (agent.notify)
        notify_stop(agent.notify);
    session_close();
    notify_free(agent.notify);
    if (options->pid_file)
        (void)unlink(options->pid_file);
    if (!stop(&agent))
        _exit(fine ? 0 : 1);
    (void)close(signals);
    return fine;
}
