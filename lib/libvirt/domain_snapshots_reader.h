/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads how many snapshots a domain has, and how old they are. This takes a call for the list, and one for each
 * snapshot, because only its XML has its time. So the threads of fact_reader.h call this, and seldom. */
#ifndef GUESTLIST_LIBVIRT_DOMAIN_SNAPSHOTS_READER_H
#define GUESTLIST_LIBVIRT_DOMAIN_SNAPSHOTS_READER_H

#include "lib/libvirt/connection.h"
#include "lib/model/domain.h"
#include "lib/model/domain_snapshots.h"

/* Reads them over an open connection. NULL if the domain is gone, if they cannot be read, or if out of memory. The
 * caller has the reference. */
struct domain_snapshots *domain_snapshots_reader_read(struct connection *connection,
                                                      const unsigned char uuid[UUID_BYTES]);

/* When the snapshot of that XML was made, in seconds since 1970; DOMAIN_SNAPSHOTS_NO_TIME if the XML does not say
 * it. Pure. */
int64_t domain_snapshots_reader_time(const char *xml);

#endif
