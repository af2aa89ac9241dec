/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lifecycle events by themselves against the facts file, and what those around them and the row make of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "agent/event_state.h"
#include "agent/notification.h"
#include "tests/unit/stories.h"

enum { EVENTS_MAX = 4, TAKEN = 5000000 };

/* The state that event `at` of these led to, with the row as it is now; 0: none. */
static int state_of(const struct step *steps, size_t count, size_t at, const struct domain *now,
                    int *libvirt_state)
{
    struct lifecycle events[EVENTS_MAX];
    const struct lifecycle *pointers[EVENTS_MAX];

    for (size_t i = 0; i < count; i++) {
        events[i] =
            (struct lifecycle){ .event = steps[i].event, .detail = steps[i].detail, .boot_ms = TAKEN - 10 };
        pointers[i] = &events[i];
    }
    return (int)event_state(pointers, count, at, now, TAKEN, libvirt_state);
}

static int state_alone(int event, int detail, const struct domain *now)
{
    const struct step step = { event, detail, LOOK_GONE };
    int libvirt_state;

    return state_of(&step, 1, 0, now, &libvirt_state);
}

static int event_number(const char *name)
{
    static const char *const names[] = { "DEFINED", "UNDEFINED", "STARTED",     "SUSPENDED", "RESUMED",
                                         "STOPPED", "SHUTDOWN",  "PMSUSPENDED", "CRASHED" };

    for (int i = 0; i < (int)(sizeof(names) / sizeof(*names)); i++)
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
    int event = event_number(name), told = state_alone(event, detail, NULL);

    if (told != oper)
        fail_msg("%s %d leads to %d, not to %d", name, detail, told, oper);
    assert_int_equal(oper ? notification_vm_number(&change) : 0, number);
}

static void each_event_leads_where_the_facts_say(void **state)
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
    assert_int_equal(rows, 39);
}

static void what_a_later_libvirt_tells_leads_nowhere_or_where_its_kind_does(void **state)
{
    (void)state;
    assert_int_equal(state_alone(9, 0, NULL), 0);
    assert_int_equal(state_alone(1000000, 0, NULL), 0);
    assert_int_equal(state_alone(-1, -1, NULL), 0);
    assert_int_equal(state_alone(LIFECYCLE_STARTED, 99, NULL), VM_OPER_RUNNING);
    assert_int_equal(state_alone(LIFECYCLE_SUSPENDED, 99, NULL), VM_OPER_PAUSED);
    assert_int_equal(state_alone(LIFECYCLE_STOPPED, 99, NULL), VM_OPER_SHUTDOWN);
    assert_int_equal(state_alone(LIFECYCLE_CRASHED, 99, NULL), 0);
}

static void of_the_last_stop_the_row_knows_what_it_was(void **state)
{
    const struct domain saved = story_row(0, LOOK_SAVED), file = story_row(0, LOOK_SAVED_FILE);
    const struct domain crashed = story_row(0, LOOK_CRASHED), off = story_row(0, LOOK_OFF);
    const struct domain again = story_row(0, LOOK_ON);

    (void)state;
    assert_int_equal(state_alone(LIFECYCLE_STOPPED, 4, &saved), VM_OPER_SUSPENDED);
    assert_int_equal(state_alone(LIFECYCLE_STOPPED, 4, &file), VM_OPER_SHUTDOWN);
    assert_int_equal(state_alone(LIFECYCLE_STOPPED, 5, &crashed), VM_OPER_CRASHED);
    assert_int_equal(state_alone(LIFECYCLE_STOPPED, 5, &off), VM_OPER_SHUTDOWN);
    assert_int_equal(state_alone(LIFECYCLE_STOPPED, 5, &again), VM_OPER_CRASHED);
    assert_int_equal(state_alone(LIFECYCLE_STOPPED, 1, &again), VM_OPER_SHUTDOWN);
}

static void the_first_pause_of_a_save_is_none(void **state)
{
    static const struct step save[] = { { LIFECYCLE_SUSPENDED, 0, LOOK_SAVING },
                                        { LIFECYCLE_STOPPED, 4, LOOK_SAVED } };
    static const struct step destroyed[] = { { LIFECYCLE_SUSPENDED, 0, LOOK_USER_PAUSED },
                                             { LIFECYCLE_STOPPED, 1, LOOK_OFF } };
    const struct domain saving = story_row(0, LOOK_SAVING), saved = story_row(0, LOOK_SAVED);
    const struct domain paused = story_row(0, LOOK_USER_PAUSED), on = story_row(0, LOOK_ON);
    int libvirt_state = 0;

    (void)state;
    assert_int_equal(state_of(save, 2, 0, &saved, &libvirt_state), 0);
    assert_int_equal(state_of(destroyed, 2, 0, NULL, &libvirt_state), VM_OPER_PAUSED);
    assert_int_equal(state_alone(LIFECYCLE_SUSPENDED, 0, &saving), VM_OPER_SUSPENDING);
    assert_int_equal(state_alone(LIFECYCLE_SUSPENDED, 0, &saved), 0);
    assert_int_equal(state_alone(LIFECYCLE_SUSPENDED, 0, &paused), VM_OPER_PAUSED);
    assert_int_equal(state_alone(LIFECYCLE_SUSPENDED, 0, &on), VM_OPER_PAUSED);
    assert_int_equal(state_alone(LIFECYCLE_SUSPENDED, 2, &saved), VM_OPER_PAUSED); /* an I/O error */
}

static void a_save_that_is_gone_is_known_from_what_came_of_it(void **state)
{
    static const struct step restored[] = { { LIFECYCLE_STOPPED, 4, LOOK_SAVED },
                                            { LIFECYCLE_DEFINED, 1, LOOK_SAVED },
                                            { LIFECYCLE_STARTED, 2, LOOK_RESTORING },
                                            { LIFECYCLE_RESUMED, 2, LOOK_ON } };
    static const struct step booted[] = { { LIFECYCLE_STOPPED, 4, LOOK_SAVED_FILE },
                                          { LIFECYCLE_STARTED, 0, LOOK_ON } };
    const struct domain on = story_row(0, LOOK_ON);
    int libvirt_state = 0;

    (void)state;
    assert_int_equal(state_of(restored, 4, 0, &on, &libvirt_state), VM_OPER_SUSPENDED);
    assert_int_equal(libvirt_state, DOMAIN_SHUTOFF);
    assert_int_equal(state_of(restored, 4, 2, &on, &libvirt_state), VM_OPER_RESUMING);
    assert_int_equal(libvirt_state, DOMAIN_PAUSED);
    assert_int_equal(state_of(booted, 2, 0, &on, &libvirt_state), VM_OPER_SHUTDOWN);
}

static void a_start_as_paused_is_paused_only(void **state)
{
    static const struct step paused[] = { { LIFECYCLE_STARTED, 0, LOOK_USER_PAUSED },
                                          { LIFECYCLE_SUSPENDED, 0, LOOK_USER_PAUSED } };
    static const struct step migrated[] = { { LIFECYCLE_STARTED, 1, LOOK_RESTORING },
                                            { LIFECYCLE_SUSPENDED, 0, LOOK_USER_PAUSED } };
    static const struct step restored[] = { { LIFECYCLE_STARTED, 2, LOOK_RESTORING },
                                            { LIFECYCLE_SUSPENDED, 4, LOOK_RESTORING } };
    const struct domain now = story_row(0, LOOK_USER_PAUSED);
    int libvirt_state = 0;

    (void)state;
    assert_int_equal(state_of(paused, 2, 0, &now, &libvirt_state), 0);
    assert_int_equal(state_of(paused, 2, 1, &now, &libvirt_state), VM_OPER_PAUSED);
    assert_int_equal(state_of(paused, 1, 0, &now, &libvirt_state), 0); /* the row has gone on to it */
    assert_int_equal(state_of(migrated, 2, 0, &now, &libvirt_state), VM_OPER_MIGRATING);
    assert_int_equal(state_of(restored, 2, 0, &now, &libvirt_state), VM_OPER_RESUMING);
    assert_int_equal(state_of(restored, 1, 0, &now, &libvirt_state), VM_OPER_RESUMING);
}

static void what_is_paused_some_time_after_its_start_has_run(void **state)
{
    struct lifecycle started = { .event = LIFECYCLE_STARTED, .boot_ms = TAKEN - 1000 };
    struct lifecycle suspended = { .event = LIFECYCLE_SUSPENDED, .boot_ms = TAKEN - 900 };
    const struct lifecycle *const events[] = { &started, &suspended };
    const struct domain now = story_row(0, LOOK_USER_PAUSED);
    int libvirt_state;

    (void)state;
    assert_int_equal(event_state(events, 2, 0, &now, TAKEN, &libvirt_state), VM_OPER_RUNNING);
    assert_int_equal(event_state(events, 1, 0, &now, TAKEN, &libvirt_state), VM_OPER_RUNNING);
    suspended.boot_ms = TAKEN - 901;
    assert_int_equal(event_state(events, 2, 0, &now, TAKEN, &libvirt_state), 0);
    started.boot_ms = TAKEN - 99;
    assert_int_equal(event_state(events, 1, 0, &now, TAKEN, &libvirt_state), 0);
}

static bool deletes(const struct step *steps, size_t count, const struct domain *now, enum vm_oper_state oper,
                    enum truth persistent)
{
    struct lifecycle events[EVENTS_MAX];
    const struct lifecycle *pointers[EVENTS_MAX];

    for (size_t i = 0; i < count; i++) {
        events[i] = (struct lifecycle){ .event = steps[i].event, .detail = steps[i].detail };
        pointers[i] = &events[i];
    }
    return event_deletes(pointers, count, 0, now, oper, persistent);
}

static void what_came_again_was_deleted_before(void **state)
{
    static const struct step undefined[] = { { LIFECYCLE_UNDEFINED, 0, LOOK_GONE },
                                             { LIFECYCLE_DEFINED, 0, LOOK_OFF } };
    static const struct step renamed[] = { { LIFECYCLE_UNDEFINED, 1, LOOK_OFF },
                                           { LIFECYCLE_DEFINED, 2, LOOK_OFF } };
    static const struct step stopped[] = { { LIFECYCLE_STOPPED, 1, LOOK_GONE },
                                           { LIFECYCLE_RESUMED, 0, LOOK_TRANSIENT_ON },
                                           { LIFECYCLE_STARTED, 0, LOOK_TRANSIENT_ON } };
    const struct domain now = story_row(0, LOOK_OFF);

    (void)state;
    assert_true(deletes(undefined, 2, NULL, VM_OPER_SHUTDOWN, TRUTH_TRUE));
    assert_true(deletes(undefined, 1, &now, VM_OPER_SHUTDOWN, TRUTH_TRUE));
    assert_true(deletes(undefined, 2, NULL, VM_OPER_CRASHED, TRUTH_TRUE));
    assert_false(deletes(undefined, 1, NULL, VM_OPER_SHUTDOWN, TRUTH_TRUE)); /* its row is gone: that tells it */
    assert_false(deletes(undefined, 2, &now, VM_OPER_RUNNING, TRUTH_TRUE));
    assert_false(deletes(renamed, 2, &now, VM_OPER_SHUTDOWN, TRUTH_TRUE));
    assert_true(deletes(stopped, 3, NULL, VM_OPER_SHUTDOWN, TRUTH_FALSE));
    assert_false(deletes(stopped, 3, &now, VM_OPER_SHUTDOWN, TRUTH_TRUE));
    assert_false(deletes(stopped, 3, &now, VM_OPER_SHUTDOWN, TRUTH_UNKNOWN));
}

static void a_definition_comes_and_goes(void **state)
{
    const struct lifecycle defined = { .event = LIFECYCLE_DEFINED, .detail = 1 };
    const struct lifecycle undefined = { .event = LIFECYCLE_UNDEFINED }, stopped = { .event = LIFECYCLE_STOPPED };
    const struct lifecycle renamed = { .event = LIFECYCLE_UNDEFINED, .detail = 1 };

    (void)state;
    assert_int_equal(event_persistence(&defined, VM_OPER_RUNNING, TRUTH_FALSE), TRUTH_TRUE);
    assert_int_equal(event_persistence(&undefined, VM_OPER_RUNNING, TRUTH_TRUE), TRUTH_FALSE);
    assert_int_equal(event_persistence(&undefined, VM_OPER_PAUSED, TRUTH_UNKNOWN), TRUTH_FALSE);
    assert_int_equal(event_persistence(&undefined, VM_OPER_SHUTDOWN, TRUTH_TRUE), TRUTH_TRUE);
    assert_int_equal(event_persistence(&renamed, VM_OPER_RUNNING, TRUTH_TRUE), TRUTH_TRUE);
    assert_int_equal(event_persistence(&stopped, VM_OPER_SHUTDOWN, TRUTH_FALSE), TRUTH_FALSE);
}

static void a_stop_or_the_begin_of_a_save_may_have_been_shown(void **state)
{
    const struct lifecycle suspended = { .event = LIFECYCLE_SUSPENDED };
    const struct lifecycle io_error = { .event = LIFECYCLE_SUSPENDED, .detail = 2 };
    const struct lifecycle saved = { .event = LIFECYCLE_STOPPED, .detail = 4 };

    (void)state;
    assert_true(event_ends_in(&saved, VM_OPER_SUSPENDED));
    assert_true(event_ends_in(&saved, VM_OPER_SHUTDOWN));
    assert_true(event_ends_in(&saved, VM_OPER_CRASHED));
    assert_false(event_ends_in(&saved, VM_OPER_SUSPENDING));
    assert_true(event_ends_in(&suspended, VM_OPER_SUSPENDING));
    assert_false(event_ends_in(&suspended, VM_OPER_SUSPENDED));
    assert_false(event_ends_in(&io_error, VM_OPER_SUSPENDING));
}

static void a_domain_begins_with_a_definition_or_a_run(void **state)
{
    for (int event = LIFECYCLE_DEFINED; event <= LIFECYCLE_CRASHED; event++) {
        const struct lifecycle plain = { .event = event }, other = { .event = event, .detail = 1 };
        bool is_run = event == LIFECYCLE_STARTED || event == LIFECYCLE_RESUMED;

        assert_int_equal(event_begins(&plain), is_run || event == LIFECYCLE_DEFINED);
        assert_int_equal(event_begins(&other), is_run); /* updated, or renamed */
    }
    (void)state;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_event_leads_where_the_facts_say),
        cmocka_unit_test(what_a_later_libvirt_tells_leads_nowhere_or_where_its_kind_does),
        cmocka_unit_test(of_the_last_stop_the_row_knows_what_it_was),
        cmocka_unit_test(the_first_pause_of_a_save_is_none),
        cmocka_unit_test(a_save_that_is_gone_is_known_from_what_came_of_it),
        cmocka_unit_test(a_start_as_paused_is_paused_only),
        cmocka_unit_test(what_is_paused_some_time_after_its_start_has_run),
        cmocka_unit_test(what_came_again_was_deleted_before),
        cmocka_unit_test(a_definition_comes_and_goes),
        cmocka_unit_test(a_stop_or_the_begin_of_a_save_may_have_been_shown),
        cmocka_unit_test(a_domain_begins_with_a_definition_or_a_run),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
