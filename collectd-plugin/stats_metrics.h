/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The statistics of a domain as metrics, under the types and type instances of collectd's virt plugin, so that
 * graphs and alerts for virt continue to work. Pure, and without collectd. */
#ifndef GUESTLIST_COLLECTD_STATS_METRICS_H
#define GUESTLIST_COLLECTD_STATS_METRICS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "collectd-plugin/metrics.h"
#include "lib/base/selection.h"

/* The groups that the option Statistics names. */
enum stats_group {
    STATS_GROUP_CPU = 1 << 0,
    STATS_GROUP_VCPU = 1 << 1,
    STATS_GROUP_MEMORY = 1 << 2,
    STATS_GROUP_DISK = 1 << 3,
    STATS_GROUP_INTERFACE = 1 << 4,
};

/* The type instance of an interface: its device on the host, its MAC address, or its place among the interfaces
 * that have such a device ("interface-1"). */
enum stats_interface_format { STATS_INTERFACE_NAME, STATS_INTERFACE_ADDRESS, STATS_INTERFACE_NUMBER };

/* Which statistics are reported, and how their type instances are made. A zeroed struct reports nothing. */
struct stats_choice {
    uint32_t groups;       /* enum stats_group */
    bool disk_by_source;   /* name disks by the path of their source, not by their target */
    bool disk_by_basename; /* with disk_by_source: by the last part of the path */
    enum stats_interface_format interface_format;
    struct selection disks, interfaces; /* of texts such as "DOMAIN:vda" */
};

/* Reads words such as "cpu disk" into `groups`. False, with a sentence in `why`, if a word is unknown or if there
 * is none: `groups` did not change. */
bool stats_metrics_parse_groups(const char *text, uint32_t *groups, char *why, size_t size);

/* True if the domain's XML must be read for the type instances. */
bool stats_metrics_need_xml(const struct stats_choice *choice);

/* Calls `send` with `data` for each statistic that is chosen and known. The metric and its texts are valid during
 * the call. A disk or an interface without a name in the chosen format is left out. Characters of a name that
 * could harm a terminal or a log become \xHH. */
void stats_metrics_send(const struct domain *domain, const struct stats_choice *choice,
                        void (*send)(void *data, const struct metric *metric), void *data);

#endif
