/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The record of one domain: what was reported of it last, and how events and rows change that. See transitions.h
 * for the rules. */
#ifndef GUESTLIST_AGENT_NOTIFY_RECORD_H
#define GUESTLIST_AGENT_NOTIFY_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "agent/notify/changes.h"
#include "agent/notify/event_rules.h"
#include "lib/model/snapshot.h"

struct record {
    unsigned char uuid[UUID_BYTES];
    enum vm_oper_state state;                  /* reported last; 0: not known yet */
    int libvirt_state;                         /* the same in libvirt's numbers */
    enum tristate persistent;                  /* as events and rows say */
    enum tristate shown_persistent, autostart; /* as reported last */
    int64_t differs_since_boot_ms;             /* from its row, without an event; 0: it does not */
    bool exists;            /* false: an event deleted it, and its row is still there or again */
    bool is_new;            /* its row is still to be reported as new */
    bool has_row, has_left; /* in the listing before; it only left the filter */
    bool migrates_in;
    char *name; /* of one without a row; owned */
};

/* What one snapshot says of the domain, and where its changes go. */
struct record_input {
    const struct snapshot *before, *now; /* `before` is NULL for the first one */
    struct event_sequence sequence;      /* with its row */
    bool corrects_at_once, filter_changed;
    struct changes *changes;
};

/* Makes the record of a domain that has a row and no record yet. Drops events of a former domain of its UUID. */
void record_begin(struct record *record, struct record_input *input);

/* Moves the record by the events, and compares it with the row. `*held` becomes the place of the first event that
 * waits for the next one; the events from there on are to be given again. False if the record is over: there is
 * nothing more to follow. */
bool record_follow(struct record *record, const struct record_input *input, size_t *held);

#endif
