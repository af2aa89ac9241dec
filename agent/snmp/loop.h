/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The loop of the main thread: AgentX requests, new rows and changes, queued log lines and signals. Nothing in it
 * waits for libvirt. */
#ifndef GUESTLIST_AGENT_SNMP_LOOP_H
#define GUESTLIST_AGENT_SNMP_LOOP_H

#include <stdbool.h>

#include "agent/logqueue.h"
#include "agent/snmp/watch.h"

struct wire_watch;

struct loop_host {
    struct watch *watch; /* the descriptors of the services */
    struct logqueue *log;
    void (*reload)(void *data); /* on SIGHUP */
    void *data;
    struct wire_watch *wire; /* as session_connect() returned it */
};

/* Blocks the signals that end the agent or make it reload. They arrive through the returned descriptor instead,
 * which is for loop_run(). Call it before any thread is started, because threads inherit the mask. -1 on failure.
 * The caller closes the descriptor. */
int loop_take_signals(void);

/* Runs until SIGTERM or SIGINT. False if net-snmp's loop fails; the reason is logged. */
bool loop_run(const struct loop_host *host, int signals);

#endif
