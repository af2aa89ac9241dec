/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The main thread's loop: AgentX requests, newer views, queued log lines and signals. Nothing in it waits for
 * libvirt. */
#ifndef GUESTLIST_AGENT_SNMP_LOOP_H
#define GUESTLIST_AGENT_SNMP_LOOP_H

#include <stdbool.h>
#include <stddef.h>

#include "agent/logqueue.h"
#include "agent/notify/notifier.h"
#include "agent/instance.h"

struct loop_host;

/* One hypervisor. */
struct loop_instance {
    struct instance *instance;
    struct notifier *notifier;
    const struct loop_host *host; /* set by loop_run() */
    unsigned notifier_alarm;      /* the loop's own: when the notifier wants to run again; 0: it is not set */
};

struct loop_host {
    struct loop_instance *instance;
    size_t instance_count;
    struct logqueue *log;
    void (*reload)(void *data); /* on SIGHUP */
    void (*look)(void *data);   /* something has changed, or some seconds have passed */
    void *data;
};

/* Takes the signals that end and reload the agent away from their defaults. Call before any thread is
 * started, so that all inherit it. Returns a descriptor for loop_run(), or -1. */
int loop_take_signals(void);

/* Runs until SIGTERM or SIGINT. False if net-snmp's own loop fails; why is logged. */
bool loop_run(const struct loop_host *host, int signals);

#endif
