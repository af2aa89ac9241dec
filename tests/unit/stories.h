/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What happens to domains, step by step, and the listings that a collector would have made of it: for the tests of
 * agent/changes.h. */
#ifndef GUESTLIST_TESTS_UNIT_STORIES_H
#define GUESTLIST_TESTS_UNIT_STORIES_H

#include "agent/changes.h"

/* How a row looks; the first are those of a persistent domain. */
enum look {
    LOOK_GONE,
    LOOK_OFF,
    LOOK_ON,
    LOOK_USER_PAUSED,
    LOOK_SAVING,
    LOOK_SAVED,      /* managed */
    LOOK_SAVED_FILE, /* to a file */
    LOOK_RESTORING,
    LOOK_GOING_DOWN,
    LOOK_CRASHED,
    LOOK_TRANSIENT_ON,
    LOOK_TRANSIENT_GOING_DOWN,
    LOOKS,
};

/* One event, and how the row looks behind it. */
struct step {
    int event, detail;
    enum look look;
};

/* When the stories begin, on the boot clock. */
enum { STORY_BEGIN = 1000000 };

struct domain story_row(unsigned number, enum look look);

/* vmOperState of a row that looks so; of one that is gone as it was before it came. */
enum vm_oper_state story_state(enum look look);

/* A listing of the domains 0 to `count` - 1, as each of them looks. */
struct snapshot *story_listing(const enum look *looks, unsigned count, int64_t taken_boot_ms);

/* One more event that came before that listing. */
void story_event(struct snapshot *snapshot, unsigned number, const struct step *step, int64_t boot_ms);

#endif
