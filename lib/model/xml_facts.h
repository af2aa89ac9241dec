/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a domain's XML says, as plain facts. Read seldom (a new domain, or an event that says that it changed), and
 * shared by all snapshots until then. */
#ifndef GUESTLIST_MODEL_XML_FACTS_H
#define GUESTLIST_MODEL_XML_FACTS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

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
 * XML); numbers are XML_FACTS_ABSENT then. */
struct xml_facts {
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

    /* For xml_facts_ref() and xml_facts_unref() alone. */
    atomic_uint references;
    void (*release)(struct xml_facts *xml_facts); /* frees it; belongs to whoever made it */
};

enum { XML_FACTS_ABSENT = -1 };

/* What the domain runs: libosinfo's name for it, else os_type; empty if neither is known. `description` may be
 * NULL. */
const char *description_os(const struct xml_facts *xml_facts);

struct xml_facts *xml_facts_ref(struct xml_facts *xml_facts);

/* The last one frees it. NULL is fine. Any thread. */
void xml_facts_unref(struct xml_facts *xml_facts);

#endif
