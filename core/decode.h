/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libvirt's typed parameters and info struct -> struct domain. Pure: no calls, no log. */
#ifndef GUESTLIST_CORE_DECODE_H
#define GUESTLIST_CORE_DECODE_H

#include <libvirt/libvirt.h>

#include "core/domain.h"

/* Which statistics the rows need, as enum virDomainStatsTypes: those of states, and all the others. */
unsigned decode_states_wanted(void);
unsigned decode_details_wanted(void);

/* Reads one record of bulk statistics into `domain`, whose id must be set. Names that are not
 * wanted, values of an unexpected type and negative ones are passed over. */
void decode_stats(const virTypedParameter *parameters, int count, struct domain *domain);

/* The same from virDomainGetInfo(), for drivers without bulk statistics. The reason stays as it is. */
void decode_info(const virDomainInfo *info, struct domain *domain);

#endif
