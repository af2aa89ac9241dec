/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which domains start only at the next boot of the host (virDomainGetAutostartOnce(), libvirt 11.2). There is no
 * listing flag and no event for it, so it takes a call for each domain. The threads of fact_reader.h make these
 * calls, but seldom. The function is looked up at run time, so that one binary works with every libvirt. */
#ifndef GUESTLIST_LIBVIRT_AUTOSTART_ONCE_H
#define GUESTLIST_LIBVIRT_AUTOSTART_ONCE_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/libvirt/connection.h"
#include "lib/model/domain.h"
#include "lib/model/snapshot.h"

/* The answers of all persistent domains. */
struct autostart_once {
    size_t count;
    struct autostart_once_row {
        unsigned char uuid[UUID_BYTES]; /* first, for lib/base/uuid.h */
        enum tristate once;
    } * rows; /* sorted by UUID */
};

/* True if this libvirt or this driver does not support it: then no domain is marked for one start. */
bool autostart_once_is_unsupported(const struct driver *driver);

/* Asks every persistent domain over an open connection. Blocks as long as libvirt does. NULL if it failed, or if
 * the driver does not support it, which is then learned. Freed by autostart_once_free(), which takes NULL. */
struct autostart_once *autostart_once_read(struct connection *connection);
void autostart_once_free(struct autostart_once *once);

/* True if `once` has the domain's answer, or if the domain need not be asked. `once` NULL: none was asked yet. */
bool autostart_once_knows(const struct autostart_once *once, const struct domain *domain);

/* Puts the answers into the rows of a snapshot that is not published yet. `once` NULL: none was asked yet. */
void autostart_once_fill(const struct autostart_once *once, const struct driver *driver,
                         struct snapshot *snapshot);

#endif
