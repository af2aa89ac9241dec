/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the tables of a domain's devices share. Pure. */
#ifndef GUESTLIST_AGENT_MIB_VM_DEVICES_H
#define GUESTLIST_AGENT_MIB_VM_DEVICES_H

#include "agent/mib/rows.h"

/* Finds the device with the lowest index that is at least `least`. `indexes` has the indexes of `count` devices.
 * The place of the found one becomes the item's `first`, and `*found` its index. False if there is none. */
bool vm_devices_seek(struct rows_item *item, const uint32_t *indexes, size_t count, mib_subid least,
                     mib_subid *found);

/* Finds the vCPU with the lowest index that is at least `least`. Its number, which is one less than its index,
 * becomes the item's `first`, and `*found` its index. A running domain has the vCPUs that are plugged in, so there
 * may be gaps. A domain that is off, or that does not report its vCPUs, has as many as it is configured to have.
 * False if there is none. */
bool vm_devices_seek_vcpu(struct rows_item *item, mib_subid least, mib_subid *found);

enum { MAC_BYTES = 6 };

/* Reads six octets as libvirt writes them. False if the text is something else or NULL; `mac` is then undefined.
 */
bool vm_devices_parse_mac(const char *text, unsigned char mac[MAC_BYTES]);

#endif
