/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/index/deviceindex.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/array.h"
#include "lib/base/text.h"

/* The domain's block, which is made if there is none yet; NULL if out of memory. */
static struct device_block *deviceindex_block_for(struct deviceindex *deviceindex, const unsigned char *uuid)
{
    size_t count = deviceindex->count,
           at = uuid_lower_bound(deviceindex->blocks, count, sizeof(*deviceindex->blocks), uuid);
    struct device_block *blocks = deviceindex->blocks;

    if (at < count && uuid_is_same(blocks[at].uuid, uuid))
        return &blocks[at];
    blocks = array_grow(blocks, count, 1, sizeof(*blocks));
    if (!blocks)
        return NULL;
    memmove(&blocks[at + 1], &blocks[at], (count - at) * sizeof(*blocks));
    blocks[at] = (struct device_block){ .count = 0 };
    memcpy(blocks[at].uuid, uuid, UUID_BYTES);
    deviceindex->blocks = blocks;
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
    struct device *devices = array_grow(block->devices, block->count, 1, sizeof(*devices));
    char *copy = devices ? strdup(key) : NULL;

    if (devices)
        block->devices = devices;
    if (!copy)
        return false;
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

/* Some drivers report no MAC address. */
static const char *deviceindex_mac(const struct interface *interface)
{
    return interface->mac ? interface->mac : "-";
}

/* Writes the key of the device at place `at` of its list. Two interfaces may have the same MAC address. Then the
 * key of the second one has a number as well. */
static void deviceindex_make_key(const struct xml_facts *xml_facts, enum device_kind kind, size_t at,
                                 char key[DEVICE_KEY_MAX])
{
    const struct interface *interfaces = xml_facts->interfaces;
    char printable[DEVICE_KEY_MAX - 16];
    unsigned ordinal = 1;

    if (kind == DEVICE_DISK) {
        (void)text_printable(xml_facts->disks[at].target, key, DEVICE_KEY_MAX);
        return;
    }
    for (size_t i = 0; i < at; i++)
        ordinal += strcmp(deviceindex_mac(&interfaces[at]), deviceindex_mac(&interfaces[i])) == 0;
    (void)text_printable(deviceindex_mac(&interfaces[at]), printable, sizeof(printable));
    (void)snprintf(key, DEVICE_KEY_MAX, ordinal > 1 ? "%s#%u" : "%s", printable, ordinal);
}

static size_t deviceindex_count_devices(const struct xml_facts *xml_facts, enum device_kind kind)
{
    return kind == DEVICE_DISK ? xml_facts->disk_count : xml_facts->interface_count;
}

/* Marks the devices that the XML has. Returns how many of them have an index already. */
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

/* Forgets the devices that are not in the XML, if too many are known and the XML has new ones. */
static void deviceindex_forget_unplugged(struct device_block *block, const struct xml_facts *xml_facts)
{
    size_t kept = 0;

    if (block->count < DEVICES_KEPT_MAX)
        return;
    if (deviceindex_mark_plugged(block, xml_facts) == xml_facts->disk_count + xml_facts->interface_count)
        return;
    for (size_t i = 0; i < block->count; i++) {
        if (block->devices[i].is_plugged)
            block->devices[kept++] = block->devices[i];
        else
            free(block->devices[i].key);
    }
    block->count = kept;
}

/* The device's index, which is a new one if it has none yet. 0 if out of memory. */
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
    size_t kept = 0;

    for (size_t i = 0; i < deviceindex->count; i++) {
        if (known(data, deviceindex->blocks[i].uuid))
            deviceindex->blocks[kept++] = deviceindex->blocks[i];
        else
            deviceindex_free_block(&deviceindex->blocks[i]);
    }
    deviceindex->dirty |= kept != deviceindex->count;
    deviceindex->count = kept;
}

void deviceindex_clear(struct deviceindex *deviceindex)
{
    for (size_t i = 0; i < deviceindex->count; i++)
        deviceindex_free_block(&deviceindex->blocks[i]);
    free(deviceindex->blocks);
    *deviceindex = (struct deviceindex){ 0 };
}
