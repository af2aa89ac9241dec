/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The snapshots that libvirt keeps of one domain: how many there are, and how old they are. Not to be confused
 * with struct snapshot, which is a published listing. One thread fills it in. Then it does not change any more:
 * any thread may read it, and listings share it by reference until it is read again. */
#ifndef GUESTLIST_MODEL_DOMAIN_SNAPSHOTS_H
#define GUESTLIST_MODEL_DOMAIN_SNAPSHOTS_H

#include <stdint.h>

#include "lib/base/refcount.h"

enum { DOMAIN_SNAPSHOTS_NO_TIME = 0 };

struct domain_snapshots {
    uint32_t count;
    /* When the newest and the oldest of them was made, in seconds since 1970. DOMAIN_SNAPSHOTS_NO_TIME: there is
     * no snapshot, or the time of one of them is not known. */
    int64_t newest_real_s, oldest_real_s;
    int64_t read_boot_ms;     /* when reading began */
    struct refcount refcount; /* for domain_snapshots_ref() and domain_snapshots_unref() alone */
};

/* No snapshots. The caller owns the only reference and fills it in. NULL if out of memory. */
struct domain_snapshots *domain_snapshots_new(void);

/* Both accept NULL. The last unref frees it. */
struct domain_snapshots *domain_snapshots_ref(struct domain_snapshots *snapshots);
void domain_snapshots_unref(struct domain_snapshots *snapshots);

/* Counts one more snapshot, which was made at that time. */
void domain_snapshots_add(struct domain_snapshots *snapshots, int64_t made_real_s);

#endif
