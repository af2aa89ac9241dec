/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Domains and snapshots that the unit tests share: one row for each state and for each peculiarity that some part
 * of the program must get right. */
#ifndef GUESTLIST_TESTS_UNIT_FIXTURES_H
#define GUESTLIST_TESTS_UNIT_FIXTURES_H

#include <stddef.h>

#include "lib/model/domain.h"
#include "lib/model/snapshot.h"

/* Rows of fixture_guests, which are sorted by UUID. The first eight stand at their state's number. */
enum fixture_guest {
    GUEST_NOSTATE,
    GUEST_RUNNING, /* persistent, autostart */
    GUEST_BLOCKED,
    GUEST_PAUSED,
    GUEST_SHUTDOWN, /* on its way down, so active */
    GUEST_SHUTOFF,
    GUEST_CRASHED,
    GUEST_PMSUSPENDED,
    GUEST_TRANSIENT,
    GUEST_CRASHED_OFF,  /* crashed and no longer active */
    GUEST_SAVED,        /* off, with a managed save */
    GUEST_BOOTS,        /* off, autostart */
    GUEST_SNAPSHOT,     /* running, with a snapshot and a checkpoint */
    GUEST_UNTOLD,       /* running, on a hypervisor that says nothing of its truths */
    GUEST_UNREAD,       /* its state could not be read */
    GUEST_LATER,        /* a state that no libvirt has yet */
    GUEST_HUNG,         /* running, but its numbers did not come */
    GUEST_BOOTS_ONCE,   /* off, autostart once */
    GUEST_ONCE_UNTOLD,  /* off, no autostart; whether once is not known */
    GUEST_HOSTILE_NAME, /* from here on: running, one for each of fixture_hostile_names */
};

extern const struct domain fixture_guests[GUEST_HOSTILE_NAME];

/* Names that libvirt may hand out and that are no plain words: control bytes, escapes, no UTF-8, too long. */
enum { FIXTURE_HOSTILE_NAMES = 12 };
extern const char *const fixture_hostile_names[FIXTURE_HOSTILE_NAMES];

enum { FIXTURE_GUESTS = GUEST_HOSTILE_NAME + FIXTURE_HOSTILE_NAMES };

/* The UUID of row `number`; a greater number sorts later. */
void fixture_uuid(unsigned number, unsigned char uuid[UUID_BYTES]);

/* An ordinary domain of that UUID: running since its id was given, persistent, all truths known. */
struct domain fixture_domain(unsigned number, int id);

/* A snapshot of these rows, sorted by UUID, names copied; descriptions are taken over, not referenced. Fails the
 * test if memory is out. The reference is the caller's. */
struct snapshot *fixture_snapshot(const struct domain *domains, size_t count);

/* How many domains of the snapshot match the filter. */
size_t fixture_count(const struct snapshot *snapshot, uint32_t filter);

/* All guests, those with hostile names included: row GUEST_... is domain number GUEST_... */
struct snapshot *fixture_all_guests(void);

#endif
