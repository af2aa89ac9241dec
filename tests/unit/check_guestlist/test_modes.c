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

static void vm_mib_alone_is_judged(void **state)
{
    struct stage *stage = *state;

    stage_vm(stage, 1, "web", OPER_RUNNING, 1, 2);
    stage_vm(stage, 2, "template", OPER_SHUTDOWN, 4, 3);
    stage_vm(stage, 3, "held", OPER_PAUSED, 3, 3);
    assert_verdict(stage, STATUS_OK, no_guestlist_mib);
    stage_vm(stage, 4, "db", OPER_SHUTDOWN, 4, 2);
    assert_verdict(stage, STATUS_CRITICAL, "db starts at boot but is shutdown");
    stage_ignore(stage, "db");
    stage_vm(stage, 5, "old", OPER_CRASHED, 1, 3);
    assert_verdict(stage, STATUS_CRITICAL, "old crashed");
    stage_ignore(stage, "old");
    stage_vm(stage, 6, "broken", OPER_PAUSED, 1, 3);
    assert_verdict(stage, STATUS_WARNING, "broken is paused, but nobody paused it, and VM-MIB has no reason");
    assert_not_in_output(stage, "age=");
}

static void vm_mib_alone_shows_a_lost_hypervisor(void **state)
{
    struct stage *stage = *state;

    assert_verdict(stage, STATUS_OK, "0 domains");
    stage_text(stage, SCALAR_SOFTWARE, "");
    assert_verdict(stage, STATUS_UNKNOWN, "no domain and no hypervisor");
    stage_vm(stage, 1, "web", OPER_UNKNOWN, 1, 2);
    stage_vm(stage, 2, "db", OPER_UNKNOWN, 1, 2);
    assert_verdict(stage, STATUS_UNKNOWN, "the state of 2 of 2 domains cannot be read");
}

static void a_state_that_vm_mib_does_not_have_is_unknown(void **state)
{
    struct stage *stage = *state;

    stage_vm(stage, 1, "web", OPER_CRASHED + 1, 1, 3);
    assert_verdict(stage, STATUS_UNKNOWN, "the state of 1 of 1 domain cannot be read");
    stage_put(stage, 1, COLUMN_OPER, 0);
    stage_mode(stage, MODE_DOMAIN, "running");
    stage_domain(stage, "web");
    assert_verdict(stage, STATUS_UNKNOWN, "it is not known whether web is running");
}

/* A view of snmpd may hide only vmName. */
static void hidden_names_cannot_be_selected(void **state)
{
    struct stage *stage = *state;

    stage_put(stage, 1, COLUMN_OPER, OPER_RUNNING);
    stage_number(stage, SCALAR_NUMBER, 1);
    assert_verdict(stage, STATUS_OK, "1 domain, 1 running");
    stage_mode(stage, MODE_DOMAIN, "running");
    stage_domain(stage, "web");
    assert_verdict(stage, STATUS_UNKNOWN, "counts 1 domain, but shows the name of 0: its view hides");
}

static void an_expected_state_is_ok_and_another_critical(void **state)
{
    struct stage *stage = *state;

    stage_running(stage, 1, "web", true);
    stage_off(stage, 2, "template", false);
    stage_mode(stage, MODE_DOMAIN, "running");
    stage_domain(stage, "web");
    assert_verdict(stage, STATUS_OK, "OK - web is running (booted) | domains=1;;;0 as_expected=1;;;0");
    stage_vm(stage, 1, "web", OPER_PAUSED, 3, 2);
    stage_details(stage, 1, 3, 1, "user", TRUTH_TRUE, TRUTH_TRUE);
    assert_verdict(stage, STATUS_CRITICAL, "CRITICAL - web is paused (user), expected: running | ");
    stage_vm(stage, 1, "web", OPER_UNKNOWN, 3, 2);
    assert_verdict(stage, STATUS_UNKNOWN, "it is not known whether web is running");
}

static void a_missing_domain_is_critical(void **state)
{
    struct stage *stage = *state;

    stage_running(stage, 1, "web1", true);
    stage_mode(stage, MODE_DOMAIN, "running");
    stage_domain(stage, "/^web/");
    stage_domain(stage, "db");
    assert_verdict(stage, STATUS_CRITICAL, "CRITICAL - there is no domain db | domains=1;;;0 as_expected=1;;;0");
    assert_true(range_parse("0:9", &stage->arguments.critical));
    assert_verdict(stage, STATUS_CRITICAL, "there is no domain db");
    stage_number(stage, SCALAR_STATUS, HYPERVISOR_DISCONNECTED);
    assert_verdict(stage, STATUS_UNKNOWN, "the hypervisor does not answer");
    assert_not_in_output(stage, "db");
}

static void ranges_apply_to_the_number_of_domains(void **state)
{
    struct stage *stage = *state;

    stage_running(stage, 1, "web1", true);
    stage_running(stage, 2, "web2", true);
    stage_off(stage, 3, "web3", true);
    stage_mode(stage, MODE_DOMAIN, "running");
    stage_domain(stage, "/^web/");
    assert_verdict(stage, STATUS_CRITICAL,
                   "web3 is shutdown (destroyed), expected: running. 2 of 3 domains are running | ");
    assert_true(range_parse("2:", &stage->arguments.critical));
    assert_verdict(stage, STATUS_OK, "OK - 2 of 3 domains are running | domains=3;;;0 as_expected=2;;2:;0");
    assert_true(range_parse("3:", &stage->arguments.warning));
    assert_verdict(stage, STATUS_WARNING, "WARNING - 2 of 3 are running | ");
    assert_true(range_parse("3:", &stage->arguments.critical));
    assert_verdict(stage, STATUS_CRITICAL, "CRITICAL - 2 of 3 are running | ");
    stage_vm(stage, 3, "web3", OPER_UNKNOWN, 4, 2);
    assert_verdict(stage, STATUS_UNKNOWN, "of 1 domain it is not known whether they are running");
}

static void domains_are_counted(void **state)
{
    struct stage *stage = *state;

    stage_running(stage, 1, "web", true);
    stage_off(stage, 2, "db", true);
    stage_off(stage, 3, "template", false);
    stage_mode(stage, MODE_COUNT, "starts-at-boot inactive");
    assert_verdict(stage, STATUS_OK,
                   "OK - 1 of 3 domains: starts-at-boot inactive | 'starts-at-boot inactive'=1;;;0");
    assert_true(range_parse("0", &stage->arguments.critical));
    assert_verdict(stage, STATUS_CRITICAL, "CRITICAL - 1 of 3 domains: starts-at-boot inactive | ");
    stage_ignore(stage, "db");
    assert_verdict(stage, STATUS_OK, "OK - 0 of 2 domains");
    stage_put(stage, 3, COLUMN_STARTS_AT_BOOT, TRUTH_UNKNOWN);
    assert_verdict(stage, STATUS_UNKNOWN,
                   "of 1 of 2 domains it is not known whether they are: starts-at-boot inactive");
    assert_not_in_output(stage, "|");
}

static void an_unknown_number_is_not_in_the_performance_data(void **state)
{
    struct stage *stage = *state;

    stage_vm(stage, 1, "web", OPER_RUNNING, 1, 2);
    stage_mode(stage, MODE_COUNT, "with-snapshot");
    assert_true(range_parse("0", &stage->arguments.critical));
    assert_verdict(stage, STATUS_UNKNOWN, "it is not known whether they are: with-snapshot, no GUESTLIST-MIB");
    assert_not_in_output(stage, "|");
}

/* A domain fits if it matches one word of each group. */
static void criteria_work_like_the_filter(void **state)
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
    struct stage *stage = *state;

    stage_running(stage, 1, "web", true);
    stage_off(stage, 2, "db", true);
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        stage->arguments.criteria = (struct criteria){ .count = 0 };
        stage_mode(stage, MODE_COUNT, cases[i].words);
        if (criteria_fit(&stage->arguments.criteria, &stage->facts.rows[0]) != cases[i].running ||
            criteria_fit(&stage->arguments.criteria, &stage->facts.rows[1]) != cases[i].off)
            fail_msg("%s", cases[i].words);
    }
}

static void many_problems_are_cut_on_the_first_line_and_listed_below(void **state)
{
    struct stage *stage = *state;
    char name[20];

    for (uint32_t i = 1; i <= 200; i++) {
        (void)snprintf(name, sizeof(name), "vm-%03u", i);
        stage_off(stage, i, name, true);
    }
    stage_vm(stage, 201, "last", OPER_CRASHED, 1, 3);
    assert_verdict(stage, STATUS_CRITICAL, ". And 198 more. 201 domains, 0 running | ");
    assert_verdict(stage, STATUS_CRITICAL, "\n[CRITICAL] vm-001 starts at boot but is shutdown (destroyed)\n");
    assert_verdict(stage, STATUS_CRITICAL, "\n... and ");
    assert_true(stage->output_size < 4096);
}

static void the_worst_problems_come_first(void **state)
{
    struct stage *stage = *state;

    stage_vm(stage, 1, "held", OPER_PAUSED, 3, 2);
    stage_details(stage, 1, 3, 1, "user", TRUTH_TRUE, TRUTH_TRUE);
    stage_off(stage, 2, "unsure", false);
    stage_put(stage, 2, COLUMN_STARTS_AT_BOOT, TRUTH_UNKNOWN);
    stage_off(stage, 3, "db", true);
    stage_off(stage, 4, "web", true);
    assert_verdict(stage, STATUS_CRITICAL,
                   "CRITICAL - db starts at boot but is shutdown (destroyed). web starts at boot but is shutdown "
                   "(destroyed). held starts at boot but is paused (user). And 1 more. ");
    assert_verdict(stage, STATUS_CRITICAL,
                   "\n[WARNING] held starts at boot but is paused (user)\n[UNKNOWN] unsure");
}

static void names_cannot_break_the_line(void **state)
{
    struct stage *stage = *state;

    stage_off(stage, 1, "a|b\nc\x1b[31m", true);
    assert_verdict(stage, STATUS_CRITICAL, "CRITICAL - a/b, c\\x1b[31m starts at boot");
}

static void rows_are_sorted_in_whatever_order_they_arrive(void **state)
{
    struct stage *stage = *state;

    for (uint32_t i = 0; i < 300; i++)
        stage_put(stage, 1 + i * 7 % 300, COLUMN_OPER, OPER_RUNNING);
    stage_put(stage, 150, COLUMN_OPER, OPER_PAUSED);
    assert_int_equal(stage->facts.count, 300);
    for (uint32_t i = 0; i < 300; i++)
        assert_int_equal(stage->facts.rows[i].index, i + 1);
    assert_int_equal(stage->facts.rows[149].number[COLUMN_OPER], OPER_PAUSED);
    assert_int_equal(stage->facts.rows[148].number[COLUMN_ADMIN], FACTS_MISSING);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        VM_MIB_TEST(vm_mib_alone_is_judged),
        VM_MIB_TEST(vm_mib_alone_shows_a_lost_hypervisor),
        VM_MIB_TEST(a_state_that_vm_mib_does_not_have_is_unknown),
        VM_MIB_TEST(hidden_names_cannot_be_selected),
        STAGE_TEST(an_expected_state_is_ok_and_another_critical),
        STAGE_TEST(a_missing_domain_is_critical),
        STAGE_TEST(ranges_apply_to_the_number_of_domains),
        STAGE_TEST(domains_are_counted),
        VM_MIB_TEST(an_unknown_number_is_not_in_the_performance_data),
        STAGE_TEST(criteria_work_like_the_filter),
        STAGE_TEST(many_problems_are_cut_on_the_first_line_and_listed_below),
        STAGE_TEST(the_worst_problems_come_first),
        STAGE_TEST(names_cannot_break_the_line),
        STAGE_TEST(rows_are_sorted_in_whatever_order_they_arrive),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
