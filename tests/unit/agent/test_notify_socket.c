/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Messages to the service manager, received by a real datagram socket. */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "agent/notify_socket.h"
#include "lib/base/clock.h"

static char folder[64], path[100], received[2 * NOTIFY_SOCKET_TEXT_MAX];
static int manager;

/* `name` as in NOTIFY_SOCKET. */
static void listen_at(const char *name)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    size_t length = strlen(name);

    memcpy(address.sun_path, name, length);
    if (name[0] == '@')
        address.sun_path[0] = '\0';
    manager = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);
    assert_true(manager >= 0);
    length += offsetof(struct sockaddr_un, sun_path);
    assert_int_equal(bind(manager, (struct sockaddr *)&address, (socklen_t)length), 0);
    assert_int_equal(setenv("NOTIFY_SOCKET", name, 1), 0);
}

static int start(void **state)
{
    (void)state;
    (void)strcpy(folder, "/tmp/notify.XXXXXX");
    if (!mkdtemp(folder))
        return -1;
    (void)snprintf(path, sizeof(path), "%s/socket", folder);
    listen_at(path);
    return 0;
}

static int end(void **state)
{
    (void)state;
    (void)unsetenv("NOTIFY_SOCKET");
    (void)close(manager);
    (void)unlink(path);
    return rmdir(folder);
}

/* The next message, or an empty one. */
static const char *receive(void)
{
    ssize_t size = recv(manager, received, sizeof(received) - 1, 0);

    received[size > 0 ? size : 0] = '\0';
    return received;
}

static void ready_and_stopping_are_sent(void **state)
{
    (void)state;
    notify_socket_ready();
    assert_string_equal(receive(), "READY=1");
    notify_socket_stopping();
    assert_string_equal(receive(), "STOPPING=1");
    assert_string_equal(receive(), "");
}

static void a_reload_is_sent_with_its_time(void **state)
{
    int64_t before = clock_monotonic_us(), sent = 0;

    (void)state;
    notify_socket_reloading();
    assert_int_equal(sscanf(receive(), "RELOADING=1\nMONOTONIC_USEC=%" SCNd64, &sent), 1);
    assert_true(before <= sent && sent <= clock_monotonic_us());
}

static void a_status_is_one_line(void **state)
{
    (void)state;
    notify_socket_status("one\nREADY=1\nthree");
    assert_string_equal(receive(), "STATUS=one READY=1 three");
}

static void a_status_has_no_part_of_a_character(void **state)
{
    char line[NOTIFY_SOCKET_TEXT_MAX];

    (void)state;
    memset(line, 'a', sizeof(line));
    memcpy(line + sizeof(line) - 3, "\xe2\x82", 3); /* two of the three octets of a character */
    notify_socket_status(line);
    assert_int_equal(strlen(receive()), strlen("STATUS=") + sizeof(line) - 3);
    assert_null(strchr(received, '\xe2'));
}

static void the_socket_may_be_abstract(void **state)
{
    char name[64];

    (void)state;
    (void)close(manager);
    (void)snprintf(name, sizeof(name), "@guestlist-test-%d", getpid());
    listen_at(name);
    notify_socket_ready();
    assert_string_equal(receive(), "READY=1");
}

static void nothing_is_sent_without_a_valid_socket_name(void **state)
{
    char longer[200];

    (void)state;
    assert_int_equal(setenv("NOTIFY_SOCKET", "not/absolute", 1), 0);
    notify_socket_ready();
    memset(longer, '/', sizeof(longer) - 1);
    longer[sizeof(longer) - 1] = '\0';
    assert_int_equal(setenv("NOTIFY_SOCKET", longer, 1), 0);
    notify_socket_ready();
    assert_int_equal(setenv("NOTIFY_SOCKET", "/nonexistent/socket", 1), 0);
    notify_socket_ready();
    assert_int_equal(unsetenv("NOTIFY_SOCKET"), 0);
    notify_socket_ready();
    assert_string_equal(receive(), "");
}

static void a_status_line_describes_each_hypervisor(void **state)
{
    struct collector_status one = { .uri = "qemu:///system", .state = HYPERVISOR_CONNECTED, .domains = 1 };
    struct collector_status other = { .uri = "lxc:///",
                                      .state = HYPERVISOR_CONNECTING,
                                      .last_error = "not there" };
    char line[NOTIFY_SOCKET_TEXT_MAX] = "";

    (void)state;
    notify_socket_describe(line, &one);
    assert_string_equal(line, "qemu:///system connected, 1 domain");
    one.stale = true;
    line[0] = '\0';
    notify_socket_describe(line, &one);
    assert_string_equal(line, "qemu:///system connected, but silent, 1 domain");
    notify_socket_describe(line, &other);
    assert_string_equal(
        line, "qemu:///system connected, but silent, 1 domain; lxc:/// connecting, 0 domains: not there");
    for (int i = 0; i < 100; i++)
        notify_socket_describe(line, &other);
    assert_true(strlen(line) < sizeof(line));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(ready_and_stopping_are_sent, start, end),
        cmocka_unit_test_setup_teardown(a_reload_is_sent_with_its_time, start, end),
        cmocka_unit_test_setup_teardown(a_status_is_one_line, start, end),
        cmocka_unit_test_setup_teardown(a_status_has_no_part_of_a_character, start, end),
        cmocka_unit_test_setup_teardown(the_socket_may_be_abstract, start, end),
        cmocka_unit_test_setup_teardown(nothing_is_sent_without_a_valid_socket_name, start, end),
        cmocka_unit_test_setup_teardown(a_status_line_describes_each_hypervisor, start, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
