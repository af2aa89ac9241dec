/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/index/deviceindex.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/text.h"

static size_t deviceindex_lower_bound(const struct deviceindex *deviceindex, const unsigned char *uuid)
{
    size_t low = 0, high = deviceindex->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (memcmp(deviceindex->blocks[middle].uuid, uuid, UUID_BYTES) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The domain's block, made if there is none yet; NULL if out of memory. */
static struct device_block *deviceindex_block_for(struct deviceindex *deviceindex, const unsigned char *uuid)
{
    size_t at = deviceindex_lower_bound(deviceindex, uuid), count = deviceindex->count;
    struct device_block *blocks = deviceindex->blocks;

    if (at < count && memcmp(blocks[at].uuid, uuid, UUID_BYTES) == 0)
        return &blocks[at];
    /* It doubles whenever the count is a power of two. */
    if ((count & (count - 1)) == 0)
        blocks = realloc(blocks, (count ? 2 * count : 1) * sizeof(*blocks));
    if (!blocks)
        return NULL;
    deviceindex->blocks = blocks;
    memmove(&blocks[at + 1], &blocks[at], (count - at) * sizeof(*blocks));
    blocks[at] = (struct device_block){ .count = 0 };
    memcpy(blocks[at].uuid, uuid, UUID_BYTES);
    deviceindex->count++;
    return &blocks[at];
}

static struct device *deviceindex_find_device(const struct device_block *block, enum device_kind kind,
                                              const char *key)
{
    for (size_t i = 0; i < block->count; i++)
        if (block->devices[i].kind == kind && strcmp(block->devices[i].key, key) == 0)
            return &block->devices[i];
    return NULL;
}

static bool deviceindex_has_index(const struct device_block *block, enum device_kind kind, uint32_t index)
{
    for (size_t i = 0; i < block->count; i++)
        if (block->devices[i].kind == kind && block->devices[i].index == index)
            return true;
    return false;
}

static bool deviceindex_add_device(struct device_block *block, enum device_kind kind, uint32_t index,
                                   const char *key)
{
    struct device *devices = realloc(block->devices, (block->count + 1) * sizeof(*devices));
    char *copy = strdup(key);

    if (devices)
        block->devices = devices;
    if (!devices || !copy) {
        free(copy);
        return false;
    }
    devices[block->count++] = (struct device){ .kind = kind, .index = index, .key = copy };
    return true;
}

bool deviceindex_add(struct deviceindex *deviceindex, const unsigned char uuid[UUID_BYTES], enum device_kind kind,
                     uint32_t index, const char *key)
{
    struct device_block *block = deviceindex_block_for(deviceindex, uuid);

    if (block && (deviceindex_find_device(block, kind, key) || deviceindex_has_index(block, kind, index))) {
        errno = EEXIST;
        return false;
    }
    if (block && deviceindex_add_device(block, kind, index, key))
        return true;
    errno = ENOMEM;
    return false;
}

/* The name of the device at place `at` of its list, as it is known over restarts. Two interfaces may have one MAC
 * address, and a driver may tell none: then their order among these counts. */
static void deviceindex_make_key(const struct xml_facts *xml_facts, enum device_kind kind, size_t at,
                                 char key[DEVICE_KEY_MAX])
{
    const char *name, *other;
    char printable[DEVICE_KEY_MAX - 16];
    unsigned ordinal = 1;

    if (kind == DEVICE_DISK) {
        (void)text_printable(xml_facts->disks[at].target, key, DEVICE_KEY_MAX);
        return;
    }
    name = xml_facts->interfaces[at].mac ? xml_facts->interfaces[at].mac : "-";
    for (size_t i = 0; i < at; i++) {
        other = xml_facts->interfaces[i].mac ? xml_facts->interfaces[i].mac : "-";
        ordinal += strcmp(name, other) == 0;
    }
    (void)text_printable(name, printable, sizeof(printable));
    (void)snprintf(key, DEVICE_KEY_MAX, ordinal > 1 ? "%s#%u" : "%s", printable, ordinal);
}

static size_t deviceindex_count_devices(const struct xml_facts *xml_facts, enum device_kind kind)
{
    return kind == DEVICE_DISK ? xml_facts->disk_count : xml_facts->interface_count;
}

/* How many of the description's devices have an index already; marks them. */
static size_t deviceindex_mark_plugged(struct device_block *block, const struct xml_facts *xml_facts)
{
    char key[DEVICE_KEY_MAX];
    size_t known = 0;

    for (size_t i = 0; i < block->count; i++)
        block->devices[i].is_plugged = false;
    for (enum device_kind kind = 0; kind < DEVICE_KINDS; kind++)
        for (size_t i = 0; i < deviceindex_count_devices(xml_facts, kind); i++) {
            struct device *device;

            deviceindex_make_key(xml_facts, kind, i, key);
            device = deviceindex_find_device(block, kind, key);
            if (device)
                device->is_plugged = true;
            known += device != NULL;
        }
    return known;
}

/* Forgets what is unplugged if there are new devices and too many known ones. */
static void deviceindex_forget_unplugged(struct device_block *block, const struct xml_facts *xml_facts)
{
    size_t kept = 0;

    if (block->count < DEVICES_KEPT_MAX ||
        deviceindex_mark_plugged(block, xml_facts) == xml_facts->disk_count + xml_facts->interface_count)
        return;
    for (size_t i = 0; i < block->count; i++) {
        if (block->devices[i].is_plugged)
            block->devices[kept++] = block->devices[i];
        else
            free(block->devices[i].key);
    }
    block->count = kept;
}

/* The device's index, or 0 if out of memory. */
static uint32_t deviceindex_index(struct deviceindex *deviceindex, struct device_block *block,
                                  const struct xml_facts *xml_facts, enum device_kind kind, size_t at)
{
    char key[DEVICE_KEY_MAX];
    const struct device *known;
    uint32_t index = 1;

    deviceindex_make_key(xml_facts, kind, at, key);
    known = deviceindex_find_device(block, kind, key);
    if (known)
        return known->index;
    while (deviceindex_has_index(block, kind, index))
        index++;
    deviceindex->dirty = true;
    return deviceindex_add_device(block, kind, index, key) ? index : 0;
}

bool deviceindex_assign(struct deviceindex *deviceindex, const unsigned char uuid[UUID_BYTES],
                        const struct xml_facts *xml_facts, uint32_t *indexes)
{
    struct device_block *block;

    if (xml_facts->disk_count + xml_facts->interface_count == 0)
        return true;
    block = deviceindex_block_for(deviceindex, uuid);
    if (block)
        deviceindex_forget_unplugged(block, xml_facts);
    for (enum device_kind kind = 0; block && kind < DEVICE_KINDS; kind++)
        for (size_t i = 0; i < deviceindex_count_devices(xml_facts, kind); i++) {
            *indexes = deviceindex_index(deviceindex, block, xml_facts, kind, i);
            if (*indexes++ == 0)
                return false;
        }
    return block != NULL;
}

static void deviceindex_free_block(struct device_block *block)
{
    for (size_t i = 0; i < block->count; i++)
        free(block->devices[i].key);
    free(block->devices);
}

void deviceindex_compact(struct deviceindex *deviceindex,
                         bool (*known)(const void *data, const unsigned char uuid[UUID_BYTES]), const void *data)
{
    size_t kept = 0, room = 1;
    struct device_block *blocks;

    for (size_t i = 0; i < deviceindex->count; i++) {
        if (known(data, deviceindex->blocks[i].uuid))
            deviceindex->blocks[kept++] = deviceindex->blocks[i];
        else
            deviceindex_free_block(&deviceindex->blocks[i]);
    }
    deviceindex->dirty |= kept != deviceindex->count;
    deviceindex->count = kept;
    /* Its room is known from the count alone (deviceindex_block_for). */
    while (room < kept)
        room *= 2;
    blocks = realloc(deviceindex->blocks, room * sizeof(*blocks));
    if (blocks)
        deviceindex->blocks = blocks;
}

void deviceindex_clear(struct deviceindex *deviceindex)
{
    for (size_t i = 0; i < deviceindex->count; i++)
        deviceindex_free_block(&deviceindex->blocks[i]);
    free(deviceindex->blocks);
    *deviceindex = (struct deviceindex){ 0 };
}
