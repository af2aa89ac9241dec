/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Decodes statistics that each vCPU, disk or interface has ("vcpu.3.time", "block.0.rd.reqs"), and those of the
 * domain's memory and CPU time. */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/array.h"
#include "lib/libvirt/stats_decode.h"
#include "lib/model/device_stats.h"

/* More vCPUs, disks or interfaces than any hypervisor supports. Larger numbers are ignored. */
enum { ITEMS_MAX = 4096 };

enum item { ITEM_VCPU, ITEM_DISK, ITEM_INTERFACE, ITEM_MEMORY, ITEM_CPU, ITEMS };

#define VCPU(member)      offsetof(struct vcpu_stats, member)
#define DISK(member)      offsetof(struct disk_stats, member)
#define INTERFACE(member) offsetof(struct net_stats, member)
#define MEMORY(member)    offsetof(struct memory_stats, member)
#define CPU(member)       offsetof(struct cpu_stats, member)

/* A new statistic is one row here, and one member of the item's struct. `known` 0: a text. */
static const struct field {
    enum item item;
    const char *name; /* the part behind the number */
    size_t offset;
    uint32_t known;
} fields[] = {
    { ITEM_VCPU, "state", VCPU(state), VCPU_STATE }, /* each vCPU that is plugged in has it */
    { ITEM_VCPU, "time", VCPU(time_ns), VCPU_TIME },
    { ITEM_VCPU, "wait", VCPU(wait_ns), VCPU_WAIT },
    { ITEM_VCPU, "delay", VCPU(delay_ns), VCPU_DELAY },
    { ITEM_DISK, "name", DISK(target), 0 },
    { ITEM_DISK, "path", DISK(path), 0 },
    { ITEM_DISK, "rd.reqs", DISK(reads), DISK_READS },
    { ITEM_DISK, "rd.bytes", DISK(read_bytes), DISK_READ_BYTES },
    { ITEM_DISK, "rd.times", DISK(read_time_ns), DISK_READ_TIME },
    { ITEM_DISK, "wr.reqs", DISK(writes), DISK_WRITES },
    { ITEM_DISK, "wr.bytes", DISK(write_bytes), DISK_WRITE_BYTES },
    { ITEM_DISK, "wr.times", DISK(write_time_ns), DISK_WRITE_TIME },
    { ITEM_DISK, "fl.reqs", DISK(flushes), DISK_FLUSHES },
    { ITEM_DISK, "fl.times", DISK(flush_time_ns), DISK_FLUSH_TIME },
    { ITEM_DISK, "allocation", DISK(allocation_bytes), DISK_ALLOCATION },
    { ITEM_DISK, "capacity", DISK(capacity_bytes), DISK_CAPACITY },
    { ITEM_DISK, "physical", DISK(physical_bytes), DISK_PHYSICAL },
    { ITEM_INTERFACE, "name", INTERFACE(name), 0 },
    { ITEM_INTERFACE, "rx.bytes", INTERFACE(rx_bytes), NET_RX_BYTES },
    { ITEM_INTERFACE, "rx.pkts", INTERFACE(rx_packets), NET_RX_PACKETS },
    { ITEM_INTERFACE, "rx.errs", INTERFACE(rx_errors), NET_RX_ERRORS },
    { ITEM_INTERFACE, "rx.drop", INTERFACE(rx_drops), NET_RX_DROPS },
    { ITEM_INTERFACE, "tx.bytes", INTERFACE(tx_bytes), NET_TX_BYTES },
    { ITEM_INTERFACE, "tx.pkts", INTERFACE(tx_packets), NET_TX_PACKETS },
    { ITEM_INTERFACE, "tx.errs", INTERFACE(tx_errors), NET_TX_ERRORS },
    { ITEM_INTERFACE, "tx.drop", INTERFACE(tx_drops), NET_TX_DROPS },
    { ITEM_MEMORY, "unused", MEMORY(unused_kib), MEMORY_UNUSED },
    { ITEM_MEMORY, "available", MEMORY(available_kib), MEMORY_AVAILABLE },
    { ITEM_MEMORY, "usable", MEMORY(usable_kib), MEMORY_USABLE },
    { ITEM_MEMORY, "rss", MEMORY(rss_kib), MEMORY_RSS },
    { ITEM_MEMORY, "disk_caches", MEMORY(disk_caches_kib), MEMORY_DISK_CACHES },
    { ITEM_MEMORY, "swap_in", MEMORY(swapped_in_kib), MEMORY_SWAPPED_IN },
    { ITEM_MEMORY, "swap_out", MEMORY(swapped_out_kib), MEMORY_SWAPPED_OUT },
    { ITEM_MEMORY, "major_fault", MEMORY(major_faults), MEMORY_MAJOR_FAULTS },
    { ITEM_MEMORY, "minor_fault", MEMORY(minor_faults), MEMORY_MINOR_FAULTS },
    { ITEM_MEMORY, "last-update", MEMORY(last_update_real_s), MEMORY_LAST_UPDATE },
    { ITEM_CPU, "user", CPU(user_ns), CPU_USER },
    { ITEM_CPU, "system", CPU(system_ns), CPU_SYSTEM },
};

/* `size` 0: there is one struct, at `items_offset`, and no number in the names. */
static const struct {
    const char *prefix;
    size_t size;
    size_t count_offset, items_offset; /* in struct device_stats */
    size_t known_offset;               /* in the item's struct */
} kinds[ITEMS] = {
    [ITEM_VCPU] = { "vcpu.", sizeof(struct vcpu_stats), offsetof(struct device_stats, vcpu_count),
                    offsetof(struct device_stats, vcpus), VCPU(known) },
    [ITEM_DISK] = { "block.", sizeof(struct disk_stats), offsetof(struct device_stats, disk_count),
                    offsetof(struct device_stats, disks), DISK(known) },
    [ITEM_INTERFACE] = { "net.", sizeof(struct net_stats), offsetof(struct device_stats, interface_count),
                         offsetof(struct device_stats, interfaces), INTERFACE(known) },
    [ITEM_MEMORY] = { "balloon.", 0, 0, offsetof(struct device_stats, memory), MEMORY(known) },
    [ITEM_CPU] = { "cpu.", 0, 0, offsetof(struct device_stats, cpu), CPU(known) },
};

/* The part of "12.rd.reqs" behind the number. NULL if it has another form. */
static const char *stats_decode_devices_number(const char *name, uint32_t *number)
{
    unsigned long read;
    char *end;

    if (*name < '0' || *name > '9')
        return NULL;
    read = strtoul(name, &end, 10);
    if (*end != '.' || read >= ITEMS_MAX)
        return NULL;
    *number = (uint32_t)read;
    return end + 1;
}

/* Splits "block.12.rd.reqs" into ITEM_DISK, 12 and "rd.reqs", which is returned. NULL if it has another form. */
static const char *stats_decode_devices_split(const char *name, enum item *item, uint32_t *number)
{
    for (*item = 0; *item < ITEMS; (*item)++) {
        size_t length = strlen(kinds[*item].prefix);

        if (strncmp(name, kinds[*item].prefix, length) == 0)
            return kinds[*item].size > 0 ? stats_decode_devices_number(name + length, number) : name + length;
    }
    return NULL;
}

static const struct field *stats_decode_devices_find_field(enum item item, const char *name)
{
    for (size_t i = 0; i < ARRAY_COUNT(fields); i++)
        if (fields[i].item == item && strcmp(fields[i].name, name) == 0)
            return &fields[i];
    return NULL;
}

/* The item of that number, which is added if there is none yet. NULL if out of memory. The struct of an item with
 * a number begins with it. Numbers come in order, so it is nearly always the last item or a new one. */
static void *stats_decode_devices_item(struct device_stats *device_stats, enum item item, uint32_t number)
{
    size_t *count = (size_t *)(void *)((char *)device_stats + kinds[item].count_offset), size = kinds[item].size;
    char *items, *grown;

    if (size == 0)
        return (char *)device_stats + kinds[item].items_offset;
    memcpy(&items, (char *)device_stats + kinds[item].items_offset, sizeof(items));
    for (size_t i = *count; i > 0; i--) {
        uint32_t have;

        memcpy(&have, items + (i - 1) * size, sizeof(have));
        if (have == number)
            return items + (i - 1) * size;
    }
    grown = array_grow(items, *count, 1, size);
    if (!grown)
        return NULL;
    memcpy((char *)device_stats + kinds[item].items_offset, &grown, sizeof(grown));
    grown += (*count)++ * size;
    memset(grown, 0, size);
    memcpy(grown, &number, sizeof(number));
    return grown;
}

static bool stats_decode_devices_store_text(char *place, const virTypedParameter *parameter)
{
    char *old, *copy;

    memcpy(&old, place, sizeof(old));
    if (parameter->type != VIR_TYPED_PARAM_STRING || old)
        return true; /* not a text, or there is one already */
    copy = strdup(parameter->value.s);
    memcpy(place, &copy, sizeof(copy));
    return copy != NULL;
}

static void stats_decode_devices_store_number(char *found, const struct field *field,
                                              const virTypedParameter *parameter)
{
    char *place = found + kinds[field->item].known_offset;
    uint64_t number;
    uint32_t known;

    if (!stats_decode_number(parameter, &number))
        return;
    memcpy(found + field->offset, &number, sizeof(number));
    memcpy(&known, place, sizeof(known));
    known |= field->known;
    memcpy(place, &known, sizeof(known));
}

/* False only if out of memory. */
static bool stats_decode_devices_add(struct device_stats *device_stats, const virTypedParameter *parameter)
{
    enum item item;
    uint32_t number = 0;
    const char *name = stats_decode_devices_split(parameter->field, &item, &number);
    const struct field *field = name ? stats_decode_devices_find_field(item, name) : NULL;
    char *found;

    if (!field)
        return true;
    found = stats_decode_devices_item(device_stats, item, number);
    if (!found)
        return false;
    if (field->known == 0)
        return stats_decode_devices_store_text(found + field->offset, parameter);
    stats_decode_devices_store_number(found, field, parameter);
    return true;
}

static bool stats_decode_devices_is_empty(const struct device_stats *device_stats)
{
    size_t items = device_stats->vcpu_count + device_stats->disk_count + device_stats->interface_count;

    return items == 0 && device_stats->memory.known == 0 && device_stats->cpu.known == 0;
}

static int stats_decode_devices_compare(const void *one, const void *other)
{
    uint32_t a = ((const struct vcpu_stats *)one)->number, b = ((const struct vcpu_stats *)other)->number;

    return a < b ? -1 : a > b;
}

/* Returns memory that the lists do not need: a table may have thousands of domains, and each has few devices. */
static void stats_decode_devices_trim(struct device_stats *device_stats)
{
    for (enum item item = 0; item < ITEMS; item++) {
        char *place = (char *)device_stats + kinds[item].items_offset, *items, *trimmed;
        size_t count;

        memcpy(&count, (char *)device_stats + kinds[item].count_offset, sizeof(count));
        if (kinds[item].size == 0 || count == 0)
            continue;
        memcpy(&items, place, sizeof(items));
        trimmed = realloc(items, count * kinds[item].size);
        if (trimmed)
            memcpy(place, &trimmed, sizeof(trimmed));
    }
}

struct device_stats *stats_decode_devices(const virTypedParameter *parameters, int count)
{
    struct device_stats *device_stats = device_stats_new();

    for (int i = 0; device_stats && i < count; i++)
        if (!stats_decode_devices_add(device_stats, &parameters[i])) {
            device_stats_unref(device_stats);
            return NULL;
        }
    if (!device_stats || stats_decode_devices_is_empty(device_stats)) {
        device_stats_unref(device_stats);
        return NULL;
    }
    stats_decode_devices_trim(device_stats);
    if (device_stats->vcpu_count > 0)
        qsort(device_stats->vcpus, device_stats->vcpu_count, sizeof(*device_stats->vcpus),
              stats_decode_devices_compare);
    return device_stats;
}
