/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which domains start at the next boot of the host only (virDomainGetAutostartOnce(), libvirt 11.2). There is no
 * listing flag and no event for it, so it takes a call for each domain. Workers (fact_reader.h) make these calls
 * at a slow pace. The function is looked up at run time: one binary serves every libvirt. */
#ifndef GUESTLIST_LIBVIRT_AUTOSTART_ONCE_H
#define GUESTLIST_LIBVIRT_AUTOSTART_ONCE_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/libvirt/connection.h"
#include "lib/model/domain.h"
#include "lib/model/snapshot.h"

/* What one pass over all persistent domains found. */
struct autostart_once {
    size_t count;
    struct autostart_once_row {
        unsigned char uuid[UUID_BYTES]; /* first, for sorting */
        enum tristate once;
    } * rows; /* sorted by UUID */
};

/* True if this libvirt, or this driver, has no such thing: then every domain's answer is "no". */
bool autostart_once_is_unsupported(const struct driver *driver);

/* Asks every persistent domain over an open connection. NULL if that failed, or if it turns out to be unsupported,
 * which is learned. The caller frees the result. */
struct autostart_once *autostart_once_read(struct connection *connection);
void autostart_once_free(struct autostart_once *once);

/* True if that pass asked the domain, or if there is no need to. `once` NULL: no pass was made yet. */
bool autostart_once_knows(const struct autostart_once *once, const struct domain *domain);

/* Puts the answers into the rows of a snapshot that is not published yet. `once` NULL: no pass was made yet. */
void autostart_once_fill(const struct autostart_once *once, const struct driver *driver,
                         struct snapshot *snapshot);

#endif
