/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Statistics that come once per vCPU or disk: "vcpu.3.time", "block.0.rd.reqs". */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "lib/libvirt/decode.h"
#include "lib/model/usage.h"

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

/* More of either than any hypervisor takes: a number past it is not believed. */
enum { ITEMS_MAX = 4096 };

enum item { ITEM_VCPU, ITEM_DISK, ITEMS };

/* A new fact is one row here and one field of the item. `fact` 0: a text. */
static const struct field {
    enum item item;
    const char *name; /* behind the number */
    size_t offset;
    uint32_t fact;
} fields[] = {
    { ITEM_VCPU, "time", offsetof(struct vcpu_usage, time_ns), VCPU_TIME },
    { ITEM_VCPU, "state", 0, 0 }, /* there for each vCPU that is plugged in */
    { ITEM_DISK, "name", offsetof(struct disk_usage, target), 0 },
    { ITEM_DISK, "path", offsetof(struct disk_usage, path), 0 },
    { ITEM_DISK, "capacity", offsetof(struct disk_usage, capacity_bytes), DISK_CAPACITY },
    { ITEM_DISK, "physical", offsetof(struct disk_usage, physical_bytes), DISK_PHYSICAL },
    { ITEM_DISK, "rd.reqs", offsetof(struct disk_usage, reads), DISK_READS },
    { ITEM_DISK, "wr.reqs", offsetof(struct disk_usage, writes), DISK_WRITES },
    { ITEM_DISK, "rd.bytes", offsetof(struct disk_usage, read_bytes), DISK_READ_BYTES },
    { ITEM_DISK, "wr.bytes", offsetof(struct disk_usage, write_bytes), DISK_WRITE_BYTES },
    { ITEM_DISK, "rd.times", offsetof(struct disk_usage, read_time_ns), DISK_READ_TIME },
    { ITEM_DISK, "wr.times", offsetof(struct disk_usage, write_time_ns), DISK_WRITE_TIME },
};

static const struct {
    const char *prefix;
    size_t size;
    size_t count_offset, items_offset; /* in struct usage */
} kinds[ITEMS] = {
    [ITEM_VCPU] = { "vcpu.", sizeof(struct vcpu_usage), offsetof(struct usage, vcpu_count),
                    offsetof(struct usage, vcpus) },
    [ITEM_DISK] = { "block.", sizeof(struct disk_usage), offsetof(struct usage, disk_count),
                    offsetof(struct usage, disks) },
};

/* Splits "block.12.rd.reqs" into the kind, 12 and "rd.reqs"; NULL if it is not of that form. */
static const char *split(const char *name, enum item *item, uint32_t *number)
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

static const struct field *field_of(enum item item, const char *name)
{
    for (size_t i = 0; i < COUNT(fields); i++)
        if (fields[i].item == item && strcmp(fields[i].name, name) == 0)
            return &fields[i];
    return NULL;
}

/* The item of that number, made if there is none yet; NULL if out of memory. Each kind's struct begins
 * with its number. They come in order, so it is the last one or a new one nearly always. */
static void *item_of(struct usage *usage, enum item item, uint32_t number)
{
    size_t *count = (size_t *)(void *)((char *)usage + kinds[item].count_offset), size = kinds[item].size;
    char *items, *grown;

    memcpy(&items, (char *)usage + kinds[item].items_offset, sizeof(items));
    for (size_t i = *count; i > 0; i--) {
        uint32_t have;

        memcpy(&have, items + (i - 1) * size, sizeof(have));
        if (have == number)
            return items + (i - 1) * size;
    }
    grown = realloc(items, (*count + 1) * size);
    if (!grown)
        return NULL;
    memcpy((char *)usage + kinds[item].items_offset, &grown, sizeof(grown));
    grown += (*count)++ * size;
    memset(grown, 0, size);
    memcpy(grown, &number, sizeof(number));
    return grown;
}

static bool keep_text(char *place, const virTypedParameter *parameter)
{
    char *old, *copy;

    memcpy(&old, place, sizeof(old));
    if (parameter->type != VIR_TYPED_PARAM_STRING || old)
        return true; /* not what it should be, or there twice */
    copy = strdup(parameter->value.s);
    memcpy(place, &copy, sizeof(copy));
    return copy != NULL;
}

static void keep_number(void *found, const struct field *field, const virTypedParameter *parameter)
{
    uint64_t number;
    uint32_t facts;

    if (!decode_number(parameter, &number))
        return;
    memcpy((char *)found + field->offset, &number, sizeof(number));
    memcpy(&facts, (char *)found + sizeof(uint32_t), sizeof(facts)); /* they follow the number */
    facts |= field->fact;
    memcpy((char *)found + sizeof(uint32_t), &facts, sizeof(facts));
}

/* False only if out of memory. */
static bool keep(struct usage *usage, const virTypedParameter *parameter)
{
    enum item item;
    uint32_t number;
    const char *name = split(parameter->field, &item, &number);
    const struct field *field = name ? field_of(item, name) : NULL;
    void *found;

    if (!field)
        return true;
    found = item_of(usage, item, number);
    if (!found)
        return false;
    if (field->fact)
        keep_number(found, field, parameter);
    else if (item == ITEM_DISK)
        return keep_text((char *)found + field->offset, parameter);
    return true;
}

static int by_number(const void *one, const void *other)
{
    uint32_t a = ((const struct vcpu_usage *)one)->number, b = ((const struct vcpu_usage *)other)->number;

    return a < b ? -1 : a > b;
}

struct usage *decode_usage(const virTypedParameter *parameters, int count)
{
    struct usage *usage = usage_new();

    for (int i = 0; usage && i < count; i++)
        if (!keep(usage, &parameters[i])) {
            usage_unref(usage);
            return NULL;
        }
    if (!usage || (usage->vcpu_count == 0 && usage->disk_count == 0)) {
        usage_unref(usage);
        return NULL;
    }
    if (usage->vcpu_count > 0)
        qsort(usage->vcpus, usage->vcpu_count, sizeof(*usage->vcpus), by_number);
    return usage;
}
