/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base/array.h"
#include "tests/unit/fixtures.h"
#include "tests/unit/notify/scenario.h"

const struct step scenario_shutting_down = { DOMAIN_EVENT_SHUTDOWN, 2, ROW_GOING_DOWN };
const struct step scenario_stopped = { DOMAIN_EVENT_STOPPED, 1, ROW_OFF };
const struct step scenario_started = { DOMAIN_EVENT_STARTED, 0, ROW_ON };
const struct step scenario_resumed = { DOMAIN_EVENT_RESUMED, 0, ROW_ON };
const struct step scenario_undefined = { DOMAIN_EVENT_UNDEFINED, 0, ROW_GONE };

static const struct {
    int state, reason;
    bool is_active;
    enum tristate persistent, managed_save;
} row_kinds[ROW_KINDS] = {
    [ROW_OFF] = { DOMAIN_SHUTOFF, 2, false, TRISTATE_TRUE, TRISTATE_FALSE },
    [ROW_ON] = { DOMAIN_RUNNING, 1, true, TRISTATE_TRUE, TRISTATE_FALSE },
    [ROW_USER_PAUSED] = { DOMAIN_PAUSED, 1, true, TRISTATE_TRUE, TRISTATE_FALSE },
    [ROW_SAVING] = { DOMAIN_PAUSED, 3, true, TRISTATE_TRUE, TRISTATE_FALSE },
    [ROW_SAVED] = { DOMAIN_SHUTOFF, 5, false, TRISTATE_TRUE, TRISTATE_TRUE },
    [ROW_SAVED_FILE] = { DOMAIN_SHUTOFF, 5, false, TRISTATE_TRUE, TRISTATE_FALSE },
    [ROW_RESTORING] = { DOMAIN_PAUSED, 2, true, TRISTATE_TRUE, TRISTATE_FALSE },
    [ROW_GOING_DOWN] = { DOMAIN_SHUTDOWN, 1, true, TRISTATE_TRUE, TRISTATE_FALSE },
    [ROW_DUMPING] = { DOMAIN_PAUSED, 4, true, TRISTATE_TRUE, TRISTATE_FALSE },
    [ROW_ENDING] = { DOMAIN_PAUSED, 8, true, TRISTATE_TRUE, TRISTATE_FALSE },
    [ROW_CRASHED] = { DOMAIN_SHUTOFF, 3, false, TRISTATE_TRUE, TRISTATE_FALSE },
    [ROW_TRANSIENT_ON] = { DOMAIN_RUNNING, 1, true, TRISTATE_FALSE, TRISTATE_FALSE },
    [ROW_TRANSIENT_GOING_DOWN] = { DOMAIN_SHUTDOWN, 1, true, TRISTATE_FALSE, TRISTATE_FALSE },
};

struct domain scenario_row(unsigned number, enum row_kind row)
{
    struct domain domain = fixture_domain(number, row_kinds[row].is_active ? 7 : DOMAIN_ID_INACTIVE);

    domain.state = domain.last_state = row_kinds[row].state;
    domain.reason = domain.last_reason = row_kinds[row].reason;
    domain.persistent = row_kinds[row].persistent;
    domain.managed_save = row_kinds[row].managed_save;
    return domain;
}

enum vm_oper_state scenario_state(enum row_kind row)
{
    const struct domain domain = scenario_row(0, row == ROW_GONE ? ROW_OFF : row);

    return vm_state_last_oper(&domain);
}

struct snapshot *scenario_listing(const enum row_kind *rows, unsigned count, int64_t taken_boot_ms)
{
    struct domain domains[16];
    size_t listed = 0;
    struct snapshot *snapshot;

    assert_true(count <= ARRAY_COUNT(domains));
    for (unsigned i = 0; i < count; i++)
        if (rows[i] != ROW_GONE)
            domains[listed++] = scenario_row(i, rows[i]);
    snapshot = fixture_snapshot(domains, listed);
    snapshot->taken_boot_ms = taken_boot_ms;
    return snapshot;
}

void scenario_event(struct snapshot *snapshot, unsigned number, const struct step *step, int64_t boot_ms)
{
    struct domain_event *event, *all = array_grow(snapshot->events, snapshot->event_count, 1, sizeof(*all));

    assert_non_null(all);
    snapshot->events = all;
    event = &all[snapshot->event_count++];
    *event = (struct domain_event){ .event = step->event, .detail = step->detail, .boot_ms = boot_ms };
    fixture_uuid(number, event->uuid);
}

struct transitions *scenario_begin(struct snapshot *first)
{
    struct transitions *transitions = transitions_new();
    struct changes changes;

    assert_non_null(transitions);
    changes = transitions_follow(transitions, first);
    assert_int_equal(changes.count, 0);
    snapshot_unref(first);
    return transitions;
}

struct transitions *scenario_begin_with(enum row_kind row)
{
    return scenario_begin(scenario_listing(&row, 1, SCENARIO_BEGIN));
}

struct changes scenario_follow(struct transitions *transitions, struct snapshot *snapshot)
{
    struct changes changes = transitions_follow(transitions, snapshot);

    snapshot_unref(snapshot);
    return changes;
}

struct snapshot *scenario_seen(enum row_kind row, int64_t after_ms, const struct step *const events[])
{
    struct snapshot *snapshot = scenario_listing(&row, 1, SCENARIO_BEGIN + after_ms);

    for (size_t i = 0; events && events[i]; i++)
        scenario_event(snapshot, 0, events[i], SCENARIO_BEGIN + after_ms - 10 + (int64_t)i);
    return snapshot;
}

struct changes scenario_see(struct transitions *transitions, enum row_kind row, int64_t after_ms,
                            const struct step *const events[])
{
    return scenario_follow(transitions, scenario_seen(row, after_ms, events));
}

struct snapshot *scenario_filtered(struct snapshot *snapshot, uint32_t filter)
{
    snapshot->filter = filter;
    return snapshot;
}

struct snapshot *scenario_left_filter(struct snapshot *snapshot)
{
    snapshot->left_filter = calloc(1, sizeof(*snapshot->left_filter));
    assert_non_null(snapshot->left_filter);
    fixture_uuid(0, snapshot->left_filter[0].bytes);
    snapshot->left_filter_count = 1;
    return snapshot;
}

void scenario_assert_change(const struct changes *changes, size_t at, enum change_kind kind,
                            enum vm_oper_state before, enum vm_oper_state after)
{
    assert_true(at < changes->count);
    assert_int_equal(changes->items[at].kind, kind);
    assert_int_equal(changes->items[at].before, before);
    assert_int_equal(changes->items[at].after, after);
}

void scenario_assert_nothing(struct changes changes)
{
    assert_int_equal(changes.count, 0);
    assert_int_equal(changes.lost, 0);
    changes_clear(&changes);
}
