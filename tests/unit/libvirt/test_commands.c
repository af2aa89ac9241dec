/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/unit/libvirt/commands_stage.h"

static void shut_gate(bool shut)
{
    enter();
    witness.is_gate_shut = shut;
    leave();
}

static void assert_state(unsigned domain, int wanted)
{
    int state, reason;

    assert_int_equal(virDomainGetState(domains[domain], &state, &reason, 0), 0);
    assert_int_equal(state, wanted);
}

static void assert_carried_out(unsigned line, unsigned domain, const char *word)
{
    char wanted[160], text[UUID_TEXT];

    uuid_format(uuids[domain], text);
    (void)snprintf(wanted, sizeof(wanted), "domain %s: %s carried out", text, word);
    assert_string_equal(witness.log[line], wanted);
}

static void each_action_brings_the_domain_into_its_state(void **state)
{
    static const struct {
        enum command_action action;
        const char *word;
        int state;
    } steps[] = {
        { COMMAND_START, "start", VIR_DOMAIN_RUNNING },
        { COMMAND_SUSPEND, "suspend", VIR_DOMAIN_PAUSED },
        { COMMAND_RESUME, "resume", VIR_DOMAIN_RUNNING },
        { COMMAND_SHUTDOWN, "shutdown", VIR_DOMAIN_SHUTOFF },
        { COMMAND_START_PAUSED, "start --paused", VIR_DOMAIN_PAUSED },
        { COMMAND_DESTROY, "destroy", VIR_DOMAIN_SHUTOFF },
    };

    for (unsigned i = 0; i < ARRAY_COUNT(steps); i++) {
        command(*state, 1, steps[i].action);
        wait_until_done(i + 1);
        assert_carried_out(i, 1, steps[i].word);
        assert_state(1, steps[i].state);
    }
    assert_int_equal(witness.failures, 0);
    assert_true(commands_stop(*state, FAR_MS));
}

static void a_failure_is_reported_with_libvirts_message(void **state)
{
    unsigned char unknown[UUID_BYTES];

    fixture_uuid(99, unknown);
    assert_true(commands_put(*state, unknown, COMMAND_START));
    wait_until_done(1);
    assert_non_null(strstr(witness.failed[0], "63: start: Domain not found"));
    command(*state, 2, COMMAND_DESTROY);
    wait_until_done(2);
    assert_non_null(strstr(witness.failed[1], "02: destroy: "));
    assert_non_null(strstr(witness.failed[1], "not running"));
    command(*state, 2, COMMAND_START);
    wait_until_done(3);
    assert_int_equal(witness.lines, 1); /* the failures do not affect the next command */
    assert_true(commands_stop(*state, FAR_MS));
}

static void a_domain_that_hangs_delays_only_its_own_commands(void **state)
{
    command(*state, 0, COMMAND_START);
    command(*state, 1, COMMAND_START);
    wait_until_done(2);
    shut_gate(true);
    command(*state, 0, COMMAND_SUSPEND);
    command(*state, 0, COMMAND_RESUME);
    command(*state, 0, COMMAND_SHUTDOWN);
    wait_until_hung(1);
    command(*state, 2, COMMAND_START);
    command(*state, 1, COMMAND_SHUTDOWN);
    command(*state, 2, COMMAND_SHUTDOWN);
    wait_until_done(5);
    assert_state(0, VIR_DOMAIN_RUNNING);
    assert_state(1, VIR_DOMAIN_SHUTOFF);
    assert_state(2, VIR_DOMAIN_SHUTOFF);
    shut_gate(false);
    wait_until_done(8);
    assert_int_equal(witness.failures, 0); /* a resume before the suspend would fail */
    assert_carried_out(5, 0, "suspend");
    assert_carried_out(6, 0, "resume");
    assert_carried_out(7, 0, "shutdown");
    assert_true(commands_stop(*state, FAR_MS));
}

static void one_thread_still_destroys_if_all_others_hang(void **state)
{
    for (unsigned i = 0; i < DOMAINS; i++)
        command(*state, i, COMMAND_START);
    wait_until_done(DOMAINS);
    shut_gate(true);
    for (unsigned i = 0; i < DOMAINS; i++)
        command(*state, i, COMMAND_SUSPEND);
    wait_until_hung(3);
    command(*state, 3, COMMAND_DESTROY); /* overtakes the suspend, which got no thread */
    wait_until_done(DOMAINS + 2);
    assert_state(3, VIR_DOMAIN_SHUTOFF);
    assert_int_equal(witness.failures, 1);
    assert_string_equal(witness.failed[0], "03: suspend: a later command to destroy the domain came first");
    command(*state, 0, COMMAND_DESTROY);
    wait_until_done(DOMAINS + 3); /* after a while: it overtakes the suspend that hangs */
    assert_state(0, VIR_DOMAIN_SHUTOFF);
    shut_gate(false);
    wait_until_done(DOMAINS + 6);
    assert_int_equal(witness.failures, 2); /* the suspend of the domain that was destroyed */
    assert_true(commands_stop(*state, FAR_MS));
}

static void commands_beyond_the_limit_are_refused(void **state)
{
    shut_gate(true);
    command(*state, 0, COMMAND_START);
    command(*state, 0, COMMAND_SUSPEND);
    wait_until_hung(1); /* the first command has ended */
    for (unsigned i = 1; i < COMMAND_QUEUE_MAX; i++)
        command(*state, 0, COMMAND_SUSPEND);
    assert_false(commands_put(*state, uuids[0], COMMAND_SUSPEND));
    assert_false(commands_put(*state, uuids[1], COMMAND_SUSPEND));
    shut_gate(false);
    wait_until_done(1 + COMMAND_QUEUE_MAX);
    command(*state, 1, COMMAND_START);
    wait_until_done(2 + COMMAND_QUEUE_MAX);
    assert_true(commands_stop(*state, FAR_MS));
}

static void after_a_stop_a_command_that_hangs_reports_nothing(void **state)
{
    command(*state, 0, COMMAND_START);
    wait_until_done(1);
    shut_gate(true);
    command(*state, 0, COMMAND_SUSPEND);
    command(*state, 0, COMMAND_RESUME);
    command(*state, 0, COMMAND_SHUTDOWN);
    wait_until_hung(1);
    assert_false(commands_stop(*state, 20));
    assert_int_equal(witness.lines, 2);
    assert_string_equal(witness.log[1], "2 commands to domains not carried out: the program ends");
    shut_gate(false);
    enter();
    while (witness.closed == 0) /* the last thing that the thread does */
        assert_true(thread_wait(&witness.changed, &witness.lock, clock_boot_ms() + FAR_MS));
    leave();
    assert_int_equal(witness.lines, 2);
    assert_int_equal(witness.failures, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(each_action_brings_the_domain_into_its_state, stage_reset),
        cmocka_unit_test_setup(a_failure_is_reported_with_libvirts_message, stage_reset),
        cmocka_unit_test_setup(a_domain_that_hangs_delays_only_its_own_commands, stage_reset),
        cmocka_unit_test_setup(one_thread_still_destroys_if_all_others_hang, stage_reset),
        cmocka_unit_test_setup(commands_beyond_the_limit_are_refused, stage_reset),
        cmocka_unit_test_setup(after_a_stop_a_command_that_hangs_reports_nothing, stage_reset),
    };

    return cmocka_run_group_tests(tests, stage_begin, stage_end);
}
