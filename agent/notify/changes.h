/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Changes of domains, with VM-MIB's states. Notifications are made from them. */
#ifndef GUESTLIST_AGENT_NOTIFY_CHANGES_H
#define GUESTLIST_AGENT_NOTIFY_CHANGES_H

#include <stddef.h>
#include <stdint.h>

#include "agent/mib/vm_state.h"

/* record.c has the attributes of a row whose changes are reported, with their kinds. */
enum change_kind {
    CHANGE_STATE,      /* the operational state changed */
    CHANGE_DELETED,    /* the domain does not exist any more */
    CHANGE_FACTS,      /* the domain has a new row, or its persistence or autostart changed */
    CHANGE_ANSWERS,    /* its process stopped answering libvirt, or answers again: `answers` */
    CHANGE_SET_FAILED, /* no change: a command of SET to the domain failed */
    CHANGE_KINDS,
};

/* One change of one domain. */
struct change {
    unsigned char uuid[UUID_BYTES];
    uint32_t index; /* vmIndex; 0: not filled in yet, or the domain never had one */
    enum change_kind kind;
    enum vm_oper_state before, after; /* the same unless the state changed */
    int state_before, state;          /* the same as libvirt's numbers; DOMAIN_STATE_UNREAD if not known */
    enum tristate persistent, autostart, answers;
    enum domain_control control; /* while it does not answer; else DOMAIN_CONTROL_OK */
    uint32_t control_seconds;
    int64_t boot_ms; /* when the event arrived; without an event: when the listing that shows the change began */
    char *name;      /* owned */
    const char *error_reason; /* virsh's word, if an error paused the domain; else NULL; a static text */
    char *io_error;           /* libvirt's text, if an I/O error did; owned; NULL: not known */
};

struct changes {
    size_t count;
    struct change *items;
    unsigned lost; /* how many did not fit into CHANGES_MAX or into memory */
};

enum { CHANGES_MAX = 32768 };

/* Adds a copy of `change`, with copies of `name` and of its `io_error`. Counts it as lost if there is no room. */
void changes_add(struct changes *changes, const struct change *change, const char *name);

/* Sorts by time. Changes of the same time keep their order. Sets all `index` to 0. */
void changes_sort(struct changes *changes);

/* Frees the changes and the texts in them. */
void changes_clear(struct changes *changes);

#endif
