/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For the tests of agent/notify/transitions.h: steps in the life of a domain, and the listings that a collector
 * makes between them. */
#ifndef GUESTLIST_TESTS_UNIT_SCENARIO_H
#define GUESTLIST_TESTS_UNIT_SCENARIO_H

#include "agent/notify/transitions.h"

/* Kinds of rows. All but the last two are of persistent domains. */
enum row_kind {
    ROW_GONE, /* no row */
    ROW_OFF,
    ROW_ON,
    ROW_USER_PAUSED,
    ROW_SAVING,
    ROW_SAVED,      /* managed save */
    ROW_SAVED_FILE, /* save to a file */
    ROW_RESTORING,
    ROW_GOING_DOWN,
    ROW_CRASHED,
    ROW_DUMPING,
    ROW_ENDING, /* paused after the guest shut down */
    ROW_TRANSIENT_ON,
    ROW_TRANSIENT_GOING_DOWN,
    ROW_KINDS,
};

/* One event, and the row after it. */
struct step {
    int event, detail;
    enum row_kind row;
};

/* When scenarios begin, on the boot clock. */
enum { SCENARIO_BEGIN = 1000000 };

struct domain scenario_row(unsigned number, enum row_kind row);

/* vmOperState of such a row. For ROW_GONE: that of a domain that was just defined. */
enum vm_oper_state scenario_state(enum row_kind row);

/* A listing of the domains 0 to `count` - 1. */
struct snapshot *scenario_listing(const enum row_kind *rows, unsigned count, int64_t taken_boot_ms);

/* Adds an event that arrived before that listing. */
void scenario_event(struct snapshot *snapshot, unsigned number, const struct step *step, int64_t boot_ms);

/* Frequent steps. */
extern const struct step scenario_shutting_down, scenario_stopped, scenario_started, scenario_resumed,
    scenario_undefined;

#define SCENARIO_EVENTS(...) ((const struct step *const[]){ __VA_ARGS__, NULL })

/* Transitions that have followed the first listing: `first`, which is taken over, or one with a single domain. */
struct transitions *scenario_begin(struct snapshot *first);
struct transitions *scenario_begin_with(enum row_kind row);

/* A listing of one domain, `after_ms` after SCENARIO_BEGIN, with the events since the listing before. */
struct snapshot *scenario_seen(enum row_kind row, int64_t after_ms, const struct step *const events[]);

/* Set the filter of that listing; and note that domain 0 has left the filter. */
struct snapshot *scenario_filtered(struct snapshot *snapshot, uint32_t filter);
struct snapshot *scenario_left_filter(struct snapshot *snapshot);

/* Follow a listing, which is taken over. scenario_see() makes it with scenario_seen(). */
struct changes scenario_follow(struct transitions *transitions, struct snapshot *snapshot);
struct changes scenario_see(struct transitions *transitions, enum row_kind row, int64_t after_ms,
                            const struct step *const events[]);

/* Check change `at`; and that there are no changes. The latter takes over `changes`. */
void scenario_assert_change(const struct changes *changes, size_t at, enum change_kind kind,
                            enum vm_oper_state before, enum vm_oper_state after);
void scenario_assert_nothing(struct changes changes);

#endif
