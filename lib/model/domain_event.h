/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What libvirt's lifecycle events say of a domain: that it came, went, or changed its state. */
#ifndef GUESTLIST_MODEL_DOMAIN_EVENT_H
#define GUESTLIST_MODEL_DOMAIN_EVENT_H

#include <stdint.h>

#include "lib/model/domain.h"

/* libvirt's virDomainEventType (static assertions in connection.c hold them together). A libvirt newer than
 * this program may send larger numbers: they are kept as they come. */
enum domain_event_type {
    DOMAIN_EVENT_DEFINED,
    DOMAIN_EVENT_UNDEFINED,
    DOMAIN_EVENT_STARTED,
    DOMAIN_EVENT_SUSPENDED,
    DOMAIN_EVENT_RESUMED,
    DOMAIN_EVENT_STOPPED,
    DOMAIN_EVENT_SHUTDOWN,
    DOMAIN_EVENT_PMSUSPENDED,
    DOMAIN_EVENT_CRASHED,
};

struct domain_event {
    unsigned char uuid[UUID_BYTES];
    int event, detail; /* libvirt's numbers */
    int64_t boot_ms;   /* when it came in */
};

#endif
