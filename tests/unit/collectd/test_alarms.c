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
#include "lib/model/io_error.h"
#include "tests/unit/fixtures.h"

enum { LINES_MAX = 4096 };

/* The alarms that were sent. Each has a line: NAME SEVERITY TYPE-INSTANCE MESSAGE. */
static char recorded[LINES_MAX];

static void record(void *data, const struct alarm *alarm)
{
    size_t length = strlen(recorded);

    (void)data;
    (void)snprintf(recorded + length, sizeof(recorded) - length, "%s %d %s-%s %s\n", alarm->domain->name,
                   (int)alarm->severity, alarm->type, alarm->type_instance, alarm->message);
}

/* The alarms between two listings with at most one domain; NULL: no domain. */
static const char *alarms_of(const struct domain *before, const struct domain *after, uint32_t filter)
{
    struct snapshot *old = fixture_snapshot(before, before != NULL), *new = fixture_snapshot(after, after != NULL);

    recorded[0] = '\0';
    old->filter = new->filter = filter;
    alarms_between(old, new, true, record, NULL);
    snapshot_unref(old);
    snapshot_unref(new);
    return recorded;
}

static struct domain in_state(int id, int now, int reason)
{
    struct domain domain = fixture_domain(1, id);

    domain.name = "vm";
    domain.state = domain.last_state = now;
    domain.reason = domain.last_reason = reason;
    return domain;
}

/* alarms_not_running() always reports it; alarms_between() without autostart reports only states. */
static void a_domain_that_should_run_is_reported_on_request(void **state)
{
    struct domain off = in_state(DOMAIN_ID_INACTIVE, DOMAIN_SHUTOFF, 1), on = in_state(3, DOMAIN_RUNNING, 1);
    struct snapshot *before, *after;

    (void)state;
    off.autostart = on.autostart = TRISTATE_TRUE;
    before = fixture_snapshot(&on, 1);
    after = fixture_snapshot(&off, 1);
    recorded[0] = '\0';
    alarms_not_running(before, record, NULL);
    assert_string_equal(recorded, "");
    alarms_between(before, after, false, record, NULL);
    assert_null(strstr(recorded, "autostart"));
    assert_non_null(strstr(recorded, "domain_state"));
    recorded[0] = '\0';
    alarms_not_running(after, record, NULL);
    assert_string_equal(recorded, "vm 2 bool-autostart Autostart is on, but the domain is not running.\n");
    snapshot_unref(before);
    snapshot_unref(after);
    off.autostart = TRISTATE_UNKNOWN;
    after = fixture_snapshot(&off, 1);
    recorded[0] = '\0';
    alarms_not_running(after, record, NULL);
    assert_string_equal(recorded, "");
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
        if (strncmp(alarms_of(&before, &after, 0), start, strlen(start)) != 0)
            fail_msg("the alarm is \"%s\", expected \"%s...\"", recorded, start);
    }
}

static void a_change_has_the_message_of_virt(void **state)
{
    struct domain running = in_state(1, DOMAIN_RUNNING, 1), paused = in_state(1, DOMAIN_PAUSED, 5),
                  off = in_state(DOMAIN_ID_INACTIVE, DOMAIN_SHUTOFF, 2);

    (void)state;
    assert_string_equal(
        alarms_of(&running, &paused, 0),
        "vm 2 domain_state- Domain state: the domain is paused by user. Reason: paused due to a disk "
        "I/O error\n");
    assert_string_equal(alarms_of(&paused, &off, 0),
                        "vm 4 domain_state- Domain state: the domain is shut off. Reason: forced poweroff\n");
    assert_string_equal(
        alarms_of(&off, &running, 0),
        "vm 4 domain_state- Domain state: the domain is running. Reason: normal startup from boot\n");
}

static void a_pause_by_an_io_error_says_why(void **state)
{
    struct io_error *error = io_error_new("I/O error: disk='vda', index='1', path='/a', timestamp='now', "
                                          "message='No space left on device'");
    struct domain running = in_state(1, DOMAIN_RUNNING, 1), unread = in_state(1, DOMAIN_PAUSED, 5),
                  paused = unread, by_user = in_state(1, DOMAIN_PAUSED, 1);
    const char *message = "vm 2 domain_state- Domain state: the domain is paused by user. Reason: paused due to a "
                          "disk I/O error: vda: No space left on device\n";

    (void)state;
    assert_non_null(error);
    paused.io_error = io_error_ref(error);
    assert_string_equal(alarms_of(&running, &paused, 0), message);
    paused.io_error = io_error_ref(error);
    assert_string_equal(alarms_of(&unread, &paused, 0), message); /* the text came later */
    paused.io_error = io_error_ref(error);
    unread.io_error = io_error_ref(error);
    assert_string_equal(alarms_of(&unread, &paused, 0), "");
    unread.io_error = io_error_new("");
    assert_string_equal(alarms_of(&running, &unread, 0),
                        "vm 2 domain_state- Domain state: the domain is paused by user. Reason: paused due to a "
                        "disk I/O error\n");
    by_user.io_error = error;
    assert_null(strstr(alarms_of(&running, &by_user, 0), "space"));
}

static void an_io_error_is_summarized(void **state)
{
    static const struct {
        const char *text, *summary;
    } cases[] = {
        { "I/O error: disk='sda', message='Input/output error'; I/O error: disk='b', message='c'",
          "sda: Input/output error" },
        { "another form", "another form" },
        { "disk='vda'", "disk='vda'" },
        { "disk='vda', message='no end", "disk='vda', message='no end" },
        { "", "" },
    };
    char out[64];

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        io_error_summarize(cases[i].text, out, sizeof(out));
        assert_string_equal(out, cases[i].summary);
    }
    io_error_summarize(cases[0].text, out, 8);
    assert_string_equal(out, "sda: In");
}

static void an_unchanged_state_is_not_reported(void **state)
{
    struct domain running = in_state(1, DOMAIN_RUNNING, 1), unread = in_state(1, DOMAIN_RUNNING, 1);

    (void)state;
    assert_string_equal(alarms_of(&running, &running, 0), "");
    assert_string_equal(alarms_of(NULL, NULL, 0), "");
    unread.state = DOMAIN_STATE_UNREAD; /* its last state did not change */
    assert_string_equal(alarms_of(&running, &unread, 0), "");
    assert_string_equal(alarms_of(&unread, &running, 0), "");
}

/* The domain stopped and started again. */
static void a_restart_between_two_listings_is_reported(void **state)
{
    struct domain before = in_state(1, DOMAIN_RUNNING, 1), after = in_state(2, DOMAIN_RUNNING, 1);

    (void)state;
    assert_non_null(strstr(alarms_of(&before, &after, 0), "the domain is running"));
}

static void a_new_domain_is_reported_only_if_it_runs(void **state)
{
    struct domain running = in_state(1, DOMAIN_RUNNING, 1), off = in_state(DOMAIN_ID_INACTIVE, DOMAIN_SHUTOFF, 0),
                  unread = in_state(1, DOMAIN_STATE_UNREAD, 0);

    (void)state;
    assert_non_null(strstr(alarms_of(NULL, &running, 0), "the domain is running"));
    assert_string_equal(alarms_of(NULL, &off, 0), "");
    assert_string_equal(alarms_of(NULL, &unread, 0), "");
}

static void a_running_domain_that_is_gone_is_shut_off_unless_it_left_the_filter(void **state)
{
    struct domain running = in_state(1, DOMAIN_RUNNING, 1), off = in_state(DOMAIN_ID_INACTIVE, DOMAIN_SHUTOFF, 0);
    const char *words = "vm 4 domain_state- Domain state: the domain is shut off. Reason: the reason is unknown\n";

    (void)state;
    assert_string_equal(alarms_of(&running, NULL, 0), words);
    assert_string_equal(alarms_of(&running, NULL, FILTER_ACTIVE), words);
    assert_string_equal(alarms_of(&running, NULL, FILTER_STATE_RUNNING), "");
    assert_string_equal(alarms_of(&off, NULL, 0), "");
}

static void a_domain_that_should_run_is_reported_once_and_when_it_is_over(void **state)
{
    struct domain running = in_state(1, DOMAIN_RUNNING, 1), off = in_state(DOMAIN_ID_INACTIVE, DOMAIN_SHUTOFF, 1),
                  plain = off, unknown = off;

    (void)state;
    running.autostart = off.autostart = TRISTATE_TRUE;
    unknown.autostart = TRISTATE_UNKNOWN;
    assert_non_null(strstr(alarms_of(&running, &off, 0),
                           "vm 2 bool-autostart Autostart is on, but the domain is not running.\n"));
    assert_string_equal(alarms_of(&off, &off, 0), "");
    assert_non_null(strstr(alarms_of(&off, &running, 0), "vm 4 bool-autostart The domain is running again.\n"));
    assert_string_equal(alarms_of(&off, &plain, 0),
                        "vm 4 bool-autostart Autostart is off; the domain need not run.\n");
    assert_string_equal(alarms_of(&plain, &off, 0),
                        "vm 2 bool-autostart Autostart is on, but the domain is not running.\n");
    assert_string_equal(alarms_of(NULL, &off, 0),
                        "vm 2 bool-autostart Autostart is on, but the domain is not running.\n");
    assert_string_equal(alarms_of(&off, NULL, 0), "vm 4 bool-autostart The domain is not listed any more.\n");
    assert_string_equal(alarms_of(&off, &unknown, 0), "");
    assert_string_equal(alarms_of(&unknown, &off, 0), "");
}

static void autostart_once_counts_as_autostart(void **state)
{
    struct domain running = in_state(1, DOMAIN_RUNNING, 1), off = in_state(DOMAIN_ID_INACTIVE, DOMAIN_SHUTOFF, 1),
                  plain = off, unknown = off;

    (void)state;
    running.autostart_once = off.autostart_once = TRISTATE_TRUE;
    unknown.autostart_once = TRISTATE_UNKNOWN;
    assert_non_null(strstr(alarms_of(&running, &off, 0),
                           "vm 2 bool-autostart Autostart is on, but the domain is not running.\n"));
    assert_string_equal(alarms_of(&plain, &off, 0),
                        "vm 2 bool-autostart Autostart is on, but the domain is not running.\n");
    assert_string_equal(alarms_of(&off, &plain, 0),
                        "vm 4 bool-autostart Autostart is off; the domain need not run.\n");
    assert_string_equal(alarms_of(&off, &unknown, 0), "");
    assert_string_equal(alarms_of(&plain, &unknown, 0), "");
}

static void a_domain_that_does_not_answer_is_reported_once_and_when_it_is_over(void **state)
{
    static const char silent_words[] =
        "vm 2 bool-answering The domain does not answer the hypervisor; its process may hang.\n";
    struct domain known = in_state(1, DOMAIN_RUNNING, 1), silent = known, not_known = known,
                  off = in_state(DOMAIN_ID_INACTIVE, DOMAIN_SHUTOFF, 2);

    (void)state;
    known.answers_reliably = TRISTATE_TRUE;
    silent.answers_reliably = TRISTATE_FALSE;
    assert_string_equal(alarms_of(&known, &silent, 0), silent_words);
    assert_string_equal(alarms_of(&not_known, &silent, 0), silent_words);
    assert_non_null(strstr(alarms_of(NULL, &silent, 0), silent_words));
    assert_string_equal(alarms_of(&silent, &silent, 0), "");
    assert_string_equal(alarms_of(&silent, &known, 0), "vm 4 bool-answering The domain answers again.\n");
    assert_non_null(strstr(alarms_of(&silent, &off, 0), "vm 4 bool-answering The domain has stopped.\n"));
    assert_non_null(
        strstr(alarms_of(&silent, NULL, 0), "vm 4 bool-answering The domain is not listed any more.\n"));
    assert_string_equal(alarms_of(&not_known, &known, 0), "");
    assert_null(strstr(alarms_of(&known, &off, 0), "answering"));
    assert_null(strstr(alarms_of(&known, NULL, 0), "answering"));
}

static void rows_are_compared_by_uuid(void **state)
{
    struct snapshot *before = fixture_all_guests(), *after = fixture_all_guests();

    (void)state;
    recorded[0] = '\0';
    alarms_between(before, after, true, record, NULL);
    assert_string_equal(recorded, "");
    after->domains[GUEST_RUNNING].last_state = DOMAIN_PAUSED;
    memmove(&after->domains[0], &after->domains[1], (after->count - 1) * sizeof(*after->domains));
    after->count--;
    alarms_between(before, after, true, record, NULL);
    assert_non_null(strstr(recorded, "nostate 4 domain_state- Domain state: the domain is shut off"));
    assert_non_null(strstr(recorded, "running 2 domain_state- Domain state: the domain is paused"));
    assert_ptr_equal(strchr(strchr(recorded, '\n') + 1, '\n') + 1, recorded + strlen(recorded)); /* two lines */
    snapshot_unref(before);
    snapshot_unref(after);
}

static void numbers_that_virt_does_not_know_get_the_words_of_virsh(void **state)
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
        cmocka_unit_test(a_domain_that_should_run_is_reported_on_request),
        cmocka_unit_test(severities_are_those_of_virt),
        cmocka_unit_test(a_change_has_the_message_of_virt),
        cmocka_unit_test(a_pause_by_an_io_error_says_why),
        cmocka_unit_test(an_io_error_is_summarized),
        cmocka_unit_test(an_unchanged_state_is_not_reported),
        cmocka_unit_test(a_restart_between_two_listings_is_reported),
        cmocka_unit_test(a_new_domain_is_reported_only_if_it_runs),
        cmocka_unit_test(a_running_domain_that_is_gone_is_shut_off_unless_it_left_the_filter),
        cmocka_unit_test(a_domain_that_should_run_is_reported_once_and_when_it_is_over),
        cmocka_unit_test(autostart_once_counts_as_autostart),
        cmocka_unit_test(a_domain_that_does_not_answer_is_reported_once_and_when_it_is_over),
        cmocka_unit_test(rows_are_compared_by_uuid),
        cmocka_unit_test(numbers_that_virt_does_not_know_get_the_words_of_virsh),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
