/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The size of a domain, from its statistics, or from its XML if the statistics lack it: some drivers report only
 * states. -1: neither has it. Pure. */
#ifndef GUESTLIST_AGENT_MIB_VM_SIZES_H
#define GUESTLIST_AGENT_MIB_VM_SIZES_H

#include "lib/model/domain.h"

/* How many vCPUs the domain has, or will have when it starts; and the highest number that it can have. */
int64_t vm_sizes_cpus(const struct domain *domain);
int64_t vm_sizes_cpus_maximum(const struct domain *domain);

/* The same for its memory, in KiB. */
int64_t vm_sizes_memory_kib(const struct domain *domain);
int64_t vm_sizes_memory_maximum_kib(const struct domain *domain);

#endif
