/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A domain's size, as its statistics say it or, where they do not, its XML: the test driver's statistics are only
 * states. Pure. Each is -1 if neither knows. */
#ifndef GUESTLIST_AGENT_MIB_VM_SIZES_H
#define GUESTLIST_AGENT_MIB_VM_SIZES_H

#include "lib/model/domain.h"

/* How many vCPUs the domain has, or is to have when it is off; and how many it can have. */
int64_t vm_sizes_cpus(const struct domain *domain);
int64_t vm_sizes_cpus_maximum(const struct domain *domain);

/* Its memory in KiB, likewise. */
int64_t vm_sizes_memory_kib(const struct domain *domain);
int64_t vm_sizes_memory_maximum_kib(const struct domain *domain);

#endif
