/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which URI and which reason a connection shows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base/log_throttle.h"
#include "lib/libvirt/connection.h"
#include "lib/libvirt/quiet.h"

enum { LONG_URI = 900 };

static struct {
    unsigned count;
    char line[LOG_LINE_MAX];
} logged;

static void note_line(void *data, enum log_level level, const char *line)
{
    (void)data;
    (void)level;
    logged.count++;
    (void)snprintf(logged.line, sizeof(logged.line), "%s", line);
}

static const struct log_sink note = { note_line, NULL };

/* The URI of a test driver whose file does not exist. libvirt's message quotes the path. */
static void fill_uri(char uri[LONG_URI + 1], char last)
{
    (void)snprintf(uri, LONG_URI + 1, "test:///no%0*d", LONG_URI - 10, 0);
    uri[LONG_URI - 1] = last;
}

static void log_failure(struct log_throttle *throttle, const char *uri)
{
    struct mailbox *mailbox = mailbox_new();
    struct connection *connection = connection_new(uri, CONNECTION_WATCH_NOTHING, mailbox, &note);

    assert_non_null(connection);
    assert_false(connection_open(connection));
    log_throttle_say(throttle, &note, 1, "%s: cannot connect: %s", connection_uri(connection),
                     connection_error(connection));
    connection_free(connection);
    mailbox_unref(mailbox);
}

static void a_long_uri_is_shown_in_part(void **state)
{
    struct mailbox *mailbox = mailbox_new();
    char uri[LONG_URI + 1];
    struct connection *connection;

    (void)state;
    fill_uri(uri, '0');
    connection = connection_new(uri, CONNECTION_WATCH_NOTHING, mailbox, NULL);
    assert_int_equal(strlen(connection_uri(connection)), CONNECTION_URI_MAX);
    assert_string_equal(connection_uri(connection) + CONNECTION_URI_MAX - 3, "...");
    assert_memory_equal(connection_uri(connection), uri, CONNECTION_URI_MAX - 3);
    connection_free(connection);
    uri[CONNECTION_URI_MAX] = '\0';
    connection = connection_new(uri, CONNECTION_WATCH_NOTHING, mailbox, NULL);
    assert_string_equal(connection_uri(connection), uri);
    connection_free(connection);
    mailbox_unref(mailbox);
}

/* The two reasons differ behind many equal octets. */
static void a_long_uri_leaves_the_reason_in_the_log(void **state)
{
    struct log_throttle throttle = { 0 };
    char uri[LONG_URI + 1];

    (void)state;
    memset(&logged, 0, sizeof(logged));
    fill_uri(uri, 'x');
    log_failure(&throttle, uri);
    assert_int_equal(logged.count, 1);
    assert_non_null(strstr(logged.line, "cannot connect: "));
    assert_non_null(strstr(logged.line, "00x"));
    fill_uri(uri, 'y');
    log_failure(&throttle, uri);
    assert_int_equal(logged.count, 2);
    assert_non_null(strstr(logged.line, "00y"));
    log_failure(&throttle, uri);
    assert_int_equal(logged.count, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_long_uri_is_shown_in_part),
        cmocka_unit_test(a_long_uri_leaves_the_reason_in_the_log),
    };

    quiet_libvirt();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
