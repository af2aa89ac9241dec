/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What happens to domains, step by step, and the listings that a collector would have made of it: for the tests of
 * agent/notify/transitions.h. */
#ifndef GUESTLIST_TESTS_UNIT_STORIES_H
#define GUESTLIST_TESTS_UNIT_STORIES_H

#include "agent/notify/transitions.h"

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
    LOOK_DUMPING,
    LOOK_ENDING, /* the guest shut itself down */
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

/* What often happens. */
extern const struct step story_shutting_down, story_stopped, story_started, story_resumed, story_undefined;

#define STORY_EVENTS(...) ((const struct step *const[]){ __VA_ARGS__, NULL })

/* Records that have followed the first listing; one of one domain that looks so. Takes over `first`. */
struct transitions *story_begin(struct snapshot *first);
struct transitions *story_begin_with(enum look look);

/* A listing of one domain, so long after the stories' begin, with the events since the listing before. */
struct snapshot *story_seen(enum look look, int64_t after_ms, const struct step *const events[]);

/* That listing through a filter; and domain 0 only stopped fitting it. */
struct snapshot *story_filtered(struct snapshot *snapshot, uint32_t filter);
struct snapshot *story_stayed(struct snapshot *snapshot);

/* Follows a listing, which is taken over; story_see() makes it as story_seen() does. */
struct changes story_follow(struct transitions *transitions, struct snapshot *snapshot);
struct changes story_see(struct transitions *transitions, enum look look, int64_t after_ms,
                         const struct step *const events[]);

/* Checks change `at`; and that there is none, which takes over `changes`. */
void story_assert_change(const struct changes *changes, size_t at, enum change_kind kind,
                         enum vm_oper_state before, enum vm_oper_state after);
void story_assert_nothing(struct changes changes);

#endif
