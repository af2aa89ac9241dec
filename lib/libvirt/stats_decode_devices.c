/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Decodes statistics that each vCPU or disk has: "vcpu.3.time", "block.0.rd.reqs". */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/array.h"
#include "lib/libvirt/stats_decode.h"
#include "lib/model/device_stats.h"

/* More vCPUs or disks than any hypervisor supports. Larger numbers are ignored. */
enum { ITEMS_MAX = 4096 };

enum item { ITEM_VCPU, ITEM_DISK, ITEMS };

/* A new statistic is one row here, and one member of the item's struct. `known` 0: a text, or no value. */
static const struct field {
    enum item item;
    const char *name; /* the part behind the number */
    size_t offset;
    uint32_t known;
} fields[] = {
    { ITEM_VCPU, "time", offsetof(struct vcpu_stats, time_ns), VCPU_TIME },
    { ITEM_VCPU, "state", 0, 0 }, /* no value, but each vCPU that is plugged in has it */
    { ITEM_DISK, "name", offsetof(struct disk_stats, target), 0 },
    { ITEM_DISK, "path", offsetof(struct disk_stats, path), 0 },
    { ITEM_DISK, "capacity", offsetof(struct disk_stats, capacity_bytes), DISK_CAPACITY },
    { ITEM_DISK, "physical", offsetof(struct disk_stats, physical_bytes), DISK_PHYSICAL },
    { ITEM_DISK, "rd.reqs", offsetof(struct disk_stats, reads), DISK_READS },
    { ITEM_DISK, "wr.reqs", offsetof(struct disk_stats, writes), DISK_WRITES },
    { ITEM_DISK, "rd.bytes", offsetof(struct disk_stats, read_bytes), DISK_READ_BYTES },
    { ITEM_DISK, "wr.bytes", offsetof(struct disk_stats, write_bytes), DISK_WRITE_BYTES },
    { ITEM_DISK, "rd.times", offsetof(struct disk_stats, read_time_ns), DISK_READ_TIME },
    { ITEM_DISK, "wr.times", offsetof(struct disk_stats, write_time_ns), DISK_WRITE_TIME },
};

static const struct {
    const char *prefix;
    size_t size;
    size_t count_offset, items_offset; /* in struct device_stats */
} kinds[ITEMS] = {
    [ITEM_VCPU] = { "vcpu.", sizeof(struct vcpu_stats), offsetof(struct device_stats, vcpu_count),
                    offsetof(struct device_stats, vcpus) },
    [ITEM_DISK] = { "block.", sizeof(struct disk_stats), offsetof(struct device_stats, disk_count),
                    offsetof(struct device_stats, disks) },
};

/* Splits "block.12.rd.reqs" into ITEM_DISK, 12 and "rd.reqs", which is returned. NULL if it has another form. */
static const char *stats_decode_devices_split(const char *name, enum item *item, uint32_t *number)
{
    for (*item = 0; *item < ITEMS; (*item)++) {
        size_t length = strlen(kinds[*item].prefix);
        unsigned long read;
        char *end;

        if (strncmp(name, kinds[*item].prefix, length) != 0)
            continue;
        if (name[length] < '0' || name[length] > '9')
            return NULL;
        read = strtoul(name + length, &end, 10);
        if (*end != '.' || read >= ITEMS_MAX)
            return NULL;
        *number = (uint32_t)read;
        return end + 1;
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

/* The item of that number, which is added if there is none yet. NULL if out of memory. Each item's struct begins
 * with its number. Numbers come in order, so it is nearly always the last item or a new one. */
static void *stats_decode_devices_item(struct device_stats *device_stats, enum item item, uint32_t number)
{
    size_t *count = (size_t *)(void *)((char *)device_stats + kinds[item].count_offset), size = kinds[item].size;
    char *items, *grown;

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

static void stats_decode_devices_store_number(void *found, const struct field *field,
                                              const virTypedParameter *parameter)
{
    uint64_t number;
    uint32_t known;

    if (!stats_decode_number(parameter, &number))
        return;
    memcpy((char *)found + field->offset, &number, sizeof(number));
    memcpy(&known, (char *)found + sizeof(uint32_t), sizeof(known)); /* the member behind the number */
    known |= field->known;
    memcpy((char *)found + sizeof(uint32_t), &known, sizeof(known));
}

/* False only if out of memory. */
static bool stats_decode_devices_add(struct device_stats *device_stats, const virTypedParameter *parameter)
{
    enum item item;
    uint32_t number;
    const char *name = stats_decode_devices_split(parameter->field, &item, &number);
    const struct field *field = name ? stats_decode_devices_find_field(item, name) : NULL;
    void *found;

    if (!field)
        return true;
    found = stats_decode_devices_item(device_stats, item, number);
    if (!found)
        return false;
    if (field->known)
        stats_decode_devices_store_number(found, field, parameter);
    else if (item == ITEM_DISK)
        return stats_decode_devices_store_text((char *)found + field->offset, parameter);
    return true;
}

static int stats_decode_devices_compare(const void *one, const void *other)
{
    uint32_t a = ((const struct vcpu_stats *)one)->number, b = ((const struct vcpu_stats *)other)->number;

    return a < b ? -1 : a > b;
}

struct device_stats *stats_decode_devices(const virTypedParameter *parameters, int count)
{
    struct device_stats *device_stats = device_stats_new();

    for (int i = 0; device_stats && i < count; i++)
        if (!stats_decode_devices_add(device_stats, &parameters[i])) {
            device_stats_unref(device_stats);
            return NULL;
        }
    if (!device_stats || (device_stats->vcpu_count == 0 && device_stats->disk_count == 0)) {
        device_stats_unref(device_stats);
        return NULL;
    }
    if (device_stats->vcpu_count > 0)
        qsort(device_stats->vcpus, device_stats->vcpu_count, sizeof(*device_stats->vcpus),
              stats_decode_devices_compare);
    return device_stats;
}
