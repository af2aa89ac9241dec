/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What happened between two listings, in VM-MIB's states: the differences of their rows, and what came and went in
 * between as the events tell. Pure. */
#ifndef GUESTLIST_AGENT_CHANGES_H
#define GUESTLIST_AGENT_CHANGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "agent/owed.h"
#include "agent/vm_state.h"
#include "core/snapshot.h"

enum change_kind {
    CHANGE_STATE,   /* it went from one operational state to another */
    CHANGE_DELETED, /* it is gone */
    CHANGE_FACTS,   /* it has a row since now, or its persistence or autostart changed */
};

/* One change of one domain. */
struct change {
    unsigned char uuid[DOMAIN_UUID_BYTES];
    uint32_t index; /* vmIndex; 0 until somebody fills it in */
    enum change_kind kind;
    enum vm_oper_state before, after; /* the same unless the state changed */
    int state_before, state;          /* libvirt's, as far as it could be read */
    enum truth persistent, autostart;
    int64_t boot_ms; /* when it was seen */
    char *name;
};

struct changes {
    size_t count;
    struct change *items; /* in the order of their time */
    unsigned lost;        /* past CHANGES_MAX, or out of memory */
};

enum { CHANGES_MAX = 32768 };

/* Finds the changes from `before` to `now`, two consecutive listings; none if `before` is NULL. A domain that
 * only left the filter is not deleted; one that came in only because the filter was changed has not changed.
 * `owed` is handed from one call to the next. The caller releases the changes with changes_clear(). */
struct changes changes_find(struct owed *owed, const struct snapshot *before, const struct snapshot *now);

void changes_clear(struct changes *changes);

#endif
