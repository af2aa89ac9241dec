/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/check_guestlist/check_stage.h"

static void a_healthy_host_is_ok(void **state)
{
    struct stage *stage = *state;

    stage_running(stage, 1, "web", true);
    stage_running(stage, 2, "build", false);
    assert_verdict(stage, STATUS_OK,
                   "GUESTLIST OK - 2 domains, 2 running | domains=2;;;0 running=2;;;0 paused=0;;;0 off=0;;;0 "
                   "crashed=0;;;0 should_run=0;;;0 not_answering=0;;;0 age=1.50s;;;0\n");
}

static void a_hypervisor_without_domains_is_ok(void **state)
{
    struct stage *stage = *state;

    assert_verdict(stage, STATUS_OK, "0 domains, 0 running");
}

static void a_domain_that_does_not_start_at_boot_may_be_off(void **state)
{
    struct stage *stage = *state;

    stage_off(stage, 1, "template", false);
    stage_vm(stage, 2, "saved", OPER_SUSPENDED, 2, 3);
    stage_details(stage, 2, 5, 5, "saved", TRUTH_FALSE, TRUTH_FALSE);
    stage_vm(stage, 3, "held", OPER_PAUSED, 3, 3);
    stage_details(stage, 3, 3, 1, "user", TRUTH_TRUE, TRUTH_FALSE);
    stage_vm(stage, 4, "asleep", OPER_PAUSED, 1, 3);
    stage_details(stage, 4, 7, 0, "unknown", TRUTH_TRUE, TRUTH_FALSE);
    assert_verdict(stage, STATUS_OK, "4 domains, 0 running");
}

static void a_domain_that_should_run_but_is_off_is_critical(void **state)
{
    struct stage *stage = *state;

    stage_off(stage, 1, "web", true);
    stage_vm(stage, 2, "saved", OPER_SUSPENDED, 2, 2);
    stage_details(stage, 2, 5, 5, "saved", TRUTH_FALSE, TRUTH_TRUE);
    assert_verdict(stage, STATUS_CRITICAL,
                   "CRITICAL - web starts at boot but is shutdown (destroyed). saved starts at boot but is "
                   "suspended (saved). ");
    stage_ignore(stage, "web");
    stage_ignore(stage, "/^sav/");
    assert_verdict(stage, STATUS_OK, "OK - 0 domains");
}

static void a_domain_that_migrated_away_but_starts_at_boot_is_a_warning(void **state)
{
    struct stage *stage = *state;

    stage_vm(stage, 1, "gone", OPER_SHUTDOWN, 4, 2);
    stage_details(stage, 1, 5, 4, "migrated", TRUTH_FALSE, TRUTH_TRUE);
    assert_verdict(stage, STATUS_WARNING, "gone migrated away, but still starts at boot here");
}

static void a_paused_domain_that_starts_at_boot_is_a_warning(void **state)
{
    struct stage *stage = *state;

    stage_vm(stage, 1, "held", OPER_PAUSED, 3, 2);
    stage_details(stage, 1, 3, 1, "user", TRUTH_TRUE, TRUTH_TRUE);
    assert_verdict(stage, STATUS_WARNING, "held starts at boot but is paused (user)");
    stage_details(stage, 1, 7, 0, "unknown", TRUTH_TRUE, TRUTH_TRUE);
    stage_put(stage, 1, COLUMN_ADMIN, 1);
    assert_verdict(stage, STATUS_WARNING, "held starts at boot but sleeps");
}

/* For a dump or a snapshot: libvirt resumes the domain itself. */
static void a_domain_that_libvirt_paused_for_a_moment_is_ok(void **state)
{
    struct stage *stage = *state;

    stage_vm(stage, 1, "web", OPER_PAUSED, 1, 2);
    stage_details(stage, 1, 3, 4, "dump", TRUTH_TRUE, TRUTH_TRUE);
    stage_vm(stage, 2, "db", OPER_MIGRATING, 1, 2);
    stage_details(stage, 2, 3, 2, "migration", TRUTH_TRUE, TRUTH_TRUE);
    stage_vm(stage, 3, "mail", OPER_SHUTTINGDOWN, 4, 2);
    stage_details(stage, 3, 4, 1, "user", TRUTH_TRUE, TRUTH_TRUE);
    assert_verdict(stage, STATUS_OK, "3 domains, 1 running");
}

static void crashes_and_errors_are_critical(void **state)
{
    static const struct {
        int oper, state, reason;
        const char *text, *words;
    } cases[] = {
        { OPER_CRASHED, 5, 3, "crashed", "vm crashed. " },
        { OPER_CRASHED, 6, 1, "panicked", "vm crashed (panicked). " },
        { OPER_PAUSED, 3, 5, "I/O error", "vm is paused (I/O error). " },
        { OPER_PAUSED, 3, 6, "watchdog", "vm is paused (watchdog). " },
        { OPER_MIGRATING, 3, 13, "post-copy failed", "vm is migrating (post-copy failed). " },
        { OPER_PAUSED, 3, 14, "api error", "vm is paused (api error). " },
        { OPER_MIGRATING, 1, 11, "post-copy failed", "vm is migrating (post-copy failed). " },
    };

    struct stage *stage = *state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        stage_reset(stage);
        stage_vm(stage, 1, "vm", cases[i].oper, 1, 3);
        stage_details(stage, 1, cases[i].state, cases[i].reason, cases[i].text, TRUTH_TRUE, TRUTH_FALSE);
        assert_verdict(stage, STATUS_CRITICAL, cases[i].words);
    }
}

static void a_disk_error_is_in_the_output(void **state)
{
    struct stage *stage = *state;

    stage_vm(stage, 1, "vm", OPER_PAUSED, 1, 3);
    stage_details(stage, 1, 3, 5, "I/O error", TRUTH_TRUE, TRUTH_FALSE);
    stage_put_text(stage, 1, COLUMN_IO_ERROR,
                   "I/O error: disk='vda', index='1', path='/a/disk', timestamp='2026-11-27 11:49:19.123+0000', "
                   "message='No space left on device'");
    assert_verdict(stage, STATUS_CRITICAL, "vm is paused (vda: No space left on device)");
}

static void a_hung_domain_is_a_warning_unless_it_has_just_started(void **state)
{
    struct stage *stage = *state;

    stage_running(stage, 1, "vm", true);
    stage_put(stage, 1, COLUMN_DETAILS, DETAILS_PARTIAL);
    stage_put(stage, 1, COLUMN_UP_TIME, 360000);
    assert_verdict(stage, STATUS_WARNING, "vm does not answer the hypervisor");
    assert_non_null(strstr(stage->output, " not_answering=1;;;0 "));
    stage_put(stage, 1, COLUMN_UP_TIME, 500);
    assert_verdict(stage, STATUS_OK, "1 domain, 1 running");
    assert_non_null(strstr(stage->output, " not_answering=0;;;0 "));
}

static void an_unknown_state_or_autostart_is_unknown(void **state)
{
    struct stage *stage = *state;

    stage_running(stage, 1, "web", true);
    stage_vm(stage, 2, "dark", OPER_UNKNOWN, 1, 2);
    assert_verdict(stage, STATUS_UNKNOWN, "the state of 1 of 2 domains cannot be read");
    stage_off(stage, 2, "dark", false);
    stage_put(stage, 2, COLUMN_STARTS_AT_BOOT, TRUTH_UNKNOWN);
    assert_verdict(stage, STATUS_UNKNOWN, "dark is off, and it is not known whether it starts at boot");
    stage_put(stage, 1, COLUMN_STARTS_AT_BOOT, TRUTH_UNKNOWN);
    stage_ignore(stage, "dark");
    assert_verdict(stage, STATUS_OK, "1 domain, 1 running");
}

static void a_lost_hypervisor_is_one_alarm(void **state)
{
    struct stage *stage = *state;

    stage_off(stage, 1, "web", true);
    stage_number(stage, SCALAR_STATUS, HYPERVISOR_DISCONNECTED);
    stage_number(stage, SCALAR_AGE, 4200);
    stage_text(stage, SCALAR_LAST_ERROR, "connection | lost\nfor good");
    assert_verdict(
        stage, STATUS_CRITICAL,
        "CRITICAL - the hypervisor does not answer, the listing is 42 s old: connection / lost, for good | age=");
    assert_not_in_output(stage, "web");
    stage_number(stage, SCALAR_STATUS, HYPERVISOR_STALE);
    assert_verdict(stage, STATUS_WARNING, "the listing is 42 s old");
    assert_not_in_output(stage, "web");
    stage_number(stage, SCALAR_STATUS, HYPERVISOR_CONNECTING);
    stage_number(stage, SCALAR_AGE, FACTS_MISSING);
    assert_verdict(stage, STATUS_CRITICAL, "the hypervisor has not answered since the agent started");
    stage_number(stage, SCALAR_STATUS, 9);
    assert_verdict(stage, STATUS_UNKNOWN, "glHypervisorStatus is 9");
}

/* The agent has no rows then, as for a hypervisor without domains. */
static void a_hypervisor_that_was_never_listed_is_critical(void **state)
{
    struct stage *stage = *state;

    stage_number(stage, SCALAR_AGE, FACTS_MISSING);
    stage_text(stage, SCALAR_LAST_ERROR, "listing failed: unsupported flags");
    assert_verdict(stage, STATUS_CRITICAL,
                   "every listing since the agent started has failed: listing failed: unsupported flags");
    stage_number(stage, SCALAR_STATUS, HYPERVISOR_STALE);
    assert_verdict(stage, STATUS_CRITICAL, "every listing since the agent started has failed");
    stage_mode(stage, MODE_COUNT, "running");
    assert_verdict(stage, STATUS_UNKNOWN, "every listing since the agent started has failed");
}

static void ranges_apply_to_the_age_of_the_listing(void **state)
{
    struct stage *stage = *state;

    assert_true(range_parse("1", &stage->arguments.warning));
    assert_true(range_parse("60", &stage->arguments.critical));
    assert_verdict(stage, STATUS_WARNING, "the listing is 1.50 s old");
    stage_number(stage, SCALAR_AGE, 6100);
    assert_verdict(stage, STATUS_CRITICAL, "age=61.00s;1;60;0");
    stage_number(stage, SCALAR_STATUS, HYPERVISOR_STALE);
    assert_verdict(stage, STATUS_CRITICAL,
                   "CRITICAL - the listing is 61 s old: the hypervisor is connected, but is late | ");
    stage_number(stage, SCALAR_STATUS, HYPERVISOR_CONNECTED);
    stage_number(stage, SCALAR_AGE, FACTS_MISSING);
    assert_verdict(stage, STATUS_UNKNOWN, "which the agent does not report");
}

/* A view of snmpd may hide only glListingAge. */
static void an_old_listing_is_a_warning_if_its_age_is_hidden(void **state)
{
    struct stage *stage = *state;

    assert_true(range_parse("60:", &stage->arguments.critical));
    stage_number(stage, SCALAR_STATUS, HYPERVISOR_STALE);
    stage_number(stage, SCALAR_AGE, FACTS_MISSING);
    assert_verdict(stage, STATUS_WARNING, "WARNING - the listing is too old: the hypervisor is connected");
}

static void the_filter_is_in_the_output(void **state)
{
    struct stage *stage = *state;

    stage_text(stage, SCALAR_FILTER, "active");
    assert_verdict(stage, STATUS_OK, "the agent lists only: active");
}

static void missing_objects_are_never_ok(void **state)
{
    static const enum arguments_mode modes[] = { MODE_HEALTH, MODE_DOMAIN, MODE_COUNT };

    struct stage *stage = *state;

    for (size_t i = 0; i < sizeof(modes) / sizeof(*modes); i++) {
        stage_reset(stage);
        stage_mode(stage, modes[i], modes[i] == MODE_HEALTH ? NULL : "running");
        stage_number(stage, SCALAR_NUMBER, FACTS_MISSING);
        assert_verdict(stage, STATUS_UNKNOWN, "no VM-MIB");
        stage_number(stage, SCALAR_NUMBER, 3);
        assert_verdict(stage, STATUS_UNKNOWN, "counts 3 domains, but shows the state of 0");
        stage_put_text(stage, 1, COLUMN_NAME, "web");
        stage_put_text(stage, 2, COLUMN_NAME, "db");
        stage_put_text(stage, 3, COLUMN_NAME, "mail");
        assert_verdict(stage, STATUS_UNKNOWN, "counts 3 domains, but shows the state of 0");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STAGE_TEST(a_healthy_host_is_ok),
        STAGE_TEST(a_hypervisor_without_domains_is_ok),
        STAGE_TEST(a_domain_that_does_not_start_at_boot_may_be_off),
        STAGE_TEST(a_domain_that_should_run_but_is_off_is_critical),
        STAGE_TEST(a_domain_that_migrated_away_but_starts_at_boot_is_a_warning),
        STAGE_TEST(a_paused_domain_that_starts_at_boot_is_a_warning),
        STAGE_TEST(a_domain_that_libvirt_paused_for_a_moment_is_ok),
        STAGE_TEST(crashes_and_errors_are_critical),
        STAGE_TEST(a_disk_error_is_in_the_output),
        STAGE_TEST(a_hung_domain_is_a_warning_unless_it_has_just_started),
        STAGE_TEST(an_unknown_state_or_autostart_is_unknown),
        STAGE_TEST(a_lost_hypervisor_is_one_alarm),
        STAGE_TEST(a_hypervisor_that_was_never_listed_is_critical),
        STAGE_TEST(ranges_apply_to_the_age_of_the_listing),
        STAGE_TEST(an_old_listing_is_a_warning_if_its_age_is_hidden),
        STAGE_TEST(the_filter_is_in_the_output),
        STAGE_TEST(missing_objects_are_never_ok),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
