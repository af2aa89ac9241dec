/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/snmp/loop.h"

#include <errno.h>
#include <net-snmp/net-snmp-config.h>
#include <net-snmp/net-snmp-includes.h>
#include <net-snmp/agent/net-snmp-agent-includes.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "agent/snmp/session.h"
#include "agent/snmp/wire.h"

struct loop {
    const struct loop_host *host;
    bool stop;
};

/* agent_check_and_process() calls the functions below, on the main thread. */

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

bool loop_run(const struct loop_host *host, int signals)
{
    struct loop loop = { .host = host };
    struct watch_source by_signal = { signals, loop_on_signal, &loop };
    struct watch_source by_log = { logqueue_fd(host->log), loop_on_log, host->log };
    bool is_fine = watch_add(host->watch, &by_signal) && watch_add(host->watch, &by_log);

    while (is_fine && !loop.stop) {
        int waits = !wire_has_rest(host->wire);

        is_fine = agent_check_and_process(waits) >= 0 || errno == EINTR;
        wire_read_rest(host->wire);
    }
    if (!is_fine)
        log_say(&session_log, LOG_LEVEL_ERROR, "cannot wait for requests: %s", strerror(errno));
    watch_remove(host->watch, &by_signal);
    watch_remove(host->watch, &by_log);
    return is_fine;
}
