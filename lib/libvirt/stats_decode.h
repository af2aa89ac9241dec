/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libvirt's typed parameters and info struct -> struct domain. Pure: no calls, no log. */
#ifndef GUESTLIST_LIBVIRT_STATS_DECODE_H
#define GUESTLIST_LIBVIRT_STATS_DECODE_H

#include <libvirt/libvirt.h>
#include <stdbool.h>

#include "lib/model/domain.h"
#include "lib/model/device_stats.h"

/* Which statistics to ask for, as enum virDomainStatsTypes: the states; all others, of active domains; of these,
 * what libvirtd knows without asking a domain's process; and what can be had of inactive domains. The last is
 * without the disks: libvirtd opens the images of an inactive domain itself, with the domain locked, and storage
 * that does not answer would then hang every listing. */
unsigned stats_decode_states_wanted(void);
unsigned stats_decode_active_wanted(void);
unsigned stats_decode_careful_wanted(void);
unsigned stats_decode_inactive_wanted(void);

/* True if a record has the statistic of that name. */
bool stats_decode_has(const virTypedParameter *parameters, int count, const char *name);

/* Reads one record of bulk statistics into `domain`, whose id must be set. Names that are not
 * wanted, values of an unexpected type and negative ones are passed over. */
void stats_decode_stats(const virTypedParameter *parameters, int count, struct domain *domain);

/* What the same record says of each vCPU and disk; the reference is the caller's. NULL if it says nothing
 * of them, or out of memory. */
struct device_stats *stats_decode_devices(const virTypedParameter *parameters, int count);

/* What the answer of virDomainGetJobStats() says; a job that is no migration and no restore is none. */
enum domain_job stats_decode_job(int type, const virTypedParameter *parameters, int count);

/* The value of an integer parameter. False if it is negative or of another type. */
bool stats_decode_number(const virTypedParameter *parameter, uint64_t *number);

/* The same from virDomainGetInfo(), for drivers without bulk statistics. The reason stays as it is. */
void stats_decode_info(const virDomainInfo *info, struct domain *domain);

#endif
