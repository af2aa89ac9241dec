/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/fixtures.h"
#include "tests/unit/notify/stories.h"

const struct step story_shutting_down = { DOMAIN_EVENT_SHUTDOWN, 2, LOOK_GOING_DOWN };
const struct step story_stopped = { DOMAIN_EVENT_STOPPED, 1, LOOK_OFF };
const struct step story_started = { DOMAIN_EVENT_STARTED, 0, LOOK_ON };
const struct step story_resumed = { DOMAIN_EVENT_RESUMED, 0, LOOK_ON };
const struct step story_undefined = { DOMAIN_EVENT_UNDEFINED, 0, LOOK_GONE };

static const struct {
    int state, reason;
    bool is_active;
    enum tristate persistent, managed_save;
} looks_as[LOOKS] = {
    [LOOK_OFF] = { DOMAIN_SHUTOFF, 2, false, TRISTATE_TRUE, TRISTATE_FALSE },
    [LOOK_ON] = { DOMAIN_RUNNING, 1, true, TRISTATE_TRUE, TRISTATE_FALSE },
    [LOOK_USER_PAUSED] = { DOMAIN_PAUSED, 1, true, TRISTATE_TRUE, TRISTATE_FALSE },
    [LOOK_SAVING] = { DOMAIN_PAUSED, 3, true, TRISTATE_TRUE, TRISTATE_FALSE },
    [LOOK_SAVED] = { DOMAIN_SHUTOFF, 5, false, TRISTATE_TRUE, TRISTATE_TRUE },
    [LOOK_SAVED_FILE] = { DOMAIN_SHUTOFF, 5, false, TRISTATE_TRUE, TRISTATE_FALSE },
    [LOOK_RESTORING] = { DOMAIN_PAUSED, 2, true, TRISTATE_TRUE, TRISTATE_FALSE },
    [LOOK_GOING_DOWN] = { DOMAIN_SHUTDOWN, 1, true, TRISTATE_TRUE, TRISTATE_FALSE },
    [LOOK_DUMPING] = { DOMAIN_PAUSED, 4, true, TRISTATE_TRUE, TRISTATE_FALSE },
    [LOOK_ENDING] = { DOMAIN_PAUSED, 8, true, TRISTATE_TRUE, TRISTATE_FALSE },
    [LOOK_CRASHED] = { DOMAIN_SHUTOFF, 3, false, TRISTATE_TRUE, TRISTATE_FALSE },
    [LOOK_TRANSIENT_ON] = { DOMAIN_RUNNING, 1, true, TRISTATE_FALSE, TRISTATE_FALSE },
    [LOOK_TRANSIENT_GOING_DOWN] = { DOMAIN_SHUTDOWN, 1, true, TRISTATE_FALSE, TRISTATE_FALSE },
};

struct domain story_row(unsigned number, enum look look)
{
    struct domain domain = fixture_domain(number, looks_as[look].is_active ? 7 : DOMAIN_ID_INACTIVE);

    domain.state = domain.last_state = looks_as[look].state;
    domain.reason = domain.last_reason = looks_as[look].reason;
    domain.persistent = looks_as[look].persistent;
    domain.managed_save = looks_as[look].managed_save;
    return domain;
}

enum vm_oper_state story_state(enum look look)
{
    const struct domain domain = story_row(0, look == LOOK_GONE ? LOOK_OFF : look);

    return vm_state_last_oper(&domain);
}

struct snapshot *story_listing(const enum look *looks, unsigned count, int64_t taken_boot_ms)
{
    struct domain rows[16];
    size_t there = 0;
    struct snapshot *snapshot;

    assert_true(count <= sizeof(rows) / sizeof(*rows));
    for (unsigned i = 0; i < count; i++)
        if (looks[i] != LOOK_GONE)
            rows[there++] = story_row(i, looks[i]);
    snapshot = fixture_snapshot(rows, there);
    snapshot->taken_boot_ms = taken_boot_ms;
    return snapshot;
}

void story_event(struct snapshot *snapshot, unsigned number, const struct step *step, int64_t boot_ms)
{
    size_t count = snapshot->event_count + 1;
    struct domain_event *event, *all = realloc(snapshot->events, count * sizeof(*all));

    assert_non_null(all);
    snapshot->events = all;
    snapshot->event_count = count;
    event = &all[count - 1];
    *event = (struct domain_event){ .event = step->event, .detail = step->detail, .boot_ms = boot_ms };
    fixture_uuid(number, event->uuid);
}

struct transitions *story_begin(struct snapshot *first)
{
    struct transitions *transitions = transitions_new();
    struct changes changes;

    assert_non_null(transitions);
    changes = transitions_follow(transitions, first);
    assert_int_equal(changes.count, 0);
    snapshot_unref(first);
    return transitions;
}

struct transitions *story_begin_with(enum look look)
{
    return story_begin(story_listing(&look, 1, STORY_BEGIN));
}

struct changes story_follow(struct transitions *transitions, struct snapshot *snapshot)
{
    struct changes changes = transitions_follow(transitions, snapshot);

    snapshot_unref(snapshot);
    return changes;
}

struct snapshot *story_seen(enum look look, int64_t after_ms, const struct step *const events[])
{
    struct snapshot *snapshot = story_listing(&look, 1, STORY_BEGIN + after_ms);

    for (size_t i = 0; events && events[i]; i++)
        story_event(snapshot, 0, events[i], STORY_BEGIN + after_ms - 10 + (int64_t)i);
    return snapshot;
}

struct changes story_see(struct transitions *transitions, enum look look, int64_t after_ms,
                         const struct step *const events[])
{
    return story_follow(transitions, story_seen(look, after_ms, events));
}

struct snapshot *story_filtered(struct snapshot *snapshot, uint32_t filter)
{
    snapshot->filter = filter;
    return snapshot;
}

struct snapshot *story_stayed(struct snapshot *snapshot)
{
    snapshot->left_filter = calloc(1, sizeof(*snapshot->left_filter));
    assert_non_null(snapshot->left_filter);
    fixture_uuid(0, snapshot->left_filter[0].bytes);
    snapshot->left_filter_count = 1;
    return snapshot;
}

void story_assert_change(const struct changes *changes, size_t at, enum change_kind kind,
                         enum vm_oper_state before, enum vm_oper_state after)
{
    assert_true(at < changes->count);
    assert_int_equal(changes->items[at].kind, kind);
    assert_int_equal(changes->items[at].before, before);
    assert_int_equal(changes->items[at].after, after);
}

void story_assert_nothing(struct changes changes)
{
    assert_int_equal(changes.count, 0);
    assert_int_equal(changes.lost, 0);
    changes_clear(&changes);
}
