/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which index belongs to which disk or network interface of a domain. RFC 7666 wants them constant for one
 * lifetime of the hypervisor, and their place in the XML is not: it shifts when a device before them is
 * unplugged. Used by one thread; deviceindex_file.h keeps it on disk. */
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
    /* Devices of one domain whose indexes are kept, plugged in or not; past it those of the unplugged ones are
     * given out again. */
    DEVICES_KEPT_MAX = 256,
};

struct device {
    enum device_kind kind;
    uint32_t index;  /* 1 or more, each once within its domain and kind */
    char *key;       /* a disk's target, an interface's MAC address; nothing that a line of text could not hold */
    bool is_plugged; /* in the description at hand; of no meaning outside of deviceindex_assign() */
};

struct device_block {
    unsigned char uuid[UUID_BYTES]; /* first, for sorting */
    size_t count;
    struct device *devices;
};

struct deviceindex {
    size_t count;
    struct device_block *blocks; /* sorted by UUID */
    bool dirty;                  /* differs from what was saved last */
};

/* Writes the indexes of the disks, then of the interfaces, of that domain to `indexes`; devices that have none get
 * the lowest that is free. False if out of memory; what was given out until then stays given out. */
bool deviceindex_assign(struct deviceindex *deviceindex, const unsigned char uuid[UUID_BYTES],
                        const struct xml_facts *xml_facts, uint32_t *indexes);

/* Adds a device as read from disk. False with errno EEXIST if its key or its index is there already, ENOMEM if out
 * of memory. */
bool deviceindex_add(struct deviceindex *deviceindex, const unsigned char uuid[UUID_BYTES], enum device_kind kind,
                     uint32_t index, const char *key);

/* Forgets the domains for which `known` is false. */
void deviceindex_compact(struct deviceindex *deviceindex,
                         bool (*known)(const void *data, const unsigned char uuid[UUID_BYTES]), const void *data);

void deviceindex_clear(struct deviceindex *deviceindex);

#endif
