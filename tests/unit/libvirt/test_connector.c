/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Attempts to connect, while other attempts hang. */
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base/clock.h"
#include "lib/libvirt/connector.h"
#include "tests/unit/libvirt/mock_libvirt.h"

enum { FAR_MS = 60 * 1000 };

static struct connector *connector;
static struct mailbox *mailbox;
static struct connection *connection;
static char why[CONNECTOR_WHY_MAX];

static int begin_with(const char *uri)
{
    if (!mock_begin(0))
        return -1;
    mailbox = mailbox_new();
    connection = mailbox ? connection_new(uri, CONNECTION_WATCH_NOTHING, mailbox, NULL) : NULL;
    connector = mailbox ? connector_new(uri, false, mailbox) : NULL;
    return connection && connector ? 0 : -1;
}

static int begin(void **state)
{
    (void)state;
    return begin_with(MOCK_URI);
}

static int begin_nowhere(void **state)
{
    (void)state;
    return begin_with("test:///no/such/file");
}

static int end(void **state)
{
    (void)state;
    gate_open(&mock.opening);
    (void)connector_free(connector, FAR_MS);
    connection_free(connection);
    mailbox_unref(mailbox);
    return mock_end() ? 0 : -1;
}

static enum connector_state poll(void)
{
    return connector_poll(connector, connection, why);
}

static void an_attempt_opens_the_connection(void **state)
{
    (void)state;
    assert_int_equal(poll(), CONNECTOR_IDLE);
    gate_close(&mock.opening, 1);
    assert_true(connector_begin(connector));
    assert_int_equal(poll(), CONNECTOR_WAITING);
    assert_false(connection_is_open(connection));
    assert_true(connector_until(connector) > clock_boot_ms());
    assert_true(connector_until(connector) <= clock_boot_ms() + CONNECTOR_PATIENCE_MS);
    gate_open(&mock.opening);
    EVENTUALLY(poll() == CONNECTOR_OPENED);
    assert_true(connection_is_open(connection));
    assert_int_equal(poll(), CONNECTOR_IDLE);
}

static void the_end_of_an_attempt_wakes_the_mailbox(void **state)
{
    (void)state;
    assert_true(connector_begin(connector));
    assert_false(mailbox_wait(mailbox, clock_boot_ms() + FAR_MS));
    assert_int_equal(poll(), CONNECTOR_OPENED);
}

static void a_failure_has_libvirts_message(void **state)
{
    (void)state;
    assert_true(connector_begin(connector));
    EVENTUALLY(poll() != CONNECTOR_WAITING);
    assert_false(connection_is_open(connection));
    assert_non_null(strstr(why, "/no/such/file"));
    assert_int_equal(poll(), CONNECTOR_IDLE);
    assert_true(connector_begin(connector)); /* and another one can begin */
    EVENTUALLY(poll() == CONNECTOR_FAILED);
}

/* Begins an attempt that hangs until it is abandoned. */
static void hang(void)
{
    unsigned before = gate_inside(&mock.opening);

    assert_true(connector_begin(connector));
    EVENTUALLY(gate_inside(&mock.opening) == before + 1);
    standin_advance_clock(CONNECTOR_PATIENCE_MS - 1000);
    assert_int_equal(poll(), CONNECTOR_WAITING);
    standin_advance_clock(1001);
    assert_int_equal(poll(), CONNECTOR_HANGS);
    assert_int_equal(poll(), CONNECTOR_IDLE);
}

static void a_new_attempt_succeeds_while_another_hangs(void **state)
{
    (void)state;
    gate_close(&mock.opening, 1);
    hang();
    assert_true(connector_begin(connector));
    EVENTUALLY(poll() == CONNECTOR_OPENED);
    assert_int_equal(gate_inside(&mock.opening), 1);
    assert_true(connection_is_alive(connection));
    gate_open(&mock.opening); /* the late connection is closed and changes nothing */
    assert_true(connector_free(connector, FAR_MS));
    connector = NULL;
    assert_true(connection_is_alive(connection));
}

static void the_number_of_attempts_that_hang_is_limited(void **state)
{
    (void)state;
    gate_close(&mock.opening, UINT_MAX);
    for (unsigned i = 0; i < CONNECTOR_ATTEMPTS_MAX; i++)
        hang();
    assert_false(connector_begin(connector));
    assert_int_equal(poll(), CONNECTOR_IDLE);
    gate_open(&mock.opening);
    EVENTUALLY(connector_begin(connector));
    EVENTUALLY(poll() == CONNECTOR_OPENED);
}

/* Attempts may hang for ever, and there must still be new ones. */
static void attempts_go_on_seldom_if_all_hang(void **state)
{
    (void)state;
    gate_close(&mock.opening, UINT_MAX);
    for (unsigned i = 0; i < CONNECTOR_ATTEMPTS_MAX; i++)
        hang();
    assert_false(connector_begin(connector));
    standin_advance_clock(CONNECTOR_SELDOM_MS);
    hang(); /* begins one more */
    assert_false(connector_begin(connector));
    for (unsigned i = CONNECTOR_ATTEMPTS_MAX + 1; i < CONNECTOR_ATTEMPTS_LIMIT; i++) {
        standin_advance_clock(CONNECTOR_SELDOM_MS);
        hang();
    }
    standin_advance_clock(CONNECTOR_SELDOM_MS);
    assert_false(connector_begin(connector));
    gate_open(&mock.opening);
}

static void a_caller_that_waits_gets_libvirts_message(void **state)
{
    (void)state;
    assert_false(connection_open(connection));
    assert_non_null(strstr(connection_error(connection), "/no/such/file"));
}

/* The attempts free what they use when they return; the leak sanitizer checks that. */
static void a_connector_is_freed_while_attempts_hang(void **state)
{
    (void)state;
    gate_close(&mock.opening, UINT_MAX);
    hang();
    assert_true(connector_begin(connector)); /* this one is not abandoned yet */
    EVENTUALLY(gate_inside(&mock.opening) == 2);
    assert_false(connector_free(connector, 20));
    connector = NULL;
    gate_open(&mock.opening);
}

static void a_connector_is_freed_with_an_unread_attempt(void **state)
{
    (void)state;
    assert_true(connector_begin(connector));
    assert_false(mailbox_wait(mailbox, clock_boot_ms() + FAR_MS));
    assert_true(connector_free(connector, FAR_MS));
    connector = NULL;
    assert_true(connector_free(NULL, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_attempt_opens_the_connection, begin, end),
        cmocka_unit_test_setup_teardown(the_end_of_an_attempt_wakes_the_mailbox, begin, end),
        cmocka_unit_test_setup_teardown(a_failure_has_libvirts_message, begin_nowhere, end),
        cmocka_unit_test_setup_teardown(a_new_attempt_succeeds_while_another_hangs, begin, end),
        cmocka_unit_test_setup_teardown(the_number_of_attempts_that_hang_is_limited, begin, end),
        cmocka_unit_test_setup_teardown(attempts_go_on_seldom_if_all_hang, begin, end),
        cmocka_unit_test_setup_teardown(a_caller_that_waits_gets_libvirts_message, begin_nowhere, end),
        cmocka_unit_test_setup_teardown(a_connector_is_freed_while_attempts_hang, begin, end),
        cmocka_unit_test_setup_teardown(a_connector_is_freed_with_an_unread_attempt, begin, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
