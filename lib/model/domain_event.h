/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libvirt's lifecycle events: a domain was defined or undefined, or changed its state. */
#ifndef GUESTLIST_MODEL_DOMAIN_EVENT_H
#define GUESTLIST_MODEL_DOMAIN_EVENT_H

#include <stdint.h>

#include "lib/model/domain.h"

/* libvirt's virDomainEventType; static assertions in connection_events.c compare the numbers. A newer libvirt may
 * send larger numbers. They are kept. */
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
    int event, detail; /* libvirt's numbers: enum domain_event_type, and a reason of that type */
    int64_t boot_ms;   /* when it was received */
};

#endif
