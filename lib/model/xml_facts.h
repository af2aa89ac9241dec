/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The facts in a domain's XML. The XML is read for a new domain, and again after an event says that it changed.
 * Snapshots share the facts by reference. They do not change once they are read, so any thread may read them. */
#ifndef GUESTLIST_MODEL_XML_FACTS_H
#define GUESTLIST_MODEL_XML_FACTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/refcount.h"

/* A disk. Strings are libvirt's; NULL: not in the XML. */
struct disk {
    char *target;   /* "vda": identifies the disk within its domain */
    char *device;   /* "disk", "cdrom", "floppy", "lun" */
    char *type;     /* of its source: "file", "block", "network", ... */
    char *format;   /* "raw", "qcow2", ... */
    char *bus;      /* "virtio", "sata", ... */
    char *protocol; /* of a network source: "rbd", "nbd", ... */
    char *source;   /* the file, device, directory, name, socket or NVMe namespace; NULL: an empty drive */
    bool readonly;
};

/* A network interface. Strings as above. */
struct interface {
    char *mac;    /* "52:54:00:12:34:56" */
    char *type;   /* "bridge", "network", "direct", "user", ... */
    char *target; /* the host's device while the domain is active: "vnet0" */
    char *parent; /* the host's bridge or device behind it */
    char *model;  /* "virtio", "e1000", ... */
};

/* Which host CPUs each vCPU may run on: `bytes` of bits for each of `count` vCPUs, the lowest bit first. `count`
 * 0: not known. */
struct pinning {
    size_t count, bytes;
    unsigned char *maps;
};

/* A value of the metadata that other software keeps in the XML, and the key under which it is shown. */
struct metadata_value {
    char *key;   /* of at most 64 octets */
    char *value; /* of 1 to TEXT_SNMP_MAX octets; in the same piece of memory, after the key */
};

/* A string that is not in the XML is NULL, a number is XML_FACTS_ABSENT. */
struct xml_facts {
    char *title, *description; /* of at most TEXT_SNMP_MAX octets, cut between characters */
    char *os_id;               /* libosinfo's, such as "http://debian.org/debian/12" */
    char *os_type;             /* "hvm", "exe", "linux", ... */
    int64_t memory_maximum_kib, memory_kib, memory_minimum_kib;
    int64_t vcpus_maximum, vcpus;
    int64_t
        memory_report_period_s; /* how often the guest reports how it uses its memory; 0: only when it starts */
    size_t disk_count, interface_count;
    struct disk *disks; /* in the order of the XML */
    struct interface *interfaces;
    struct pinning pinning;                 /* not from the XML, but read with it */
    char *metadata;                         /* the text that the metadata query found */
    size_t metadata_count;                  /* how many of the metadata rules have found a value */
    struct metadata_value *metadata_values; /* sorted by key */
    int64_t read_boot_ms;                   /* when reading began; the facts may miss later changes */

    /* For xml_facts_ref() and xml_facts_unref() alone. */
    struct refcount refcount;
    void (*release)(struct xml_facts *facts); /* frees the facts; set by the module that makes them */
};

enum { XML_FACTS_ABSENT = -1 };

/* The domain's operating system: libosinfo's name, else os_type, else an empty string. `facts` may be NULL. The
 * string lives as long as `facts`. */
const char *xml_facts_os(const struct xml_facts *facts);

/* Both accept NULL. The last unref frees the facts. */
struct xml_facts *xml_facts_ref(struct xml_facts *facts);
void xml_facts_unref(struct xml_facts *facts);

#endif
