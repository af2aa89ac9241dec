/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The meaning of lifecycle events: of single ones, by the facts file, and of sequences with a row. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "agent/notify/event_rules.h"
#include "agent/notify/notification.h"
#include "lib/base/array.h"
#include "tests/unit/notify/scenario.h"

enum { EVENTS_MAX = 4, TAKEN = 5000000 };

enum { WAITS = -1 };

/* The state after event `at` of these, with that row after all of them; 0: the event does not change the state. */
static int meaning_of(const struct domain_event *const *events, size_t count, size_t at, const struct domain *row,
                      int *libvirt_state)
{
    const struct event_sequence sequence = {
        .events = events, .count = count, .row = row, .taken_boot_ms = TAKEN
    };
    struct event_meaning meaning = event_rules_meaning(&sequence, at);

    *libvirt_state = meaning.libvirt_state;
    return meaning.waits ? WAITS : (int)meaning.state;
}

static int state_of(const struct step *steps, size_t count, size_t at, const struct domain *row,
                    int *libvirt_state)
{
    struct domain_event events[EVENTS_MAX];
    const struct domain_event *pointers[EVENTS_MAX];

    for (size_t i = 0; i < count; i++) {
        events[i] =
            (struct domain_event){ .event = steps[i].event, .detail = steps[i].detail, .boot_ms = TAKEN - 10 };
        pointers[i] = &events[i];
    }
    return meaning_of(pointers, count, at, row, libvirt_state);
}

static int state_alone(int type, int detail, const struct domain *row)
{
    const struct step step = { type, detail, ROW_GONE };
    int libvirt_state;

    return state_of(&step, 1, 0, row, &libvirt_state);
}

/* The same for an event that has waited long enough. */
static int state_at_last(int type, int detail)
{
    const struct domain_event event = { .event = type, .detail = detail, .boot_ms = TAKEN - 10 };
    const struct domain_event *const events[] = { &event };
    const struct event_sequence sequence = {
        .events = events, .count = 1, .taken_boot_ms = TAKEN, .is_complete = true
    };

    return (int)event_rules_meaning(&sequence, 0).state;
}

static int event_number(const char *name)
{
    static const char *const names[] = { "DEFINED", "UNDEFINED", "STARTED",     "SUSPENDED", "RESUMED",
                                         "STOPPED", "SHUTDOWN",  "PMSUSPENDED", "CRASHED" };

    for (int i = 0; i < (int)(ARRAY_COUNT(names)); i++)
        if (strcmp(names[i], name) == 0)
            return i;
    fail_msg("no event is called %s", name);
    return -1;
}

static FILE *open_facts(void)
{
    const char *top = getenv("top_srcdir");
    char path[4096];
    FILE *file;

    (void)snprintf(path, sizeof(path), "%s/tests/data/vm-events.tsv", top ? top : ".");
    file = fopen(path, "r");
    if (!file)
        fail_msg("cannot open %s", path);
    return file;
}

static void check_fact(const char *name, int detail, int oper, int number)
{
    const struct change change = { .kind = CHANGE_STATE, .index = 1, .after = (enum vm_oper_state)oper };
    int event = event_number(name), found = state_at_last(event, detail);

    if (found != oper)
        fail_msg("%s %d leads to %d, not to %d", name, detail, found, oper);
    assert_int_equal(oper ? notification_vm_number(&change) : 0, number);
}

static void each_event_leads_to_the_state_in_the_facts_file(void **state)
{
    FILE *file = open_facts();
    char line[256], name[32], word[32];
    int rows = 0;

    (void)state;
    while (fgets(line, sizeof(line), file)) {
        int detail, oper, number;

        if (line[0] == '#')
            continue;
        assert_int_equal(sscanf(line, "%31s %31s %d %d %d", name, word, &detail, &oper, &number), 5);
        check_fact(name, detail, oper, number);
        rows++;
    }
    (void)fclose(file);
    assert_int_equal(rows, 42);
}

static void unknown_events_change_nothing_and_unknown_details_mean_their_event(void **state)
{
    (void)state;
    assert_int_equal(state_alone(9, 0, NULL), 0);
    assert_int_equal(state_alone(1000000, 0, NULL), 0);
    assert_int_equal(state_alone(-1, -1, NULL), 0);
    assert_int_equal(state_alone(DOMAIN_EVENT_STARTED, 99, NULL), VM_OPER_RUNNING);
    assert_int_equal(state_alone(DOMAIN_EVENT_SUSPENDED, 99, NULL), VM_OPER_PAUSED);
    assert_int_equal(state_alone(DOMAIN_EVENT_STOPPED, 99, NULL), VM_OPER_SHUTDOWN);
    assert_int_equal(state_alone(DOMAIN_EVENT_CRASHED, 99, NULL), 0);
}

static void the_row_shows_what_the_last_stop_was(void **state)
{
    const struct domain saved = scenario_row(0, ROW_SAVED), file = scenario_row(0, ROW_SAVED_FILE);
    const struct domain crashed = scenario_row(0, ROW_CRASHED), off = scenario_row(0, ROW_OFF);
    const struct domain again = scenario_row(0, ROW_ON);

    (void)state;
    assert_int_equal(state_alone(DOMAIN_EVENT_STOPPED, 4, &saved), VM_OPER_SUSPENDED);
    assert_int_equal(state_alone(DOMAIN_EVENT_STOPPED, 4, &file), VM_OPER_SHUTDOWN);
    assert_int_equal(state_alone(DOMAIN_EVENT_STOPPED, 5, &crashed), VM_OPER_CRASHED);
    assert_int_equal(state_alone(DOMAIN_EVENT_STOPPED, 5, &off), VM_OPER_SHUTDOWN);
    assert_int_equal(state_alone(DOMAIN_EVENT_STOPPED, 5, &again), VM_OPER_CRASHED);
    assert_int_equal(state_alone(DOMAIN_EVENT_STOPPED, 1, &again), VM_OPER_SHUTDOWN);
}

static void the_pause_of_a_save_is_not_reported(void **state)
{
    static const struct step save[] = { { DOMAIN_EVENT_SUSPENDED, 0, ROW_SAVING },
                                        { DOMAIN_EVENT_STOPPED, 4, ROW_SAVED } };
    static const struct step destroyed[] = { { DOMAIN_EVENT_SUSPENDED, 0, ROW_USER_PAUSED },
                                             { DOMAIN_EVENT_STOPPED, 1, ROW_OFF } };
    const struct domain saving = scenario_row(0, ROW_SAVING), saved = scenario_row(0, ROW_SAVED);
    const struct domain paused = scenario_row(0, ROW_USER_PAUSED), on = scenario_row(0, ROW_ON);
    int libvirt_state = 0;

    (void)state;
    assert_int_equal(state_of(save, 2, 0, &saved, &libvirt_state), 0);
    assert_int_equal(state_of(destroyed, 2, 0, NULL, &libvirt_state), VM_OPER_PAUSED);
    assert_int_equal(state_alone(DOMAIN_EVENT_SUSPENDED, 0, &saving), VM_OPER_SUSPENDING);
    assert_int_equal(state_alone(DOMAIN_EVENT_SUSPENDED, 0, &paused), VM_OPER_PAUSED);
    assert_int_equal(state_alone(DOMAIN_EVENT_SUSPENDED, 0, &saved), WAITS);
    assert_int_equal(state_alone(DOMAIN_EVENT_SUSPENDED, 0, &on), WAITS);
    assert_int_equal(state_alone(DOMAIN_EVENT_SUSPENDED, 0, NULL), WAITS);
    assert_int_equal(state_alone(DOMAIN_EVENT_SUSPENDED, 2, &saved), VM_OPER_PAUSED); /* an I/O error */
}

/* Since libvirt 11, SHUTDOWN host comes before each stop that the host asked for. */
static void the_stop_decides_the_meaning_of_a_host_shutdown(void **state)
{
    static const int meanings[] = { [0] = VM_OPER_SHUTTINGDOWN,
                                    [1] = VM_OPER_SHUTTINGDOWN,
                                    [2] = 0,
                                    [3] = 0,
                                    [4] = 0,
                                    [5] = VM_OPER_SHUTTINGDOWN,
                                    [6] = VM_OPER_SHUTTINGDOWN,
                                    [7] = VM_OPER_SHUTTINGDOWN };
    const struct domain off = scenario_row(0, ROW_OFF);
    int libvirt_state;

    (void)state;
    assert_int_equal(state_alone(DOMAIN_EVENT_SHUTDOWN, 2, &off), WAITS);
    assert_int_equal(state_alone(DOMAIN_EVENT_SHUTDOWN, 0, &off), VM_OPER_SHUTTINGDOWN);
    assert_int_equal(state_alone(DOMAIN_EVENT_SHUTDOWN, 1, &off), VM_OPER_SHUTTINGDOWN); /* the guest's own */
    for (int detail = 0; detail < 8; detail++) {
        const struct step steps[] = { { DOMAIN_EVENT_SUSPENDED, 0, ROW_SAVING },
                                      { DOMAIN_EVENT_SHUTDOWN, 2, ROW_GONE },
                                      { DOMAIN_EVENT_STOPPED, detail, ROW_OFF } };

        assert_int_equal(state_of(steps, 3, 1, &off, &libvirt_state), meanings[detail]);
        assert_int_equal(state_of(steps, 3, 0, &off, &libvirt_state), detail == 4 ? 0 : VM_OPER_PAUSED);
        assert_int_equal(state_of(steps, 2, 0, &off, &libvirt_state), WAITS);
    }
}

static void events_wait_for_two_seconds(void **state)
{
    static const struct {
        int event, detail;
        enum row_kind row;
        enum vm_oper_state at_last;
    } wanted[] = {
        { DOMAIN_EVENT_SHUTDOWN, 2, ROW_GOING_DOWN, VM_OPER_SHUTTINGDOWN },
        { DOMAIN_EVENT_SUSPENDED, 0, ROW_ON, VM_OPER_PAUSED },
        { DOMAIN_EVENT_STOPPED, 4, ROW_SAVING, VM_OPER_SHUTDOWN },
        { DOMAIN_EVENT_STARTED, 0, ROW_OFF, VM_OPER_RUNNING },
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(wanted); i++) {
        struct domain_event event = { .event = wanted[i].event, .detail = wanted[i].detail };
        const struct domain_event *const events[] = { &event };
        const struct domain row = scenario_row(0, wanted[i].row);
        int libvirt_state;

        event.boot_ms = TAKEN - EVENT_WAIT_MS + 1;
        assert_int_equal(meaning_of(events, 1, 0, &row, &libvirt_state), WAITS);
        event.boot_ms = TAKEN - EVENT_WAIT_MS;
        assert_int_equal(meaning_of(events, 1, 0, &row, &libvirt_state), wanted[i].at_last);
    }
}

static void a_restore_shows_that_the_stop_before_was_a_managed_save(void **state)
{
    static const struct step restored[] = { { DOMAIN_EVENT_STOPPED, 4, ROW_SAVED },
                                            { DOMAIN_EVENT_DEFINED, 1, ROW_SAVED },
                                            { DOMAIN_EVENT_STARTED, 2, ROW_RESTORING },
                                            { DOMAIN_EVENT_RESUMED, 2, ROW_ON } };
    static const struct step booted[] = { { DOMAIN_EVENT_STOPPED, 4, ROW_SAVED_FILE },
                                          { DOMAIN_EVENT_STARTED, 0, ROW_ON } };
    const struct domain on = scenario_row(0, ROW_ON);
    int libvirt_state = 0;

    (void)state;
    assert_int_equal(state_of(restored, 4, 0, &on, &libvirt_state), VM_OPER_SUSPENDED);
    assert_int_equal(libvirt_state, DOMAIN_SHUTOFF);
    assert_int_equal(state_of(restored, 4, 2, &on, &libvirt_state), VM_OPER_RESUMING);
    assert_int_equal(libvirt_state, DOMAIN_PAUSED);
    assert_int_equal(state_of(booted, 2, 0, &on, &libvirt_state), VM_OPER_SHUTDOWN);
}

static void a_start_as_paused_is_reported_only_as_paused(void **state)
{
    static const struct step paused[] = { { DOMAIN_EVENT_STARTED, 0, ROW_USER_PAUSED },
                                          { DOMAIN_EVENT_SUSPENDED, 0, ROW_USER_PAUSED } };
    static const struct step migrated[] = { { DOMAIN_EVENT_STARTED, 1, ROW_RESTORING },
                                            { DOMAIN_EVENT_SUSPENDED, 0, ROW_USER_PAUSED } };
    static const struct step restored[] = { { DOMAIN_EVENT_STARTED, 2, ROW_RESTORING },
                                            { DOMAIN_EVENT_SUSPENDED, 4, ROW_RESTORING } };
    const struct domain now = scenario_row(0, ROW_USER_PAUSED);
    int libvirt_state = 0;

    (void)state;
    assert_int_equal(state_of(paused, 2, 0, &now, &libvirt_state), 0);
    assert_int_equal(state_of(paused, 2, 1, &now, &libvirt_state), VM_OPER_PAUSED);
    assert_int_equal(state_of(paused, 1, 0, &now, &libvirt_state), 0); /* the row is paused already */
    assert_int_equal(state_of(migrated, 2, 0, &now, &libvirt_state), VM_OPER_MIGRATING);
    assert_int_equal(state_of(restored, 2, 0, &now, &libvirt_state), VM_OPER_RESUMING);
    assert_int_equal(state_of(restored, 1, 0, &now, &libvirt_state), VM_OPER_RESUMING);
}

static void a_pause_100_ms_after_a_start_is_not_part_of_it(void **state)
{
    struct domain_event started = { .event = DOMAIN_EVENT_STARTED, .boot_ms = TAKEN - 1000 };
    struct domain_event suspended = { .event = DOMAIN_EVENT_SUSPENDED, .boot_ms = TAKEN - 900 };
    const struct domain_event *const events[] = { &started, &suspended };
    const struct domain now = scenario_row(0, ROW_USER_PAUSED);
    int libvirt_state;

    (void)state;
    assert_int_equal(meaning_of(events, 2, 0, &now, &libvirt_state), VM_OPER_RUNNING);
    assert_int_equal(meaning_of(events, 1, 0, &now, &libvirt_state), VM_OPER_RUNNING);
    suspended.boot_ms = TAKEN - 901;
    assert_int_equal(meaning_of(events, 2, 0, &now, &libvirt_state), 0);
    started.boot_ms = TAKEN - 99;
    assert_int_equal(meaning_of(events, 1, 0, &now, &libvirt_state), 0);
}

static bool ends(int type, int detail, enum vm_oper_state state, enum tristate persistent)
{
    const struct domain_event event = { .event = type, .detail = detail };

    return event_rules_deletes(&event, state, persistent);
}

static void a_domain_is_deleted_when_undefined_while_off_or_stopped_while_transient(void **state)
{
    (void)state;
    assert_true(ends(DOMAIN_EVENT_UNDEFINED, 0, VM_OPER_SHUTDOWN, TRISTATE_TRUE));
    assert_true(ends(DOMAIN_EVENT_UNDEFINED, 0, VM_OPER_CRASHED, TRISTATE_TRUE));
    assert_true(ends(DOMAIN_EVENT_UNDEFINED, 0, VM_OPER_SUSPENDED, TRISTATE_TRUE));
    assert_false(ends(DOMAIN_EVENT_UNDEFINED, 0, VM_OPER_RUNNING, TRISTATE_TRUE));
    assert_false(ends(DOMAIN_EVENT_UNDEFINED, 1, VM_OPER_SHUTDOWN, TRISTATE_TRUE)); /* renamed */
    assert_true(ends(DOMAIN_EVENT_STOPPED, 1, VM_OPER_SHUTDOWN, TRISTATE_FALSE));
    assert_false(ends(DOMAIN_EVENT_STOPPED, 1, VM_OPER_SHUTDOWN, TRISTATE_TRUE));
    assert_false(ends(DOMAIN_EVENT_STOPPED, 1, VM_OPER_SHUTDOWN, TRISTATE_UNKNOWN));
    assert_false(ends(DOMAIN_EVENT_STOPPED, 7, VM_OPER_SHUTDOWN, TRISTATE_FALSE)); /* recreated */
    assert_false(ends(DOMAIN_EVENT_SHUTDOWN, 2, VM_OPER_SHUTTINGDOWN, TRISTATE_FALSE));
}

static void defined_makes_persistent_and_undefined_makes_transient(void **state)
{
    const struct domain_event defined = { .event = DOMAIN_EVENT_DEFINED, .detail = 1 };
    const struct domain_event undefined = { .event = DOMAIN_EVENT_UNDEFINED },
                              stopped = { .event = DOMAIN_EVENT_STOPPED };
    const struct domain_event renamed = { .event = DOMAIN_EVENT_UNDEFINED, .detail = 1 };

    (void)state;
    assert_int_equal(event_rules_persistence(&defined, VM_OPER_RUNNING, TRISTATE_FALSE), TRISTATE_TRUE);
    assert_int_equal(event_rules_persistence(&undefined, VM_OPER_RUNNING, TRISTATE_TRUE), TRISTATE_FALSE);
    assert_int_equal(event_rules_persistence(&undefined, VM_OPER_PAUSED, TRISTATE_UNKNOWN), TRISTATE_FALSE);
    assert_int_equal(event_rules_persistence(&undefined, VM_OPER_SHUTDOWN, TRISTATE_TRUE), TRISTATE_TRUE);
    assert_int_equal(event_rules_persistence(&renamed, VM_OPER_RUNNING, TRISTATE_TRUE), TRISTATE_TRUE);
    assert_int_equal(event_rules_persistence(&stopped, VM_OPER_SHUTDOWN, TRISTATE_FALSE), TRISTATE_FALSE);
}

static void an_incoming_migration_ends_when_the_domain_runs_or_stops(void **state)
{
    const struct domain_event comes = { .event = DOMAIN_EVENT_STARTED, .detail = 1 },
                              booted = { .event = DOMAIN_EVENT_STARTED };
    const struct domain_event resumed = { .event = DOMAIN_EVENT_RESUMED },
                              stopped = { .event = DOMAIN_EVENT_STOPPED };
    const struct domain_event shutdown = { .event = DOMAIN_EVENT_SHUTDOWN };

    (void)state;
    assert_true(event_rules_migrates_in(&comes, false));
    assert_true(event_rules_migrates_in(&shutdown, true));
    assert_false(event_rules_migrates_in(&shutdown, false));
    assert_false(event_rules_migrates_in(&booted, true));
    assert_false(event_rules_migrates_in(&resumed, true));
    assert_false(event_rules_migrates_in(&stopped, true));
}

static void a_domain_is_created_by_defined_started_or_resumed(void **state)
{
    for (int event = DOMAIN_EVENT_DEFINED; event <= DOMAIN_EVENT_CRASHED; event++) {
        const struct domain_event plain = { .event = event }, other = { .event = event, .detail = 1 };
        bool is_run = event == DOMAIN_EVENT_STARTED || event == DOMAIN_EVENT_RESUMED;

        assert_int_equal(event_rules_creates(&plain), is_run || event == DOMAIN_EVENT_DEFINED);
        assert_int_equal(event_rules_creates(&other), is_run); /* updated, or renamed */
    }
    (void)state;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_event_leads_to_the_state_in_the_facts_file),
        cmocka_unit_test(unknown_events_change_nothing_and_unknown_details_mean_their_event),
        cmocka_unit_test(the_row_shows_what_the_last_stop_was),
        cmocka_unit_test(the_pause_of_a_save_is_not_reported),
        cmocka_unit_test(the_stop_decides_the_meaning_of_a_host_shutdown),
        cmocka_unit_test(events_wait_for_two_seconds),
        cmocka_unit_test(a_restore_shows_that_the_stop_before_was_a_managed_save),
        cmocka_unit_test(a_start_as_paused_is_reported_only_as_paused),
        cmocka_unit_test(a_pause_100_ms_after_a_start_is_not_part_of_it),
        cmocka_unit_test(a_domain_is_deleted_when_undefined_while_off_or_stopped_while_transient),
        cmocka_unit_test(defined_makes_persistent_and_undefined_makes_transient),
        cmocka_unit_test(an_incoming_migration_ends_when_the_domain_runs_or_stops),
        cmocka_unit_test(a_domain_is_created_by_defined_started_or_resumed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
