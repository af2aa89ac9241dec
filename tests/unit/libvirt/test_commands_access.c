/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/unit/libvirt/commands_stage.h"

static void wait_for_reports(unsigned wanted)
{
    enter();
    while (witness.reports < wanted)
        assert_true(thread_wait(&witness.changed, &witness.lock, clock_boot_ms() + FAR_MS));
    leave();
}

static void wait_until_it_may(struct commands *commands)
{
    for (int64_t until = clock_boot_ms() + FAR_MS; !commands_may(commands) && clock_boot_ms() < until;)
        (void)sched_yield();
    assert_true(commands_may(commands));
}

static void refuse_connections(int error)
{
    enter();
    witness.refusal = error;
    leave();
}

static void a_try_finds_out_whether_libvirt_gives_a_connection(void **state)
{
    assert_false(commands_may(*state)); /* not tried yet */
    commands_try(*state);
    wait_until_it_may(*state);
    assert_int_equal(witness.opened, 1);
    assert_int_equal(witness.reports, 0); /* granted at the first try: no report */
    command(*state, 1, COMMAND_START);
    wait_until_done(1);
    assert_int_equal(witness.opened, 1); /* the command uses the connection of the try */
    assert_true(commands_stop(*state, FAR_MS));
}

static void each_change_of_access_is_reported_once(void **state)
{
    static const struct {
        int error;
        enum commands_access access;
    } steps[] = {
        { VIR_ERR_AUTH_UNAVAILABLE, COMMANDS_ACCESS_DENIED }, { VIR_ERR_NO_CONNECT, COMMANDS_ACCESS_FAILED },
        { VIR_ERR_AUTH_FAILED, COMMANDS_ACCESS_DENIED },      { VIR_ERR_INTERNAL_ERROR, COMMANDS_ACCESS_FAILED },
        { VIR_ERR_AUTH_CANCELLED, COMMANDS_ACCESS_DENIED },   { VIR_ERR_NO_CONNECT, COMMANDS_ACCESS_FAILED },
        { VIR_ERR_SYSTEM_ERROR, COMMANDS_ACCESS_DENIED }, /* the socket is closed to this user */
    };
    unsigned i;

    for (i = 0; i < ARRAY_COUNT(steps); i++) {
        refuse_connections(steps[i].error);
        commands_try(*state);
        wait_for_reports(i + 1);
        assert_int_equal(witness.access, steps[i].access);
        assert_non_null(strstr(witness.why, "not you"));
        assert_false(commands_may(*state));
    }
    commands_try(*state); /* no change: no report */
    commands_retry(*state);
    refuse_connections(VIR_ERR_OK);
    commands_try(*state);
    wait_for_reports(i + 1);
    assert_int_equal(witness.access, COMMANDS_ACCESS_GRANTED);
    assert_int_equal(witness.reports, i + 1);
    assert_true(commands_may(*state));
    assert_true(commands_stop(*state, FAR_MS));
}

static void a_command_that_cannot_connect_finds_out_that_access_was_lost(void **state)
{
    refuse_connections(VIR_ERR_AUTH_UNAVAILABLE);
    command(*state, 1, COMMAND_START);
    wait_until_done(1);
    wait_for_reports(1);
    assert_int_equal(witness.access, COMMANDS_ACCESS_DENIED);
    assert_false(commands_may(*state));
    assert_true(commands_stop(*state, FAR_MS));
}

static void a_command_without_a_connection_fails(void **state)
{
    struct commands *commands = commands_new("test:///no/such/file?password=hush", false, &host);

    assert_true(commands_stop(*state, FAR_MS)); /* not needed here */
    assert_non_null(commands);
    command(commands, 1, COMMAND_START);
    wait_until_done(1);
    assert_non_null(strstr(witness.failed[0], "01: start: cannot connect: "));
    assert_null(strstr(witness.failed[0], "hush"));
    assert_true(commands_stop(commands, FAR_MS));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_try_finds_out_whether_libvirt_gives_a_connection, stage_reset),
        cmocka_unit_test_setup(each_change_of_access_is_reported_once, stage_reset),
        cmocka_unit_test_setup(a_command_that_cannot_connect_finds_out_that_access_was_lost, stage_reset),
        cmocka_unit_test_setup(a_command_without_a_connection_fails, stage_reset),
    };

    return cmocka_run_group_tests(tests, stage_begin, stage_end);
}
