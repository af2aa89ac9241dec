/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base/array.h"
#include "lib/base/log_throttle.h"
#include "lib/base/uri.h"
#include "lib/collect/schedule.h"
#include "lib/libvirt/proc_start.h"
#include "tests/unit/between.h"

/* A sink that remembers the last line and counts. */
static struct {
    char line[1024];
    unsigned count;
    enum log_level level;
} heard;

static void hear(void *data, enum log_level level, const char *line)
{
    (void)data;
    (void)snprintf(heard.line, sizeof(heard.line), "%s", line);
    heard.level = level;
    heard.count++;
}

static const struct log_sink sink = { hear, NULL };

static void a_complaint_is_said_once_then_seldom_then_over(void **state)
{
    struct log_throttle throttle = { 0 };
    int64_t now = 1000000;

    (void)state;
    heard.count = 0;
    for (int i = 0; i < 59; i++, now += 1000)
        log_throttle_say(&throttle, &sink, now, "%s is gone", "it");
    assert_int_equal(heard.count, 1);
    assert_string_equal(heard.line, "it is gone");
    assert_int_equal(heard.level, LOG_LEVEL_WARNING);
    log_throttle_say(&throttle, &sink, now + 2000, "%s is gone", "it");
    assert_int_equal(heard.count, 2);
    assert_string_equal(heard.line, "still: it is gone (58 times since last said)");
    log_throttle_say(&throttle, &sink, now + 2000 + 119000, "%s is gone", "it");
    assert_int_equal(heard.count, 2); /* the pause doubled */
    log_throttle_end(&throttle, &sink, "it is back");
    assert_string_equal(heard.line, "it is back");
    assert_int_equal(heard.level, LOG_LEVEL_NOTICE);
    log_throttle_end(&throttle, &sink, "it is back");
    assert_int_equal(heard.count, 3);
}

static void another_complaint_is_said_at_once(void **state)
{
    struct log_throttle throttle = { 0 };

    (void)state;
    heard.count = 0;
    log_throttle_say(&throttle, &sink, 1000, "one");
    log_throttle_say(&throttle, &sink, 1001, "two");
    log_throttle_say(&throttle, &sink, 1002, "two");
    assert_int_equal(heard.count, 2);
    assert_string_equal(heard.line, "two");
}

static void the_first_listing_is_due_at_once_and_the_next_after_the_interval(void **state)
{
    struct schedule schedule = { .interval_ms = 10000 };

    (void)state;
    assert_int_equal(schedule_next(&schedule, 0), 0);
    schedule.started_boot_ms = 5000;
    schedule.ended_boot_ms = 5100;
    assert_int_equal(schedule_next(&schedule, 0), 15000);
}

static void an_event_brings_it_forward_but_leaves_nine_tenths_of_the_time(void **state)
{
    struct schedule schedule = { .interval_ms = 10000, .started_boot_ms = 5000, .ended_boot_ms = 5100 };

    (void)state;
    assert_int_equal(schedule_next(&schedule, 9000), 9050);
    assert_int_equal(schedule_next(&schedule, 5050), 6000); /* nine times what the last one took */
    assert_int_equal(schedule_next(&schedule, 14990), 15000);
}

static void a_listing_longer_than_the_interval_leaves_air(void **state)
{
    struct schedule schedule = { .interval_ms = 1000, .started_boot_ms = 5000, .ended_boot_ms = 8000 };

    (void)state;
    assert_int_equal(schedule_next(&schedule, 0), 11000);
}

static void retries_back_off_to_a_limit_with_jitter(void **state)
{
    int64_t before = 0;

    (void)state;
    for (unsigned attempt = 1; attempt < 40; attempt++) {
        int64_t low = schedule_retry(attempt, 0), high = schedule_retry(attempt, 1023);

        assert_true(low >= before || low == SCHEDULE_RETRY_MAX_MS * 3 / 4);
        assert_true(high > low && high <= SCHEDULE_RETRY_MAX_MS * 5 / 4);
        before = low;
    }
    assert_between(schedule_retry(1, 0), 300, 600);
    assert_int_equal(schedule_retry(100, 0), SCHEDULE_RETRY_MAX_MS * 3 / 4);
}

static void uris_are_checked_by_driver_and_transport(void **state)
{
    static const char *const good[] = {
        "qemu:///system", "test:///default",          "qemu+ssh://root@host/system",
        "lxc:///",        "xen+tls://h/?no_verify=1", "QEMU+TCP://h/system",
        "my_alias-1"
    };
    static const char *const bad[] = {
        "", "kvm:///system", "qemu+rsh://h/", "/run/libvirt", "qemu:/system", "://", "a b"
    };
    char why[512];

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(good); i++)
        if (!uri_check(good[i], why, sizeof(why)))
            fail_msg("%s: %s", good[i], why);
    for (size_t i = 0; i < ARRAY_COUNT(bad); i++)
        if (uri_check(bad[i], why, sizeof(why)))
            fail_msg("\"%s\" was taken", bad[i]);
}

static void passwords_are_never_shown(void **state)
{
    static const struct {
        const char *uri, *shown;
    } uris[] = {
        { "qemu:///system", "qemu:///system" },
        { "esx://root@host/", "esx://root@host/" },
        { "esx://root:s3cret@host/", "esx://root:***@host/" },
        { "esx://root:a:b@c@host/x", "esx://root:***@host/x" },
        { "esx://root:@host/", "esx://root:@host/" },
        { "qemu+tcp://h/system?password=x&y=1", "qemu+tcp://h/system?password=***&y=1" },
        { "qemu+tcp://u:p@h/?auth_token=abc&keyPassPhrase=z",
          "qemu+tcp://u:***@h/?auth_token=***&keyPassPhrase=***" },
        { "qemu+tcp://h:16509/system", "qemu+tcp://h:16509/system" },
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(uris); i++) {
        char *shown = uri_public(uris[i].uri);

        assert_non_null(shown);
        assert_string_equal(shown, uris[i].shown);
        free(shown);
    }
}

static void secrets_are_taken_out_of_messages(void **state)
{
    char message[] = "cannot connect to 'esx://root:s3cret@host' as root, s3cret refused";
    char untouched[] = "no secret here";

    (void)state;
    uri_conceal("esx://root:s3cret@host/", message);
    assert_string_equal(message, "cannot connect to 'esx://root:*@host' as root, * refused");
    uri_conceal("qemu:///system", untouched);
    assert_string_equal(untouched, "no secret here");
    uri_conceal("esx://u:*@h/", untouched); /* a secret that looks like what replaces it ends as well */
}

static void only_hypervisors_of_this_host_are_local(void **state)
{
    (void)state;
    assert_true(uri_is_local(NULL));
    assert_true(uri_is_local("qemu:///system"));
    assert_true(uri_is_local("qemu+unix:///system?socket=/x"));
    assert_false(uri_is_local("qemu+ssh://host/system"));
    assert_false(uri_is_local("qemu://host/system"));
    assert_false(uri_is_local("test:///default"));
    assert_false(uri_is_local("esx://host/"));
    assert_false(uri_is_local("alias"));
}

static void the_start_of_a_process_is_its_22nd_field_whatever_its_name(void **state)
{
    (void)state;
    assert_int_equal(proc_start_parse("7 (qemu) S 1 7 7 0 -1 4194560 1 0 0 0 1 2 0 0 20 0 4 0 987654 1 2"),
                     987654);
    assert_int_equal(proc_start_parse("7 (a b) (c) S 1 7 7 0 -1 4194560 1 0 0 0 1 2 0 0 20 0 4 0 55 1 2"), 55);
    assert_int_equal(proc_start_parse("7 (qemu) S 1 7"), 0);
    assert_int_equal(proc_start_parse(""), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_complaint_is_said_once_then_seldom_then_over),
        cmocka_unit_test(another_complaint_is_said_at_once),
        cmocka_unit_test(the_first_listing_is_due_at_once_and_the_next_after_the_interval),
        cmocka_unit_test(an_event_brings_it_forward_but_leaves_nine_tenths_of_the_time),
        cmocka_unit_test(a_listing_longer_than_the_interval_leaves_air),
        cmocka_unit_test(retries_back_off_to_a_limit_with_jitter),
        cmocka_unit_test(uris_are_checked_by_driver_and_transport),
        cmocka_unit_test(passwords_are_never_shown),
        cmocka_unit_test(secrets_are_taken_out_of_messages),
        cmocka_unit_test(only_hypervisors_of_this_host_are_local),
        cmocka_unit_test(the_start_of_a_process_is_its_22nd_field_whatever_its_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
