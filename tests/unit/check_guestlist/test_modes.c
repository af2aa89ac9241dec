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

static const char no_guestlist_mib[] =
    "no GUESTLIST-MIB: the age of the listing and the status of the hypervisor are not known";

static void vm_mib_alone_judges_what_it_can(void **state)
{
    struct stage stage;

    (void)state;
    stage_set_plain(&stage);
    stage_vm(&stage, 1, "web", OPER_RUNNING, 1, 2);
    stage_vm(&stage, 2, "template", OPER_SHUTDOWN, 4, 3);
    stage_vm(&stage, 3, "held", OPER_PAUSED, 3, 3);
    assert_verdict(&stage, STATUS_OK, no_guestlist_mib);
    stage_vm(&stage, 4, "db", OPER_SHUTDOWN, 4, 2);
    assert_verdict(&stage, STATUS_CRITICAL, "db starts at boot but is shutdown");
    stage_ignore(&stage, "db");
    stage_vm(&stage, 5, "old", OPER_CRASHED, 1, 3);
    assert_verdict(&stage, STATUS_CRITICAL, "old crashed");
    stage_ignore(&stage, "old");
    stage_vm(&stage, 6, "broken", OPER_PAUSED, 1, 3);
    assert_verdict(&stage, STATUS_WARNING, "broken is paused, but nobody paused it, and VM-MIB has no reason");
    assert_no_word_of(&stage, "age=");
    stage_clear(&stage);
}

static void vm_mib_alone_shows_an_agent_that_has_lost_all(void **state)
{
    struct stage stage;

    (void)state;
    stage_set_plain(&stage);
    assert_verdict(&stage, STATUS_OK, "0 domains");
    stage_text(&stage, SCALAR_SOFTWARE, "");
    assert_verdict(&stage, STATUS_UNKNOWN, "no domain and no hypervisor");
    stage_vm(&stage, 1, "web", OPER_UNKNOWN, 1, 2);
    stage_vm(&stage, 2, "db", OPER_UNKNOWN, 1, 2);
    assert_verdict(&stage, STATUS_UNKNOWN, "the state of 2 of 2 domains cannot be read");
    stage_clear(&stage);
}

static void a_state_that_vm_mib_does_not_have_is_not_judged(void **state)
{
    struct stage stage;

    (void)state;
    stage_set_plain(&stage);
    stage_vm(&stage, 1, "web", OPER_CRASHED + 1, 1, 3);
    assert_verdict(&stage, STATUS_UNKNOWN, "the state of 1 of 1 domain cannot be read");
    stage_put(&stage, 1, COLUMN_OPER, 0);
    stage_mode(&stage, MODE_DOMAIN, "running");
    stage_domain(&stage, "web");
    assert_verdict(&stage, STATUS_UNKNOWN, "it is not known whether web is running");
    stage_clear(&stage);
}

/* A view may hide vmName alone. */
static void without_names_nothing_is_chosen_by_name(void **state)
{
    struct stage stage;

    (void)state;
    stage_set_plain(&stage);
    stage_put(&stage, 1, COLUMN_OPER, OPER_RUNNING);
    stage_number(&stage, SCALAR_NUMBER, 1);
    assert_verdict(&stage, STATUS_OK, "1 domain, 1 running");
    stage_mode(&stage, MODE_DOMAIN, "running");
    stage_domain(&stage, "web");
    assert_verdict(&stage, STATUS_UNKNOWN, "counts 1 domain, but shows the name of 0: its view hides");
    stage_clear(&stage);
}

static void an_expected_state_is_ok_and_another_critical(void **state)
{
    struct stage stage;

    (void)state;
    stage_set(&stage);
    stage_running(&stage, 1, "web", true);
    stage_off(&stage, 2, "template", false);
    stage_mode(&stage, MODE_DOMAIN, "running");
    stage_domain(&stage, "web");
    assert_verdict(&stage, STATUS_OK, "OK - web is running (booted) | domains=1;;;0 as_expected=1;;;0");
    stage_vm(&stage, 1, "web", OPER_PAUSED, 3, 2);
    stage_details(&stage, 1, 3, 1, "user", TRUTH_TRUE, TRUTH_TRUE);
    assert_verdict(&stage, STATUS_CRITICAL, "CRITICAL - web is paused (user), expected: running | ");
    stage_vm(&stage, 1, "web", OPER_UNKNOWN, 3, 2);
    assert_verdict(&stage, STATUS_UNKNOWN, "it is not known whether web is running");
    stage_clear(&stage);
}

static void a_domain_that_is_not_there_is_critical(void **state)
{
    struct stage stage;

    (void)state;
    stage_set(&stage);
    stage_running(&stage, 1, "web1", true);
    stage_mode(&stage, MODE_DOMAIN, "running");
    stage_domain(&stage, "/^web/");
    stage_domain(&stage, "db");
    assert_verdict(&stage, STATUS_CRITICAL, "CRITICAL - there is no domain db | domains=1;;;0 as_expected=1;;;0");
    assert_true(range_parse("0:9", &stage.arguments.critical));
    assert_verdict(&stage, STATUS_CRITICAL, "there is no domain db");
    stage_number(&stage, SCALAR_STATUS, HYPERVISOR_DISCONNECTED);
    assert_verdict(&stage, STATUS_UNKNOWN, "the hypervisor does not answer");
    assert_no_word_of(&stage, "db");
    stage_clear(&stage);
}

static void enough_of_them_must_run(void **state)
{
    struct stage stage;

    (void)state;
    stage_set(&stage);
    stage_running(&stage, 1, "web1", true);
    stage_running(&stage, 2, "web2", true);
    stage_off(&stage, 3, "web3", true);
    stage_mode(&stage, MODE_DOMAIN, "running");
    stage_domain(&stage, "/^web/");
    assert_verdict(&stage, STATUS_CRITICAL,
                   "web3 is shutdown (destroyed), expected: running. 2 of 3 domains are running | ");
    assert_true(range_parse("2:", &stage.arguments.critical));
    assert_verdict(&stage, STATUS_OK, "OK - 2 of 3 domains are running | domains=3;;;0 as_expected=2;;2:;0");
    assert_true(range_parse("3:", &stage.arguments.warning));
    assert_verdict(&stage, STATUS_WARNING, "WARNING - 2 of 3 are running | ");
    assert_true(range_parse("3:", &stage.arguments.critical));
    assert_verdict(&stage, STATUS_CRITICAL, "CRITICAL - 2 of 3 are running | ");
    stage_vm(&stage, 3, "web3", OPER_UNKNOWN, 4, 2);
    assert_verdict(&stage, STATUS_UNKNOWN, "of 1 domain it is not known whether they are running");
    stage_clear(&stage);
}

static void domains_are_counted(void **state)
{
    struct stage stage;

    (void)state;
    stage_set(&stage);
    stage_running(&stage, 1, "web", true);
    stage_off(&stage, 2, "db", true);
    stage_off(&stage, 3, "template", false);
    stage_mode(&stage, MODE_COUNT, "starts-at-boot inactive");
    assert_verdict(&stage, STATUS_OK,
                   "OK - 1 of 3 domains: starts-at-boot inactive | 'starts-at-boot inactive'=1;;;0");
    assert_true(range_parse("0", &stage.arguments.critical));
    assert_verdict(&stage, STATUS_CRITICAL, "CRITICAL - 1 of 3 domains: starts-at-boot inactive | ");
    stage_ignore(&stage, "db");
    assert_verdict(&stage, STATUS_OK, "OK - 0 of 2 domains");
    stage_put(&stage, 3, COLUMN_STARTS_AT_BOOT, TRUTH_UNKNOWN);
    assert_verdict(&stage, STATUS_UNKNOWN,
                   "of 1 of 2 domains it is not known whether they are: starts-at-boot inactive");
    assert_no_word_of(&stage, "|");
    stage_clear(&stage);
}

static void a_number_that_is_not_known_is_no_number(void **state)
{
    struct stage stage;

    (void)state;
    stage_set_plain(&stage);
    stage_vm(&stage, 1, "web", OPER_RUNNING, 1, 2);
    stage_mode(&stage, MODE_COUNT, "with-snapshot");
    assert_true(range_parse("0", &stage.arguments.critical));
    assert_verdict(&stage, STATUS_UNKNOWN,
                   "it is not known whether they are: with-snapshot, no GUESTLIST-MIB");
    assert_no_word_of(&stage, "|");
    stage_clear(&stage);
}

/* Words of one group add up, groups narrow. */
static void criteria_are_those_of_the_filter(void **state)
{
    static const struct {
        const char *words;
        enum tristate running, off;
    } cases[] = {
        { "running", TRISTATE_TRUE, TRISTATE_FALSE },
        { "running shutdown", TRISTATE_TRUE, TRISTATE_TRUE },
        { "active,inactive", TRISTATE_TRUE, TRISTATE_TRUE },
        { "active inactive shutdown", TRISTATE_FALSE, TRISTATE_TRUE },
        { "inactive starts-at-boot", TRISTATE_FALSE, TRISTATE_TRUE },
        { "inactive no-start-at-boot", TRISTATE_FALSE, TRISTATE_FALSE },
        { "state-running persistent", TRISTATE_TRUE, TRISTATE_FALSE },
        { "transient", TRISTATE_FALSE, TRISTATE_FALSE },
        { "with-snapshot", TRISTATE_UNKNOWN, TRISTATE_UNKNOWN },
        { "running with-snapshot", TRISTATE_UNKNOWN, TRISTATE_FALSE },
        { "no-autostart", TRISTATE_FALSE, TRISTATE_FALSE },
    };
    struct stage stage;

    (void)state;
    stage_set(&stage);
    stage_running(&stage, 1, "web", true);
    stage_off(&stage, 2, "db", true);
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        stage.arguments.criteria = (struct criteria){ .count = 0 };
        stage_mode(&stage, MODE_COUNT, cases[i].words);
        if (criteria_fit(&stage.arguments.criteria, &stage.facts.rows[0]) != cases[i].running ||
            criteria_fit(&stage.arguments.criteria, &stage.facts.rows[1]) != cases[i].off)
            fail_msg("%s", cases[i].words);
    }
    stage_clear(&stage);
}

static void many_problems_are_said_shortly_and_then_at_length(void **state)
{
    struct stage stage;
    char name[20];

    (void)state;
    stage_set(&stage);
    for (uint32_t i = 1; i <= 200; i++) {
        (void)snprintf(name, sizeof(name), "vm-%03u", i);
        stage_off(&stage, i, name, true);
    }
    stage_vm(&stage, 201, "last", OPER_CRASHED, 1, 3);
    assert_verdict(&stage, STATUS_CRITICAL, ". And 198 more. 201 domains, 0 running | ");
    assert_verdict(&stage, STATUS_CRITICAL, "\n[CRITICAL] vm-001 starts at boot but is shutdown (destroyed)\n");
    assert_verdict(&stage, STATUS_CRITICAL, "\n... and ");
    assert_true(stage.said_size < 4096);
    stage_clear(&stage);
}

static void names_cannot_break_the_line(void **state)
{
    struct stage stage;

    (void)state;
    stage_set(&stage);
    stage_off(&stage, 1, "a|b\nc\x1b[31m", true);
    assert_verdict(&stage, STATUS_CRITICAL, "CRITICAL - a/b, c\\x1b[31m starts at boot");
    stage_clear(&stage);
}

static void rows_arrive_in_any_order(void **state)
{
    struct stage stage;

    (void)state;
    stage_set(&stage);
    for (uint32_t i = 0; i < 300; i++)
        stage_put(&stage, 1 + i * 7 % 300, COLUMN_OPER, OPER_RUNNING);
    stage_put(&stage, 150, COLUMN_OPER, OPER_PAUSED);
    assert_int_equal(stage.facts.count, 300);
    for (uint32_t i = 0; i < 300; i++)
        assert_int_equal(stage.facts.rows[i].index, i + 1);
    assert_int_equal(stage.facts.rows[149].number[COLUMN_OPER], OPER_PAUSED);
    assert_int_equal(stage.facts.rows[148].number[COLUMN_ADMIN], FACTS_MISSING);
    stage_clear(&stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(vm_mib_alone_judges_what_it_can),
        cmocka_unit_test(vm_mib_alone_shows_an_agent_that_has_lost_all),
        cmocka_unit_test(a_state_that_vm_mib_does_not_have_is_not_judged),
        cmocka_unit_test(without_names_nothing_is_chosen_by_name),
        cmocka_unit_test(an_expected_state_is_ok_and_another_critical),
        cmocka_unit_test(a_domain_that_is_not_there_is_critical),
        cmocka_unit_test(enough_of_them_must_run),
        cmocka_unit_test(domains_are_counted),
        cmocka_unit_test(a_number_that_is_not_known_is_no_number),
        cmocka_unit_test(criteria_are_those_of_the_filter),
        cmocka_unit_test(many_problems_are_said_shortly_and_then_at_length),
        cmocka_unit_test(names_cannot_break_the_line),
        cmocka_unit_test(rows_arrive_in_any_order),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
