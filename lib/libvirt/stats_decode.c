/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/libvirt/stats_decode.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>

#include "lib/base/array.h"

#define SAME(state) static_assert((int)DOMAIN_##state == (int)VIR_DOMAIN_##state, "libvirt's number")
SAME(NOSTATE);
SAME(RUNNING);
SAME(BLOCKED);
SAME(PAUSED);
SAME(SHUTDOWN);
SAME(SHUTOFF);
SAME(CRASHED);
SAME(PMSUSPENDED);

#define FIELD(member) offsetof(struct domain, member), sizeof(((struct domain *)NULL)->member)

/* A new statistic is one row here, and one member of struct domain_stats. */
static const struct field {
    const char *name;
    unsigned wanted; /* the group of statistics that it belongs to */
    size_t offset, size;
    uint32_t known;
} fields[] = {
    { "state.state", VIR_DOMAIN_STATS_STATE, FIELD(state), 0 },
    { "state.reason", VIR_DOMAIN_STATS_STATE, FIELD(reason), 0 },
    { "cpu.time", VIR_DOMAIN_STATS_CPU_TOTAL, FIELD(stats.cpu_time_ns), DOMAIN_STAT_CPU_TIME },
    { "balloon.current", VIR_DOMAIN_STATS_BALLOON, FIELD(stats.memory_kib), DOMAIN_STAT_MEMORY },
    { "balloon.maximum", VIR_DOMAIN_STATS_BALLOON, FIELD(stats.memory_maximum_kib), DOMAIN_STAT_MEMORY_MAXIMUM },
    { "vcpu.current", VIR_DOMAIN_STATS_VCPU, FIELD(stats.vcpus), DOMAIN_STAT_VCPUS },
    { "vcpu.maximum", VIR_DOMAIN_STATS_VCPU, FIELD(stats.vcpus_maximum), DOMAIN_STAT_VCPUS_MAXIMUM },
};

unsigned stats_decode_states_wanted(void)
{
    return VIR_DOMAIN_STATS_STATE;
}

unsigned stats_decode_active_wanted(void)
{
    unsigned wanted = 0;

    for (size_t i = 0; i < ARRAY_COUNT(fields); i++)
        wanted |= fields[i].wanted;
    wanted |= VIR_DOMAIN_STATS_BLOCK | VIR_DOMAIN_STATS_INTERFACE; /* stats_decode_devices.c decodes them */
    return wanted & ~stats_decode_states_wanted();
}

/* QEMU's driver reads interfaces without the domain's job. For CPU times, libvirt 9.0 asks the process how long it
 * polled while halted, but only if no other call holds the domain's job. A call that a process blocks holds it. */
unsigned stats_decode_careful_wanted(void)
{
    return VIR_DOMAIN_STATS_CPU_TOTAL | VIR_DOMAIN_STATS_INTERFACE;
}

unsigned stats_decode_inactive_wanted(void)
{
    return stats_decode_active_wanted() & ~(unsigned)(VIR_DOMAIN_STATS_BLOCK | VIR_DOMAIN_STATS_INTERFACE);
}

bool stats_decode_number(const virTypedParameter *parameter, uint64_t *number)
{
    switch (parameter->type) {
    case VIR_TYPED_PARAM_INT:
        *number = (uint64_t)parameter->value.i;
        return parameter->value.i >= 0;
    case VIR_TYPED_PARAM_UINT:
        *number = parameter->value.ui;
        return true;
    case VIR_TYPED_PARAM_LLONG:
        *number = (uint64_t)parameter->value.l;
        return parameter->value.l >= 0;
    case VIR_TYPED_PARAM_ULLONG:
        *number = parameter->value.ul;
        return true;
    default:
        return false;
    }
}

/* False if the number does not fit. Narrow members are int or uint32_t, with the same bytes up to INT32_MAX. */
static bool stats_decode_store(struct domain *domain, const struct field *field, uint64_t number)
{
    uint32_t narrow = (uint32_t)number;
    bool is_wide = field->size == sizeof(number);

    if (!is_wide && number > INT32_MAX)
        return false;
    memcpy((char *)domain + field->offset, is_wide ? (void *)&number : (void *)&narrow, field->size);
    return true;
}

static const struct field *stats_decode_find_field(const char *name)
{
    for (size_t i = 0; i < ARRAY_COUNT(fields); i++)
        if (strcmp(fields[i].name, name) == 0)
            return &fields[i];
    return NULL;
}

bool stats_decode_has(const virTypedParameter *parameters, int count, const char *name)
{
    for (int i = 0; i < count; i++)
        if (strcmp(parameters[i].field, name) == 0)
            return true;
    return false;
}

void stats_decode_stats(const virTypedParameter *parameters, int count, struct domain *domain)
{
    for (int i = 0; i < count; i++) {
        const struct field *field = stats_decode_find_field(parameters[i].field);
        uint64_t number;

        if (field && stats_decode_number(&parameters[i], &number) && stats_decode_store(domain, field, number))
            domain->stats.known |= field->known;
    }
    /* libvirt 9.0.0 takes the pid 0 of an inactive domain for its own process, and reports libvirtd's CPU time. */
    if (!domain_active(domain))
        domain->stats.known &= ~(uint32_t)DOMAIN_STAT_CPU_TIME;
}

void stats_decode_info(const virDomainInfo *info, struct domain *domain)
{
    domain->state = info->state;
    domain->stats.memory_kib = info->memory;
    domain->stats.memory_maximum_kib = info->maxMem;
    domain->stats.vcpus = info->nrVirtCpu;
    domain->stats.known |= DOMAIN_STAT_MEMORY | DOMAIN_STAT_MEMORY_MAXIMUM | DOMAIN_STAT_VCPUS;
    if (domain_active(domain)) {
        domain->stats.cpu_time_ns = info->cpuTime;
        domain->stats.known |= DOMAIN_STAT_CPU_TIME;
    }
}
