/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/mib/vm_sizes.h"

#include <stddef.h>
#include <string.h>

#include "lib/model/xml_facts.h"

static int64_t vm_sizes_choose(const struct domain *domain, enum domain_stat fact, uint64_t number,
                               size_t described)
{
    int64_t found;

    if (domain->stats.known & fact)
        return number > INT64_MAX ? INT64_MAX : (int64_t)number;
    if (!domain->xml_facts)
        return XML_FACTS_ABSENT;
    memcpy(&found, (const char *)domain->xml_facts + described, sizeof(found));
    return found;
}

#define NUMBER_OF(domain, fact, field)                                                                            \
    vm_sizes_choose(domain, fact, (domain)->stats.field, offsetof(struct xml_facts, field))

int64_t vm_sizes_cpus(const struct domain *domain)
{
    return NUMBER_OF(domain, DOMAIN_STAT_VCPUS, vcpus);
}

int64_t vm_sizes_cpus_maximum(const struct domain *domain)
{
    return NUMBER_OF(domain, DOMAIN_STAT_VCPUS_MAXIMUM, vcpus_maximum);
}

int64_t vm_sizes_memory_kib(const struct domain *domain)
{
    return NUMBER_OF(domain, DOMAIN_STAT_MEMORY, memory_kib);
}

int64_t vm_sizes_memory_maximum_kib(const struct domain *domain)
{
    return NUMBER_OF(domain, DOMAIN_STAT_MEMORY_MAXIMUM, memory_maximum_kib);
}
