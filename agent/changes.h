/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What happened between two listings, in VM-MIB's states: the differences of their rows, and what came and went in
 * between as the events tell. Pure. */
#ifndef GUESTLIST_AGENT_CHANGES_H
#define GUESTLIST_AGENT_CHANGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "agent/vm_state.h"
#include "core/snapshot.h"

/* One domain went from one operational state to another, or was deleted in one. */
struct change {
    unsigned char uuid[DOMAIN_UUID_BYTES];
    uint32_t index; /* vmIndex; 0 until somebody fills it in */
    bool is_deleted;
    enum vm_oper_state before, after; /* `after` without a meaning when it is deleted */
    int state;                        /* libvirt's, after it */
    enum truth persistent;
    int64_t boot_ms; /* when it was seen */
    char *name;
};

struct changes {
    size_t count;
    struct change *items; /* in the order of their time */
    unsigned lost;        /* past CHANGES_MAX, or out of memory */
};

enum { CHANGES_MAX = 32768 };

/* Which domains' rows were seen to change before the event that tells it came, so that it is not told again. */
struct changes_owed {
    size_t count;
    struct changes_owed_domain {
        unsigned char uuid[DOMAIN_UUID_BYTES];
        int64_t until_boot_ms;
    } * domains; /* sorted */
};

/* Finds the changes from `before` to `now`, two consecutive listings; none if `before` is NULL. A domain that
 * only left the filter is not deleted; one that came in only because the filter was changed has not changed.
 * The caller releases them with changes_clear(). */
struct changes changes_find(struct changes_owed *owed, const struct snapshot *before, const struct snapshot *now);

void changes_clear(struct changes *changes);
void changes_owed_clear(struct changes_owed *owed);

#endif
