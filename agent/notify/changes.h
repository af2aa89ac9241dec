/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What changed of domains, in VM-MIB's states: what notifications are made of. */
#ifndef GUESTLIST_AGENT_NOTIFY_CHANGES_H
#define GUESTLIST_AGENT_NOTIFY_CHANGES_H

#include <stddef.h>
#include <stdint.h>

#include "agent/mib/vm_state.h"

enum change_kind {
    CHANGE_STATE,   /* it went from one operational state to another */
    CHANGE_DELETED, /* it is gone */
    CHANGE_FACTS,   /* it has a row since now, or its persistence or autostart changed */
};

/* One change of one domain. */
struct change {
    unsigned char uuid[UUID_BYTES];
    uint32_t index; /* vmIndex; 0 until somebody fills it in */
    enum change_kind kind;
    enum vm_oper_state before, after; /* the same unless the state changed */
    int state_before, state;          /* libvirt's, as far as it could be read */
    enum tristate persistent, autostart;
    int64_t boot_ms; /* when it happened or was seen */
    char *name;
};

struct changes {
    size_t count;
    struct change *items;
    unsigned lost; /* past CHANGES_MAX, or out of memory */
};

enum { CHANGES_MAX = 32768 };

/* Adds a copy of `change`, with a copy of its name. What cannot be kept is counted as lost. */
void changes_add(struct changes *changes, const struct change *change, const char *name);

/* Orders them by time. Changes of the same time keep their order. */
void changes_sort(struct changes *changes);

/* Frees what they hold; none are left. */
void changes_clear(struct changes *changes);

#endif
