/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a domain's XML says. Read seldom (a new domain, or an event that says that it changed), shared
 * by all snapshots until then. Pure: XML text in, struct out; libxml2 with neither network nor entity
 * expansion. */
#ifndef GUESTLIST_CORE_DESCRIBE_H
#define GUESTLIST_CORE_DESCRIBE_H

#include <stdint.h>

/* Immutable once read, reference-counted, readable on any thread. Strings may be NULL (not in the
 * XML); numbers are DESCRIPTION_ABSENT then. */
struct description {
    char *title;
    char *os_id;   /* libosinfo's, such as "http://debian.org/debian/12" */
    char *os_type; /* "hvm", "exe", "linux", ... */
    int64_t memory_maximum_kib, memory_kib, memory_minimum_kib;
    int64_t vcpus_maximum, vcpus;
    int64_t read_boot_ms; /* when, for drivers that send no events */
};

enum { DESCRIPTION_ABSENT = -1 };

/* The compiled queries; one per thread that reads XML. NULL if out of memory. */
struct describer;
struct describer *describer_new(void);
void describer_free(struct describer *describer);

/* Reads domain XML. NULL if it is not well-formed, if its root is not <domain>, if it has a
 * document type, or if out of memory.
 * The reference is the caller's. */
struct description *describe(struct describer *describer, const char *xml);

struct description *description_ref(struct description *description);
void description_unref(struct description *description);

#endif
