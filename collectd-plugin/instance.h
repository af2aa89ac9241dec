/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One <Hypervisor> block at work: a collector that lists, and a reader that reports what was listed last and never
 * waits for libvirt. */
#ifndef GUESTLIST_COLLECTD_INSTANCE_H
#define GUESTLIST_COLLECTD_INSTANCE_H

#include <stdbool.h>
#include <stdint.h>

#include "collectd-plugin/alarms.h"
#include "collectd-plugin/metrics.h"
#include "collectd-plugin/instance_options.h"
#include "lib/base/log.h"

/* collectd as the reader sees it. `host` and `instance` are names as naming.h writes them. */
struct instance_host {
    const char *hostname;
    int64_t interval_ms; /* until the next read */
    void (*value)(void *data, const char *host, const char *plugin_instance, const struct metric *metric);
    void (*alarm)(void *data, const char *host, const char *plugin_instance, const struct alarm *alarm);
    void *data;
};

enum { INSTANCE_NAME_MAX = 128 }; /* collectd's DATA_MAX_NAME_LEN */

struct instance;

/* Takes over the options, completed. `log` must outlive the process's threads. `sibling` is another one that will
 * be freed at the same time, or NULL. NULL if out of memory; the options are then still the caller's. */
struct instance *instance_new(struct instance_options *options, const struct log_sink *log,
                              struct instance *sibling);

/* Reports everything to `host`, and asks for a listing just before the next read. The first call only starts the
 * thread, since collectd may fork before. One thread at a time. False if there is no thread. */
bool instance_read(struct instance *instance, const struct instance_host *host);

/* Stops the thread. If it is stuck inside libvirt, for 3 seconds at most, together with all siblings: then it is
 * left behind with what it uses, and says and publishes nothing any more. */
void instance_free(struct instance *instance);

#endif
