/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The record of one domain: what was reported about it last, and how events and rows change that. transitions.h
 * has the rules. Pure. */
#ifndef GUESTLIST_AGENT_NOTIFY_RECORD_H
#define GUESTLIST_AGENT_NOTIFY_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "agent/notify/changes.h"
#include "agent/notify/event_rules.h"
#include "lib/model/snapshot.h"

/* The attributes of a row whose changes are reported; the table in record.c says as which kind of change. */
enum record_attribute { RECORD_PERSISTENT, RECORD_AUTOSTART, RECORD_ANSWERS, RECORD_ATTRIBUTES };

struct record {
    unsigned char uuid[UUID_BYTES];
    enum vm_oper_state state; /* reported last; 0: not known yet */
    int libvirt_state;        /* the same as libvirt's number */
    enum tristate persistent; /* from events and rows */
    enum tristate reported[RECORD_ATTRIBUTES];
    int64_t differs_since_boot_ms; /* since when the row differs without an event; 0: it does not differ */
    /* False: an event deleted the domain, but the listing has a row of it, or of a new domain with its UUID. */
    bool exists;
    bool is_new;      /* its row is still to be reported as new */
    bool has_row;     /* in the listing before */
    bool left_filter; /* it has no row because it does not match the filter any more, but it exists */
    bool migrates_in; /* a migration to this host is in progress */
    char *name;       /* while it has no row; owned */
};

/* One domain in one snapshot, and where its changes go. */
struct record_input {
    const struct snapshot *before, *now; /* `before` is NULL for the first snapshot */
    struct event_sequence sequence;      /* with its row in `now` */
    bool corrects_at_once;               /* no events will come for which a row would have to wait */
    bool filter_changed;                 /* between `before` and `now` */
    struct changes *changes;
};

/* Makes the record of a domain that has a row, but no record yet. Removes events from the input that are about an
 * earlier domain of the same UUID. */
void record_init(struct record *record, struct record_input *input);

/* Updates the record by the events, then compares it with the row. `*waiting` becomes the place of the first event
 * that has to wait for the next one, or the number of events. The caller passes the events from that place on
 * again, with the next snapshot. False if there is nothing left to follow: the caller then frees `name` and drops
 * the record. */
bool record_follow(struct record *record, const struct record_input *input, size_t *waiting);

#endif
