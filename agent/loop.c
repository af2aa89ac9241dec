/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/loop.h"

#include <errno.h>
#include <net-snmp/net-snmp-config.h>
#include <net-snmp/net-snmp-includes.h>
#include <net-snmp/agent/net-snmp-agent-includes.h>
#include <net-snmp/library/fd_event_manager.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "agent/session.h"

struct loop {
    const struct loop_host *host;
    bool stop;
};

/* net-snmp calls these back from agent_check_and_process(), on the main thread. */

static void refresh(struct served *served);

static void on_hold_over(unsigned alarm, void *data)
{
    (void)alarm;
    refresh(data);
}

static void refresh(struct served *served)
{
    int64_t again_ms = served_refresh(served);
    struct timeval pause = { .tv_sec = again_ms / 1000, .tv_usec = again_ms % 1000 * 1000 };

    if (again_ms > 0)
        (void)snmp_alarm_register_hr(pause, 0, on_hold_over, served);
}

static void on_view(int fd, void *data)
{
    (void)fd;
    refresh(data);
}

static void on_log(int fd, void *data)
{
    (void)fd;
    logqueue_drain(data, session_log_line);
}

static void on_signal(int fd, void *data)
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

    (void)signal(SIGPIPE, SIG_IGN); /* a master that goes away while we write must not take us along */
    (void)sigemptyset(&taken);
    (void)sigaddset(&taken, SIGTERM);
    (void)sigaddset(&taken, SIGINT);
    (void)sigaddset(&taken, SIGHUP);
    if (sigprocmask(SIG_BLOCK, &taken, NULL) < 0)
        return -1;
    return signalfd(-1, &taken, SFD_CLOEXEC | SFD_NONBLOCK);
}

static bool watch(struct loop *loop, int signals)
{
    const struct loop_host *host = loop->host;
    bool watched = register_readfd(signals, on_signal, loop) == 0 &&
                   register_readfd(logqueue_fd(host->log), on_log, host->log) == 0;

    for (size_t i = 0; watched && i < host->served_count; i++)
        watched = register_readfd(served_fd(host->served[i]), on_view, host->served[i]) == 0;
    return watched;
}

static void unwatch(const struct loop_host *host, int signals)
{
    (void)unregister_readfd(signals);
    (void)unregister_readfd(logqueue_fd(host->log));
    for (size_t i = 0; i < host->served_count; i++)
        (void)unregister_readfd(served_fd(host->served[i]));
}

bool loop_run(const struct loop_host *host, int signals)
{
    struct loop loop = { .host = host };
    bool fine = watch(&loop, signals);

    while (fine && !loop.stop)
        if (agent_check_and_process(1) < 0 && errno != EINTR)
            fine = false;
    unwatch(host, signals);
    return fine;
}
