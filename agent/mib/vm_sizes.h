/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The size of a domain, from its statistics or, if they lack it, from its XML: the statistics of some drivers have
 * nothing but states. -1: neither has it. Pure. */
#ifndef GUESTLIST_AGENT_MIB_VM_SIZES_H
#define GUESTLIST_AGENT_MIB_VM_SIZES_H

#include "lib/model/domain.h"

/* How many vCPUs the domain has, or will have when it starts; and how many it can have. */
int64_t vm_sizes_cpus(const struct domain *domain);
int64_t vm_sizes_cpus_maximum(const struct domain *domain);

/* Its memory in KiB, likewise. */
int64_t vm_sizes_memory_kib(const struct domain *domain);
int64_t vm_sizes_memory_maximum_kib(const struct domain *domain);

#endif
