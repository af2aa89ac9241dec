/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/snmp/loop.h"

#include <errno.h>
#include <net-snmp/net-snmp-config.h>
#include <net-snmp/net-snmp-includes.h>
#include <net-snmp/agent/net-snmp-agent-includes.h>
#include <net-snmp/library/fd_event_manager.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "agent/settings.h"
#include "agent/snmp/session.h"
#include "agent/snmp/wire.h"

/* net-snmp calls select() three times for each request, each time with all its descriptors. So the agent gives it
 * only one: an epoll descriptor that combines all descriptors of the agent. */
struct loop {
    const struct loop_host *host;
    int epoll;
    bool stop;
};

/* A descriptor behind the epoll descriptor, and the function that reads it. */
struct loop_source {
    int fd;
    void (*read)(int fd, void *data);
    void *data;
};

enum { SOURCES_MAX = SETTINGS_HYPERVISORS_MAX + 2 };

/* agent_check_and_process() calls the functions below, on the main thread. */

static void loop_run_notifier(struct loop_instance *instance);

static void loop_on_notifier_due(unsigned alarm, void *data)
{
    struct loop_instance *instance = data;

    (void)alarm;
    instance->notifier_alarm = 0;
    loop_run_notifier(instance);
}

static void loop_run_notifier(struct loop_instance *instance)
{
    int64_t again_ms = notifier_run(instance->notifier);
    struct timeval pause = { .tv_sec = again_ms / 1000, .tv_usec = again_ms % 1000 * 1000 };

    if (instance->notifier_alarm)
        snmp_alarm_unregister(instance->notifier_alarm);
    instance->notifier_alarm = snmp_alarm_register_hr(pause, 0, loop_on_notifier_due, instance);
    instance->host->show_status(instance->host->data);
}

static void loop_on_instance(int fd, void *data)
{
    struct loop_instance *instance = data;

    (void)fd;
    instance_refresh(instance->instance);
    loop_run_notifier(instance);
}

static void loop_on_log(int fd, void *data)
{
    (void)fd;
    logqueue_drain(data, session_log_line);
}

static void loop_on_signal(int fd, void *data)
{
    struct loop *loop = data;
    struct signalfd_siginfo signal;

    if (read(fd, &signal, sizeof(signal)) != sizeof(signal))
        return;
    if (signal.ssi_signo == SIGHUP)
        loop->host->reload(loop->host->data);
    else
        loop->stop = true;
}

int loop_take_signals(void)
{
    sigset_t taken;

    (void)sigemptyset(&taken);
    (void)sigaddset(&taken, SIGTERM);
    (void)sigaddset(&taken, SIGINT);
    (void)sigaddset(&taken, SIGHUP);
    if (sigprocmask(SIG_BLOCK, &taken, NULL) < 0)
        return -1;
    return signalfd(-1, &taken, SFD_CLOEXEC | SFD_NONBLOCK);
}

static void loop_on_ready(int fd, void *data)
{
    struct epoll_event events[SOURCES_MAX];
    int count = epoll_wait(fd, events, SOURCES_MAX, 0);

    (void)data;
    for (int i = 0; i < count; i++) {
        const struct loop_source *source = events[i].data.ptr;

        source->read(source->fd, source->data);
    }
}

static bool loop_watch(struct loop *loop, struct loop_source *sources, size_t count)
{
    loop->epoll = epoll_create1(EPOLL_CLOEXEC);
    for (size_t i = 0; i < count && loop->epoll >= 0; i++) {
        struct epoll_event event = { .events = EPOLLIN, .data.ptr = &sources[i] };

        if (epoll_ctl(loop->epoll, EPOLL_CTL_ADD, sources[i].fd, &event) < 0)
            return false;
    }
    return loop->epoll >= 0 && register_readfd(loop->epoll, loop_on_ready, NULL) == 0;
}

bool loop_run(const struct loop_host *host, int signals)
{
    struct loop loop = { .host = host };
    struct loop_source sources[SOURCES_MAX] = { { signals, loop_on_signal, &loop },
                                                { logqueue_fd(host->log), loop_on_log, host->log } };
    bool is_fine;

    for (size_t i = 0; i < host->instance_count; i++) {
        sources[2 + i] = (struct loop_source){ instance_fd(host->instances[i].instance), loop_on_instance,
                                               &host->instances[i] };
        host->instances[i].host = host;
        loop_run_notifier(&host->instances[i]);
    }
    is_fine = loop_watch(&loop, sources, 2 + host->instance_count);
    while (is_fine && !loop.stop) {
        int waits = !wire_has_rest(host->wire);

        is_fine = agent_check_and_process(waits) >= 0 || errno == EINTR;
        wire_read_rest(host->wire);
    }
    if (!is_fine)
        log_say(&session_log, LOG_LEVEL_ERROR, "cannot wait for requests: %s", strerror(errno));
    if (loop.epoll >= 0) {
        (void)unregister_readfd(loop.epoll);
        (void)close(loop.epoll);
    }
    return is_fine;
}
