/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What libvirt's lifecycle events say of a domain: that it came, went, or changed its state. */
#ifndef GUESTLIST_MODEL_LIFECYCLE_H
#define GUESTLIST_MODEL_LIFECYCLE_H

#include <stdint.h>

#include "lib/model/domain.h"

/* libvirt's virDomainEventType (static assertions in hypervisor.c hold them together). A libvirt newer than
 * this program may send larger numbers: they are kept as they come. */
enum lifecycle_event {
    LIFECYCLE_DEFINED,
    LIFECYCLE_UNDEFINED,
    LIFECYCLE_STARTED,
    LIFECYCLE_SUSPENDED,
    LIFECYCLE_RESUMED,
    LIFECYCLE_STOPPED,
    LIFECYCLE_SHUTDOWN,
    LIFECYCLE_PMSUSPENDED,
    LIFECYCLE_CRASHED,
};

struct lifecycle {
    unsigned char uuid[DOMAIN_UUID_BYTES];
    int event, detail; /* libvirt's numbers */
    int64_t boot_ms;   /* when it came in */
};

#endif
