/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "collectd-plugin/alarms.h"
#include "collectd-plugin/virt_messages.h"
#include "lib/model/filter.h"
#include "tests/unit/fixtures.h"

enum { LINES_MAX = 4096 };

/* What was told, a line each: NAME SEVERITY TYPE-INSTANCE MESSAGE. */
static char told[LINES_MAX];

static void record(void *data, const struct alarm *alarm)
{
    size_t length = strlen(told);

    (void)data;
    (void)snprintf(told + length, sizeof(told) - length, "%s %d %s-%s %s\n", alarm->domain->name,
                   (int)alarm->severity, alarm->type, alarm->type_instance, alarm->message);
}

/* Between two listings of at most one domain each; NULL: none. */
static const char *between(const struct domain *before, const struct domain *after, uint32_t filter)
{
    struct snapshot *old = fixture_snapshot(before, before != NULL), *new = fixture_snapshot(after, after != NULL);

    told[0] = '\0';
    old->filter = new->filter = filter;
    alarms_between(old, new, true, record, NULL);
    snapshot_unref(old);
    snapshot_unref(new);
    return told;
}

static struct domain in_state(int id, int now, int reason)
{
    struct domain domain = fixture_domain(1, id);

    domain.name = "vm";
    domain.state = domain.last_state = now;
    domain.reason = domain.last_reason = reason;
    return domain;
}

/* What should run and does not is told whenever it is asked for; with autostart left aside, only states are. */
static void what_stands_is_told_on_request_only(void **state)
{
    struct domain off = in_state(DOMAIN_ID_INACTIVE, DOMAIN_SHUTOFF, 1), on = in_state(3, DOMAIN_RUNNING, 1);
    struct snapshot *before, *after;

    (void)state;
    off.autostart = on.autostart = TRISTATE_TRUE;
    before = fixture_snapshot(&on, 1);
    after = fixture_snapshot(&off, 1);
    told[0] = '\0';
    alarms_not_running(before, record, NULL);
    assert_string_equal(told, "");
    alarms_between(before, after, false, record, NULL);
    assert_null(strstr(told, "autostart"));
    assert_non_null(strstr(told, "domain_state"));
    told[0] = '\0';
    alarms_not_running(after, record, NULL);
    assert_string_equal(told, "vm 2 bool-autostart Autostart is on, but the domain is not running.\n");
    snapshot_unref(before);
    snapshot_unref(after);
    off.autostart = TRISTATE_UNKNOWN;
    after = fixture_snapshot(&off, 1);
    told[0] = '\0';
    alarms_not_running(after, record, NULL);
    assert_string_equal(told, "");
    snapshot_unref(after);
}

static void severities_are_those_of_virt(void **state)
{
    static const enum alarm_severity wanted[DOMAIN_STATES] = {
        [DOMAIN_NOSTATE] = ALARM_OKAY,    [DOMAIN_RUNNING] = ALARM_OKAY,        [DOMAIN_BLOCKED] = ALARM_WARNING,
        [DOMAIN_PAUSED] = ALARM_WARNING,  [DOMAIN_SHUTDOWN] = ALARM_OKAY,       [DOMAIN_SHUTOFF] = ALARM_OKAY,
        [DOMAIN_CRASHED] = ALARM_FAILURE, [DOMAIN_PMSUSPENDED] = ALARM_WARNING,
    };
    struct domain before = in_state(1, DOMAIN_STATES + 3, 0);

    (void)state;
    for (int now = 0; now < DOMAIN_STATES; now++) {
        struct domain after = in_state(1, now, 0);
        char start[64];

        (void)snprintf(start, sizeof(start), "vm %d domain_state- Domain state: %s. Reason: ", (int)wanted[now],
                       virt_messages_state(now));
        if (strncmp(between(&before, &after, 0), start, strlen(start)) != 0)
            fail_msg("told \"%s\", expected \"%s...\"", told, start);
    }
}

static void a_change_is_told_in_virts_words(void **state)
{
    struct domain running = in_state(1, DOMAIN_RUNNING, 1), paused = in_state(1, DOMAIN_PAUSED, 5),
                  off = in_state(DOMAIN_ID_INACTIVE, DOMAIN_SHUTOFF, 2);

    (void)state;
    assert_string_equal(
        between(&running, &paused, 0),
        "vm 2 domain_state- Domain state: the domain is paused by user. Reason: paused due to a disk "
        "I/O error\n");
    assert_string_equal(between(&paused, &off, 0),
                        "vm 4 domain_state- Domain state: the domain is shut off. Reason: forced poweroff\n");
    assert_string_equal(
        between(&off, &running, 0),
        "vm 4 domain_state- Domain state: the domain is running. Reason: normal startup from boot\n");
}

static void what_stays_is_not_told(void **state)
{
    struct domain running = in_state(1, DOMAIN_RUNNING, 1), unread = in_state(1, DOMAIN_RUNNING, 1);

    (void)state;
    assert_string_equal(between(&running, &running, 0), "");
    assert_string_equal(between(NULL, NULL, 0), "");
    unread.state = DOMAIN_STATE_UNREAD; /* its last state is what it was */
    assert_string_equal(between(&running, &unread, 0), "");
    assert_string_equal(between(&unread, &running, 0), "");
}

/* It stopped and started between two listings. */
static void a_new_run_is_told_though_the_state_is_the_same(void **state)
{
    struct domain before = in_state(1, DOMAIN_RUNNING, 1), after = in_state(2, DOMAIN_RUNNING, 1);

    (void)state;
    assert_non_null(strstr(between(&before, &after, 0), "the domain is running"));
}

static void what_comes_running_is_told_and_what_comes_off_is_not(void **state)
{
    struct domain running = in_state(1, DOMAIN_RUNNING, 1), off = in_state(DOMAIN_ID_INACTIVE, DOMAIN_SHUTOFF, 0),
                  unread = in_state(1, DOMAIN_STATE_UNREAD, 0);

    (void)state;
    assert_non_null(strstr(between(NULL, &running, 0), "the domain is running"));
    assert_string_equal(between(NULL, &off, 0), "");
    assert_string_equal(between(NULL, &unread, 0), "");
}

static void what_ran_and_is_gone_is_shut_off_unless_it_only_left_the_filter(void **state)
{
    struct domain running = in_state(1, DOMAIN_RUNNING, 1), off = in_state(DOMAIN_ID_INACTIVE, DOMAIN_SHUTOFF, 0);
    const char *words = "vm 4 domain_state- Domain state: the domain is shut off. Reason: the reason is unknown\n";

    (void)state;
    assert_string_equal(between(&running, NULL, 0), words);
    assert_string_equal(between(&running, NULL, FILTER_ACTIVE), words);
    assert_string_equal(between(&running, NULL, FILTER_STATE_RUNNING), "");
    assert_string_equal(between(&off, NULL, 0), "");
}

static void autostart_that_is_not_obeyed_is_told_once_and_that_it_is_over(void **state)
{
    struct domain running = in_state(1, DOMAIN_RUNNING, 1), off = in_state(DOMAIN_ID_INACTIVE, DOMAIN_SHUTOFF, 1),
                  plain = off, untold = off;

    (void)state;
    running.autostart = off.autostart = TRISTATE_TRUE;
    untold.autostart = TRISTATE_UNKNOWN;
    assert_non_null(strstr(between(&running, &off, 0),
                           "vm 2 bool-autostart Autostart is on, but the domain is not running.\n"));
    assert_string_equal(between(&off, &off, 0), "");
    assert_non_null(strstr(between(&off, &running, 0), "vm 4 bool-autostart The domain is running again.\n"));
    assert_string_equal(between(&off, &plain, 0),
                        "vm 4 bool-autostart Autostart is off; the domain need not run.\n");
    assert_string_equal(between(&plain, &off, 0),
                        "vm 2 bool-autostart Autostart is on, but the domain is not running.\n");
    assert_string_equal(between(NULL, &off, 0),
                        "vm 2 bool-autostart Autostart is on, but the domain is not running.\n");
    assert_string_equal(between(&off, NULL, 0), "vm 4 bool-autostart The domain is not listed any more.\n");
    assert_string_equal(between(&off, &untold, 0), "");
    assert_string_equal(between(&untold, &off, 0), "");
}

static void autostart_once_that_is_not_obeyed_is_told_too(void **state)
{
    struct domain running = in_state(1, DOMAIN_RUNNING, 1), off = in_state(DOMAIN_ID_INACTIVE, DOMAIN_SHUTOFF, 1),
                  plain = off, untold = off;

    (void)state;
    running.autostart_once = off.autostart_once = TRISTATE_TRUE;
    untold.autostart_once = TRISTATE_UNKNOWN;
    assert_non_null(strstr(between(&running, &off, 0),
                           "vm 2 bool-autostart Autostart is on, but the domain is not running.\n"));
    assert_string_equal(between(&plain, &off, 0),
                        "vm 2 bool-autostart Autostart is on, but the domain is not running.\n");
    assert_string_equal(between(&off, &plain, 0),
                        "vm 4 bool-autostart Autostart is off; the domain need not run.\n");
    assert_string_equal(between(&off, &untold, 0), "");
    assert_string_equal(between(&plain, &untold, 0), "");
}

static void listings_of_many_are_compared_row_by_row(void **state)
{
    struct snapshot *before = fixture_all_guests(), *after = fixture_all_guests();

    (void)state;
    told[0] = '\0';
    alarms_between(before, after, true, record, NULL);
    assert_string_equal(told, "");
    after->domains[GUEST_RUNNING].last_state = DOMAIN_PAUSED;
    memmove(&after->domains[0], &after->domains[1], (after->count - 1) * sizeof(*after->domains));
    after->count--;
    alarms_between(before, after, true, record, NULL);
    assert_non_null(strstr(told, "nostate 4 domain_state- Domain state: the domain is shut off"));
    assert_non_null(strstr(told, "running 2 domain_state- Domain state: the domain is paused"));
    assert_ptr_equal(strchr(strchr(told, '\n') + 1, '\n') + 1, told + strlen(told)); /* two lines */
    snapshot_unref(before);
    snapshot_unref(after);
}

static void numbers_without_words_get_some(void **state)
{
    (void)state;
    assert_string_equal(virt_messages_state(99), "other");
    assert_string_equal(virt_messages_reason(99, 1), "other");
    assert_string_equal(virt_messages_reason(DOMAIN_RUNNING, -1), "other");
    assert_string_equal(virt_messages_reason(DOMAIN_RUNNING, 11), "post-copy failed"); /* newer than virt */
    assert_string_equal(virt_messages_reason(DOMAIN_SHUTOFF, 8),
                        "daemon decides to kill domain during reconnection processing");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_stands_is_told_on_request_only),
        cmocka_unit_test(severities_are_those_of_virt),
        cmocka_unit_test(a_change_is_told_in_virts_words),
        cmocka_unit_test(what_stays_is_not_told),
        cmocka_unit_test(a_new_run_is_told_though_the_state_is_the_same),
        cmocka_unit_test(what_comes_running_is_told_and_what_comes_off_is_not),
        cmocka_unit_test(what_ran_and_is_gone_is_shut_off_unless_it_only_left_the_filter),
        cmocka_unit_test(autostart_that_is_not_obeyed_is_told_once_and_that_it_is_over),
        cmocka_unit_test(autostart_once_that_is_not_obeyed_is_told_too),
        cmocka_unit_test(listings_of_many_are_compared_row_by_row),
        cmocka_unit_test(numbers_without_words_get_some),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
