/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The indexes of the disks and network interfaces of each domain. RFC 7666 requires that an index is constant for
 * one lifetime of the hypervisor. The place of a device in the XML is not constant: it changes when another device
 * is unplugged. Used by one thread at a time; deviceindex_file.h keeps the indexes on disk. */
#ifndef GUESTLIST_AGENT_INDEX_DEVICEINDEX_H
#define GUESTLIST_AGENT_INDEX_DEVICEINDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/model/xml_facts.h"
#include "lib/model/domain.h"

enum device_kind { DEVICE_DISK, DEVICE_INTERFACE, DEVICE_KINDS };

enum {
    DEVICE_KEY_MAX = 128,
    /* How many devices of one domain are remembered. If there are more, those that are not in the XML are
     * forgotten, and new devices may get their indexes. */
    DEVICES_KEPT_MAX = 256,
};

struct device {
    enum device_kind kind;
    uint32_t index;  /* 1 or more, each once within its domain and kind */
    char *key;       /* a disk's target or an interface's MAC address, as printable text */
    bool is_plugged; /* it is in the XML; only meaningful inside deviceindex_assign() */
};

struct device_block {
    unsigned char uuid[UUID_BYTES]; /* first, for uuid_find() */
    size_t count;
    struct device *devices;
};

struct deviceindex {
    size_t count;
    struct device_block *blocks; /* sorted by UUID */
    bool dirty;                  /* differs from what was saved last */
};

/* Writes the indexes of the disks, then of the interfaces, of that domain to `indexes`. A device without an index
 * gets the lowest free one. False if out of memory; the devices that have got an index by then keep it. */
bool deviceindex_assign(struct deviceindex *deviceindex, const unsigned char uuid[UUID_BYTES],
                        const struct xml_facts *xml_facts, uint32_t *indexes);

/* Adds a device as read from disk. False with errno EEXIST if the domain has that key or that index already, or
 * with ENOMEM. */
bool deviceindex_add(struct deviceindex *deviceindex, const unsigned char uuid[UUID_BYTES], enum device_kind kind,
                     uint32_t index, const char *key);

/* Forgets the domains for which `known` returns false. `data` is passed to it. */
void deviceindex_compact(struct deviceindex *deviceindex,
                         bool (*known)(const void *data, const unsigned char uuid[UUID_BYTES]), const void *data);

void deviceindex_clear(struct deviceindex *deviceindex);

#endif
