/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The instance of one <Hypervisor> block: a collector's thread lists domains, and collectd's read callback reports
 * the newest listing. The callback never waits for libvirt. */
#ifndef GUESTLIST_COLLECTD_INSTANCE_H
#define GUESTLIST_COLLECTD_INSTANCE_H

#include <stdbool.h>
#include <stdint.h>

#include "collectd-plugin/alarms.h"
#include "collectd-plugin/metrics.h"
#include "collectd-plugin/instance_options.h"
#include "lib/base/log.h"

/* Whose value it is. */
struct instance_target {
    const char *host, *plugin_instance; /* of a domain: written by naming_write() */
    int64_t age_ms;                     /* how long ago the value was read */
    const struct domain *domain;        /* NULL: a value of the hypervisor */
};

/* What instance_read() needs from collectd. It calls `value` and `alarm` on its own thread, with `data`; their
 * arguments are valid during the call. */
struct instance_host {
    const char *hostname;
    int64_t interval_ms; /* between two reads */
    void (*value)(void *data, const struct instance_target *target, const struct metric *metric);
    void (*alarm)(void *data, const char *host, const char *plugin_instance, const struct alarm *alarm);
    void *data;
};

enum { INSTANCE_NAME_MAX = 128 }; /* collectd's DATA_MAX_NAME_LEN */

struct instance;

/* Creates an instance. It takes over `options`, for which instance_options_complete() was called. `log` must live
 * until the process ends. `sibling` is another instance that will be freed at about the same time, or NULL.
 * Returns NULL if out of memory: the caller still owns the options. Call it, and instance_free(), only from one
 * thread. */
struct instance *instance_new(struct instance_options *options, const struct log_sink *log,
                              struct instance *sibling);

/* Reports the newest listing to `host`, and requests a listing just before the next read. It does not block. The
 * first call only starts the collector's thread, because collectd forks before its first read. Call it from one
 * thread at a time. False if the collector's thread cannot be started; the next call tries again. */
bool instance_read(struct instance *instance, const struct instance_host *host);

/* Stops the collector's thread and frees the instance, which may be NULL. It blocks for at most 3 seconds, for all
 * siblings together. If the thread is then still inside a libvirt call, it is abandoned: its memory is not freed,
 * and it writes no more log lines. */
void instance_free(struct instance *instance);

#endif
