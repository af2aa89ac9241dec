/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Events that `virsh event` printed for one domain, replayed: command by command, event by event, and with rows
 * that are newer or older than their events. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base/array.h"
#include "tests/unit/notify/scenario.h"

enum { COMMANDS_MAX = 24, EVENTS_MAX = 4, CHANGES_WANTED_MAX = 8, DELETED = 100, LISTING_AFTER_MS = 60 };

static const char *const files[] = { "events-libvirt-9.0.txt", "events-libvirt-11.3.txt" };

/* The commands with events, and the rows after the first event and after the last one. */
/* clang-format off: a command a row. */
static const struct {
    const char *command;
    enum row_kind first, last;
    int wanted[CHANGES_WANTED_MAX]; /* the states that must be reported */
    int also;                       /* a state that may be reported before these, if a row showed it */
} commands[] = {
    { "managedsave one", ROW_SAVING, ROW_SAVED, { VM_OPER_SUSPENDED }, VM_OPER_SUSPENDING },
    { "start one", ROW_RESTORING, ROW_ON, { VM_OPER_RESUMING, VM_OPER_RUNNING }, 0 },
    { "managedsave one --paused", ROW_SAVING, ROW_SAVED, { VM_OPER_SUSPENDED }, VM_OPER_SUSPENDING },
    { "start one", ROW_RESTORING, ROW_RESTORING, { VM_OPER_RESUMING, VM_OPER_PAUSED }, 0 },
    { "resume one", ROW_ON, ROW_ON, { VM_OPER_RUNNING }, 0 },
    { "save one one.save", ROW_SAVING, ROW_SAVED_FILE, { VM_OPER_SHUTDOWN }, VM_OPER_SUSPENDING },
    { "restore one.save", ROW_RESTORING, ROW_ON, { VM_OPER_RESUMING, VM_OPER_RUNNING }, 0 },
    { "dump one one.core --crash", ROW_DUMPING, ROW_CRASHED, { VM_OPER_PAUSED, VM_OPER_CRASHED }, 0 },
    { "start one", ROW_ON, ROW_ON, { VM_OPER_RUNNING }, 0 },
    { "undefine one", ROW_TRANSIENT_ON, ROW_TRANSIENT_ON, { 0 }, 0 },
    { "destroy one", ROW_TRANSIENT_GOING_DOWN, ROW_GONE, { VM_OPER_SHUTTINGDOWN, VM_OPER_SHUTDOWN, DELETED }, 0 },
};
/* clang-format on */

enum { COMMANDS = ARRAY_COUNT(commands) };

/* In the words of virsh. */
static const struct {
    const char *words;
    int event, detail;
} words[] = {
    { "Undefined Removed", DOMAIN_EVENT_UNDEFINED, 0 },
    { "Started Booted", DOMAIN_EVENT_STARTED, 0 },
    { "Started Restored", DOMAIN_EVENT_STARTED, 2 },
    { "Suspended Paused", DOMAIN_EVENT_SUSPENDED, 0 },
    { "Suspended Restored", DOMAIN_EVENT_SUSPENDED, 4 },
    { "Resumed Unpaused", DOMAIN_EVENT_RESUMED, 0 },
    { "Resumed Snapshot", DOMAIN_EVENT_RESUMED, 2 },
    { "Stopped Destroyed", DOMAIN_EVENT_STOPPED, 1 },
    { "Stopped Crashed", DOMAIN_EVENT_STOPPED, 2 },
    { "Stopped Saved", DOMAIN_EVENT_STOPPED, 4 },
    { "Shutdown Finished after host request", DOMAIN_EVENT_SHUTDOWN, 2 },
};

struct captured {
    char command[256];
    unsigned count;
    struct step steps[EVENTS_MAX];
    int64_t boot_ms[EVENTS_MAX];
};

static void take_event(struct captured *captured, int64_t boot_ms, const char *text)
{
    assert_true(captured->count < EVENTS_MAX);
    for (size_t i = 0; i < ARRAY_COUNT(words); i++)
        if (strcmp(words[i].words, text) == 0) {
            captured->boot_ms[captured->count] = boot_ms;
            captured->steps[captured->count++] = (struct step){ words[i].event, words[i].detail, ROW_GONE };
            return;
        }
    fail_msg("no event is called \"%s\"", text);
}

/* Reads the commands with events, which must be those above. */
static void read_commands(const char *name, struct captured all[COMMANDS_MAX])
{
    const char *top = getenv("top_srcdir");
    char path[4096], line[256], text[128];
    unsigned hours, minutes, seconds, milliseconds, count = 0;
    FILE *file;

    (void)snprintf(path, sizeof(path), "%s/tests/data/%s", top ? top : ".", name);
    file = fopen(path, "r");
    if (!file)
        fail_msg("cannot open %s", path);
    while (fgets(line, sizeof(line), file)) {
        line[strcspn(line, "\n")] = '\0';
        if (sscanf(line, "%u:%u:%u.%u: %127[^\n]", &hours, &minutes, &seconds, &milliseconds, text) == 5) {
            take_event(&all[count], ((hours * 60 + minutes) * 60 + seconds) * 1000LL + milliseconds, text);
        } else if (strncmp(line, "== ", 3) == 0) {
            count += all[count].count > 0;
            assert_true(count < COMMANDS_MAX);
            (void)snprintf(all[count].command, sizeof(all[count].command), "%s", line + 3);
        }
    }
    (void)fclose(file);
    assert_int_equal(count + 1, COMMANDS);
    for (unsigned c = 0; c < COMMANDS; c++) {
        assert_string_equal(all[c].command, commands[c].command);
        for (unsigned i = 0; i < all[c].count; i++)
            all[c].steps[i].row = i + 1 == all[c].count ? commands[c].last
                                  : i == 0              ? commands[c].first
                                                        : ROW_GOING_DOWN;
    }
}

struct reported {
    unsigned count;
    int states[CHANGES_WANTED_MAX];
};

static void collect(struct reported *reported, struct transitions *transitions, struct snapshot *snapshot)
{
    struct changes changes = scenario_follow(transitions, snapshot);

    for (size_t i = 0; i < changes.count; i++) {
        const struct change *change = &changes.items[i];

        if (change->kind == CHANGE_FACTS)
            continue;
        assert_true(reported->count < CHANGES_WANTED_MAX);
        reported->states[reported->count++] = change->kind == CHANGE_DELETED ? DELETED : (int)change->after;
    }
    changes_clear(&changes);
}

/* A listing with the events of a command from `from` on and before `to`, and with the row after event `row_after`.
 */
static void list(struct reported *reported, struct transitions *transitions, const struct captured *captured,
                 enum row_kind before, unsigned from, unsigned to, unsigned row_after)
{
    enum row_kind row = row_after > 0 ? captured->steps[row_after - 1].row : before;
    int64_t taken = captured->boot_ms[to > 0 ? to - 1 : 0] + (to > 0 ? LISTING_AFTER_MS : -LISTING_AFTER_MS);
    struct snapshot *snapshot = scenario_listing(&row, 1, taken);

    for (unsigned i = from; i < to; i++)
        scenario_event(snapshot, 0, &captured->steps[i], captured->boot_ms[i]);
    collect(reported, transitions, snapshot);
}

static void check(const char *file, const char *way, unsigned c, const struct reported *reported)
{
    unsigned at = 0;

    for (unsigned i = 0; i < reported->count; i++) {
        if (reported->states[i] == commands[c].wanted[at] && at < CHANGES_WANTED_MAX)
            at++;
        else if (reported->states[i] != commands[c].also || i > 0)
            fail_msg("%s, %s, %s: change %u goes to %d", file, way, commands[c].command, i, reported->states[i]);
    }
    if (at < CHANGES_WANTED_MAX && commands[c].wanted[at])
        fail_msg("%s, %s, %s: %d is not reported", file, way, commands[c].command, commands[c].wanted[at]);
}

/* Lists after each event, or once after each command, with rows that are `ahead` events newer than the last event.
 */
static void replay(const char *file, const char *way, bool in_one_piece, int ahead)
{
    struct captured all[COMMANDS_MAX] = { 0 };
    struct transitions *transitions = scenario_begin_with(ROW_ON);
    enum row_kind before = ROW_ON;

    read_commands(file, all);
    for (unsigned c = 0; c < COMMANDS; c++) {
        const struct captured *captured = &all[c];
        int count = (int)captured->count;
        struct reported reported = { 0 };

        for (int to = in_one_piece ? count : ahead > 0 ? 0 : 1; to <= count; to++) {
            int row = to + ahead < 0 ? 0 : to + ahead > count ? count : to + ahead;

            list(&reported, transitions, captured, before, in_one_piece || to == 0 ? 0 : (unsigned)to - 1,
                 (unsigned)to, (unsigned)row);
        }
        if (ahead < 0) /* the last row comes after the last event */
            list(&reported, transitions, captured, before, captured->count, captured->count, captured->count);
        check(file, way, c, &reported);
        if (in_one_piece && ahead == 0 && reported.count > 0 && reported.states[0] == commands[c].also)
            fail_msg("%s, %s, %s: a state that no row showed is reported", file, way, captured->command);
        before = commands[c].last;
    }
    assert_int_equal(transitions_due(transitions), 0);
    transitions_free(transitions);
}

static void each_command_in_one_listing(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++)
        replay(files[i], "in one piece", true, 0);
}

static void each_event_in_a_listing_of_its_own(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++)
        replay(files[i], "event by event", false, 0);
}

static void rows_newer_than_their_events(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++)
        for (int ahead = 1; ahead < EVENTS_MAX; ahead++)
            replay(files[i], "rows ahead", false, ahead);
}

static void rows_older_than_their_events(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++)
        for (int behind = 1; behind < EVENTS_MAX; behind++) {
            replay(files[i], "rows behind", false, -behind);
            replay(files[i], "rows behind, in one piece", true, -behind);
        }
}

/* All events between two listings, so no listing shows any of the rows between them. */
static void everything_between_two_listings(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        struct captured all[COMMANDS_MAX] = { 0 };
        struct transitions *transitions = scenario_begin_with(ROW_ON);
        enum row_kind gone = ROW_GONE;
        struct snapshot *now = scenario_listing(&gone, 1, SCENARIO_BEGIN);
        struct changes changes;
        unsigned count[DELETED + 1] = { 0 };

        read_commands(files[i], all);
        for (unsigned c = 0; c < COMMANDS; c++)
            for (unsigned e = 0; e < all[c].count; e++) {
                scenario_event(now, 0, &all[c].steps[e], all[c].boot_ms[e]);
                now->taken_boot_ms = all[c].boot_ms[e] + 1;
            }
        changes = scenario_follow(transitions, now);
        for (size_t k = 0; k < changes.count; k++)
            count[changes.items[k].kind == CHANGE_DELETED ? DELETED : (int)changes.items[k].after]++;
        assert_int_equal(count[VM_OPER_SHUTTINGDOWN], 1);
        assert_int_equal(count[VM_OPER_SUSPENDED],
                         3); /* one of them is a save to a file, which only its row shows */
        assert_int_equal(count[VM_OPER_RESUMING], 3);
        assert_int_equal(count[VM_OPER_PAUSED], 2);
        assert_int_equal(count[VM_OPER_RUNNING], 4);
        assert_int_equal(count[VM_OPER_CRASHED], 1);
        assert_int_equal(count[VM_OPER_SHUTDOWN], 1);
        assert_int_equal(count[DELETED], 1);
        assert_int_equal(changes.count, 16);
        changes_clear(&changes);
        transitions_free(transitions);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_command_in_one_listing),     cmocka_unit_test(each_event_in_a_listing_of_its_own),
        cmocka_unit_test(rows_newer_than_their_events),    cmocka_unit_test(rows_older_than_their_events),
        cmocka_unit_test(everything_between_two_listings),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
