/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "collectd-plugin/stats_metrics.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "lib/base/array.h"
#include "lib/base/text.h"
#include "lib/model/device_stats.h"
#include "lib/model/xml_facts.h"

/* collectd's DATA_MAX_NAME_LEN */
enum { STATS_NAME_MAX = 128 };

/* What a statistic belongs to, and the struct that has it: for the first three, struct domain_stats. */
enum stats_item { OF_TIME, OF_TOTAL, OF_BALLOON, OF_CPU, OF_MEMORY, OF_VCPU, OF_DISK, OF_INTERFACE, STATS_ITEMS };

static const enum stats_group stats_item_groups[STATS_ITEMS] = {
    [OF_TIME] = STATS_GROUP_CPU,       [OF_CPU] = STATS_GROUP_CPU,
    [OF_VCPU] = STATS_GROUP_VCPU,      [OF_TOTAL] = STATS_GROUP_MEMORY,
    [OF_BALLOON] = STATS_GROUP_MEMORY, [OF_MEMORY] = STATS_GROUP_MEMORY,
    [OF_DISK] = STATS_GROUP_DISK,      [OF_INTERFACE] = STATS_GROUP_INTERFACE,
};

/* How the number in the struct becomes the value. */
enum stats_form { GAUGE, GAUGE_KIB, DERIVE, DERIVE_KIB, DERIVE_PER_1000, STATS_FORMS };

static const struct {
    bool is_derive;
    uint32_t factor, divisor;
} stats_forms[STATS_FORMS] = {
    [GAUGE] = { false, 1, 1 },        [GAUGE_KIB] = { false, 1024, 1 },      [DERIVE] = { true, 1, 1 },
    [DERIVE_KIB] = { true, 1024, 1 }, [DERIVE_PER_1000] = { true, 1, 1000 },
};

/* A member of the struct, which is a uint64_t, and the bit of `known` that says that it has a value. */
#define DOMAIN(member, bit)    offsetof(struct domain_stats, member), DOMAIN_STAT_##bit
#define CPU(member, bit)       offsetof(struct cpu_stats, member), CPU_##bit
#define MEMORY(member, bit)    offsetof(struct memory_stats, member), MEMORY_##bit
#define VCPU(member, bit)      offsetof(struct vcpu_stats, member), VCPU_##bit
#define DISK(member, bit)      offsetof(struct disk_stats, member), DISK_##bit
#define INTERFACE(member, bit) offsetof(struct net_stats, member), NET_##bit
#define NONE                   0, 0

/* A new metric is one row here. */
static const struct stats_metric {
    enum stats_item item;
    const char *type;
    const char *type_instance; /* or what precedes the name of the vCPU, disk or interface */
    enum stats_form form;
    size_t offset;
    uint32_t known;
    size_t second_offset; /* of the second data source, if second_known is not 0 */
    uint32_t second_known;
} stats_metrics[] = {
    { OF_TIME, "virt_cpu_total", "", DERIVE, DOMAIN(cpu_time_ns, CPU_TIME), NONE },
    { OF_CPU, "ps_cputime", "", DERIVE, CPU(user_ns, USER), CPU(system_ns, SYSTEM) },
    { OF_VCPU, "virt_vcpu", "", DERIVE, VCPU(time_ns, TIME), NONE },
    { OF_TOTAL, "memory", "total", GAUGE_KIB, DOMAIN(memory_kib, MEMORY), NONE },
    { OF_BALLOON, "memory", "actual_balloon", GAUGE_KIB, DOMAIN(memory_kib, MEMORY), NONE },
    { OF_MEMORY, "memory", "rss", GAUGE_KIB, MEMORY(rss_kib, RSS), NONE },
    { OF_MEMORY, "memory", "unused", GAUGE_KIB, MEMORY(unused_kib, UNUSED), NONE },
    { OF_MEMORY, "memory", "available", GAUGE_KIB, MEMORY(available_kib, AVAILABLE), NONE },
    { OF_MEMORY, "memory", "usable", GAUGE_KIB, MEMORY(usable_kib, USABLE), NONE },
    { OF_MEMORY, "memory", "disk_caches", GAUGE_KIB, MEMORY(disk_caches_kib, DISK_CACHES), NONE },
    { OF_MEMORY, "swap_io", "in", DERIVE_KIB, MEMORY(swapped_in_kib, SWAPPED_IN), NONE },
    { OF_MEMORY, "swap_io", "out", DERIVE_KIB, MEMORY(swapped_out_kib, SWAPPED_OUT), NONE },
    { OF_MEMORY, "ps_pagefaults", "", DERIVE, MEMORY(minor_faults, MINOR_FAULTS),
      MEMORY(major_faults, MAJOR_FAULTS) },
    { OF_DISK, "disk_ops", "", DERIVE, DISK(reads, READS), DISK(writes, WRITES) },
    { OF_DISK, "disk_octets", "", DERIVE, DISK(read_bytes, READ_BYTES), DISK(write_bytes, WRITE_BYTES) },
    { OF_DISK, "disk_time", "", DERIVE, DISK(read_time_ns, READ_TIME), DISK(write_time_ns, WRITE_TIME) },
    { OF_DISK, "total_requests", "flush-", DERIVE, DISK(flushes, FLUSHES), NONE },
    /* Microseconds, as virt reports them, in spite of the type's name. */
    { OF_DISK, "total_time_in_ms", "flush-", DERIVE_PER_1000, DISK(flush_time_ns, FLUSH_TIME), NONE },
    { OF_DISK, "disk_capacity", "", GAUGE, DISK(capacity_bytes, CAPACITY), NONE },
    { OF_INTERFACE, "if_octets", "", DERIVE, INTERFACE(rx_bytes, RX_BYTES), INTERFACE(tx_bytes, TX_BYTES) },
    { OF_INTERFACE, "if_packets", "", DERIVE, INTERFACE(rx_packets, RX_PACKETS),
      INTERFACE(tx_packets, TX_PACKETS) },
    { OF_INTERFACE, "if_errors", "", DERIVE, INTERFACE(rx_errors, RX_ERRORS), INTERFACE(tx_errors, TX_ERRORS) },
    { OF_INTERFACE, "if_dropped", "", DERIVE, INTERFACE(rx_drops, RX_DROPS), INTERFACE(tx_drops, TX_DROPS) },
};

static const struct {
    const char *word;
    enum stats_group group;
} stats_groups[] = {
    { "cpu", STATS_GROUP_CPU },   { "vcpu", STATS_GROUP_VCPU },           { "memory", STATS_GROUP_MEMORY },
    { "disk", STATS_GROUP_DISK }, { "interface", STATS_GROUP_INTERFACE },
};

/* 0 if there is no such word. */
static uint32_t stats_metrics_group(const char *text, size_t length)
{
    for (size_t i = 0; i < ARRAY_COUNT(stats_groups); i++)
        if (strlen(stats_groups[i].word) == length && strncasecmp(text, stats_groups[i].word, length) == 0)
            return stats_groups[i].group;
    return 0;
}

bool stats_metrics_parse_groups(const char *text, uint32_t *groups, char *why, size_t size)
{
    static const char separators[] = " \t\r\n,";
    uint32_t parsed = 0;

    for (text += strspn(text, separators); *text; text += strspn(text, separators)) {
        size_t length = strcspn(text, separators);
        uint32_t group = stats_metrics_group(text, length);

        if (group == 0) {
            (void)snprintf(why, size, "\"%.*s\" is unknown; expected some of: cpu vcpu memory disk interface",
                           length > 64 ? 64 : (int)length, text);
            return false;
        }
        parsed |= group;
        text += length;
    }
    if (parsed == 0) {
        (void)snprintf(why, size, "it is empty; expected some of: cpu vcpu memory disk interface");
        return false;
    }
    *groups = parsed;
    return true;
}

bool stats_metrics_need_xml(const struct stats_choice *choice)
{
    return choice->groups & STATS_GROUP_INTERFACE && choice->interface_format == STATS_INTERFACE_ADDRESS;
}

struct stats_sender {
    const struct stats_choice *choice;
    void (*send)(void *data, const struct metric *metric);
    void *data;
};

static union metric_value stats_metrics_value(const void *item, size_t offset, enum stats_form form)
{
    union metric_value value;
    uint64_t number;

    memcpy(&number, (const char *)item + offset, sizeof(number));
    number = number / stats_forms[form].divisor * stats_forms[form].factor;
    if (stats_forms[form].is_derive)
        value.derive = (int64_t)number;
    else
        value.gauge = (double)number;
    return value;
}

/* Sends a metric if all its data sources are known. `name` is the vCPU's, disk's or interface's; it may be empty.
 */
static void stats_metrics_send_row(const struct stats_sender *sender, const struct stats_metric *row,
                                   const void *item, uint32_t known, const char *name)
{
    uint32_t needed = row->known | row->second_known;
    char type_instance[STATS_NAME_MAX];
    size_t length;
    struct metric metric = { .type = row->type,
                             .type_instance = type_instance,
                             .count = row->second_known ? 2 : 1,
                             .is_derive = stats_forms[row->form].is_derive };

    if ((known & needed) != needed)
        return;
    metric.values[0] = stats_metrics_value(item, row->offset, row->form);
    if (row->second_known)
        metric.values[1] = stats_metrics_value(item, row->second_offset, row->form);
    length = (size_t)snprintf(type_instance, sizeof(type_instance), "%s", row->type_instance);
    (void)text_printable(name, type_instance + length, sizeof(type_instance) - length);
    sender->send(sender->data, &metric);
}

static void stats_metrics_send_item(const struct stats_sender *sender, enum stats_item kind, const void *item,
                                    uint32_t known, const char *name)
{
    if (!(sender->choice->groups & stats_item_groups[kind]))
        return;
    for (size_t i = 0; i < ARRAY_COUNT(stats_metrics); i++)
        if (stats_metrics[i].item == kind)
            stats_metrics_send_row(sender, &stats_metrics[i], item, known, name);
}

static void stats_metrics_send_vcpus(const struct stats_sender *sender, const struct device_stats *stats)
{
    for (size_t i = 0; i < stats->vcpu_count; i++) {
        const struct vcpu_stats *vcpu = &stats->vcpus[i];
        char name[16];

        (void)snprintf(name, sizeof(name), "%u", vcpu->number);
        stats_metrics_send_item(sender, OF_VCPU, vcpu, vcpu->known, name);
    }
}

/* NULL if the disk has no name in the chosen format. */
static const char *stats_metrics_disk_name(const struct stats_choice *choice, const struct disk_stats *disk)
{
    const char *name = choice->disk_by_source ? disk->path : disk->target;
    const char *slash = name ? strrchr(name, '/') : NULL;

    return choice->disk_by_source && choice->disk_by_basename && slash ? slash + 1 : name;
}

static const char *stats_metrics_address(const struct domain *domain, const char *device)
{
    const struct xml_facts *facts = domain->xml_facts;

    for (size_t i = 0; facts && i < facts->interface_count; i++)
        if (facts->interfaces[i].target && strcmp(facts->interfaces[i].target, device) == 0)
            return facts->interfaces[i].mac;
    return NULL;
}

/* The empty list selects all devices, as an empty list of domains selects all domains. */
static bool stats_metrics_wants(const struct selection *selection, const struct domain *domain, const char *device)
{
    char text[1024];

    if (selection->count == 0)
        return true;
    (void)snprintf(text, sizeof(text), "%s:%s", domain->name, device);
    return selection_wants(selection, text);
}

static void stats_metrics_send_disks(const struct stats_sender *sender, const struct domain *domain)
{
    const struct device_stats *stats = domain->device_stats;

    for (size_t i = 0; i < stats->disk_count; i++) {
        const struct disk_stats *disk = &stats->disks[i];
        const char *device = sender->choice->disk_by_source ? disk->path : disk->target;

        if (device && stats_metrics_wants(&sender->choice->disks, domain, device))
            stats_metrics_send_item(sender, OF_DISK, disk, disk->known,
                                    stats_metrics_disk_name(sender->choice, disk));
    }
}

/* NULL if the interface has no name in the chosen format. `place` is its place, from 0. */
static const char *stats_metrics_interface_name(const struct stats_choice *choice, const struct domain *domain,
                                                size_t place, char text[STATS_NAME_MAX])
{
    const char *device = domain->device_stats->interfaces[place].name;

    if (choice->interface_format == STATS_INTERFACE_NAME || !device)
        return device;
    if (choice->interface_format == STATS_INTERFACE_ADDRESS)
        return stats_metrics_address(domain, device);
    (void)snprintf(text, STATS_NAME_MAX, "interface-%zu", place + 1);
    return text;
}

static void stats_metrics_send_interfaces(const struct stats_sender *sender, const struct domain *domain)
{
    const struct device_stats *stats = domain->device_stats;

    for (size_t i = 0; i < stats->interface_count; i++) {
        char text[STATS_NAME_MAX];
        const char *name = stats_metrics_interface_name(sender->choice, domain, i, text);

        if (name && stats_metrics_wants(&sender->choice->interfaces, domain, name))
            stats_metrics_send_item(sender, OF_INTERFACE, &stats->interfaces[i], stats->interfaces[i].known, name);
    }
}

void stats_metrics_send(const struct domain *domain, const struct stats_choice *choice,
                        void (*send)(void *data, const struct metric *metric), void *data)
{
    const struct device_stats *stats = domain->device_stats;
    struct stats_sender sender = { choice, send, data };

    stats_metrics_send_item(&sender, OF_TIME, &domain->stats, domain->stats.known, "");
    stats_metrics_send_item(&sender, OF_TOTAL, &domain->stats, domain->stats.known, "");
    if (!stats)
        return;
    if (stats->memory.known & MEMORY_LAST_UPDATE) /* only balloons have it */
        stats_metrics_send_item(&sender, OF_BALLOON, &domain->stats, domain->stats.known, "");
    stats_metrics_send_item(&sender, OF_CPU, &stats->cpu, stats->cpu.known, "");
    stats_metrics_send_item(&sender, OF_MEMORY, &stats->memory, stats->memory.known, "");
    stats_metrics_send_vcpus(&sender, stats);
    stats_metrics_send_disks(&sender, domain);
    stats_metrics_send_interfaces(&sender, domain);
}
