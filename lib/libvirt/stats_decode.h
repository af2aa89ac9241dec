/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Decodes libvirt's typed parameters and info structs into struct domain. Pure. */
#ifndef GUESTLIST_LIBVIRT_STATS_DECODE_H
#define GUESTLIST_LIBVIRT_STATS_DECODE_H

#include <libvirt/libvirt.h>
#include <stdbool.h>

#include "lib/model/domain.h"
#include "lib/model/device_stats.h"

/* Which groups of statistics to ask for, as bits of enum virDomainStatsTypes: the states, for which libvirtd asks
 * no process; of active domains, all other groups; and of these, the groups for which no process is asked that
 * blocks another call. */
unsigned stats_decode_states_wanted(void);
unsigned stats_decode_active_wanted(void);
unsigned stats_decode_careful_wanted(void);

/* The same for inactive domains: all groups but states, disks and interfaces. libvirtd opens the images of an
 * inactive domain itself, with the domain locked. If the storage did not answer, every listing would hang. */
unsigned stats_decode_inactive_wanted(void);

/* True if a record has the statistic of that name. */
bool stats_decode_has(const virTypedParameter *parameters, int count, const char *name);

/* Decodes one record of bulk statistics into `domain`, whose id must be set. Unknown names, unexpected types and
 * negative values are ignored. */
void stats_decode_stats(const virTypedParameter *parameters, int count, struct domain *domain);

/* Decodes what the same record has for struct device_stats. The caller has the reference. NULL if it has nothing,
 * or if out of memory. */
struct device_stats *stats_decode_devices(const virTypedParameter *parameters, int count);

/* The value of an integer parameter. False if it is negative or of another type. */
bool stats_decode_number(const virTypedParameter *parameter, uint64_t *number);

/* Decodes the answer of virDomainGetInfo(), for drivers without bulk statistics. Does not set the reason. */
void stats_decode_info(const virDomainInfo *info, struct domain *domain);

#endif
