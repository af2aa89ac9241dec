/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a domain's XML says. Read seldom (a new domain, or an event that says that it changed), shared
 * by all snapshots until then. Pure: XML text in, struct out; libxml2 with neither network nor entity
 * expansion. */
#ifndef GUESTLIST_CORE_DESCRIBE_H
#define GUESTLIST_CORE_DESCRIBE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/metadata.h"

/* A disk, in libvirt's words. Strings may be NULL: not in the XML. */
struct disk {
    char *target;   /* "vda": what identifies it within its domain */
    char *device;   /* "disk", "cdrom", "floppy", "lun" */
    char *type;     /* of its source: "file", "block", "network", ... */
    char *format;   /* "raw", "qcow2", ... */
    char *bus;      /* "virtio", "sata", ... */
    char *protocol; /* of a network source: "rbd", "nbd", ... */
    char *source;   /* the file, device, directory or name; NULL: nothing is in it */
    bool readonly;
};

/* A network interface, likewise. */
struct interface {
    char *mac;    /* "52:54:00:12:34:56" */
    char *type;   /* "bridge", "network", "direct", "user", ... */
    char *target; /* the host's device while the domain is active: "vnet0" */
    char *parent; /* the host's bridge or device that it is connected to */
    char *model;  /* "virtio", "e1000", ... */
};

/* Which host CPUs each vCPU may run on: `bytes` of bits for each of `count` vCPUs, the lowest bit first.
 * NULL maps: not known. */
struct pinning {
    size_t count, bytes;
    unsigned char *maps;
};

/* Immutable once read, reference-counted, readable on any thread. Strings may be NULL (not in the
 * XML); numbers are DESCRIPTION_ABSENT then. */
struct description {
    char *title;
    char *os_id;   /* libosinfo's, such as "http://debian.org/debian/12" */
    char *os_type; /* "hvm", "exe", "linux", ... */
    int64_t memory_maximum_kib, memory_kib, memory_minimum_kib;
    int64_t vcpus_maximum, vcpus;
    size_t disk_count, interface_count;
    struct disk *disks; /* in the order of the XML */
    struct interface *interfaces;
    struct pinning pinning; /* not from the XML: whoever reads it asks for this as well */
    char *metadata;         /* what the describer's metadata query found */
    int64_t read_boot_ms;   /* when reading began: what changed later is not in it */
};

enum { DESCRIPTION_ABSENT = -1 };

/* The compiled queries; one per thread that reads XML. `metadata` is what to look for in the domain's metadata as
 * well, or NULL; it must outlive the describer. NULL if out of memory. */
struct describer;
struct describer *describer_new(const struct metadata_query *metadata);
void describer_free(struct describer *describer);

/* Reads domain XML. NULL if it is not well-formed, if its root is not <domain>, if it has a
 * document type, or if out of memory.
 * The reference is the caller's. */
struct description *describe(struct describer *describer, const char *xml);

struct description *description_ref(struct description *description);
void description_unref(struct description *description);

#endif
